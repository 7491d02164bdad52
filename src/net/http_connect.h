/*
 * http_connect: from a list of addresses to one connection.
 *
 * They are tried in turn, the next one when the last failed or said nothing
 * for a quarter of a second (RFC 8305 5); the first that answers is taken and
 * the others are closed.  A member of http_dial, which uses it alone.
 */
#ifndef NET_HTTP_CONNECT_H
#define NET_HTTP_CONNECT_H

#include "net/http_origin.h"
#include "net/loop.h"

struct http_connect;
struct stream;

struct http_connect_attempt {
	struct http_connect *of;
	struct stream *stream;
};

struct http_connect {
	struct loop *loop;
	struct http_addresses list;
	size_t tried;
	unsigned open; /* attempts that still run */
	struct http_connect_attempt attempts[HTTP_ADDRESSES_MAX];
	struct loop_timer next;
	/* The stream is the receiver's; or NULL, and why: "[::1]:80:
	 * Connection refused".  The struct may die in it. */
	void (*done)(void *with, struct stream *s, const char *why);
	void *with;
	char why[HTTP_AUTHORITY_SIZE + 64]; /* of the last failure */
};

/* Sets list, done and with; the rest is set up here.  done() may be called
 * before this returns. */
void http_connect_start(struct http_connect *c, struct loop *l);

/* Closes what runs; done() is not called.  One that was never started must be
 * zeroed. */
void http_connect_stop(struct http_connect *c);

#endif
