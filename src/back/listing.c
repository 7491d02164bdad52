/* listing: see listing.h.
 *
 *	        listing_start                 pages left
 *	IDLE ────────────────▶ asking a kind ◀─────────┐
 *	 ▲                        │  └─────────────────┘
 *	 │   no kind is wanted    ▼ last page
 *	 └──────────────────── next wanted kind
 */
#include "back/listing.h"

#include "back/catalogue.h"
#include "base/buf.h"
#include "base/die.h"
#include "base/event.h"
#include "mcp/capability.h"
#include "mcp/message.h"

#include <stdlib.h>

#define ASK_MAX ((size_t)64 << 10)

struct listing {
	struct listing_plan plan;
	struct link *on;          /* NULL: idle */
	struct link_call call;
	bool wanted[LISTS_KINDS];
	bool first_round;         /* done() is still owed */
	struct catalogue_list *fresh; /* being read */
	unsigned pages;
	struct fault fault;       /* of the last kind that failed */
};

static const struct link_listener listener;
static void next_kind(struct listing *x);

static void
ask_page(struct listing *x, struct str cursor)
{
	struct buf out;
	struct str text;
	enum method method = lists_method(x->fresh->kind);

	buf_init(&out, ASK_MAX);
	link_call_init(&x->call, x->on, &listener);
	message_list(&out, &(struct message_list){
		.id = x->call.id,
		.method = method,
		.to = link_server(x->on)->revision,
		.cursor = cursor,
	});
	text = buf_view(&out);
	link_send(x->on, &x->call, &(struct link_message){
		.method = method, .parts = &text, .part_count = 1 });
	buf_clear(&out);
}

static void
kind_failed(struct listing *x, const struct fault *f)
{
	x->fault = *f;
	fault_within(&x->fault, "%s",
		methods_name(lists_method(x->fresh->kind)).p);
	event_fault(x->plan.scope, &x->fault);
	catalogue_list_free(&x->fresh);
	next_kind(x);
}

static void
kind_read(struct listing *x)
{
	enum lists_kind kind = x->fresh->kind;
	struct catalogue_list **at = &x->plan.catalogue->lists[kind];

	if (catalogue_list_same(*at, x->fresh)) {
		catalogue_list_free(&x->fresh);
	} else {
		catalogue_list_free(at);
		*at = x->fresh;
		x->fresh = NULL;
		x->plan.changed(x->plan.with, kind);
	}
	next_kind(x);
}

static struct listing *
listing_of(struct link_call *c)
{
	return (struct listing *)(void *)((char *)c -
		offsetof(struct listing, call));
}

static void
page_came(struct listing *x, const struct envelope *e)
{
	bool http = x->plan.entry->transport != SERVER_STDIO;
	struct fault f = { 0 };
	struct str next;

	if (!catalogue_list_add(x->fresh, http, e->result.value,
		    x->plan.scope, &next, &f)) {
		kind_failed(x, &f);
	} else if (str_is_none(next)) {
		kind_read(x);
	} else if (++x->pages == LISTING_PAGES) {
		fault_set(&f, FAULT_SERVER_ANSWER, "too many pages");
		kind_failed(x, &f);
	} else {
		ask_page(x, next);
	}
}

static void
answered(struct link_call *c, const struct envelope *e)
{
	struct listing *x = listing_of(c);
	struct fault f;

	if (e->kind == ENVELOPE_RESULT) {
		page_came(x, e);
		return;
	}
	fault_set(&f, FAULT_SERVER_ANSWER, "it answered %.*s",
		STR_ARG(str_cut(e->error.value, 0, 150)));
	kind_failed(x, &f);
}

static void
failed(struct link_call *c, const struct fault *f, bool sent)
{
	(void)sent;
	kind_failed(listing_of(c), f);
}

static void
ignored(struct link_call *c, const struct envelope *e)
{
	(void)c;
	(void)e;
}

static const struct link_listener listener = {
	.message = ignored,
	.answer = answered,
	.failed = failed,
};

static void
next_kind(struct listing *x)
{
	if (x->on == NULL)
		return;
	for (int k = 0; k < LISTS_KINDS; k++) {
		if (!x->wanted[k])
			continue;
		x->wanted[k] = false;
		x->pages = 0;
		x->fresh = catalogue_list_new((enum lists_kind)k);
		ask_page(x, STR_NONE);
		return;
	}
	if (x->first_round) {
		x->first_round = false;
		x->plan.done(x->plan.with, &x->fault);
	}
}

void
listing_start(struct listing *x, struct link *l)
{
	unsigned has = link_server(l)->capabilities;

	x->on = l;
	x->first_round = true;
	fault_clear(&x->fault);
	x->wanted[LISTS_TOOLS] = (has & CAPABILITY_TOOLS) != 0;
	x->wanted[LISTS_PROMPTS] = (has & CAPABILITY_PROMPTS) != 0;
	x->wanted[LISTS_RESOURCES] = (has & CAPABILITY_RESOURCES) != 0;
	x->wanted[LISTS_TEMPLATES] = x->wanted[LISTS_RESOURCES];
	next_kind(x);
}

void
listing_stop(struct listing *x)
{
	link_cancel(&x->call);
	catalogue_list_free(&x->fresh);
	x->on = NULL;
	for (int k = 0; k < LISTS_KINDS; k++)
		x->wanted[k] = false;
}

void
listing_heard(struct listing *x, const struct envelope *e)
{
	if (e->method == METHOD_TOOLS_CHANGED) {
		x->wanted[LISTS_TOOLS] = true;
	} else if (e->method == METHOD_PROMPTS_CHANGED) {
		x->wanted[LISTS_PROMPTS] = true;
	} else if (e->method == METHOD_RESOURCES_CHANGED) {
		x->wanted[LISTS_RESOURCES] = true;
		x->wanted[LISTS_TEMPLATES] = true;
	} else {
		return;
	}
	if (x->fresh == NULL)
		next_kind(x);
}

struct listing *
listing_new(const struct listing_plan *plan)
{
	struct listing *x = calloc(1, sizeof(*x));

	if (x == NULL)
		die("out of memory");
	x->plan = *plan;
	return x;
}

void
listing_free(struct listing **xp)
{
	struct listing *x = *xp;

	if (x == NULL)
		return;
	*xp = NULL;
	listing_stop(x);
	free(x);
}
