/* listing: see listing.h.
 *
 *	        listing_start                 pages left
 *	IDLE ────────────────▶ asking a kind ◀─────────┐
 *	 ▲                        │  └─────────────────┘
 *	 │   no kind is wanted    ▼ last page
 *	 └──────────────────── next wanted kind
 */
#include "back/listing.h"

#include "back/redact.h"
#include "base/buf.h"
#include "base/die.h"
#include "base/event.h"
#include "crypto/random.h"
#include "mcp/capability.h"
#include "mcp/message.h"

#include <stdlib.h>

#define ASK_MAX  ((size_t)64 << 10)
/* A server that says again and again that its list changed is asked at most
 * this often. */
#define AGAIN_MS ((int64_t)500)

/* What is known of one kind. */
struct kind {
	bool wanted;     /* to be read when its turn comes */
	bool owed;       /* done() waits for it */
	uint64_t round;  /* counts the readings begun */
	int64_t read_at; /* loop_now() of the last one; 0: never */
	int64_t ttl_ms;  /* how long it holds, as the server says */
	int64_t poll_at; /* loop_now() when it is looked at unasked */
	unsigned misses; /* failures since it was read */
	struct list waits;
};

struct listing {
	struct listing_plan plan;
	struct link *on; /* NULL: idle */
	struct link_call call;
	struct kind kinds[LISTS_KINDS];
	bool first_round;             /* done() is still owed */
	struct loop_timer later;      /* a kind that was read just now */
	struct loop_timer poll;       /* the kinds that it does not tell of */
	struct catalogue_list *fresh; /* being read */
	unsigned pages;
	struct fault fault; /* of the last kind that failed */
};

static const struct link_listener listener;

/* What a server must have for a kind, and what makes it tell of changes. */
static const unsigned needed[LISTS_KINDS] = {
	[LISTS_TOOLS] = CAPABILITY_TOOLS,
	[LISTS_PROMPTS] = CAPABILITY_PROMPTS,
	[LISTS_RESOURCES] = CAPABILITY_RESOURCES,
	[LISTS_TEMPLATES] = CAPABILITY_RESOURCES,
};
static const unsigned told[LISTS_KINDS] = {
	[LISTS_TOOLS] = CAPABILITY_TOOLS_CHANGED,
	[LISTS_PROMPTS] = CAPABILITY_PROMPTS_CHANGED,
	[LISTS_RESOURCES] = CAPABILITY_RESOURCES_CHANGED,
	[LISTS_TEMPLATES] = CAPABILITY_RESOURCES_CHANGED,
};

static void next_kind(struct listing *x);

/* ---- kinds of which it does not tell ---- */

/* Of a modern server we hear no changes without a subscription. */
static bool
tells(const struct listing *x, enum lists_kind kind)
{
	const struct handshake_server *s = link_server(x->on);

	return !revision_is_modern(s->revision) &&
		(s->capabilities & told[kind]) != 0;
}

static bool
is_polled(const struct listing *x, enum lists_kind kind)
{
	return (link_server(x->on)->capabilities & needed[kind]) != 0 &&
		!tells(x, kind);
}

static int64_t
poll_ms(const struct kind *k)
{
	if (k->ttl_ms <= 0)
		return LISTING_POLL_MS;
	if (k->ttl_ms < LISTING_POLL_LEAST_MS)
		return LISTING_POLL_LEAST_MS;
	return k->ttl_ms < LISTING_POLL_MOST_MS ? k->ttl_ms
						: LISTING_POLL_MOST_MS;
}

/* Never all servers at one time. */
static int64_t
jittered(int64_t ms)
{
	uint32_t r;

	random_bytes(&r, sizeof(r));
	return ms + (int64_t)r % (ms / 4);
}

/* When it is looked at next: ever more seldom while it can't be read. */
static void
poll_after(struct listing *x, struct kind *k)
{
	int64_t ms = poll_ms(k);

	for (unsigned i = 0; i < k->misses && ms < LISTING_POLL_MOST_MS; i++)
		ms *= 2;
	if (ms > LISTING_POLL_MOST_MS)
		ms = LISTING_POLL_MOST_MS;
	k->poll_at = loop_now(x->plan.loop) + jittered(ms);
}

static void
poll_set(struct listing *x)
{
	int64_t now = loop_now(x->plan.loop), first = INT64_MAX;

	for (int k = 0; k < LISTS_KINDS; k++)
		if (is_polled(x, (enum lists_kind)k) &&
			x->kinds[k].poll_at < first)
			first = x->kinds[k].poll_at;
	if (first != INT64_MAX)
		loop_timer_set(&x->poll, first > now ? first - now : 0);
}

