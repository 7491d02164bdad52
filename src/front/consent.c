/* consent: see consent.h. */
#include "front/consent.h"

#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "front/client_request.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/work.h"
#include "hall/hall.h"
#include "net/loop.h"
#include "oauth/redirect.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "oauth/token.h"
#include "store/tables.h"
#include "text/base64.h"
#include "text/form.h"

#define FORM         STR("consent")
#define PAGE_MAX     ((size_t)256 << 10)
#define SEALED_MAX   ((size_t)64 << 10)
#define LOCATION_MAX ((size_t)128 << 10)

/* A sealed request opens for the session that it was sealed for. */
static struct str
context_of(struct arena *a, struct str session_digest)
{
	return str_join(a, STR("consent|"), session_digest);
}

struct authorize_site
consent_site(struct arena *a, const struct front *front)
{
	size_t n = hall_endpoint_count(front->hall);
	struct str *resources = arena_array(a, n, sizeof(*resources));

	for (size_t i = 0; i < n; i++)
		resources[i] = hall_endpoint_at(front->hall, i)->resource;
	return (struct authorize_site){ front->scopes, resources, n };
}

/* ---- the page ---- */

static struct str
seal_request(
	struct arena *a, const struct front *front, const struct consent *c)
{
	struct buf plain, text;
	struct str sealed;

	buf_in(&plain, a, SEALED_MAX);
	authorize_write(&plain, c->request, loop_wall(front->loop));
	if (!buf_ok(&plain))
		return STR_NONE;
	sealed = seal(a, front->form_key,
		context_of(a, c->browser->session_digest), buf_view(&plain));
	if (str_is_none(sealed))
		return STR_NONE;
	buf_in(&text, a, 2 * SEALED_MAX);
	base64url_write(&text, sealed);
	return buf_ok(&text) ? buf_view(&text) : STR_NONE;
}

static size_t
list_scopes(const struct scope_table *t, struct str asked,
	struct page_consent_scopes out[SCOPE_MAX])
{
	uint64_t bits = scope_known(t, asked);
	size_t n = 0;

	for (size_t i = 0; i < scope_count(t); i++)
		if ((bits & (uint64_t)1 << i) != 0)
			out[n++] = (struct page_consent_scopes){
				.scope = scope_name(t, i),
				.sentence = scope_sentence(t, i),
			};
	return n;
}

/* "all servers", or the endpoint's own name. */
static struct str
resource_name(const struct front *front, struct str resource)
{
	const struct endpoint *e =
		hall_endpoint_of_resource(front->hall, resource);

	return e == NULL || e->name.n == 0 ? STR("all servers") : e->name;
}

void
consent_show(
	struct front *front, struct http_request *r, const struct consent *c)
{
	const struct authorize_request *asked = c->request;
	struct page_consent_scopes scopes[SCOPE_MAX];
	struct redirect_parts to = redirect_cut(asked->redirect_uri);
	struct arena *a = r->arena;
	struct page_consent page = {
		.client_name = str_is_none(c->client->name)
			? STR("an unnamed application")
			: c->client->name,
		.client_id = c->client->id,
		.host = redirect_host(a, asked->redirect_uri),
		.to_before = to.before,
		.to_place = to.place,
		.to_after = to.after,
		.resource_name = resource_name(front, asked->resource),
		.resource = asked->resource,
		.person = c->browser->person.name,
		.scopes = scopes,
		.scopes_n = list_scopes(front->scopes, asked->scope, scopes),
		.local = redirect_is_local(asked->redirect_uri),
		.request = seal_request(a, front, c),
		.form_token = browser_form_token(
			a, front, c->browser->session_digest, FORM),
	};
	struct buf out;
	struct fault f;

