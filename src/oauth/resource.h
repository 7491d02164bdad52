/*
 * resource: what a token is for (RFC 8707), named by an endpoint's full URL.
 *
 * Canonical form: scheme and host in lower case, the scheme's own port left
 * out, no fragment, no slash at the end.  Two resources are the same when
 * their canonical forms are the same bytes: no decoding, no dot segments.
 */
#ifndef OAUTH_RESOURCE_H
#define OAUTH_RESOURCE_H

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* The canonical form, in the arena.  FAULT_INVALID_TARGET when it is no
 * absolute http(s) URI, has a fragment or user information (RFC 8707 2). */
bool resource_canonical(
	struct arena *a, struct str text, struct str *out, struct fault *f);

/* Whether both name the same resource; false when either is none. */
bool resource_is_same(struct str a, struct str b);

#endif