static void
poll_now(void *with)
{
	struct listing *x = with;
	bool heeded = x->plan.heeded(x->plan.with);

	for (int i = 0; i < LISTS_KINDS; i++) {
		struct kind *k = &x->kinds[i];

		if (!is_polled(x, (enum lists_kind)i) ||
			k->poll_at > loop_now(x->plan.loop))
			continue;
		k->wanted = k->wanted || heeded;
		poll_after(x, k);
	}
	poll_set(x);
	if (x->fresh == NULL)
		next_kind(x);
}

/* ---- reading ---- */

static void
ask_page(struct listing *x, struct str cursor)
{
	struct buf out;
	struct str text;
	enum method method = lists_method(x->fresh->kind);

	buf_init(&out, ASK_MAX);
	link_call_init(&x->call, x->on, &listener);
	message_list(&out,
		&(struct message_list){
			.id = x->call.id,
			.method = method,
			.to = link_server(x->on)->revision,
			.cursor = cursor,
		});
	text = buf_view(&out);
	link_send(x->on, &x->call,
		&(struct link_message){
			.method = method, .parts = &text, .part_count = 1 });
	buf_clear(&out);
}

/* Tells those whose wait began before this reading did. */
static void
serve_waits(struct kind *k, uint64_t round, const struct fault *f)
{
	struct list ready;

	list_init(&ready);
	list_each(at, &k->waits) {
		if (list_entry(at, struct list_wait, place)->round > round)
			continue;
		list_remove(at);
		list_add(&ready, at);
	}
	while (!list_is_empty(&ready)) {
		struct list_wait *w =
			list_entry(ready.next, struct list_wait, place);

		list_remove(&w->place);
		w->ready(w, f);
	}
}

static void
kind_over(struct listing *x, enum lists_kind kind, const struct fault *f)
{
	struct kind *k = &x->kinds[kind];
	uint64_t round = k->round;

	k->read_at = loop_now(x->plan.loop);
	poll_after(x, k);
	if (x->on != NULL)
		poll_set(x);
	next_kind(x);
	serve_waits(k, round, f);
}

static void
kind_failed(struct listing *x, const struct fault *f)
{
	enum lists_kind kind = x->fresh->kind;

	x->kinds[kind].misses++;
	x->fault = *f;
	fault_within(&x->fault, "%s", methods_name(lists_method(kind)).p);
	event_fault(x->plan.scope, &x->fault);
	catalogue_list_free(&x->fresh);
	kind_over(x, kind, &x->fault);
}

