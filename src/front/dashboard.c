/* dashboard: see dashboard.h. */
#include "front/dashboard.h"

#include "front/ago.h"
#include "front/browser.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/setup.h"
#include "hall/hall.h"
#include "net/loop.h"
#include "text/uri.h"

#define PAGE_MAX           ((size_t)4 << 20)
#define LABEL_MAX          ((size_t)256)
/* Until the page of a server that is connecting looks again. */
#define LOOK_AGAIN_SECONDS 3

/* "1 tool", "3 tools"; after the first a comma. */
static void
put_count(struct buf *out, size_t n, const char *thing)
{
	if (n == 0)
		return;
	if (out->n > 0)
		buf_lit(out, ", ");
	buf_fmt(out, "%zu %s%s", n, thing, n == 1 ? "" : "s");
}

static struct str
counts_text(struct arena *a, const struct hall_server_view *v)
{
	struct buf out;

	buf_in(&out, a, LABEL_MAX);
	put_count(&out, v->tool_count, "tool");
	put_count(&out, v->prompt_count, "prompt");
	put_count(&out, v->resource_count, "resource");
	return buf_view(&out);
}

/* For how long it has been in its state. */
static struct str
since_text(struct arena *a, int64_t since, int64_t now)
{
	struct str age = ago_text(a, now - since);

	if (since <= 0)
		return STR("");
	return age.n == 0 ? STR("since just now")
			  : str_join(a, STR("for "), age);
}

/* "Last error, 3 minutes ago: it answered 500"; "" when there was none, or when
 * its state speaks of it already. */
static struct str
trouble_text(struct arena *a, const struct hall_server_view *v, int64_t now)
{
	struct str age = ago_text(a, now - v->troubled_at);

	if (v->trouble.n == 0 ||
		!(str_eq_lit(v->state, "connected") ||
			str_eq_lit(v->state, "connecting")))
		return STR("");
	return str_fmt(a, "Last error, %.*s: %.*s",
		STR_ARG(age.n == 0 ? STR("just now")
				   : str_join(a, age, STR(" ago"))),
		STR_ARG(v->trouble));
}

/* "needs login" → "needs-login": what style.css calls it. */
static struct str
class_text(struct arena *a, struct str state)
{
	struct buf out;

	buf_in(&out, a, LABEL_MAX);
	for (size_t i = 0; i < state.n; i++)
		buf_char(&out, state.p[i] == ' ' ? '-' : state.p[i]);
	return buf_view(&out);
}

/* Where it is, without what may hold a secret: arguments, path and query. */
static struct str
place_text(struct arena *a, const struct server_entry *e)
{
	struct str origin;

	if (e->transport == SERVER_STDIO)
		return str_is_none(e->command) ? STR("") : e->command;
	if (str_is_none(e->url))
		return STR("");
	origin = uri_origin_of(a, e->url);
	return str_is_none(origin) ? STR("") : origin;
}

static struct str
kind_text(enum server_transport transport)
{
	switch (transport) {
	case SERVER_STDIO:
		return STR("program on this machine");
	case SERVER_HTTP:
		return STR("HTTP");
	case SERVER_SSE:
		return STR("HTTP with SSE");
	}
	return STR("");
}

/* A tool that is switched off is the owner's to know of. */
static void
add_tools(struct arena *a, const struct hall *h, const struct person *person,
	struct page_dashboard_servers *row)
{
	size_t all, n = 0;
	const struct hall_tool_view *views = hall_tools(a, h, row->name, &all);
	struct page_dashboard_servers_tools *tools =
		arena_array(a, all, sizeof(*tools));

	if (views == NULL || tools == NULL)
		return;
	for (size_t i = 0; i < all; i++) {
		if (views[i].disabled && !person->owner)
			continue;
		tools[n++] = (struct page_dashboard_servers_tools){
			.tool = views[i].name,
			.about = views[i].description,
			.off = views[i].disabled,
		};
	}
	row->tools = tools;
	row->tools_n = n;
	row->tools_label = str_fmt(a, "Tools (%zu)", n);
}

