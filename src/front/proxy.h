/*
 * proxy: whose address counts when a trusted proxy stands before us.
 *
 * X-Forwarded-For is read only if the peer itself is one of trustedProxies,
 * and only for logs and limits.  Nothing else of a proxy's fields is read:
 * publicUrl alone says where we are (docs/decisions.md).
 */
#ifndef FRONT_PROXY_H
#define FRONT_PROXY_H

#include "base/str.h"

struct arena;
struct http_head;
struct settings;

/* Whether an address (text, without port) is one of trustedProxies: addresses
 * or CIDR blocks.  An IPv4-mapped IPv6 address counts as the IPv4 one. */
bool proxy_trusts(const struct settings *s, struct str address);

/* Whether nobody overhears what such a peer (text of a socket's address, never
 * of a field) says over plain http: it is on this machine, or a proxy that is
 * trusted to speak TLS to everybody else (OAuth 2.1 1.5). */
bool proxy_is_near(const struct settings *s, struct str peer);

/* The address that limits and logs go by: the peer's own, or behind trusted
 * proxies the nearest one in X-Forwarded-For that is no proxy of ours.  What
 * is no address ends the walk: then it is the last good one. */
struct str proxy_peer(const struct settings *s, const struct http_head *head,
	struct str peer);

/* Networks whose requests came through a proxy that we don't trust, as far as
 * the owner was told of them.  Bounded, since strangers can write the field. */
#define PROXY_TOLD 8u

struct proxy_told {
	struct {
		char text[48];
		size_t n;
	} networks[PROXY_TOLD];
	size_t n;
};

/* Whether X-Forwarded-For came from a peer that is none of trustedProxies, for
 * the first time from its network: then all who come through it count as one
 * for limits and logs, and the owner should hear of it. */
bool proxy_is_news(struct arena *a, const struct http_head *head,
	struct str peer, const struct settings *s, struct proxy_told *told);

#endif
