/*
 * hall_state: what the files of hall/ share.  Nobody else includes it.
 */
#ifndef HALL_HALL_STATE_H
#define HALL_HALL_STATE_H

#include "back/back.h"
#include "base/map.h"
#include "hall/hall.h"
#include "mcp/lists.h"
#include "model/usage.h"
#include "net/loop.h"

struct directory;
struct scope_table;
struct session;

/* An endpoint.  Made once for a path and kept for good, so that a request that
 * is under way during a reload still holds something; what a reload takes away
 * is out of the map and the order. */
struct place {
	struct endpoint endpoint; /* first: hall.h gives out a pointer to it */
	struct list kept;
};

struct hall {
	struct hall_parts parts;
	struct settings *settings;
	struct arena *arena; /* as long as the snapshot */
	const struct scope_table *scopes;
	unsigned generation;     /* counts the snapshots */
	struct list kept_places; /* every one ever made */
	struct place **places;   /* the snapshot's, in order; in the arena */
	size_t place_count;
	struct map places_by_path;
	struct directory *directory; /* hub names → servers' names */
	struct map sessions;         /* by id */
	struct usages usages;
	size_t errands_waiting; /* bytes (errand.c) */
	struct list exchanges;  /* all that run */
	struct list settling;   /* those that wait for servers */
	struct list spare_exchanges;
	struct loop_timer sweep;
};

/* ---- place.c ---- */

/* For h->settings, in h->arena. */
void places_make(struct hall *h);
void places_free(struct hall *h);
static inline const struct place *
place_of(const struct endpoint *e)
{
	return (const struct place *)(const void *)e;
}
/* Whether that server stands behind the endpoint. */
bool place_has(const struct hall *h, const struct place *p, struct str server);
/* The i-th server behind it in order, or NULL after the last. */
struct upstream *place_upstream(
	const struct hall *h, const struct place *p, size_t i);
/* How many milliseconds a request that names none of its servers waits for
 * those that are still connecting; 0: there is nothing to wait for. */
int64_t place_settle_ms(const struct hall *h, const struct place *p);
/* CAPABILITY_* of its servers together; a hub's are constant, and what
 * place_subscribe() says is not among them. */
unsigned place_capabilities(const struct hall *h, const struct place *p);
/* CAPABILITY_RESOURCES_SUBSCRIBE when one of its servers is a legacy one that
 * has it, else 0: we do not subscribe to a modern one. */
unsigned place_subscribe(const struct hall *h, const struct place *p);
/* Names are prefixed: hub and groups. */
static inline bool
place_is_hub(const struct place *p)
{
	return p->endpoint.kind != ENDPOINT_SERVER;
}

#endif
