/* held: the links of an upstream, and whose they are. */
#include "back/upstream_parts.h"

#include "back/redact.h"
#include "base/arena.h"
#include "base/die.h"

#include <stdlib.h>

#define IDLE_MS   ((int64_t)30 * 60 * 1000)
/* Lines of stderr that are logged in so long; the rest is only counted. */
#define SAID_MS   ((int64_t)10000)
#define SAID_MAX  100u
#define LINE_ROOM ((size_t)64 << 10)

struct held *
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

/* The link is gone, and what was agreed over it. */
static void
forget(struct held *h)
{
	struct upstream *u = h->upstream;
	const struct back_listener *bl = back_listener(u->plan.back);

	if (h->was_open && !h->scouts)
		bl->lost(bl->with, u,
			h->person_id == NULL ? STR_NONE
					     : str_from(h->person_id));
	free(h->person_id);
	free(h);
}

void
held_drop(struct held *h)
{
	list_remove(&h->place);
	if (h->upstream->first == h)
		h->upstream->first = NULL;
	upstream_lists_end(h);
	link_close(&h->link);
	forget(h);
}

/* ---- what the links tell ---- */

static void
link_opened(void *with, struct link *l)
{
	struct held *h = with;
	struct upstream *u = h->upstream;

	h->was_open = true;
	if (h->scouts) {
		upstream_era_found(u, h);
	} else if (h == u->first) {
		upstream_opened(u);
	} else {
		upstream_wait_serve(u);
		listing_follow(h->listing, l);
	}
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
	if (was_first)
		u->first = NULL;
	upstream_lists_end(h);
	if (h->scouts) {
		u->scout = NULL;
		forget(h);
		return;
	}
	if (was_first) {
		upstream_lost(u, l, why);
	} else if (!h->was_open) {
		upstream_doubt(u, why);
	}
	if (u->state == UPSTREAM_CONNECTED && h->was_open)
		upstream_wait_serve(u); /* over a link anew */
	else if (u->state != UPSTREAM_CONNECTING)
		upstream_wait_fail(u, h, &f);
	forget(h);
}

static void
link_heard(void *with, struct link *l, const struct envelope *e)
{
	struct held *h = with;
	struct upstream *u = h->upstream;
	const struct back_listener *bl = back_listener(u->plan.back);

	(void)l;
	listing_heard(h->listing, e);
	bl->heard(bl->with, u,
		h->person_id == NULL ? STR_NONE : str_from(h->person_id), e);
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
link_flood(void *with, struct link *l, bool begins)
{
	struct held *h = with;

	(void)l;
	h->floods = begins;
	if (begins)
		event_log(&h->upstream->scope, EVENT_SERVER_FLOODS,
			EF_STR("person",
				h->person_id == NULL ? STR_NONE
						     : str_from(h->person_id)));
}

static void
link_missed(void *with, struct link *l)
{
	struct held *h = with;
	struct upstream *u = h->upstream;
	const struct back_listener *bl = back_listener(u->plan.back);

	(void)l;
	listing_again(h->listing);
	bl->missed(bl->with, u,
		h->person_id == NULL ? STR_NONE : str_from(h->person_id));
}

static void
link_troubled(void *with, struct link *l, const struct fault *why)
{
	struct held *h = with;

	(void)l;
	upstream_note_trouble(h->upstream, why);
}

/* ---- whose it is ---- */

struct held *
held_open(struct upstream *u, const enum revision *known)
{
	struct held *h = calloc(1, sizeof(*h));

	if (h == NULL)
		die("out of memory");
	h->upstream = u;
	h->used_at = loop_now(u->plan.loop);
	list_add(&u->helds, &h->place);
	upstream_lists_begin(h);
	h->link = link_new(&(struct link_plan){
		.loop = u->plan.loop,
		.http = u->plan.http,
		.entry = u->plan.entry,
		.known = known,
		.failures = u->failures,
		.owner = { .opened = link_opened,
			.closed = link_closed,
			.heard = link_heard,
			.said = link_said,
			.flood = link_flood,
			.missed = link_missed,
			.troubled = link_troubled,
			.with = h },
	});
	return h;
}

static char *
own_copy(struct str s)
{
	char *p = strndup(s.p, s.n);

	if (p == NULL)
		die("out of memory");
	return p;
}

struct held *
held_for(struct upstream *u, struct str person_id)
{
	struct held *h;

	if (upstream_is_shared(u))
		return u->first;
	h = held_of(u, person_id);
	if (h == NULL) {
		h = u->first;
		if (h == NULL || h->person_id != NULL)
			h = held_open(u, &u->server.revision);
		h->person_id = own_copy(person_id);
	}
	h->used_at = loop_now(u->plan.loop);
	return h;
}

/* ---- those who call no more ---- */

bool
held_any_floods(const struct upstream *u)
{
	list_each(at, &u->helds)
		if (list_entry(at, struct held, place)->floods)
			return true;
	return false;
}

bool
held_is_heeded(const struct held *h)
{
	struct upstream *u = h->upstream;
	const struct back_listener *bl = back_listener(u->plan.back);
	bool is_for_all = h->person_id == NULL ||
		(h == u->first && u->plan.entry->transport != SERVER_STDIO);

	return bl->heeds(
		bl->with, u, is_for_all ? STR_NONE : str_from(h->person_id));
}

static bool
is_wanted(const struct held *h)
{
	const struct back_listener *bl = back_listener(h->upstream->plan.back);
	bool lists = false;

	for (int k = 0; k < LISTS_KINDS; k++)
		lists = lists || h->own[k] != NULL;
	return link_is_busy(h->link) || (lists && held_is_heeded(h)) ||
		(h->person_id != NULL &&
			bl->needs(
				bl->with, h->upstream, str_from(h->person_id)));
}

void
held_sweep(struct upstream *u)
{
	int64_t now = loop_now(u->plan.loop);

	list_each(at, &u->helds) {
		struct held *h = list_entry(at, struct held, place);

		if (is_wanted(h))
			h->used_at = now;
		else if (h != u->first && link_is_open(h->link) &&
			now - h->used_at > IDLE_MS)
			held_drop(h);
	}
}

void
upstream_forget_person(struct upstream *u, struct str person_id)
{
	struct held *h = held_of(u, person_id);

	if (h == NULL)
		return;
	if (h == u->first)
		upstream_renew(u);
	else
		held_drop(h);
}
