/* upstream: see upstream.h. */
#include "back/upstream.h"

#include "back/back.h"
#include "back/listing.h"
#include "back/redact.h"
#include "base/arena.h"
#include "base/die.h"
#include "base/event.h"

#include <stdio.h>
#include <stdlib.h>

#define BACKOFF_FIRST_MS ((int64_t)1000)
#define BACKOFF_LAST_MS  ((int64_t)60000)
#define STEADY_MS        ((int64_t)60000)
#define IDLE_MS          ((int64_t)30 * 60 * 1000)
#define IDLE_SWEEP_MS    ((int64_t)5 * 60 * 1000)
#define SERVER_MAX       ((size_t)1 << 20)
#define SETTLE_MS        ((int64_t)10000)
/* Lines of stderr that are logged in so long; the rest is only counted. */
#define SAID_MS          ((int64_t)10000)
#define SAID_MAX         100u
#define LINE_ROOM        ((size_t)64 << 10)

/* A link and whose it is. */
struct held {
	struct list place;
	struct upstream *upstream;
	struct link *link;
	char *person_id; /* NULL: nobody's yet, or everybody's */
	bool was_open;
};

struct upstream {
	struct upstream_plan plan;
	enum upstream_state state;
	char detail[256];
	int64_t since;        /* wall clock, seconds */
	int64_t begun_at;     /* loop_now() */
	int64_t connected_at; /* the same */
	uint64_t answers;     /* of the first link, by then */
	bool has_settled;
	unsigned changed;  /* kinds that differ since it connects: bits */
	unsigned failures; /* since it was last steady */
	struct list helds;
	struct held *first; /* the one that learned what we know */
	struct list waits;  /* for the first link, or for a person's */
	struct loop_timer retry;
	struct loop_timer sweep;
	struct arena *server_arena;
	struct handshake_server server;
	bool known; /* server is filled */
	struct catalogue catalogue;
	struct listing *listing; /* reads the lists over the first link */
	struct event_scope scope;
	int64_t said_since; /* loop_now() */
	unsigned said;      /* lines of stderr since then */
};

static void first_open(struct upstream *u);

const char *
upstream_state_name(enum upstream_state s)
{
	static const char *const names[] = {
		[UPSTREAM_DISABLED] = "disabled",
		[UPSTREAM_CONNECTING] = "connecting",
		[UPSTREAM_CONNECTED] = "connected",
		[UPSTREAM_WAITING] = "waiting",
		[UPSTREAM_NEEDS_LOGIN] = "needs login",
		[UPSTREAM_FAILED] = "failed",
	};

	return names[s];
}

static void
set_state(struct upstream *u, enum upstream_state state, const char *detail)
{
	const struct back_listener *bl = back_listener(u->plan.back);
	bool settles =
		u->state == UPSTREAM_CONNECTING && state != UPSTREAM_CONNECTING;

	u->state = state;
	u->has_settled = u->has_settled || settles;
	u->since = loop_wall(u->plan.loop);
	snprintf(u->detail, sizeof(u->detail), "%s", detail);
	event_log(&u->scope, EVENT_SERVER_STATE,
		EF_TEXT("state", upstream_state_name(state)),
		EF_STR("detail",
			*detail == '\0' ? STR_NONE : str_from(detail)));
	if (settles)
		bl->settled(bl->with, u);
}

/* ---- waits ---- */

static bool
is_for(const struct link_wait *w, const struct held *h)
{
	return h->person_id == NULL ||
		str_eq(str_from(h->person_id), w->person_id);
}

static void
waits_fail(struct upstream *u, const struct held *h, const struct fault *f)
{
	list_each(at, &u->waits) {
		struct link_wait *w = list_entry(at, struct link_wait, place);

		if (!is_for(w, h))
			continue;
		list_remove(&w->place);
		w->ready(w, NULL, f);
		at_next = u->waits.next; /* ready() may have removed others */
	}
}

void
link_wait_cancel(struct link_wait *w)
{
	if (w->place.next != NULL)
		list_remove(&w->place);
}

/* ---- who may use which link ---- */

static bool
is_shared(const struct upstream *u)
{
	return u->plan.entry->share == SHARE_ALL ||
		revision_is_modern(u->server.revision);
}

static struct held *
held_of(const struct upstream *u, struct str person_id)
{
	list_each(at, &u->helds) {
		struct held *h = list_entry(at, struct held, place);

		if (h->person_id != NULL &&
			str_eq(str_from(h->person_id), person_id))
			return h;
	}
	return NULL;
}

static char *
own_copy(struct str s)
{
	char *p = strndup(s.p, s.n);

	if (p == NULL)
		die("out of memory");
	return p;
}

