/* browser: see browser.h. */
#include "front/browser.h"

#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "front/reply.h"
#include "front/work.h"
#include "net/loop.h"
#include "store/tables.h"
#include "text/cookie.h"
#include "text/uri.h"

#define COOKIE_MAX    ((size_t)1024)
#define NEXT_MAX      ((size_t)16 << 10)
#define FORM_COOKIE_S ((int64_t)3600)
#define NONCE_CHARS   43u /* 32 bytes as base64url */
#define KNOWN_S       ((int64_t)180 * 24 * 3600)

/* ---- cookies ---- */

static bool
is_secure(const struct front *front)
{
	return str_starts_nocase(front->settings->public_url, STR("https://"));
}

static struct str
session_name(const struct front *front)
{
	return is_secure(front) ? STR("__Host-ostiary") : STR("ostiary");
}

static struct str
form_name(const struct front *front)
{
	return is_secure(front) ? STR("__Host-ostiary-form")
				: STR("ostiary-form");
}

/* One Cookie field only: RFC 6265 5.4 sends no more, and with two it would be
 * a guess which one counts. */
static struct str
read_cookie(const struct http_request *r, struct str name)
{
	if (r->head->known_count[HTTP_FIELD_COOKIE] != 1)
		return STR_NONE;
	return cookie_get(r->head->known[HTTP_FIELD_COOKIE], name);
}

static struct str
write_cookie(struct arena *a, const struct cookie *c)
{
	struct buf out;

	buf_in(&out, a, COOKIE_MAX);
	return cookie_write(&out, c) && buf_ok(&out) ? buf_view(&out)
						     : STR_NONE;
}

struct str
browser_set_session(
	struct arena *a, const struct front *front, struct str token)
{
	return write_cookie(a,
		&(struct cookie){
			.name = session_name(front),
			.value = token,
			.path = STR_NONE,
			.max_age = front->settings->session_s,
			.secure = is_secure(front),
		});
}

struct str
browser_drop_session(struct arena *a, const struct front *front)
{
	return write_cookie(a,
		&(struct cookie){
			.name = session_name(front),
			.value = STR(""),
			.path = STR_NONE,
			.max_age = 0,
			.secure = is_secure(front),
		});
}

struct str
browser_cookie(struct arena *a, const struct front *front,
	const struct http_request *r)
{
	struct str token = read_cookie(r, session_name(front));
	struct digest digest;

	if (str_is_none(token) || !token_is_well_formed(token, TOKEN_SESSION))
		return STR_NONE;
	digest = token_digest(token);
	return digest_hex(a, &digest);
}

void
browser_fresh(struct arena *a, const struct front *front, struct str person_id,
	struct browser_fresh *out)
{
	unsigned char seed[32];
	struct digest digest;
	int64_t now = loop_wall(front->loop);

	random_bytes(seed, sizeof(seed));
	out->token = token_make(a, TOKEN_SESSION, seed);
	secret_wipe(seed, sizeof(seed));
	digest = token_digest(out->token);
	out->row = (struct web_session){
		.digest = digest_hex(a, &digest),
		.person_id = person_id,
		.created = now,
		.expires = now + front->settings->session_s,
	};
}

/* ---- forms before a session ---- */

static bool
is_nonce(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
			c != '_')
			return false;
	}
	return s.n == NONCE_CHARS;
}

struct str
browser_stranger(const struct front *front, const struct http_request *r)
{
	struct str nonce = read_cookie(r, form_name(front));

	return !str_is_none(nonce) && is_nonce(nonce) ? nonce : STR_NONE;
}

struct str
browser_set_stranger(
	struct arena *a, const struct front *front, struct str nonce)
{
	return write_cookie(a,
		&(struct cookie){
			.name = form_name(front),
			.value = nonce,
			.path = STR_NONE,
			.max_age = FORM_COOKIE_S,
			.secure = is_secure(front),
		});
}

/* ---- form tokens ---- */

static struct digest
form_mac(const struct front *front, struct str bound_to, struct str form)
{
	struct buf in;
	struct digest out;

	/* Lengths keep the two apart. */
	buf_init(&in, COOKIE_MAX);
	buf_lit(&in, "form");
	buf_u64(&in, form.n);
	buf_char(&in, ':');
	buf_str(&in, form);
	buf_str(&in, bound_to);
	seal_mac(front->form_key, buf_view(&in), &out);
	buf_clear(&in);
	return out;
}

struct str
browser_form_token(struct arena *a, const struct front *front,
	struct str session_digest, struct str form)
{
	struct digest mac = form_mac(front, session_digest, form);

	return digest_hex(a, &mac);
}

