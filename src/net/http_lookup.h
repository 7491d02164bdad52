/*
 * http_lookup: from a name to addresses, in libuv's pool.
 *
 * Only http_dial uses it.  The look-up lives from start to done() or cancel;
 * one that the pool still works on outlives its asker and is heard by nobody.
 */
#ifndef NET_HTTP_LOOKUP_H
#define NET_HTTP_LOOKUP_H

#include "net/http_origin.h"

struct loop;
struct http_lookup;

/* At most this many at a time in the process. */
#define HTTP_LOOKUPS_MAX 128u

/* done() gets what the resolver said, families in turn, at most
 * HTTP_ADDRESSES_MAX; or list NULL and why.  NULL (FAULT_DIAL) when too many
 * wait. */
struct http_lookup *http_lookup_start(struct loop *l,
	const struct http_origin *o,
	void (*done)(
		void *with, const struct http_addresses *list, const char *why),
	void *with, struct fault *f);

/* *lookup may be NULL. */
void http_lookup_cancel(struct http_lookup **lookup);

#endif
