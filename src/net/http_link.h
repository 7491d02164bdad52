/*
 * http_link: one connection to an origin, and the bytes that came on it.
 *
 * Either it carries a call, or it waits in its pool.  Bytes or an end that
 * come while it waits mean that it is of no more use.  It dies with
 * http_link_close(); while its own bytes are being worked on (entered), only
 * the memory stays until that is over.  Inside of the HTTP client only.
 */
#ifndef NET_HTTP_LINK_H
#define NET_HTTP_LINK_H

#include "net/http_pool.h"
#include "net/loop.h"

struct stream;

struct http_link {
	struct http_pool *pool;
	struct list place; /* among the pool's idle ones */
	struct stream *stream;
	struct http_call *call;   /* NULL: idle */
	struct loop_timer timer;  /* never later than the deadline */
	struct loop_turn working; /* on what was read */
	int64_t deadline;         /* loop_now(); 0: none */
	int64_t idle_ms;          /* how long it may wait in the pool */
	int64_t since;            /* when it went there */
	enum vet_policy vet;      /* what its address was judged by */
	bool kept;                /* served a call already */
	bool dead;
	unsigned entered;
	/* What came: [0, at) was dealt with, [at, n) was not. */
	char *in;
	size_t cap;
	size_t n;
	size_t at;
	size_t scanned; /* see http_head_response() */
};

/* Takes the stream, for the call. */
struct http_link *http_link_new(struct http_pool *p, struct stream *s,
	enum vet_policy vet, struct http_call *call);

/* A kept one that was vetted at least as strictly, for the call; or NULL. */
struct http_link *http_link_take(
	struct http_pool *p, enum vet_policy vet, struct http_call *call);

/* The call is over; the link waits for the next. */
void http_link_release(struct http_link *l);

/* *l may be NULL. */
void http_link_close(struct http_link **l);

/* All that wait in the pool; it may be gone after. */
void http_link_close_idle(struct http_pool *p);

/* http_call_late() in ms from now unless set anew; < 0: never. */
void http_link_limit(struct http_link *l, int64_t ms);

/* Round everything that works on the link's bytes. */
void http_link_enter(struct http_link *l);
void http_link_leave(struct http_link *l);

/* Room for more bytes, with at most max in the buffer; keep: the bytes before
 * at stay where they are.  FAULT_PEER_HTTP: it is full; FAULT_CROWDED. */
bool http_link_room(
	struct http_link *l, size_t max, bool keep, struct fault *f);

#endif
