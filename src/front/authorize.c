/* authorize: see authorize.h. */
#include "front/authorize.h"

#include "front/consent.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/work.h"
#include "net/loop.h"
#include "oauth/redirect.h"
#include "store/tables.h"
#include "text/form.h"

#define PAGE_MAX     ((size_t)64 << 10)
#define LOCATION_MAX ((size_t)128 << 10)

struct errand {
	struct form form;
	int64_t now;
	/* what the store knows */
	struct client client; /* id is STR_NONE: unknown */
	struct browser browser;
};

/* ---- on the store thread ---- */

static bool
run(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct errand *e = input;
	struct str id = form_get(&e->form, "client_id");

	if (!str_is_none(id) && !client_load(a, t, id, &e->client, f)) {
		if (f->id != FAULT_NOT_FOUND)
			return false;
		fault_clear(f);
		e->client = (struct client){ 0 };
	}
	return str_is_none(e->browser.session_digest) ||
		browser_load(a, t, e->now, &e->browser, f);
}

/* ---- on the loop ---- */

/* A link that starts a program: as the settings allow it now, for the pages'
 * own links are http and https.  Empty when it isn't one. */
static struct html
program_link(const struct front *front, struct http_request *r,
	struct str address, struct str location)
{
	const struct settings *s = front->settings;
	struct redirect_rules rules = { s->custom_schemes,
		s->custom_scheme_count };
	struct buf out;

	if (redirect_is_loopback(address) || !redirect_is_local(address) ||
		!redirect_check(address, &rules, NULL))
		return (struct html){ STR("") };
	buf_in(&out, r->arena, LOCATION_MAX);
	buf_lit(&out, "<a class=\"button second\" rel=\"noreferrer\" href=\"");
	html_escape(&out, location);
	buf_lit(&out, "\">Back to the program</a>");
	return (struct html){ buf_view(&out) };
}

/* A redirect without a person's click, only to where no stranger waits: an
 * address that anybody could register gets a page in between (OAuth 2.1
 * 7.12.2).  Links that start programs can do more than bring an answer. */
static void
refuse(struct front *front, struct http_request *r, const struct client *client,
	const struct authorize_request *request, const struct fault *f)
{
	struct str address = request->redirect_uri;
	struct buf location, page;

	event_fault(&r->scope, f);
	buf_in(&location, r->arena, LOCATION_MAX);
	authorize_write_error(
		&location, request, f, front->settings->public_url);
	if (client->origin == CLIENT_STATIC || redirect_is_loopback(address)) {
		reply_see_other(r, buf_view(&location), &(struct reply){ 0 });
		return;
	}
	buf_in(&page, r->arena, PAGE_MAX);
	page_refused(&page,
		&(struct page_refused){
			.program = program_link(
				front, r, address, buf_view(&location)),
			.client_name = str_is_none(client->name)
				? STR("The application")
				: client->name,
			.host = redirect_host(r->arena, address),
			.sentence = str_from(fault_row(f->id)->sentence),
			.advice = str_from(fault_row(f->id)->advice),
			.address = buf_view(&location),
		});
	reply_page(r, &(struct reply){ .status = 400 }, &page);
}

/* Back from the login: the same request anew. */
static void
again(struct front *front, struct http_request *r, const struct browser *b)
{
	(void)front;
	(void)b;
	reply_see_other(r, r->head->target, &(struct reply){ 0 });
}

static void
done(struct front *front, struct http_request *r, void *input,
	const struct fault *trouble)
{
	struct errand *e = input;
	const struct client *client =
		str_is_none(e->client.id) ? NULL : &e->client;
	struct authorize_site site = consent_site(r->arena, front);
	struct authorize_request request;
	enum authorize_verdict verdict;
	struct fault f = *trouble;

	if (fault_is_set(&f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	verdict = authorize_judge(r->arena,
		&(struct authorize_case){ &e->form, client, &site }, &request,
		&f);
	if (verdict == AUTHORIZE_LOCAL) {
		reply_fault_page(front, r, &f);
	} else if (str_is_none(e->browser.session_digest)) {
		browser_need(front, r, again);
	} else if (verdict == AUTHORIZE_REFUSE) {
		refuse(front, r, client, &request, &f);
	} else {
		consent_show(front, r,
			&(struct consent){ client, &request, &e->browser });
	}
}

void
authorize_get(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = run, .done = done };
	struct work *w = work_new(front, r);
	struct arena *a = work_arena(w);
	struct errand *e = arena_new_of(a, struct errand);
	struct str query = r->head->query;
	struct fault f;

	query = str_dup(a, str_is_none(query) ? STR("") : query);
	if (!form_parse(a, query, authorize_repeatable, &e->form, &f)) {
		work_drop(&w);
		reply_fault_page(front, r, &f);
		return;
	}
	e->browser.session_digest = browser_cookie(a, front, r);
	e->now = loop_wall(front->loop);
	work_submit(w, &plan, e);
}

void
authorize_post(struct front *front, struct http_request *r)
{
	consent_post(front, r);
}
