/*
 * http_pool: the client's own state, and what it knows of each origin.
 *
 * A pool exists while it has calls or connections; strangers who name many
 * origins leave nothing behind.  Inside of the HTTP client only.
 */
#ifndef NET_HTTP_POOL_H
#define NET_HTTP_POOL_H

#include "base/list.h"
#include "base/map.h"
#include "net/http_client.h"
#include "net/http_origin.h"
#include "net/http_proxy.h"

struct http_link;

struct http_client {
	struct loop *loop;
	struct tls_context *tls;
	unsigned idle_per_origin;
	int64_t idle_ms;
	struct http_proxy https_proxy;
	struct http_proxy http_proxy;
	struct fault https_fault; /* set: the proxy's setting can't be used */
	struct fault http_fault;
	struct str no_proxy; /* ours */
	struct map pools;    /* by the origin's text */
	size_t kept;         /* bytes of answers, see http_pool_keep() */
	size_t answers_max;
	struct list calls;
	struct list spare; /* calls to be used again */
	unsigned spare_count;
	struct http_head head; /* of the answer that is being read */
};

struct http_pool {
	struct http_client *client;
	struct str key; /* the origin's text; ours */
	struct http_origin origin;
	const struct http_proxy *proxy; /* NULL: directly */
	struct str host_field;          /* "Host: ...\r\n"; ours */
	struct list idle; /* struct http_link, the freshest last */
	unsigned idle_count;
	unsigned users; /* calls and connections */
	size_t kept;    /* of the client's, for this origin */
};

/* The pool of the origin, with one user more.  NULL: FAULT_DIAL,
 * FAULT_DIAL_FORBIDDEN. */
struct http_pool *http_pool_join(
	struct http_client *c, struct str origin, struct fault *f);

/* One user less; the last one frees it. */
void http_pool_leave(struct http_pool *p);

/* Of an answer's bytes "now" are kept instead of "before"; the first 64 KB,
 * which every answer may have, don't count.  False, and nothing is noted:
 * FAULT_CROWDED, all answers or the origin's would be too much together. */
bool http_pool_keep(
	struct http_pool *p, size_t before, size_t now, struct fault *f);

/* Requests name the whole origin: plain http through a proxy. */
bool http_pool_is_absolute(const struct http_pool *p);

/* What http_client_free() does last: no calls and no pools are left. */
void http_pool_client_free(struct http_client *c);

#endif
