/*
 * subscription: what legacy sessions asked to be told of, resource by resource.
 *
 * A session keeps the server and the server's own URI of each; the server hears
 * of it over the link that the session's person calls by.  Sessions of one
 * person may want the same: the server is told once that nobody does any more.
 * A link that is gone is asked for again, since otherwise nothing would be
 * heard, and on the next one all is subscribed anew (BR-49).
 *
 * Only legacy servers that offer it have it, and only legacy sessions
 * (BR-41).  At most SUBSCRIPTIONS_MAX a person, each of SUBSCRIPTION_URI_MAX
 * bytes.  Without a stream a session hears nothing, so none keeps a link for it.
 */
#ifndef HALL_SUBSCRIPTION_H
#define HALL_SUBSCRIPTION_H

#include "hall/exchange.h"

#define SUBSCRIPTIONS_MAX    1024u
#define SUBSCRIPTION_URI_MAX ((size_t)2048)

/* A session's; a member of it. */
struct subscriptions {
	struct hall *hall;
	struct session *session;
	struct list all;
	unsigned n;
	struct link_wait wait; /* for a link to subscribe anew by */
	struct upstream *awaited;
	struct loop_timer later;
	unsigned tries; /* to have one, since it last held for long */
	int64_t tried_at;
};

void subscriptions_init(
	struct subscriptions *of, struct hall *h, struct session *s);
/* The session ends: servers are told what nobody wants any more. */
void subscriptions_end(struct subscriptions *of);

/* The session has a stream again. */
void subscriptions_wake(struct subscriptions *of);

/* x is resources/subscribe and about to go out over l.  False: l's server has
 * none (FAULT_MCP_METHOD), it is too long (FAULT_MCP_CALL_PARAMS), or there are
 * too many (FAULT_MCP_SUBSCRIPTIONS). */
bool subscription_begin(struct exchange *x, struct link *l, struct fault *f);
/* The server did not take it. */
void subscription_undo(struct exchange *x);
/* x is resources/unsubscribe.  False: there is nothing to tell the server. */
bool subscription_over(struct exchange *x);

/* Subscribes the session anew to what an earlier link of that server had. */
void subscriptions_renew(
	struct subscriptions *of, struct upstream *u, struct link *l);

/* That person's link (STR_NONE: everybody's) to the server is gone. */
void subscription_lost(
	struct hall *h, struct upstream *u, struct str person_id);
/* Whether a session of that person's that listens is subscribed to something
 * there. */
bool subscription_has(struct hall *h, struct upstream *u, struct str person_id);
/* Notifications of that link may have been missed: all counts as changed. */
void subscription_missed(
	struct hall *h, struct upstream *u, struct str person_id);
/* notifications/resources/updated, as it came by that person's link
 * (STR_NONE: everybody's): to each session that wants it. */
void subscription_heard(struct hall *h, struct upstream *u,
	struct str person_id, const struct envelope *e);

#endif
