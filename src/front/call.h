/*
 * call: one request at an MCP endpoint, and how the hall's answer leaves.
 *
 * A call lives in its request's arena; one that waits for messages (GET)
 * moves to the heap, so that the request's memory can go.  It ends with the
 * sink's last call, with a refusal, or when the peer leaves; whatever comes
 * first lets go of the key.  Those that stream are in the watch (endpoint.h).
 */
#ifndef FRONT_CALL_H
#define FRONT_CALL_H

#include "front/guard.h"
#include "front/routes.h"
#include "hall/hall.h"

struct call {
	struct list link; /* in the watch while streaming */
	struct front *front;
	struct http_request *r;
	struct guard_ask ask;  /* and the endpoint */
	struct guard_key *key; /* NULL: not admitted yet */
	struct exchange *exchange;
	struct hall_listen *listen;
	struct visit visit; /* the request's, once it is slim */
	bool asking;        /* the guard was asked */
	bool served;        /* the body is here */
	bool on_heap;
	bool slim; /* the request's arena and head are gone */
};

struct call *call_new(struct front *front, struct http_request *r,
	const struct endpoint *endpoint);
struct call *call_of_ask(struct guard_ask *ask);

/* The same call on the heap; the old one is no more. */
struct call *call_to_heap(struct call *c);

/* The stream stays open for long: lets go of the request's memory. */
void call_slim(struct call *c);

/* How the hall answers it. */
struct hall_sink call_sink(struct call *c);

/* Before the request is answered: out of the watch, the key dropped, its
 * memory given back.  *c becomes NULL. */
void call_end(struct call **c);

/* The peer left: tells guard and hall, and ends it. */
void call_leave(struct call **c);

#endif