	if (str_is_none(page.request)) {
		fault_set(&f, FAULT_TOO_LARGE, "authorization request");
		reply_fault_page(front, r, &f);
		return;
	}
	buf_in(&out, a, PAGE_MAX);
	page_consent(&out, &page);
	reply_page(r,
		&(struct reply){ .form_action = redirect_csp_source(
					 a, asked->redirect_uri) },
		&out);
}

/* ---- the answer ---- */

enum decision { DECISION_DENY, DECISION_ALLOW };

struct errand {
	struct authorize_request request;
	struct str session_digest;
	struct str page_digest; /* of the sealed request */
	int64_t page_ends;
	enum decision decision;
	struct fault refusal; /* what is served changed meanwhile */
	int64_t now, code_s;
	unsigned char bits[32]; /* of the code */
	struct str grant_id;
	/* what came of it */
	struct str code;
	struct str person_id;
	struct str client_name;
};

static bool
save_grant(
	struct arena *a, struct store_txn *t, struct errand *e, struct fault *f)
{
	const struct authorize_request *asked = &e->request;
	struct grant g = {
		.id = e->grant_id,
		.person_id = e->person_id,
		.client_id = asked->client_id,
		.resource = asked->resource,
		.scope = asked->scope,
		.created = e->now,
		.last_used = e->now,
	};
	struct auth_code code = {
		.grant_id = e->grant_id,
		.client_id = asked->client_id,
		.redirect_uri = asked->redirect_uri,
		.challenge = asked->challenge,
		.expires = e->now + e->code_s,
	};
	struct token_name name;

	e->code = token_make(a, TOKEN_CODE, e->bits);
	secret_wipe(e->bits, sizeof(e->bits));
	if (str_is_none(e->code))
		return fault_set(f, FAULT_TOO_LARGE, "code");
	name = token_name(e->code);
	code.digest = token_name_str(&name);
	return grant_save(t, &g, f) && auth_code_save(t, &code, f) &&
		client_used(t, asked->client_id, e->now, f);
}

/* AS-31.  In the answer's own transaction, so that of two at once one loses. */
static bool
answer_once(struct store_txn *t, const struct errand *e, struct fault *f)
{
	bool first;

	return grant_answer(t, e->page_digest, e->page_ends, &first, f) &&
		(first ||
			fault_set(f, FAULT_STALE_FORM,
				"the consent page was answered before"));
}

/* The session and the client may be gone since the page was shown. */
static bool
run(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;
	struct browser b;
	struct client c;
	struct str address;

	b.session_digest = e->session_digest;
	if (!browser_load(a, t, e->now, &b, f))
		return false;
	if (str_is_none(b.session_digest))
		return fault_set(f, FAULT_STALE_FORM, "the session has ended");
	if (!client_load(a, t, e->request.client_id, &c, f))
		return f->id != FAULT_NOT_FOUND
			? false
			: fault_set(f, FAULT_UNKNOWN_CLIENT,
				  "the client is gone");
	if (!redirect_choose(&c, e->request.redirect_uri, &address, f))
		return false;
	if (!answer_once(t, e, f))
		return false;
	e->person_id = b.person.id;
	e->client_name = c.name;
	if (e->decision == DECISION_DENY || fault_is_set(&e->refusal))
		return true;
	return save_grant(a, t, e, f);
}

static void
log_decision(const struct http_request *r, const struct errand *e)
{
	event_log(&r->scope, EVENT_CONSENT,
		EF_STR("decision",
			str_is_none(e->code) ? STR("denied") : STR("allowed")),
		EF_STR("person", e->person_id),
		EF_STR("client", e->request.client_id),
		EF_STR("name",
			str_is_none(e->client_name) ? STR("") : e->client_name),
		EF_STR("resource", e->request.resource),
		EF_STR("scope", e->request.scope));
}

