/*
 * http_dial: from an origin to a connection that requests can be sent on.
 *
 *	look up ──▶ vet ──▶ connect ──▶ tunnel ──▶ shake ──▶ done
 *	   (names)            (all)    (proxied https) (https)
 *
 * The connection goes to an address that was vetted, never to a name.  Several
 * addresses are tried in turn, the next one when the last failed or said
 * nothing for a quarter of a second; the first that answers is taken.
 *
 * Through a proxy, the proxy's own address is what a person configured.  What
 * a stranger named is looked up and vetted here all the same, and the proxy is
 * told the vetted address instead of the name.
 */
#ifndef NET_HTTP_DIAL_H
#define NET_HTTP_DIAL_H

#include "net/http_origin.h"
#include "net/vet.h"

struct http_dial;
struct http_proxy;
struct loop;
struct stream;
struct tls_context;

struct http_dial_plan {
	const struct http_origin *to;   /* outlives the dial */
	const struct http_proxy *proxy; /* outlives the dial; NULL: none */
	struct tls_context *tls;
	enum vet_policy vet;
	int64_t ms; /* for all of it */
};

/* done() gets the stream, which is then its own, or f: FAULT_DIAL,
 * FAULT_DIAL_FORBIDDEN, FAULT_TLS, FAULT_TIMEOUT, FAULT_PEER_HTTP.  Not called
 * before this returns.  The dial is dead when done() is called. */
struct http_dial *http_dial_start(struct loop *l,
	const struct http_dial_plan *plan,
	void (*done)(void *with, struct stream *s, const struct fault *f),
	void *with);

/* *dial may be NULL. */
void http_dial_cancel(struct http_dial **dial);

#endif