static void
held_drop(struct held *h)
{
	list_remove(&h->place);
	if (h->upstream->first == h)
		h->upstream->first = NULL;
	link_close(&h->link);
	free(h->person_id);
	free(h);
}

/* ---- what the links tell ---- */

static void
copy_server(struct upstream *u, const struct handshake_server *s)
{
	arena_reset(u->server_arena);
	u->known = true;
	u->server = (struct handshake_server){
		.revision = s->revision,
		.capabilities = s->capabilities,
		.name = str_dup(u->server_arena, s->name),
		.title = str_dup(u->server_arena, s->title),
		.version = str_dup(u->server_arena, s->version),
		.instructions = str_dup(u->server_arena, s->instructions),
	};
}

static void
waits_serve(struct upstream *u)
{
	struct list ready;

	list_init(&ready);
	while (!list_is_empty(&u->waits)) {
		struct list *at = u->waits.next;

		list_remove(at);
		list_add(&ready, at);
	}
	/* Those whose own link has yet to open go back to the waits. */
	while (!list_is_empty(&ready)) {
		struct link_wait *w =
			list_entry(ready.next, struct link_wait, place);

		list_remove(&w->place);
		upstream_link(
			u, w, &(struct principal){ .person_id = w->person_id });
	}
}

static void
tell_changed(struct upstream *u)
{
	const struct back_listener *bl = back_listener(u->plan.back);

	for (int k = 0; k < LISTS_KINDS; k++)
		if ((u->changed & 1u << k) != 0)
			bl->listed(bl->with, u, (enum lists_kind)k);
	u->changed = 0;
}

static void
listed(void *with, const struct fault *f)
{
	struct upstream *u = with;

	if (u->state == UPSTREAM_CONNECTED)
		return;
	u->connected_at = loop_now(u->plan.loop);
	u->answers = link_answers(u->first->link);
	set_state(u, UPSTREAM_CONNECTED, fault_is_set(f) ? f->detail : "");
	tell_changed(u);
	waits_serve(u);
}

static void
list_changed(void *with, enum lists_kind kind)
{
	struct upstream *u = with;

	u->changed |= 1u << kind;
	if (u->state == UPSTREAM_CONNECTED)
		tell_changed(u);
}

static void
link_opened(void *with, struct link *l)
{
	struct held *h = with;
	struct upstream *u = h->upstream;

	(void)l;
	h->was_open = true;
	if (h == u->first) {
		copy_server(u, link_server(h->link));
		listing_start(u->listing, h->link);
	} else {
		waits_serve(u);
	}
}

static int64_t
backoff_ms(unsigned failures)
{
	int64_t ms = BACKOFF_FIRST_MS;

	for (unsigned i = 1; i < failures && ms < BACKOFF_LAST_MS; i++)
		ms *= 2;
	return ms < BACKOFF_LAST_MS ? ms : BACKOFF_LAST_MS;
}

/* Whether the lost link was of use, so that a new one is worth a try at
 * once. */
static bool
was_steady(const struct upstream *u, const struct link *lost)
{
	return u->state == UPSTREAM_CONNECTED &&
		(loop_now(u->plan.loop) - u->connected_at >= STEADY_MS ||
			link_answers(lost) > u->answers);
}

static void
first_lost(struct upstream *u, const struct link *lost, const struct fault *why)
{
	char detail[sizeof(u->detail)];
	int64_t ms;

	if (why->id == FAULT_SERVER_NEEDS_LOGIN) {
		set_state(u, UPSTREAM_NEEDS_LOGIN, why->detail);
		return;
	}
	if (was_steady(u, lost))
		u->failures = 0;
	if (++u->failures == 1 && u->state == UPSTREAM_CONNECTED) {
		first_open(u); /* it worked until now: at once */
		return;
	}
	ms = backoff_ms(u->failures);
	snprintf(detail, sizeof(detail), "%.200s; next try in %d s",
		why->detail, (int)(ms / 1000));
	set_state(u, UPSTREAM_WAITING, detail);
	loop_timer_set(&u->retry, ms);
}

/* A person's link found nobody there: then the first one, which may have no
 * stream that would have told it, is of no use either. */
static void
doubt_first(struct upstream *u, const struct fault *why)
{
	struct held *h = u->first;

	if (why->id != FAULT_SERVER_DOWN || h == NULL ||
		u->plan.entry->transport == SERVER_STDIO ||
		u->state != UPSTREAM_CONNECTED || link_is_busy(h->link))
		return;
	listing_stop(u->listing);
	held_drop(h);
	first_open(u);
}

