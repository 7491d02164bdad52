/* hall: see hall.h. */
#include "hall/hall.h"

#include "base/arena.h"
#include "base/die.h"
#include "hall/directory.h"
#include "hall/exchange.h"
#include "hall/listen.h"
#include "hall/session.h"
#include "oauth/scope.h"

#include <stdlib.h>

#define SNAPSHOT_MAX ((size_t)16 << 20)
#define SWEEP_MS     ((int64_t)5 * 60 * 1000)

/* ---- what back/ tells ---- */

static void
heard_listed(void *with, struct upstream *u, enum lists_kind kind,
	struct str person_id)
{
	struct hall *h = with;

	directory_update(h->directory, u, person_id);
	listen_tell_listed(h, u, kind, person_id);
}

static void
heard_settled(void *with, struct upstream *u)
{
	struct hall *h = with;

	directory_update(h->directory, u, STR_NONE);
	exchange_settled(h);
}

static void
heard_note(void *with, struct upstream *u, struct str person_id,
	const struct envelope *e)
{
	if (e->method == METHOD_MESSAGE && !str_is_none(person_id))
		listen_tell_message(with, u, person_id, e);
	else if (e->method == METHOD_RESOURCES_UPDATED)
		subscription_heard(with, u, person_id, e);
}

static void
heard_lost(void *with, struct upstream *u, struct str person_id)
{
	subscription_lost(with, u, person_id);
}

static void
heard_missed(void *with, struct upstream *u, struct str person_id)
{
	subscription_missed(with, u, person_id);
}

static bool
heard_needs(void *with, struct upstream *u, struct str person_id)
{
	return subscription_has(with, u, person_id);
}

static bool
heard_heeds(void *with, struct upstream *u, struct str person_id)
{
	return listen_heeds(with, u, person_id);
}

/* Requests that would ask it are refused; those under way are told by their
 * links. */
static void
heard_leaving(void *with, struct upstream *u)
{
	struct hall *h = with;
	struct fault f;

	fault_set(&f, FAULT_SERVER_DOWN, "the settings were reloaded");
	directory_forget(h->directory, u);
	list_each(at, &h->exchanges) {
		struct exchange *x = list_entry(at, struct exchange, place);

		if (x->upstream != u)
			continue;
		forward_stop(x);
		exchange_refuse(x, &f);
		at_next = h->exchanges.next; /* others may have ended with it */
	}
	for (int k = 0; k < LISTS_KINDS; k++)
		if (upstream_catalogue(u)->lists[k]->n > 0)
			listen_tell_listed(h, u, (enum lists_kind)k, STR_NONE);
}

/* ---- snapshots ---- */

static void
take_snapshot(struct hall *h, struct settings *s)
{
	struct arena *old = h->arena;
	struct fault f = { 0 };

	settings_drop(&h->settings);
	h->settings = settings_hold(s);
	h->arena = arena_new(SNAPSHOT_MAX);
	h->generation++;
	h->scopes = scope_table_new(h->arena, s->scopes, s->scope_count, &f);
	insist(h->scopes != NULL); /* app/ checked them when it read them */
	places_make(h);
	arena_free(&old);
}

static void
sweep(void *with)
{
	struct hall *h = with;

	session_sweep(h);
	loop_timer_set(&h->sweep, SWEEP_MS);
}

struct hall *
hall_new(const struct hall_parts *parts)
{
	struct hall *h = calloc(1, sizeof(*h));

	if (h == NULL)
		die("out of memory");
	h->parts = *parts;
	map_init(&h->places_by_path);
	map_init(&h->sessions);
	usages_init(&h->usages);
	list_init(&h->kept_places);
	list_init(&h->exchanges);
	list_init(&h->settling);
	list_init(&h->spare_exchanges);
	h->directory = directory_new();
	take_snapshot(h, parts->settings);
	loop_timer_init(&h->sweep, parts->loop, sweep, h);
	loop_timer_set(&h->sweep, SWEEP_MS);
	return h;
}

