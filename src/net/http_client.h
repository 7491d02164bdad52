/*
 * http_client: HTTP/1.1 towards others, with pools of connections by origin.
 *
 * A name is looked up in the pool of slow sums, each address is vetted, and
 * the connection goes to the address that was vetted.  HTTPS_PROXY, HTTP_PROXY
 * and NO_PROXY are honoured (CONNECT for https).  Redirects are never followed
 * here: their status and Location are an answer like any other.
 *
 * Credentials: only http_client writes an Authorization field, only from a
 * struct http_credential, and only when its origin is the one connected to.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/buf.h"
#include "net/http_head.h"
#include "net/vet.h"

struct loop;
struct tls_context;
struct http_client;
struct http_call;

/* Immutable; the bytes are the owner's and outlive the call. */
struct http_credential {
	struct str origin; /* "https://api.example.com", as uri_origin() */
	struct str scheme; /* "Bearer", "Basic" */
	struct str value;
};

/* What the asker is told.  Between start and done() or http_call_cancel() the
 * struct http_call is alive; after either it is not. */
struct http_listener {
	/* The head is here; h and what it points to are valid during the call
	 * only.  Answer true to have the whole body gathered (up to
	 * answer_max) and given to body() in one piece, once, even when it is empty;
	 * false to get it as it arrives.  Not called for 1xx. */
	bool (*head)(void *with, const struct http_head *h);
	/* Content; bytes valid during the call only. */
	void (*body)(void *with, struct str bytes);
	/* The end: f is NULL when the answer is complete, else FAULT_DIAL,
	 * FAULT_DIAL_FORBIDDEN, FAULT_TLS, FAULT_TIMEOUT, FAULT_PEER_HTTP,
	 * FAULT_PEER_CLOSED, FAULT_TOO_LARGE, FAULT_CROWDED, FAULT_BAD_HTTP (a
	 * byte in the ask that may not be sent).  sent says whether the peer
	 * may have seen the request: only if not may anybody repeat it. */
	void (*done)(void *with, const struct fault *f, bool sent);
};

struct http_ask {
	enum http_method method;
	struct str origin; /* scheme://host[:port], as uri_origin() */
	struct str target; /* path and query, origin-form */
	struct str ready;  /* fields of http_fields_write(), before these */
	const struct field *fields; /* Host, Content-Length, Connection,
				     * Transfer-Encoding, Authorization and
				     * Proxy-Authorization are refused here:
				     * insist() */
	size_t n;
	const struct http_credential *credential; /* or NULL */
	const struct str *parts; /* body; copied if not sent at once */
	size_t part_count;
	enum vet_policy vet;
	size_t answer_max;  /* bytes gathered; 0: 4 MB */
	int64_t connect_ms; /* 0: 10 s */
	int64_t head_ms;    /* to the answer's head; 0: 60 s; < 0: no limit */
	int64_t idle_ms;    /* between bytes of a body; 0: 60 s; < 0: none */
	int64_t total_ms;   /* dialing included; 0: no limit */
	struct http_listener listener;
	void *with;
};

/* Writes fields for http_ask.ready, which many requests use again: judged and
 * put into their form once.  The same names are refused as in http_ask.
 * FAULT_BAD_HTTP: a byte that may not be sent. */
bool http_fields_write(
	struct buf *out, const struct field *fields, size_t n, struct fault *f);

struct http_client_settings {
	unsigned idle_per_origin; /* kept open; default 128 */
	int64_t idle_ms;          /* default 30 s */
	/* Bytes of unfinished answers kept for all calls together; one origin
	 * may have half of it.  Past it calls fail with FAULT_CROWDED, but for
	 * those whose answers are small.  0: 128 MB. */
	size_t answers_max;
	struct str https_proxy; /* "" for none; http://[user:pw@]host:port */
	struct str http_proxy;
	struct str no_proxy;
};

/* The settings' bytes are copied.  A proxy that can't be understood makes the
 * calls that need it fail. */
struct http_client *http_client_new(struct loop *l, struct tls_context *tls,
	const struct http_client_settings *settings);
/* Calls that still run are cancelled. */
void http_client_free(struct http_client **c);

/* Starts; never calls the listener before it returns.  A call on a kept
 * connection that turns out closed before any byte of an answer is repeated
 * once on a fresh one when the method is idempotent or nothing was sent. */
struct http_call *http_call_start(
	struct http_client *c, const struct http_ask *ask);

/* Stops it: the connection is closed, the listener not called again.  *call
 * may be NULL. */
void http_call_cancel(struct http_call **call);

/* Back-pressure: stop and go on reading the answer's body. */
void http_call_pause(struct http_call *call);
void http_call_resume(struct http_call *call);

/* The asker keeps so many bytes of the answer's body by itself: they count
 * together with what is gathered, until the call ends or this is said anew.
 * False: FAULT_CROWDED. */
bool http_call_keeps(struct http_call *call, size_t bytes, struct fault *f);

#endif