static void
kind_read(struct listing *x)
{
	struct catalogue_list *read = x->fresh;
	enum lists_kind kind = read->kind;

	x->fresh = NULL;
	x->kinds[kind].misses = 0;
	x->kinds[kind].ttl_ms = read->ttl_ms;
	x->plan.read(x->plan.with, read);
	kind_over(x, kind, NULL);
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

	if (!catalogue_list_add(
		    x->fresh, http, e->result.value, x->plan.scope, &f)) {
		kind_failed(x, &f);
	} else if (str_is_none(x->fresh->next)) {
		kind_read(x);
	} else if (++x->pages == LISTING_PAGES) {
		fault_set(&f, FAULT_SERVER_ANSWER, "too many pages");
		kind_failed(x, &f);
	} else {
		ask_page(x, x->fresh->next);
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
	redact_fault(x->plan.entry, &f);
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
read_kind(struct listing *x, enum lists_kind kind)
{
	struct kind *k = &x->kinds[kind];

	k->wanted = k->owed = false;
	k->round++;
	x->pages = 0;
	x->fresh = catalogue_list_new(kind, x->plan.room(x->plan.with));
	ask_page(x, STR_NONE);
}

/* 0: it may be read now, since somebody waits or it is long ago. */
static int64_t
must_wait_ms(const struct listing *x, const struct kind *k)
{
	int64_t left = k->read_at + AGAIN_MS - loop_now(x->plan.loop);

	if (k->read_at == 0 || !list_is_empty(&k->waits) || left < 0)
		return 0;
	return left;
}

static void
wanted_kind(struct listing *x)
{
	if (x->fresh != NULL)
		return; /* done() led to a reading */
	for (int k = 0; k < LISTS_KINDS; k++) {
		int64_t ms = must_wait_ms(x, &x->kinds[k]);

		if (!x->kinds[k].wanted)
			continue;
		if (ms == 0) {
			read_kind(x, (enum lists_kind)k);
			return;
		}
		if (x->later.due == 0)
			loop_timer_set(&x->later, ms);
	}
}

static void
next_kind(struct listing *x)
{
	if (x->on == NULL || !link_is_open(x->on))
		return; /* listing_stop() will come */
	for (int k = 0; k < LISTS_KINDS; k++) {
		if (x->kinds[k].owed) {
			read_kind(x, (enum lists_kind)k);
			return;
		}
	}
	if (x->first_round) {
		x->first_round = false;
		x->plan.done(x->plan.with, &x->fault);
	}
	wanted_kind(x);
}

static void
look_again(void *with)
{
	struct listing *x = with;

	if (x->fresh == NULL)
		next_kind(x);
}

/* ---- over which link ---- */

void
listing_start(struct listing *x, struct link *l)
{
	unsigned has = link_server(l)->capabilities;

	x->on = l;
	x->first_round = true;
	fault_clear(&x->fault);
	for (int k = 0; k < LISTS_KINDS; k++)
		x->kinds[k].owed = (has & needed[k]) != 0;
	next_kind(x);
}

void
listing_follow(struct listing *x, struct link *l)
{
	unsigned has = link_server(l)->capabilities;

	x->on = l;
	for (int k = 0; k < LISTS_KINDS; k++) {
		poll_after(x, &x->kinds[k]);
		if ((has & needed[k]) != 0)
			continue;
		x->kinds[k].wanted = false;
		serve_waits(&x->kinds[k], UINT64_MAX, NULL);
	}
	poll_set(x);
	next_kind(x);
}

static bool
is_fresh(const struct listing *x, enum lists_kind kind)
{
	const struct handshake_server *s = link_server(x->on);
	const struct kind *k = &x->kinds[kind];
	int64_t age = loop_now(x->plan.loop) - k->read_at;

	if ((s->capabilities & needed[kind]) == 0)
		return true; /* it has none */
	if (k->read_at == 0 || k->wanted || k->owed)
		return false;
	return tells(x, kind) || age < k->ttl_ms;
}

void
listing_reread(struct listing *x, enum lists_kind kind, struct list_wait *w)
{
	struct kind *k = &x->kinds[kind];

	list_init(&w->place);
	k->wanted = true;
	w->round = k->round + 1;
	list_add(&k->waits, &w->place);
	if (x->fresh == NULL)
		next_kind(x);
}

void
listing_refresh(struct listing *x, enum lists_kind kind, struct list_wait *w)
{
	list_init(&w->place);
	if (x->on != NULL && is_fresh(x, kind))
		w->ready(w, NULL);
	else
		listing_reread(x, kind, w);
}

void
list_wait_cancel(struct list_wait *w)
{
	if (w->place.next != NULL)
		list_remove(&w->place);
}

void
listing_stop(struct listing *x)
{
	struct fault f = { .id = FAULT_SERVER_DOWN,
		.detail = "the server went away" };

	link_cancel(&x->call);
	loop_timer_stop(&x->later);
	loop_timer_stop(&x->poll);
	catalogue_list_free(&x->fresh);
	x->on = NULL;
	for (int k = 0; k < LISTS_KINDS; k++) {
		x->kinds[k].wanted = x->kinds[k].owed = false;
		serve_waits(&x->kinds[k], UINT64_MAX, &f);
	}
}

void
listing_again(struct listing *x)
{
	if (x->on == NULL)
		return;
	for (int k = 0; k < LISTS_KINDS; k++)
		x->kinds[k].wanted =
			(link_server(x->on)->capabilities & needed[k]) != 0;
	if (x->fresh == NULL)
		next_kind(x);
}

void
listing_doubt(struct listing *x, enum lists_kind kind)
{
	if (x->kinds[kind].read_at == 0)
		return;
	x->kinds[kind].wanted = true;
	if (x->fresh == NULL)
		next_kind(x);
}

void
listing_heard(struct listing *x, const struct envelope *e)
{
	if (e->method == METHOD_TOOLS_CHANGED) {
		x->kinds[LISTS_TOOLS].wanted = true;
	} else if (e->method == METHOD_PROMPTS_CHANGED) {
		x->kinds[LISTS_PROMPTS].wanted = true;
	} else if (e->method == METHOD_RESOURCES_CHANGED) {
		x->kinds[LISTS_RESOURCES].wanted = true;
		x->kinds[LISTS_TEMPLATES].wanted = true;
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
	loop_timer_init(&x->later, plan->loop, look_again, x);
	loop_timer_init(&x->poll, plan->loop, poll_now, x);
	for (int k = 0; k < LISTS_KINDS; k++)
		list_init(&x->kinds[k].waits);
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
