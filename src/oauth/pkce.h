/*
 * pkce: a code is worth nothing to whoever did not ask for it (RFC 7636).
 *
 * S256 alone.  "plain" and its silent form, a challenge without a method, are
 * refused (RFC 9700 2.1.1).
 */
#ifndef OAUTH_PKCE_H
#define OAUTH_PKCE_H

#include "base/fault.h"
#include "base/str.h"

/* The BASE64URL of a SHA-256. */
#define PKCE_CHALLENGE_CHARS 43u

/* Judges what an authorization request brought; both may be STR_NONE.
 * FAULT_INVALID_REQUEST (RFC 7636 4.4.1). */
bool pkce_check_challenge(
	struct str challenge, struct str method, struct fault *f);

/* Whether the verifier is well formed (RFC 7636 4.1) and its hash is the
 * challenge (4.6).  Constant time. */
bool pkce_matches(struct str verifier, struct str challenge);

#endif
