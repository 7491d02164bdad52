/*
 * session: a legacy client's session with us (TR-54, RS-24).
 *
 * Ours alone: the servers behind have links of their own, and a server that
 * restarts ends no session.  Bound to a person and an endpoint: the same id in
 * another's hands, or at another endpoint, does not exist.  Lives in memory;
 * ends by DELETE, after SESSION_IDLE_MS, when its grant is revoked, or when
 * the person has more than SESSION_PER_PERSON (the least used goes).
 */
#ifndef HALL_SESSION_H
#define HALL_SESSION_H

#include "base/list.h"
#include "hall/hall.h"
#include "hall/subscription.h"
#include "mcp/level.h"
#include "mcp/revision.h"

#define SESSION_IDLE_MS    ((int64_t)24 * 3600 * 1000)
#define SESSION_PER_PERSON 256u
#define SESSION_ID_TEXT    33

struct session {
	char id[SESSION_ID_TEXT];
	struct str person_id; /* these three in memory of its own */
	struct str grant_id;
	struct str path; /* of the endpoint */
	enum revision revision;
	enum level level;      /* LEVEL_OFF: never set */
	int64_t last_used;     /* loop_now() */
	struct list listens;   /* its GET streams, the newest last */
	struct list exchanges; /* its running requests */
	struct subscriptions subscriptions;
};

struct session *session_open(struct hall *h, const struct principal *p,
	const struct endpoint *endpoint, enum revision revision);

/* The session of that id if it is this person's at this endpoint.
 * FAULT_MCP_NO_SESSION_ID, FAULT_MCP_NO_SESSION. */
struct session *session_find(struct hall *h, struct str id,
	const struct hall_request *r, struct fault *f);

/* Ends it: its streams finish, its running requests are told. */
void session_close(struct hall *h, struct session *s);

void session_close_grant(struct hall *h, struct str grant_id);
void session_close_person(struct hall *h, struct str person_id);
void session_close_all(struct hall *h);
void session_sweep(struct hall *h);

/* Sends a message that belongs to no request: on the newest stream of the
 * session, one only (TR-53). */
void session_tell(struct session *s, const struct str *parts, size_t n);

static inline struct str
session_id(const struct session *s)
{
	return str_from(s->id);
}

#endif
