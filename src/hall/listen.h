/*
 * listen: a session's GET stream, for messages that belong to no request.
 */
#ifndef HALL_LISTEN_H
#define HALL_LISTEN_H

#include "hall/hall_state.h"
#include "hall/session.h"

struct hall_listen {
	struct list place; /* in the session's */
	struct hall_sink sink;
	struct usage *usage; /* it counts there */
};

/* Ends it from our side. */
void listen_finish(struct hall_listen *l);

/* Whether a session whose endpoint has that server listens, of that person or,
 * STR_NONE, of anybody. */
bool listen_heeds(struct hall *h, struct upstream *u, struct str person_id);

/* Notifies every session whose endpoint has that server; unless person_id is
 * STR_NONE, only that person's and those whom it concerns
 * (upstream_concerns()). */
void listen_tell_listed(struct hall *h, struct upstream *u,
	enum lists_kind kind, struct str person_id);

/* Passes a server's log message on to the person whose link it came by. */
void listen_tell_message(struct hall *h, struct upstream *u,
	struct str person_id, const struct envelope *e);

#endif