static void
link_closed(void *with, struct link *l, const struct fault *why)
{
	struct held *h = with;
	struct upstream *u = h->upstream;
	bool was_first = u->first == h;
	struct fault f;

	fault_set(&f, why->id, "%.*s: %.180s", STR_ARG(u->plan.entry->name),
		why->detail);
	h->link = NULL;
	list_remove(&h->place);
	if (was_first) {
		u->first = NULL;
		listing_stop(u->listing);
		first_lost(u, l, why);
	} else if (!h->was_open) {
		doubt_first(u, why);
	}
	if (u->state == UPSTREAM_CONNECTED && h->was_open)
		waits_serve(u); /* over a link anew */
	else if (u->state != UPSTREAM_CONNECTING)
		waits_fail(u, h, &f);
	free(h->person_id);
	free(h);
}

static void
link_heard(void *with, struct link *l, const struct envelope *e)
{
	struct held *h = with;
	struct upstream *u = h->upstream;
	const struct back_listener *bl = back_listener(u->plan.back);

	(void)l;
	if (h == u->first)
		listing_heard(u->listing, e);
	bl->heard(bl->with, u,
		h->person_id == NULL || is_shared(u) ? STR_NONE
						     : str_from(h->person_id),
		e);
}

static void
say_unsaid(struct upstream *u)
{
	if (u->said > SAID_MAX)
		event_log(&u->scope, EVENT_SERVER_STDERR,
			EF_U64("left_out", u->said - SAID_MAX));
	u->said = 0;
}

static void
link_said(void *with, struct link *l, struct str line)
{
	struct held *h = with;
	struct upstream *u = h->upstream;
	int64_t now = loop_now(u->plan.loop);
	struct arena *a;

	(void)l;
	if (!event_is_on(FAULT_LEVEL_DEBUG))
		return;
	if (now - u->said_since >= SAID_MS) {
		say_unsaid(u);
		u->said_since = now;
	}
	if (++u->said > SAID_MAX)
		return;
	a = arena_new(LINE_ROOM);
	event_log(&u->scope, EVENT_SERVER_STDERR,
		EF_STR("line",
			redact_text(a, u->plan.entry,
				str_cut(line, 0, LINE_ROOM / 8))));
	arena_free(&a);
}

static void
link_missed(void *with, struct link *l)
{
	struct held *h = with;

	(void)l;
	if (h == h->upstream->first)
		listing_again(h->upstream->listing);
}

static struct held *
held_open(struct upstream *u, const enum revision *known)
{
	struct held *h = calloc(1, sizeof(*h));

	if (h == NULL)
		die("out of memory");
	h->upstream = u;
	list_add(&u->helds, &h->place);
	h->link = link_new(&(struct link_plan){
		.loop = u->plan.loop,
		.http = u->plan.http,
		.entry = u->plan.entry,
		.known = known,
		.owner = { .opened = link_opened,
			.closed = link_closed,
			.heard = link_heard,
			.said = link_said,
			.missed = link_missed,
			.with = h },
	});
	return h;
}

/* ---- start, retry, sweep ---- */

static void
first_open(struct upstream *u)
{
	set_state(u, UPSTREAM_CONNECTING, "");
	u->first = held_open(u, NULL);
}

static void
retry_now(void *with)
{
	first_open(with);
}

/* Closes the links of people who have not called for long. */
static void
sweep_idle(void *with)
{
	struct upstream *u = with;
	int64_t now = loop_now(u->plan.loop);

	list_each(at, &u->helds) {
		struct held *h = list_entry(at, struct held, place);

		if (h != u->first && link_is_open(h->link) &&
			!link_is_busy(h->link) &&
			now - link_last_used(h->link) > IDLE_MS)
			held_drop(h);
	}
	loop_timer_set(&u->sweep, IDLE_SWEEP_MS);
}

static void
start(struct upstream *u)
{
	const struct server_entry *e = u->plan.entry;

	if (!str_is_none(e->trouble))
		set_state(u, UPSTREAM_FAILED, e->trouble.p);
	else if (e->disabled)
		set_state(u, UPSTREAM_DISABLED, "");
	else
		first_open(u);
}

