/*
 * http_server: HTTP/1.1 for those who call on us.
 *
 * A connection serves one request at a time.  Bytes of a next request that
 * come early wait, bounded, in the connection's buffer.  Each request has an
 * arena of its own that lives until the answer is sent or the peer is gone.
 *
 * The life of a request:
 *	head(with, r)   the head is here; say how long the body may be with
 *	                http_allow_body(), or answer already
 *	serve(with, r)  the body is whole in r->body; answer now or later
 *	gone(with, r)   the peer left before the answer was complete; r dies
 *	                when this returns.  Not called once all of the answer
 *	                was given.
 *
 * A request is answered exactly once: http_answer(), or http_stream_begin()
 * ... http_stream_end().  After that r must not be touched.
 *
 * gone() never runs inside a function of this file that the handler called:
 * what such a function finds out about the peer is told on a later turn of
 * the loop.  A peer that closes its sending side counts as gone.
 *
 * Requests that can't be read never reach the handler: they are answered here
 * with the status, name, sentence and advice of their fault's row as plain
 * text, and the connection ends.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/event.h"
#include "base/str.h"
#include "net/http_head.h"

struct arena;
struct loop;
struct tls_context;
struct http_server;
struct http_connection;

struct http_request {
	struct http_connection *connection;
	struct arena *arena;
	const struct http_head *head;
	struct str body;
	struct str peer; /* address without port, text */
	bool over_tls;
	struct event_scope scope; /* request id, peer */
	void *user;               /* the handler's */
	/* Called when a stream that was full takes bytes again; may be NULL. */
	void (*drained)(struct http_request *r);
};

struct http_handler {
	void (*head)(void *with, struct http_request *r);
	void (*serve)(void *with, struct http_request *r);
	void (*gone)(void *with, struct http_request *r);
	void *with; /* serve is needed; head and gone may be NULL */
};

struct http_limits {
	size_t body_max;      /* bytes; default for http_allow_body */
	int64_t head_ms;      /* from the first byte to the end of the head */
	int64_t body_ms;      /* for the whole body */
	int64_t idle_ms;      /* between requests */
	int64_t write_ms;     /* without progress */
	unsigned connections; /* at most, all peers */
	size_t stream_buffer; /* bytes that a slow reader may leave waiting */
};
extern const struct http_limits http_limits_default;

struct http_server_plan {
	struct str listen;       /* host:port: "127.0.0.1:3000", "[::1]:0" */
	struct tls_context *tls; /* NULL: plain http */
	const struct http_limits *limits; /* copied; NULL: the default */
	struct http_handler handler;
};

/* Listens; FAULT_LISTEN with the reason. */
struct http_server *http_server_new(
	struct loop *l, const struct http_server_plan *plan, struct fault *f);

/* The bound address as "host:port". */
struct str http_server_address(const struct http_server *s);

/* Other limits than those that it was made with, for all that begins from now
 * on. */
void http_server_set_limits(
	struct http_server *s, const struct http_limits *limits);

/* No new connections, idle ones closed, half heads given a second to become
 * whole; running requests finish (streams are ended by their owners);
 * done(with) when the last is gone or after ms. */
void http_server_drain(struct http_server *s, int64_t ms,
	void (*done)(void *with), void *with);

/* Breaks off what is left, gone() included.  Not from inside a handler's
 * call.  *s may be NULL. */
void http_server_free(struct http_server **s);

/* In head(): the body may have this many bytes (0: the default). */
void http_allow_body(struct http_request *r, size_t max);

/* In head(): what the peer sends with this request is a secret: its bytes and
 * what lies in r->arena are wiped when it is over. */
void http_hold_secret(struct http_request *r);

struct http_answer {
	int status;
	const struct field *fields; /* copied */
	size_t n;
	/* Body parts in order; written at once, and only what the kernel did
	 * not take is copied. */
	const struct str *parts;
	size_t part_count;
	bool close; /* end the connection afterwards */
};

/* Content-Length, Transfer-Encoding, Date and Connection are the server's
 * own: such fields are passed over, and so is one whose name or value holds a
 * byte that may not stand there.  For HEAD the body is left out. */
void http_answer(struct http_request *r, const struct http_answer *answer);

/* Begins a chunked answer (identity for HTTP/1.0, then close).  Only status,
 * fields and close are used.  The head goes out with the first write, or on
 * the next turn of the loop. */
void http_stream_begin(
	struct http_request *r, const struct http_answer *answer);

/* Sends bytes as one chunk.  Copies only what the kernel did not take.
 * False: more than stream_buffer bytes wait; the caller should hold back
 * until drained(); who writes on when twice as many wait already has the
 * connection closed (gone()). */
bool http_stream_write(
	struct http_request *r, const struct str *parts, size_t n);

/* http_stream_write() and http_stream_end() in one: a stream whose last bytes
 * are known costs one system call less. */
void http_stream_last(
	struct http_request *r, const struct str *parts, size_t n);

/* Whether http_stream_begin() was called. */
bool http_is_streaming(const struct http_request *r);
void http_stream_end(struct http_request *r);

/* Breaks the connection off, without gone(): for a stream that can't be
 * finished.  After it r must not be touched. */
void http_abort(struct http_request *r);

/* Lets go of the request's arena, head and body (keeps the connection and r
 * alive): for streams that stay open for hours and need none of it.  After
 * it, r->head is NULL, r->body empty and r->arena a fresh one that takes its
 * first block on first use. */
void http_stream_slim(struct http_request *r);

struct http_server_counts {
	uint64_t requests;
	uint64_t refused;
	unsigned connections;
};
struct http_server_counts http_server_counts(const struct http_server *s);

#endif