void
hall_start(struct hall *h)
{
	back_start(h->parts.back,
		(struct back_listener){
			.listed = heard_listed,
			.heard = heard_note,
			.heeds = heard_heeds,
			.lost = heard_lost,
			.missed = heard_missed,
			.needs = heard_needs,
			.settled = heard_settled,
			.leaving = heard_leaving,
			.with = h,
		});
}

/* A session whose endpoint is no longer served ends. */
static void
close_homeless(struct hall *h)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL) {
		if (hall_endpoint(h, s->path) != NULL)
			continue;
		session_close(h, s);
		at = 0;
	}
}

void
hall_settings(struct hall *h, struct settings *s)
{
	take_snapshot(h, s);
	back_settings(h->parts.back, s);
	close_homeless(h);
}

struct usage *
hall_usage(struct hall *h, struct str person_id)
{
	return usage_hold(&h->usages, person_id);
}

void
hall_revoke_grant(struct hall *h, struct str grant_id)
{
	struct fault f;

	session_close_grant(h, grant_id);
	fault_set(&f, FAULT_INVALID_TOKEN, "the grant was revoked");
	list_each(at, &h->exchanges) {
		struct exchange *x = list_entry(at, struct exchange, place);

		if (x->gone || !str_eq(x->r.principal->grant_id, grant_id))
			continue;
		forward_stop(x);
		exchange_refuse(x, &f);
		at_next = h->exchanges.next;
	}
}

struct str *
hall_people(struct arena *a, const struct hall *h, size_t *n)
{
	const struct map *known = &h->usages.by_person;
	struct str *ids = arena_array(a, known->n + 1, sizeof(*ids));
	const struct usage *u;
	size_t at = 0;

	*n = 0;
	while (ids != NULL && (u = map_next(known, &at)) != NULL) {
		struct str id = str_dup(a, usage_person_id(u));

		if (!str_is_none(id))
			ids[(*n)++] = id;
	}
	return ids;
}

void
hall_forget_person(struct hall *h, struct str person_id)
{
	struct fault f;

	session_close_person(h, person_id);
	fault_set(&f, FAULT_INVALID_TOKEN, "the person is gone");
	list_each(at, &h->exchanges) {
		struct exchange *x = list_entry(at, struct exchange, place);

		if (x->usage == NULL ||
			!str_eq(usage_person_id(x->usage), person_id))
			continue;
		forward_stop(x);
		exchange_refuse(x, &f);
		at_next = h->exchanges.next; /* others may have ended with it */
	}
	back_forget_person(h->parts.back, person_id);
}

void
hall_drain(struct hall *h)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		while (!list_is_empty(&s->listens))
			listen_finish(list_entry(
				s->listens.next, struct hall_listen, place));
}

static void
end_all_exchanges(struct hall *h)
{
	struct fault f;

	fault_set(&f, FAULT_UNAVAILABLE, "Ostiary is stopping");
	while (!list_is_empty(&h->exchanges)) {
		struct exchange *x =
			list_entry(h->exchanges.next, struct exchange, place);

		forward_stop(x);
		exchange_refuse(x, &f);
	}
	while (!list_is_empty(&h->spare_exchanges)) {
		struct list *at = h->spare_exchanges.next;

		list_remove(at);
		free(list_entry(at, struct exchange, place));
	}
}

void
hall_free(struct hall **hp)
{
	struct hall *h = *hp;

	if (h == NULL)
		return;
	*hp = NULL;
	loop_timer_stop(&h->sweep);
	h->parts.back = NULL; /* whichever of the two goes first */
	session_close_all(h);
	end_all_exchanges(h);
	map_clear(&h->sessions);
	usages_clear(&h->usages);
	directory_free(&h->directory);
	places_free(h);
	settings_drop(&h->settings);
	arena_free(&h->arena);
	free(h);
}