static bool
read_mac(struct str hex, struct digest *out)
{
	struct str set = STR("0123456789abcdef");

	if (hex.n != sizeof(out->b) * 2)
		return false;
	for (size_t i = 0; i < sizeof(out->b); i++) {
		size_t high = str_find_char(set, hex.p[2 * i]);
		size_t low = str_find_char(set, hex.p[2 * i + 1]);

		if (high >= 16 || low >= 16)
			return false;
		out->b[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
browser_form_check(const struct front *front, struct str session_digest,
	struct str form, struct str token, struct fault *f)
{
	struct digest given, wanted;

	if (str_is_none(session_digest) || str_is_none(token))
		return fault_set(f, FAULT_STALE_FORM, "no form token");
	wanted = form_mac(front, session_digest, form);
	if (!read_mac(token, &given) || !digest_eq(&given, &wanted))
		return fault_set(
			f, FAULT_STALE_FORM, "the form's token is another's");
	return true;
}

/* ---- browsers that are known ---- */

static struct str
known_name(const struct front *front)
{
	return is_secure(front) ? STR("__Host-ostiary-known")
				: STR("ostiary-known");
}

static struct str
known_form(struct arena *a, struct str person_name)
{
	return str_join(a, STR("known|"), person_name);
}

struct str
browser_known(struct arena *a, const struct front *front,
	const struct http_request *r, struct str person_name)
{
	struct str value = read_cookie(r, known_name(front));
	size_t dot = str_find_char(value, '.');
	struct str nonce = str_cut(value, 0, dot);

	if (str_is_none(value) || dot == value.n || !is_nonce(nonce) ||
		!browser_form_check(front, nonce, known_form(a, person_name),
			str_cut(value, dot + 1, value.n), NULL))
		return STR_NONE;
	return nonce;
}

struct str
browser_set_known(struct arena *a, const struct front *front,
	const struct http_request *r, struct str person_name)
{
	struct str nonce = browser_known(a, front, r, person_name);

	if (str_is_none(nonce))
		nonce = random_text(a, 32);
	return write_cookie(a,
		&(struct cookie){
			.name = known_name(front),
			.value = str_join(a, nonce, STR("."),
				browser_form_token(a, front, nonce,
					known_form(a, person_name))),
			.path = STR_NONE,
			.max_age = KNOWN_S,
			.secure = is_secure(front),
			.strict = true,
		});
}

/* ---- who it is ---- */

static bool
nobody(struct browser *b, struct fault *f)
{
	*b = (struct browser){ .session_digest = STR_NONE };
	if (f->id == FAULT_NOT_FOUND)
		fault_clear(f);
	return !fault_is_set(f);
}

bool
browser_load(struct arena *a, struct store_txn *t, int64_t now,
	struct browser *b, struct fault *f)
{
	struct str digest = b->session_digest;
	struct web_session s;

	fault_clear(f);
	if (str_is_none(digest) || !web_session_load(a, t, digest, &s, f) ||
		s.expires <= now ||
		!person_load(a, t, s.person_id, &b->person, f) ||
		b->person.disabled != 0)
		return nobody(b, f);
	return true;
}

struct needed {
	int64_t now;
	struct browser browser;
	void (*then)(struct front *front, struct http_request *r,
		const struct browser *b);
};

static bool
load_needed(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct needed *n = input;

	return browser_load(a, t, n->now, &n->browser, f);
}

void
browser_to_login(struct front *front, struct http_request *r)
{
	struct str target = r->head->target;
	struct buf to;

	(void)front;
	buf_in(&to, r->arena, NEXT_MAX);
	buf_lit(&to, "/login");
	if (!str_eq_lit(target, "/")) {
		buf_lit(&to, "?next=");
		uri_encode(&to, target);
	}
	reply_see_other(r, buf_ok(&to) ? buf_view(&to) : STR("/login"),
		&(struct reply){ 0 });
}

static void
tell_needed(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct needed *n = input;

	if (fault_is_set(f))
		reply_fault_page(front, r, f);
	else if (str_is_none(n->browser.session_digest))
		browser_to_login(front, r);
	else
		n->then(front, r, &n->browser);
}

void
browser_need(struct front *front, struct http_request *r,
	void (*then)(struct front *front, struct http_request *r,
		const struct browser *b))
{
	static const struct work_plan plan = { .run = load_needed,
		.done = tell_needed };
	struct str digest = browser_cookie(r->arena, front, r);
	struct needed *n;
	struct work *w;

	if (str_is_none(digest)) {
		browser_to_login(front, r);
		return;
	}
	w = work_new(front, r);
	n = arena_new_of(work_arena(w), struct needed);
	n->browser.session_digest = str_dup(work_arena(w), digest);
	n->now = loop_wall(front->loop);
	n->then = then;
	work_submit(w, &plan, n);
}

bool
browser_path_is_ours(struct str path)
{
	if (path.n == 0 || path.n > NEXT_MAX || path.p[0] != '/' ||
		(path.n > 1 && path.p[1] == '/'))
		return false;
	for (size_t i = 0; i < path.n; i++) {
		if ((unsigned char)path.p[i] <= ' ' || path.p[i] == '\\' ||
			(unsigned char)path.p[i] >= 0x7f)
			return false;
	}
	return true;
}