/* How it is configured and what went wrong: it speaks of the inside. */
static void
add_inside(struct arena *a, const struct front *front,
	const struct hall_server_view *v, struct page_dashboard_servers *row)
{
	const struct server_entry *e = v->entry;

	row->kind = kind_text(e->transport);
	row->revision = v->revision;
	row->counts = counts_text(a, v);
	row->detail = v->detail;
	row->trouble = trouble_text(a, v, loop_wall(front->loop));
	row->description =
		str_is_none(e->description) ? STR("") : e->description;
	row->address = place_text(a, e);
}

static void
fill_row(struct arena *a, const struct front *front,
	const struct hall_server_view *v, const struct person *person,
	struct page_dashboard_servers *row)
{
	const struct server_entry *e = v->entry;

	*row = (struct page_dashboard_servers){
		.name = e->name,
		.title = str_eq(v->title, e->name) ? STR("") : v->title,
		.state = v->state,
		.class = class_text(a, v->state),
		.since = e->disabled
			? STR("")
			: since_text(a, v->since, loop_wall(front->loop)),
		.failed = str_eq_lit(v->state, "failed"),
	};
	if (person->owner)
		add_inside(a, front, v, row);
	add_tools(a, front->hall, person, row);
}

/* Whether it is theirs to see: nobody can use what is switched off. */
static bool
is_shown_to(const struct person *person, const struct hall_server_view *v)
{
	return person->owner || !v->entry->disabled;
}

static size_t
count_in(const struct page_dashboard *page, const char *state)
{
	size_t n = 0;

	for (size_t i = 0; i < page->servers_n; i++)
		n += str_eq(page->servers[i].state, str_from(state));
	return n;
}

/* "1 of 4 connected, 2 connecting, 1 failed." */
static struct str
summary_text(struct arena *a, const struct page_dashboard *page)
{
	static const char *const others[] = { "connecting", "waiting", "failed",
		"needs login", "disabled" };
	size_t up = count_in(page, "connected");
	struct buf out;

	if (page->servers_n == 0)
		return STR("Nothing to connect to yet.");
	if (up == page->servers_n)
		return up == 1 ? STR("One server, connected.")
			       : str_fmt(a, "%zu servers, all connected.", up);
	buf_in(&out, a, LABEL_MAX);
	buf_fmt(&out, "%zu of %zu connected", up, page->servers_n);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t n = count_in(page, others[i]);

		if (n > 0)
			buf_fmt(&out, ", %zu\u00a0%s", n, others[i]);
	}
	buf_lit(&out, ".");
	return buf_view(&out);
}

static void
fill(struct arena *a, const struct front *front, const struct person *person,
	struct page_dashboard *page)
{
	struct page_dashboard_servers *rows;
	struct hall_server_view view;
	size_t all = 0, n = 0;

	while (hall_server_view(a, front->hall, all, &view))
		all++;
	rows = arena_array(a, all, sizeof(*rows));
	if (rows == NULL)
		return;
	for (size_t i = 0; i < all; i++) {
		if (hall_server_view(a, front->hall, i, &view) &&
			is_shown_to(person, &view))
			fill_row(a, front, &view, person, &rows[n++]);
	}
	page->servers = rows;
	page->servers_n = n;
}

static void
show(struct front *front, struct http_request *r, const struct browser *b)
{
	struct arena *a = r->arena;
	struct page_dashboard page = {
		.person = b->person.name,
		.owner = b->person.owner,
		.form_token = browser_form_token(
			a, front, b->session_digest, STR("logout")),
		.hub = hall_endpoint_at(front->hall, 0)->resource,
	};
	struct reply how = { 0 };
	struct buf out;

	fill(a, front, &b->person, &page);
	page.summary = summary_text(a, &page);
	page.looks_again = count_in(&page, "connecting") > 0;
	if (page.looks_again)
		how.look_again = LOOK_AGAIN_SECONDS;
	buf_in(&out, a, PAGE_MAX);
	page_dashboard(&out, &page);
	reply_page(r, &how, &out);
}

static void
greet(struct front *front, struct http_request *r)
{
	struct page_no_owner nothing = { 0 };
	struct buf out;

	if (!front->setup_open) {
		browser_need(front, r, show);
		return;
	}
	buf_in(&out, r->arena, PAGE_MAX);
	page_no_owner(&out, &nothing);
	reply_page(r, &(struct reply){ 0 }, &out);
}

void
dashboard_get(struct front *front, struct http_request *r)
{
	setup_look(front, r, greet);
}