struct upstream *
upstream_new(const struct upstream_plan *plan)
{
	struct upstream *u = calloc(1, sizeof(*u));

	if (u == NULL)
		die("out of memory");
	u->plan = *plan;
	u->plan.settings = settings_hold(plan->settings);
	list_init(&u->helds);
	list_init(&u->waits);
	u->begun_at = loop_now(plan->loop);
	u->scope.fields[0] = EF_STR("server", plan->entry->name);
	u->scope.n = 1;
	u->server_arena = arena_new(SERVER_MAX);
	catalogue_init(&u->catalogue);
	u->listing = listing_new(&(struct listing_plan){
		.entry = plan->entry,
		.catalogue = &u->catalogue,
		.scope = &u->scope,
		.loop = plan->loop,
		.changed = list_changed,
		.done = listed,
		.with = u,
	});
	loop_timer_init(&u->retry, plan->loop, retry_now, u);
	loop_timer_init(&u->sweep, plan->loop, sweep_idle, u);
	loop_timer_set(&u->sweep, IDLE_SWEEP_MS);
	start(u);
	return u;
}

void
upstream_free(struct upstream **up)
{
	struct upstream *u = *up;
	struct fault f = { .id = FAULT_SERVER_DOWN,
		.detail = "the server was taken out of the settings" };

	if (u == NULL)
		return;
	*up = NULL;
	loop_timer_stop(&u->retry);
	loop_timer_stop(&u->sweep);
	listing_free(&u->listing);
	while (!list_is_empty(&u->helds))
		held_drop(list_entry(u->helds.next, struct held, place));
	waits_fail(u, &(struct held){ 0 }, &f);
	catalogue_clear(&u->catalogue);
	arena_free(&u->server_arena);
	settings_drop(&u->plan.settings);
	free(u);
}

void
upstream_forget_person(struct upstream *u, struct str person_id)
{
	struct held *h = held_of(u, person_id);

	if (h != NULL && h != u->first)
		held_drop(h);
}

/* ---- asking for a link ---- */

void
upstream_say_why(const struct upstream *u, struct fault *f)
{
	enum fault_id id = u->state == UPSTREAM_DISABLED ? FAULT_SERVER_DISABLED
		: u->state == UPSTREAM_NEEDS_LOGIN ? FAULT_SERVER_NEEDS_LOGIN
						   : FAULT_SERVER_DOWN;

	fault_set(f, id, "%.*s is %s%s%s", STR_ARG(u->plan.entry->name),
		upstream_state_name(u->state), *u->detail == '\0' ? "" : ": ",
		u->detail);
}

static void
refuse_wait(struct upstream *u, struct link_wait *w)
{
	struct fault f;

	upstream_say_why(u, &f);
	w->ready(w, NULL, &f);
}

/* The link that is this person's, made or taken over now if need be. */
static struct held *
held_for(struct upstream *u, const struct principal *p)
{
	struct held *h;

	if (is_shared(u))
		return u->first;
	h = held_of(u, p->person_id);
	if (h != NULL)
		return h;
	h = u->first;
	if (h == NULL || h->person_id != NULL)
		h = held_open(u, &u->server.revision);
	h->person_id = own_copy(p->person_id);
	return h;
}

void
upstream_link(
	struct upstream *u, struct link_wait *w, const struct principal *p)
{
	struct held *h;

	list_init(&w->place);
	w->person_id = p->person_id;
	h = is_shared(u) ? NULL : held_of(u, p->person_id);
	if (h != NULL && h != u->first && link_is_open(h->link)) {
		w->ready(w, h->link, NULL);
		return;
	}
	if (u->state == UPSTREAM_CONNECTING) {
		list_add(&u->waits, &w->place);
		return;
	}
	if (u->state != UPSTREAM_CONNECTED) {
		refuse_wait(u, w);
		return;
	}
	h = held_for(u, p);
	if (link_is_open(h->link))
		w->ready(w, h->link, NULL);
	else
		list_add(&u->waits, &w->place);
}

void
upstream_refresh(struct upstream *u, enum lists_kind kind, struct list_wait *w)
{
	listing_refresh(u->listing, kind, w);
}

/* ---- looking at it ---- */

int64_t
upstream_settle_ms(const struct upstream *u)
{
	int64_t left = u->begun_at + SETTLE_MS - loop_now(u->plan.loop);

	return u->state == UPSTREAM_CONNECTING && !u->has_settled && left > 0
		? left
		: 0;
}

const struct server_entry *
upstream_entry(const struct upstream *u)
{
	return u->plan.entry;
}

enum upstream_state
upstream_state(const struct upstream *u)
{
	return u->state;
}

struct str
upstream_detail(const struct upstream *u)
{
	if (u->state == UPSTREAM_CONNECTING && u->first != NULL)
		return str_from(link_doing(u->first->link));
	return str_from(u->detail);
}

int64_t
upstream_since(const struct upstream *u)
{
	return u->since;
}

const struct handshake_server *
upstream_server(const struct upstream *u)
{
	return u->known ? &u->server : NULL;
}

const struct catalogue *
upstream_catalogue(const struct upstream *u)
{
	return &u->catalogue;
}
