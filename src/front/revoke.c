/* revoke: see revoke.h. */
#include "front/revoke.h"

#include "front/client_request.h"
#include "front/guard.h"
#include "front/reply.h"
#include "front/work.h"
#include "net/loop.h"
#include "oauth/token.h"
#include "store/tables.h"

struct errand {
	struct client_request request;
	struct token_name name;
	struct digest digest; /* the same, as the guard knows it */
	int64_t now;
	struct str client_id;
	struct str grant_id; /* what was revoked; STR_NONE: nothing */
	bool alone;          /* an access token of it only */
};

/* An unknown token is no fault (RFC 7009 2.2). */
static bool
unless_missing(struct fault *f)
{
	if (f->id != FAULT_NOT_FOUND)
		return false;
	fault_clear(f);
	return true;
}

/* A token of another client is refused (RFC 7009 2.1). */
static bool
load_own(struct arena *a, struct store_txn *t, struct str grant_id,
	const struct client *c, struct fault *f)
{
	struct grant g;

	if (!grant_load(a, t, grant_id, &g, f))
		return false;
	return str_eq(g.client_id, c->id) ||
		fault_set(f, FAULT_INVALID_GRANT,
			"the token is another client's");
}

static bool
run_refresh(struct arena *a, struct store_txn *t, struct errand *e,
	const struct client *c, struct fault *f)
{
	struct refresh_token k;

	if (!refresh_token_load(a, t, token_name_str(&e->name), &k, f) ||
		!load_own(a, t, k.grant_id, c, f))
		return unless_missing(f);
	e->grant_id = k.grant_id;
	return grant_revoke(t, k.grant_id, e->now, f);
}

static bool
run_access(struct arena *a, struct store_txn *t, struct errand *e,
	const struct client *c, struct fault *f)
{
	struct access_token k;

	if (!access_token_load(a, t, token_name_str(&e->name), &k, f) ||
		!load_own(a, t, k.grant_id, c, f))
		return unless_missing(f);
	e->grant_id = k.grant_id;
	e->alone = true;
	return access_token_remove(t, token_name_str(&e->name), f);
}

static bool
run(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;
	struct str token = form_get(&e->request.form, "token");
	struct client c;

	if (!client_request_load(a, t, &e->request.used, &c, f))
		return false;
	if (str_is_none(token))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "the token is missing");
	e->client_id = c.id;
	if (token_is_well_formed(token, TOKEN_REFRESH))
		return run_refresh(a, t, e, &c, f);
	if (token_is_well_formed(token, TOKEN_ACCESS))
		return run_access(a, t, e, &c, f);
	return true;
}

/* A client that gives an old access token back keeps its sessions. */
static void
always(struct front *front, void *input, const struct fault *f)
{
	struct errand *e = input;

	if (fault_is_set(f) || str_is_none(e->grant_id))
		return;
	if (e->alone)
		guard_forget_token(front->guard, &e->digest);
	else
		guard_forget_grant(front->guard, e->grant_id);
	event_log(NULL, e->alone ? EVENT_ACCESS_REVOKED : EVENT_TOKEN_REVOKED,
		EF_STR("grant", e->grant_id), EF_STR("client", e->client_id));
}

static void
done(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	struct errand *e = input;

	if (fault_is_set(f))
		client_request_refuse(front, r, &e->request.used, f);
	else
		reply_empty(r, &(struct reply){ .status = 200 });
}

static bool
prepare(struct arena *a, const struct front *front,
	const struct http_request *r, struct errand *e, struct fault *f)
{
	if (!client_request_read(a, front, r, &e->request, f))
		return false;
	e->name = token_name(form_get(&e->request.form, "token"));
	e->digest = token_digest(form_get(&e->request.form, "token"));
	e->now = loop_wall(front->loop);
	return true;
}

void
revoke_post(struct front *front, struct http_request *r)
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
