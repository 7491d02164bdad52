/* register: see register.h. */
#include "front/register.h"

#include "base/secret.h"
#include "crypto/random.h"
#include "front/guard.h"
#include "front/reply.h"
#include "front/routes.h"
#include "front/throttle.h"
#include "front/work.h"
#include "net/loop.h"
#include "oauth/registration.h"
#include "oauth/token.h"
#include "store/tables.h"

#define ANSWER_MAX ((size_t)64 << 10)

/* What a network may register in a day, however patiently. */
#define DAY_S   ((int64_t)24 * 3600)
#define DAY_MAX 1000u

struct errand {
	struct client client;
	struct registration_secrets secrets;
	struct str given; /* the bearer token: RFC 7592 */
	uint64_t removed; /* other clients, to make room */
};

/* The credentials of "Authorization: Bearer", or STR_NONE. */
static struct str
bearer_of(const struct http_request *r)
{
	struct str field = r->head->known[HTTP_FIELD_AUTHORIZATION];
	struct str prefix = STR("Bearer ");

	if (r->head->known_count[HTTP_FIELD_AUTHORIZATION] != 1 ||
		!str_starts_nocase(field, prefix))
		return STR_NONE;
	return str_trim(str_cut(field, prefix.n, field.n));
}

static void
refuse(struct front *front, struct http_request *r, const struct fault *f)
{
	struct str network = throttle_network(r->arena, r->peer);
	int64_t now = loop_now(front->loop);
	int64_t by_secret =
		throttle_wait(front->throttle, THROTTLE_SECRET, network, now);
	struct reply how = { 0 };

	if (f->id == FAULT_INVALID_TOKEN)
		how.challenge = STR("Bearer error=\"invalid_token\"");
	if (f->id == FAULT_TOO_MANY) {
		how.retry_after = throttle_wait(
			front->throttle, THROTTLE_REGISTER, network, now);
		if (by_secret > how.retry_after)
			how.retry_after = by_secret;
	}
	reply_oauth_fault(r, f, &how);
}

/* ---- registering ---- */

/* Wrong ones count as wrong secrets of clients do. */
static bool
check_token(struct front *front, const struct http_request *r, struct fault *f)
{
	struct str token = front->settings->registration_token;
	struct str network = throttle_network(r->arena, r->peer);
	struct str given = bearer_of(r);
	int64_t now = loop_now(front->loop);

	if (str_is_none(given))
		return fault_set(f, FAULT_INVALID_TOKEN,
			"the registration token is missing");
	if (!throttle_has(front->throttle, THROTTLE_SECRET, network, now, f))
		return false;
	if (token.n > 0 && secret_eq(given, token))
		return true;
	throttle_take(front->throttle, THROTTLE_SECRET, network, now, NULL);
	return fault_set(
		f, FAULT_INVALID_TOKEN, "the registration token is wrong");
}

/* Does the mode let this request in? */
static bool
check_mode(struct front *front, const struct http_request *r, struct fault *f)
{
	switch (front->settings->registration) {
	case REGISTRATION_OPEN:
		return true;
	case REGISTRATION_TOKEN:
		return check_token(front, r, f);
	case REGISTRATION_OFF:
		break;
	}
	return fault_set(f, FAULT_NOT_FOUND, "registration is off");
}

static bool
read_metadata(struct arena *a, const struct front *front,
	const struct http_request *r, struct client *c, struct fault *f)
{
	const struct settings *s = front->settings;
	struct registration_rules rules = {
		.redirects = { s->custom_schemes, s->custom_scheme_count },
		.scopes = front->scopes,
	};
	struct str body;

	if (!field_media_is(r->head->known[HTTP_FIELD_CONTENT_TYPE],
		    STR("application/json")))
		return fault_set(f, FAULT_INVALID_CLIENT_METADATA,
			"the body is no application/json");
	if (r->body.n > REGISTER_BODY_MAX)
		return fault_set(f, FAULT_TOO_LARGE, "registration");
	body = str_dup(a, r->body.p == NULL ? STR("") : r->body);
	return registration_read(a, body, &rules, c, f);
}

static struct str
token_and_digest(struct arena *a, enum token_kind kind, struct str *digest)
{
	unsigned char bits[32];
	struct str text;
	struct token_name name;

	random_bytes(bits, sizeof(bits));
	text = token_make(a, kind, bits);
	secret_wipe(bits, sizeof(bits));
	name = token_name(text);
	*digest = str_dup(a, token_name_str(&name));
	return text;
}

static bool
fill_in(struct arena *a, const struct front *front,
	const struct http_request *r, struct errand *e, struct fault *f)
{
	struct client *c = &e->client;
	struct registration_secrets *x = &e->secrets;

	c->id = str_join(a, STR("c_"), random_text(a, 16));
	c->created = loop_wall(front->loop);
	c->network = str_dup(a, throttle_network(a, r->peer));
	if (!client_is_public(c))
		x->client_secret = token_and_digest(
			a, TOKEN_CLIENT_SECRET, &c->secret_digest);
	x->access_token = token_and_digest(
		a, TOKEN_REGISTRATION, &c->registration_digest);
	x->access_uri = str_join(
		a, front->settings->public_url, STR("/oauth/register/"), c->id);
	return (!str_is_none(c->id) && !str_is_none(c->network) &&
		       !str_is_none(x->access_token) &&
		       !str_is_none(c->registration_digest) &&
		       !str_is_none(x->access_uri)) ||
		fault_set(f, FAULT_TOO_LARGE, "registration");
}

