/* access: see access.h. */
#include "front/access.h"

#include "front/ago.h"
#include "front/browser.h"
#include "front/form_page.h"
#include "front/guard.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/routes.h"
#include "front/work.h"
#include "net/loop.h"
#include "store/tables.h"

#define PAGE_MAX ((size_t)4 << 20)
#define FORM     STR("access")

/* ---- the list ---- */

struct listing {
	int64_t now;
	struct browser browser;
	struct page_access page;
};

static struct str
when_text(struct arena *a, int64_t when, int64_t now)
{
	struct str ago = ago_text(a, now - when);

	if (when <= 0)
		return STR("");
	return ago.n == 0 ? STR("just now") : str_join(a, ago, STR(" ago"));
}

static bool
name_client(struct arena *a, struct store_txn *t, struct page_access_grants *g,
	struct fault *f)
{
	struct client c;

	g->client = g->client_id;
	if (!client_load(a, t, g->client_id, &c, f)) {
		if (f->id != FAULT_NOT_FOUND)
			return false;
		fault_clear(f);
		return true;
	}
	if (!str_is_none(c.name) && c.name.n > 0)
		g->client = c.name;
	return true;
}

static bool
fill(struct arena *a, struct store_txn *t, struct listing *l, struct fault *f)
{
	struct page_access_grants *rows;
	struct grants grants;
	size_t used = 0;

	if (!grant_list(a, t, l->browser.person.id, &grants, f))
		return false;
	rows = arena_array(a, grants.n, sizeof(*rows));
	if (rows == NULL)
		return fault_set(f, FAULT_TOO_LARGE, "grants");
	for (size_t i = 0; i < grants.n; i++) {
		const struct grant *g = &grants.all[i];

		if (g->revoked != 0)
			continue;
		rows[used] = (struct page_access_grants){
			.id = g->id,
			.client_id = g->client_id,
			.resource = g->resource,
			.scope = g->scope,
			.since = when_text(a, g->created, l->now),
			.used = when_text(a, g->last_used, l->now),
		};
		if (!name_client(a, t, &rows[used], f))
			return false;
		used++;
	}
	l->page.grants = rows;
	l->page.grants_n = used;
	return true;
}

static bool
load(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct listing *l = input;

	if (!browser_load(a, t, l->now, &l->browser, f))
		return false;
	return str_is_none(l->browser.session_digest) || fill(a, t, l, f);
}

static void
show(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	struct listing *l = input;
	struct str digest = l->browser.session_digest;
	struct buf out;

	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	if (str_is_none(digest)) {
		browser_to_login(front, r);
		return;
	}
	l->page.person = l->browser.person.name;
	l->page.form_token =
		browser_form_token(r->arena, front, digest, STR("logout"));
	l->page.revoke_token =
		browser_form_token(r->arena, front, digest, FORM);
	buf_in(&out, r->arena, PAGE_MAX);
	page_access(&out, &l->page);
	reply_page(r, &(struct reply){ 0 }, &out);
}

void
access_get(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = load, .done = show };
	struct str digest = browser_cookie(r->arena, front, r);
	struct listing *l;
	struct work *w;

	if (str_is_none(digest)) {
		browser_to_login(front, r);
		return;
	}
	w = work_new(front, r);
	l = arena_new_of(work_arena(w), struct listing);
	l->browser.session_digest = str_dup(work_arena(w), digest);
	l->now = loop_wall(front->loop);
	work_submit(w, &plan, l);
}

/* ---- taking it back ---- */

struct taking {
	struct str digest;
	struct str grant_id;
	int64_t now;
	struct str client_id; /* whose it was; STR_NONE: nothing was done */
};

static bool
revoke(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct taking *k = input;
	struct browser b;
	struct grant g;

	b.session_digest = k->digest;
	if (!browser_load(a, t, k->now, &b, f))
		return false;
	if (str_is_none(b.session_digest))
		return fault_set(f, FAULT_LOGIN_NEEDED, "the session is over");
	if (!grant_load(a, t, k->grant_id, &g, f))
		return false;
	if (!str_eq(g.person_id, b.person.id))
		return fault_set(f, FAULT_NOT_FOUND, "somebody else's grant");
	k->client_id = g.client_id;
	return grant_revoke(t, g.id, k->now, f);
}

/* Even when the browser left. */
static void
forget(struct front *front, void *input, const struct fault *f)
{
	const struct taking *k = input;

	if (fault_is_set(f))
		return;
	guard_forget_grant(front->guard, k->grant_id);
	event_log(NULL, EVENT_TOKEN_REVOKED, EF_STR("grant", k->grant_id),
		EF_STR("client", k->client_id));
}

static void
back_to_list(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	(void)input;
	if (fault_is_set(f))
		reply_fault_page(front, r, f);
	else
		reply_see_other(r, STR("/access"), &(struct reply){ 0 });
}

void
access_revoke_post(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = {
		.run = revoke, .done = back_to_list, .always = forget
	};
	struct str digest = browser_cookie(r->arena, front, r);
	struct form form;
	struct taking *k;
	struct work *w;
	struct fault f;

	if (!form_page_parse(r, &form, &f) ||
		!browser_form_check(front, digest, FORM,
			form_get(&form, "form_token"), &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	w = work_new(front, r);
	k = arena_new_of(work_arena(w), struct taking);
	k->digest = str_dup(work_arena(w), digest);
	k->grant_id = str_dup(work_arena(w), form_page_get(&form, "grant"));
	k->now = loop_wall(front->loop);
	k->client_id = STR_NONE;
	work_submit(w, &plan, k);
}