static void
done(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	struct errand *e = input;
	struct str issuer = front->settings->public_url;
	struct buf location;

	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	log_decision(r, e);
	if (str_is_none(e->code) && !fault_is_set(&e->refusal))
		fault_set(
			&e->refusal, FAULT_ACCESS_DENIED, "the person said no");
	buf_in(&location, r->arena, LOCATION_MAX);
	if (str_is_none(e->code))
		authorize_write_error(
			&location, &e->request, &e->refusal, issuer);
	else
		authorize_write_code(&location, &e->request, e->code, issuer);
	reply_see_other(r, buf_view(&location), &(struct reply){ 0 });
}

static bool
open_request(struct arena *a, const struct front *front,
	const struct form *form, struct errand *e, struct fault *f)
{
	struct str sealed, plain;
	struct digest digest;
	int64_t made;

	if (!base64url_read(a, form_get(form, "request"), &sealed))
		return fault_set(
			f, FAULT_STALE_FORM, "the sealed request is no base64");
	plain = seal_open(a, front->form_key, context_of(a, e->session_digest),
		sealed, NULL);
	if (str_is_none(plain))
		return fault_set(f, FAULT_STALE_FORM,
			"the sealed request is another session's");
	if (!authorize_read(a, plain, &e->request, &made, f))
		return false;
	if (made > e->now || e->now - made > CONSENT_S)
		return fault_set(
			f, FAULT_STALE_FORM, "the consent page is too old");
	digest = digest_sha256(sealed);
	e->page_digest = digest_hex(a, &digest);
	e->page_ends = made + CONSENT_S;
	return !str_is_none(e->page_digest) ||
		fault_set(f, FAULT_TOO_LARGE, "consent");
}

static bool
read_decision(const struct form *form, struct errand *e, struct fault *f)
{
	struct str decision = form_get(form, "decision");

	if (str_eq_lit(decision, "allow"))
		e->decision = DECISION_ALLOW;
	else if (str_eq_lit(decision, "deny"))
		e->decision = DECISION_DENY;
	else
		return fault_set(f, FAULT_INVALID_REQUEST,
			"decision is neither allow nor deny");
	return true;
}

/* A reload may have taken away what was asked for. */
static void
check_site(struct arena *a, const struct front *front, struct errand *e)
{
	uint64_t bits = scope_known(front->scopes, e->request.scope) &
		scope_grantable(front->scopes);

	if (hall_endpoint_of_resource(front->hall, e->request.resource) == NULL)
		fault_set(&e->refusal, FAULT_INVALID_TARGET,
			"the resource is served no more");
	else if (bits == 0)
		fault_set(&e->refusal, FAULT_INVALID_SCOPE,
			"the scopes are no more");
	else
		e->request.scope = scope_print(a, front->scopes, bits);
}

static bool
prepare(struct arena *a, const struct front *front,
	const struct http_request *r, struct errand *e, struct fault *f)
{
	struct form form;

	e->session_digest = browser_cookie(a, front, r);
	e->now = loop_wall(front->loop);
	e->code_s = front->settings->code_s;
	if (str_is_none(e->session_digest))
		return fault_set(f, FAULT_STALE_FORM, "nobody is logged in");
	if (!client_request_form(a, r, NULL, &form, f) ||
		!browser_form_check(front, e->session_digest, FORM,
			form_get(&form, "form_token"), f) ||
		!read_decision(&form, e, f) ||
		!open_request(a, front, &form, e, f))
		return false;
	check_site(a, front, e);
	random_bytes(e->bits, sizeof(e->bits));
	e->grant_id = str_join(a, STR("g_"), random_text(a, 16));
	return !str_is_none(e->grant_id) ||
		fault_set(f, FAULT_TOO_LARGE, "grant");
}

void
consent_post(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = run, .done = done };
	struct work *w = work_new(front, r);
	struct errand *e = arena_new_of(work_arena(w), struct errand);
	struct fault f;

	if (prepare(work_arena(w), front, r, e, &f)) {
		work_submit(w, &plan, e);
		return;
	}
	work_drop(&w);
	reply_fault_page(front, r, &f);
}
