/*
 * http_connection: one connection of the server, from accept to close.
 *
 * Private to the files of the server: http_server.c, http_listen.c,
 * http_connection.c (life, writing), http_intake.c (reading), http_reply.c and
 * http_stream.c (answers).
 *
 *	IDLE ──first byte──▶ HEAD ──whole──▶ BODY ──whole──▶ SERVING
 *	 ▲                    │               │                 │ answered
 *	 │                    └───refused─────┴─▶ FINISHING ◀───┘
 *	 └──────── all written, body read ───────────┤
 *	                                             └──close──▶ LINGERING
 *
 *	IDLE, HEAD    take_head() in http_intake.c
 *	BODY          take_body(), then handler.serve(); answers may come early
 *	SERVING       until http_answer(), http_stream_end(), http_stream_last()
 *	FINISHING     the rest of the answer waits for the kernel, or the rest
 *	              of the body for us: http_intake_finish()
 *	LINGERING     our side is shut; what still comes is thrown away for a
 *	              bounded time, so that the peer can read the answer
 *
 * Reading, working on what was read and writing are three stages of a turn of
 * the loop, each of them for many connections (loop.h): answers gather in out
 * until the third.
 *
 * The bytes of a request stay where they were read while it is served; its
 * head and a body that fits point into them.  A longer or chunked body lies in
 * memory of its own.  A connection without a request keeps its memory for the
 * next one for a few seconds; then only the struct remains.
 */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include "base/buf.h"
#include "base/list.h"
#include "net/http_body.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/stream.h"

#include <netinet/in.h>

struct http_listen;

enum http_state {
	HTTP_STATE_IDLE,
	HTTP_STATE_HEAD,
	HTTP_STATE_BODY,
	HTTP_STATE_SERVING,
	HTTP_STATE_FINISHING,
	HTTP_STATE_LINGERING,
	HTTP_STATE_CLOSED
};

/* What was read.  Below base a request points into it; from..to waits. */
struct http_input {
	char *p;
	size_t cap;
	size_t base;
	size_t from;
	size_t to;
};

struct http_connection {
	struct list link;         /* the server's idle or busy */
	struct list later;        /* the server's later */
	struct loop_turn working; /* on what was read */
	struct loop_turn sending; /* what is in out */
	struct http_server *server;
	struct stream *stream;
	int64_t deadline;       /* of the state; loop_now(), 0: none */
	int64_t write_deadline; /* for the next byte taken from out */
	enum http_state state;
	unsigned inside; /* frames of ours on the stack */

	bool has_request; /* r is the handler's */
	bool streaming;
	bool identity;        /* a stream without chunks */
	bool no_content;      /* an answer without a body */
	bool full;            /* stream_buffer was passed */
	bool close;           /* after this answer */
	bool continue_wanted; /* 100 (Continue) is owed before the body */
	bool paused;          /* reading */
	bool ended;           /* the peer sends no more */
	bool writing;         /* out waits for the kernel */
	bool broken;          /* told on a later turn */
	bool secret;          /* http_hold_secret() */

	struct http_request r;
	struct http_head *head;
	struct http_input in;
	size_t scanned; /* of a head that is not whole */
	struct http_body body;
	size_t body_max;
	char *body_own; /* in r.arena; a body that does not fit in */
	struct buf body_chunked;
	size_t excess;  /* bytes thrown away */
	struct buf out; /* not sent, or not taken by the kernel */
	size_t out_from;
	char peer[INET6_ADDRSTRLEN];
};

/* Takes a connected descriptor; peer is its address as text. */
void http_connection_new(struct http_server *s, int fd, const char *peer);

/* Closes at once.  drop: gone() is told first if a request is the handler's;
 * close: nobody is told.  Nothing happens when it is closed already. */
void http_connection_drop(struct http_connection *c);
void http_connection_close(struct http_connection *c);

/* Between these two the struct outlives its closing. */
void http_connection_enter(struct http_connection *c);
void http_connection_leave(struct http_connection *c);

/* To this state, for at most so many ms (0: no limit). */
void http_connection_move(
	struct http_connection *c, enum http_state state, int64_t ms);

/* Answers with the fault's row and ends; gone() is told first. */
void http_connection_refuse(struct http_connection *c, const struct fault *f);

/* The handler answered (or is gone): the request is over but for what must
 * still be written or read. */
void http_connection_answered(struct http_connection *c);

/* Goes on on the next turn of the loop, there with http_connection_turn(). */
void http_connection_later(struct http_connection *c);
void http_connection_turn(struct http_connection *c);

/* Gives back what only a request needs; input that waits is kept. */
void http_connection_trim(struct http_connection *c);
void http_connection_free_input(struct http_connection *c);

/* Sends bytes: a few when the turn comes, many at once; what the kernel does
 * not take is kept.  parts[0] is left free by the caller, for what waits
 * already; n counts it. */
void http_connection_send(
	struct http_connection *c, struct iovec *parts, int n);

/* Sends what waits, now. */
void http_connection_flush(struct http_connection *c);

/* Bytes for the kernel that wait. */
static inline size_t
http_connection_waiting(const struct http_connection *c)
{
	return c->out.n - c->out_from;
}

#endif