static bool
run_register(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;
	const struct client *c = &e->client;
	uint64_t n;

	(void)a;
	if (!client_count_since(t, c->network, c->created - DAY_S, &n, f))
		return false;
	if (n >= DAY_MAX)
		return fault_set(f, FAULT_TOO_MANY,
			"%.*s registered %u clients within a day",
			STR_ARG(c->network), DAY_MAX);
	return client_make_room(t, REGISTER_UNUSED_MAX, &e->removed, f) &&
		client_save(t, c, f);
}

static void
done_register(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct errand *e = input;
	struct buf out;

	if (fault_is_set(f)) {
		refuse(front, r, f);
		return;
	}
	event_log(&r->scope, EVENT_CLIENT_REGISTERED,
		EF_STR("client", e->client.id),
		EF_STR("name",
			str_is_none(e->client.name) ? STR("") : e->client.name),
		EF_STR("redirect", e->client.redirects[0]));
	if (e->removed > 0)
		event_log(NULL, EVENT_CLIENT_ROOM, EF_U64("n", e->removed));
	buf_in(&out, r->arena, ANSWER_MAX);
	registration_write(&out, &e->client, &e->secrets);
	reply_json(r, &(struct reply){ .status = 201 }, buf_view(&out));
}

void
register_post(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = run_register,
		.done = done_register };
	struct work *w = work_new(front, r);
	struct arena *a = work_arena(w);
	struct errand *e = arena_new_of(a, struct errand);
	struct fault f;

	if (check_mode(front, r, &f) &&
		throttle_take(front->throttle, THROTTLE_REGISTER,
			throttle_network(a, r->peer), loop_now(front->loop),
			&f) &&
		read_metadata(a, front, r, &e->client, &f) &&
		fill_in(a, front, r, e, &f)) {
		work_submit(w, &plan, e);
		return;
	}
	work_drop(&w);
	refuse(front, r, &f);
}

/* ---- RFC 7592 ---- */

static bool
load_own(
	struct arena *a, struct store_txn *t, struct errand *e, struct fault *f)
{
	struct token_name given = token_name(e->given);
	struct str id = e->client.id;

	/* A client that is gone and a wrong token look the same. */
	if (!client_load(a, t, id, &e->client, f) && f->id != FAULT_NOT_FOUND)
		return false;
	if (fault_is_set(f) || str_is_none(e->client.registration_digest) ||
		!secret_eq(
			token_name_str(&given), e->client.registration_digest))
		return fault_set(f, FAULT_INVALID_TOKEN,
			"no client \"%.*s\" with that registration token",
			STR_ARG(str_cut(id, 0, 100)));
	return true;
}

static bool
run_get(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	return load_own(a, t, input, f);
}

static bool
run_delete(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;

	return load_own(a, t, e, f) && client_remove(t, e->client.id, f);
}

static void
done_get(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	struct errand *e = input;
	struct buf out;

	if (fault_is_set(f)) {
		refuse(front, r, f);
		return;
	}
	e->secrets.access_token = e->given;
	e->secrets.access_uri = str_join(r->arena, front->settings->public_url,
		STR("/oauth/register/"), e->client.id);
	buf_in(&out, r->arena, ANSWER_MAX);
	registration_write(&out, &e->client, &e->secrets);
	reply_json(r, &(struct reply){ 0 }, buf_view(&out));
}

/* Even when the peer left. */
static void
forget(struct front *front, void *input, const struct fault *f)
{
	const struct errand *e = input;

	if (!fault_is_set(f))
		guard_forget_client(front->guard, e->client.id);
}

static void
done_delete(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	(void)input;
	if (fault_is_set(f))
		refuse(front, r, f);
	else
		reply_empty(r, &(struct reply){ .status = 204 });
}

/* What both share: the id from the path, the token from the head. */
static void
manage(struct front *front, struct http_request *r,
	const struct work_plan *plan)
{
	struct work *w = work_new(front, r);
	struct arena *a = work_arena(w);
	struct errand *e = arena_new_of(a, struct errand);
	struct fault f;

	e->client.id = str_dup(a, routes_rest(r));
	e->given = str_dup(a, bearer_of(r));
	if (token_is_well_formed(e->given, TOKEN_REGISTRATION)) {
		work_submit(w, plan, e);
		return;
	}
	work_drop(&w);
	fault_set(&f, FAULT_INVALID_TOKEN, "no registration token was sent");
	refuse(front, r, &f);
}

void
register_get(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = run_get,
		.done = done_get };

	manage(front, r, &plan);
}

void
register_delete(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = {
		.run = run_delete, .done = done_delete, .always = forget
	};

	manage(front, r, &plan);
}
