/*
 * routes: which handler answers which path, in one table (routes.def).
 *
 * A row says all that is decided before a handler runs: method, path, how
 * long the body may be, what kind of answer its reader expects (so that a
 * refusal has the right shape) and through which door it comes (doors.h).
 *
 * The order for every request: TLS, or a peer that is near (proxy.h) → Host
 * and Origin → for MCP the bearer token (guard.h) → the body → the handler.
 * A path that exists under another method is answered 405 with Allow; HEAD
 * uses GET's row; OPTIONS is answered here as a preflight for doors that
 * others may read through.
 *
 * r->user is a struct visit from head() on, until the answer is complete.
 * r->peer is then the address that limits and logs go by (proxy.h).
 */
#ifndef FRONT_ROUTES_H
#define FRONT_ROUTES_H

#include "front/doors.h"
#include "front/front.h"

struct work;

enum route_kind {
	ROUTE_PAGE,  /* for people: refusals are HTML */
	ROUTE_OAUTH, /* refusals are {"error": ...} */
	ROUTE_MCP,   /* behind the guard; refusals are JSON-RPC errors */
	ROUTE_ASSET  /* files and probes; refusals are plain */
};

typedef void route_handler(struct front *front, struct http_request *r);

struct route {
	enum http_method method;
	struct str path;       /* exact; a prefix when it ends in '*' */
	route_handler *handle; /* the body is whole in r->body */
	size_t body_max;       /* bytes; 0: none at all.  MCP: the settings'.
				* What is sent here may be a secret, and is
				* wiped when the request is over */
	enum route_kind kind;
	enum door door;
};

extern const struct route routes_table[];
extern const size_t routes_count;

/* What front/ knows about a request while it is answered. */
struct visit {
	struct front *front;
	const struct route *route; /* NULL: nothing there */
	struct work *work;         /* what it waits for (work.c's); NULL */
	/* When the peer left; after work_gone().  May be NULL. */
	void (*gone)(struct front *front, struct http_request *r);
	void *with;  /* the handler's own */
	bool let_in; /* by doors_check() */
	enum door door;
	struct str origin;      /* Origin, once let in; STR_NONE */
	struct str socket_peer; /* r->peer before a proxy's word */
};

static inline struct visit *
visit_of(const struct http_request *r)
{
	return r->user;
}

/* The handler's calls for http_server.h; with is the front. */
void routes_head(void *with, struct http_request *r);
void routes_serve(void *with, struct http_request *r);
void routes_gone(void *with, struct http_request *r);

/* The row for a method and path, or NULL; *allow (may be NULL) gets the bits
 * (1u << enum http_method) of the methods that the path has. */
const struct route *routes_find(
	enum http_method method, struct str path, unsigned *allow);

/* Before http_stream_slim(): nothing of ours points into the head any more. */
void routes_forget_head(struct http_request *r);

/* What of the path follows the prefix of a row that ends in '*'. */
struct str routes_rest(const struct http_request *r);

/* Whether a person's browser asks. */
bool routes_wants_page(const struct http_request *r);

/* Refuses in the shape that the route's readers expect; logs.  Answers. */
void routes_refuse(
	struct front *front, struct http_request *r, const struct fault *f);

/* Every handler, declared from the table. */
#define ROUTE(method, path, handler, body_max, kind, door)                     \
	route_handler handler;
#include "front/routes.def"
#undef ROUTE

#endif
