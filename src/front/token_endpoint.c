/* token_endpoint: see token_endpoint.h. */
#include "front/token_endpoint.h"

#include "base/secret.h"
#include "crypto/random.h"
#include "front/client_request.h"
#include "front/guard.h"
#include "front/reply.h"
#include "front/work.h"
#include "net/loop.h"
#include "oauth/token.h"
#include "store/tables.h"

#define ANSWER_MAX ((size_t)8 << 10)

/* A spent code is remembered as long as what it gave can still be used. */
#define CODE_REMEMBERED_S ((int64_t)24 * 3600)

struct errand {
	struct client_request request;
	struct token_ask ask;
	struct fault unfit; /* of the ask; told to the client itself alone */
	struct token_name name; /* of what was presented */
	const struct seal_key *token_key;
	int64_t now, access_s, refresh_s, grace_s;
	/* what became of it */
	struct client client;
	struct grant grant;
	struct token_answer answer;
	enum token_verdict verdict;
	struct fault refusal; /* with TOKEN_REVOKE: what was saved stays */
};

/* ---- on the store thread ---- */

/* What isn't there was never a grant of ours, or is one no more. */
static bool
gone(struct fault *f, const char *what)
{
	if (f->id != FAULT_NOT_FOUND)
		return false;
	return fault_set(f, FAULT_INVALID_GRANT, "%s is not known", what);
}

/* The grant and, unless it is nobody's, the person behind it. */
static bool
load_grant(struct arena *a, struct store_txn *t, struct str id, struct grant *g,
	struct fault *f)
{
	struct person p;

	if (!grant_load(a, t, id, g, f))
		return gone(f, "the grant");
	if (str_is_none(g->person_id))
		return true;
	if (!person_load(a, t, g->person_id, &p, f))
		return gone(f, "the person");
	return p.disabled == 0 ||
		fault_set(f, FAULT_INVALID_GRANT,
			"the person may not log in any more");
}

/* Fresh random tokens have names of their own; derived ones come again. */
static bool
save_access(struct errand *e, struct store_txn *t, struct fault *f)
{
	struct token_name name = token_name(e->answer.access);

	e->answer.expires_in = e->access_s;
	return access_token_save(t,
		&(struct access_token){
			.digest = token_name_str(&name),
			.grant_id = e->grant.id,
			.scope = e->answer.scope,
			.expires = e->now + e->access_s,
		},
		f);
}

static bool
save_refresh(struct errand *e, struct store_txn *t, struct fault *f)
{
	struct token_name name = token_name(e->answer.refresh);

	return refresh_token_save(t,
		&(struct refresh_token){
			.digest = token_name_str(&name),
			.grant_id = e->grant.id,
			.expires = e->now + e->refresh_s,
		},
		f);
}

/* The client and its grant are in use. */
static bool
touch(struct errand *e, struct store_txn *t, struct fault *f)
{
	e->grant.last_used = e->now;
	return grant_save(t, &e->grant, f) &&
		client_used(t, e->client.id, e->now, f);
}

static bool
revoke(struct errand *e, struct store_txn *t, struct fault *f)
{
	e->refusal = *f;
	fault_clear(f);
	return grant_revoke(t, e->grant.id, e->now, f);
}

static struct str
fresh_token(struct arena *a, enum token_kind kind)
{
	unsigned char bits[32];
	struct str text;

	random_bytes(bits, sizeof(bits));
	text = token_make(a, kind, bits);
	secret_wipe(bits, sizeof(bits));
	return text;
}

static bool
issue_by_code(struct arena *a, struct errand *e, struct store_txn *t,
	struct auth_code *code, struct fault *f)
{
	code->spent = e->now;
	code->expires = e->now + CODE_REMEMBERED_S;
	e->answer.scope = e->grant.scope;
	e->answer.access = fresh_token(a, TOKEN_ACCESS);
	if (e->client.may_refresh)
		e->answer.refresh = fresh_token(a, TOKEN_REFRESH);
	if (str_is_none(e->answer.access) ||
		(e->client.may_refresh && str_is_none(e->answer.refresh)))
		return fault_set(f, FAULT_TOO_LARGE, "tokens");
	return auth_code_save(t, code, f) && save_access(e, t, f) &&
		(!e->client.may_refresh || save_refresh(e, t, f)) &&
		touch(e, t, f);
}

static struct token_scene
scene_of(const struct errand *e)
{
	return (struct token_scene){ &e->client, &e->grant, e->now,
		e->grace_s };
}

static bool
run_code(
	struct arena *a, struct errand *e, struct store_txn *t, struct fault *f)
{
	struct token_scene scene = scene_of(e);
	struct auth_code code;

	if (!auth_code_load(a, t, token_name_str(&e->name), &code, f))
		return gone(f, "the code");
	if (!load_grant(a, t, code.grant_id, &e->grant, f))
		return false;
	e->verdict = token_judge_code(&e->ask, &scene, &code, f);
	switch (e->verdict) {
	case TOKEN_ISSUE:
	case TOKEN_REPEAT:
		return issue_by_code(a, e, t, &code, f);
	case TOKEN_REVOKE:
		return revoke(e, t, f);
	case TOKEN_REFUSE:
		break;
	}
	return false;
}

static bool
issue_by_refresh(struct errand *e, struct store_txn *t,
	struct refresh_token *old, struct fault *f)
{
	old->retired = e->now;
	return refresh_token_save(t, old, f) && save_refresh(e, t, f) &&
		save_access(e, t, f) && touch(e, t, f);
}

