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

struct http_head;
struct settings;

/* Whether an address (text, without port) is one of trustedProxies: addresses
 * or CIDR blocks.  An IPv4-mapped IPv6 address counts as the IPv4 one. */
bool proxy_trusts(const struct settings *s, struct str address);

/* The address that limits and logs go by: the peer's own, or behind trusted
 * proxies the nearest one in X-Forwarded-For that is no proxy of ours.  What
 * is no address ends the walk: then it is the last good one. */
struct str proxy_peer(const struct settings *s, const struct http_head *head,
	struct str peer);

#endif
