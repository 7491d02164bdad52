/*
 * resource: what a token is for (RFC 8707), named by an endpoint's full URL.
 *
 * Scheme and host count without case, the scheme's own port and slashes at the
 * end don't count, all else byte by byte: no decoding, no dot segments.
 */
#ifndef OAUTH_RESOURCE_H
#define OAUTH_RESOURCE_H

#include "base/str.h"

/* Whether both name the same resource; false when either is no absolute
 * http(s) URI, has a fragment or user information (RFC 8707 2). */
bool resource_is_same(struct str a, struct str b);

#endif