/* The successor's access token as it was.  When there is none, because it was
 * revoked alone (RFC 7009) or had another scope, a fresh one: what was revoked
 * never comes back. */
static bool
repeat(struct arena *a, struct errand *e, struct store_txn *t, struct fault *f)
{
	struct token_name name = token_name(e->answer.access);
	struct access_token was;

	if (access_token_load(a, t, token_name_str(&name), &was, f) &&
		was.expires > e->now) {
		e->answer.expires_in = was.expires - e->now;
		return true;
	}
	if (fault_is_set(f) && f->id != FAULT_NOT_FOUND)
		return false;
	fault_clear(f);
	e->answer.access = fresh_token(a, TOKEN_ACCESS);
	return str_is_none(e->answer.access)
		? fault_set(f, FAULT_TOO_LARGE, "tokens")
		: save_access(e, t, f);
}

/* Names what is going to replace the refresh token. */
static bool
derive(struct arena *a, struct errand *e, struct fault *f)
{
	e->answer.scope =
		str_is_none(e->ask.scope) ? e->grant.scope : e->ask.scope;
	e->answer.refresh = token_successor(
		a, e->token_key, TOKEN_REFRESH, &e->name, STR_NONE);
	e->answer.access = token_successor(
		a, e->token_key, TOKEN_ACCESS, &e->name, e->answer.scope);
	return (!str_is_none(e->answer.refresh) &&
		       !str_is_none(e->answer.access)) ||
		fault_set(f, FAULT_TOO_LARGE, "tokens");
}

static bool
load_successor(struct arena *a, const struct errand *e, struct store_txn *t,
	struct refresh_token *next, struct fault *f)
{
	struct token_name name = token_name(e->answer.refresh);

	*next = (struct refresh_token){ 0 };
	if (refresh_token_load(a, t, token_name_str(&name), next, f))
		return true;
	if (f->id != FAULT_NOT_FOUND)
		return false;
	*next = (struct refresh_token){ 0 };
	fault_clear(f);
	return true;
}

static bool
run_refresh(
	struct arena *a, struct errand *e, struct store_txn *t, struct fault *f)
{
	struct token_scene scene = scene_of(e);
	struct refresh_token old, next;

	if (!refresh_token_load(a, t, token_name_str(&e->name), &old, f))
		return gone(f, "the refresh token");
	if (!load_grant(a, t, old.grant_id, &e->grant, f) || !derive(a, e, f) ||
		!load_successor(a, e, t, &next, f))
		return false;
	e->verdict = token_judge_refresh(&e->ask, &scene, &old,
		str_is_none(next.digest) ? NULL : &next, f);
	switch (e->verdict) {
	case TOKEN_ISSUE:
		return issue_by_refresh(e, t, &old, f);
	case TOKEN_REPEAT:
		return repeat(a, e, t, f);
	case TOKEN_REVOKE:
		return revoke(e, t, f);
	case TOKEN_REFUSE:
		break;
	}
	return false;
}

static bool
run(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;

	if (!client_request_load(a, t, &e->request.used, &e->client, f))
		return false;
	if (fault_is_set(&e->unfit)) {
		*f = e->unfit;
		return false;
	}
	switch (e->ask.type) {
	case TOKEN_BY_CODE:
		return run_code(a, e, t, f);
	case TOKEN_BY_REFRESH:
		return run_refresh(a, e, t, f);
	}
	return false;
}

/* ---- on the loop ---- */

static void
always(struct front *front, void *input, const struct fault *f)
{
	struct errand *e = input;

	if (fault_is_set(f) || e->verdict != TOKEN_REVOKE)
		return;
	guard_forget_grant(front->guard, e->grant.id);
	event_log(NULL, EVENT_TOKEN_REUSED, EF_STR("grant", e->grant.id),
		EF_STR("client", e->client.id));
}

static void
done(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	struct errand *e = input;
	struct buf out;

	if (!fault_is_set(f) && e->verdict == TOKEN_REVOKE)
		f = &e->refusal;
	if (fault_is_set(f)) {
		client_request_refuse(front, r, &e->request.used, f);
		return;
	}
	event_log(&r->scope, EVENT_TOKEN_ISSUED, EF_STR("grant", e->grant.id),
		EF_STR("client", e->client.id),
		EF_STR("scope", e->answer.scope),
		EF_SECRET("token", e->answer.access));
	buf_in(&out, r->arena, ANSWER_MAX);
	token_write(&out, &e->answer);
	reply_json(r, &(struct reply){ 0 }, buf_view(&out));
}

static bool
prepare(struct arena *a, const struct front *front,
	const struct http_request *r, struct errand *e, struct fault *f)
{
	const struct settings *s = front->settings;

	e->request.repeatable = token_repeatable;
	if (!client_request_read(a, front, r, &e->request, f))
		return false;
	if (token_read(a, &e->request.form, &e->ask, &e->unfit))
		e->name = token_name(e->ask.presented);
	e->token_key = front->token_key;
	e->now = loop_wall(front->loop);
	e->access_s = s->access_s;
	e->refresh_s = s->refresh_s;
	e->grace_s = s->refresh_grace_s;
	return true;
}

void
token_endpoint_post(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = {
		.run = run, .done = done, .always = always
	};
	struct work *w = work_new(front, r);
	struct errand *e = arena_new_of(work_arena(w), struct errand);
	struct client_credentials used;
	struct fault f;

	if (prepare(work_arena(w), front, r, e, &f)) {
		work_submit(w, &plan, e);
		return;
	}
	used = (struct client_credentials){ .method = e->request.used.method };
	work_drop(&w);
	client_request_refuse(front, r, &used, &f);
}
