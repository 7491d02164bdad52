/*
 * errand: requests of our own about resources, whose answers nobody waits for:
 * resources/subscribe or resources/unsubscribe, one URI after the other.
 *
 * One at a time, so that a session with many does not meet the server with as
 * many requests at once.  Ends by itself, also when the link does.
 */
#ifndef HALL_ERRAND_H
#define HALL_ERRAND_H

#include "back/link.h"

struct errand;
struct hall;
struct upstream;

struct errand_plan {
	struct hall *hall;
	struct upstream *upstream;
	struct link *link;    /* open */
	struct str person_id; /* copied */
	enum method method;
	/* Asked before each is sent: whether it still shall be. */
	bool (*is_due)(const struct errand_plan *plan, struct str uri);
};

struct errand *errand_new(const struct errand_plan *plan);
/* Copies the URI.  False: too many wait already, this one is left out. */
bool errand_add(struct errand *e, struct str uri);
/* Begins; it is no longer the caller's. */
void errand_go(struct errand *e);

#endif
