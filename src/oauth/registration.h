/*
 * registration: a client introduces itself (RFC 7591), and what it hears.
 *
 * What we don't support is left out of the client's lists as long as enough is
 * left to work with; what we don't know is passed over (RFC 7591 2).
 */
#ifndef OAUTH_REGISTRATION_H
#define OAUTH_REGISTRATION_H

#include "base/buf.h"
#include "base/fault.h"
#include "oauth/redirect.h"

struct arena;
struct client;
struct scope_table;

#define REGISTRATION_NAME_MAX ((size_t)200)

struct registration_rules {
	struct redirect_rules redirects;
	const struct scope_table *scopes;
};

/* Reads client metadata (JSON) into *c: all but id, digests, times and
 * network, which are the caller's.  FAULT_BAD_JSON becomes
 * FAULT_INVALID_CLIENT_METADATA; FAULT_INVALID_REDIRECT_URI. */
bool registration_read(struct arena *a, struct str body,
	const struct registration_rules *rules, struct client *c,
	struct fault *f);

/* What only the client ever sees; STR_NONE: none. */
struct registration_secrets {
	struct str client_secret;
	struct str access_token; /* RFC 7592 */
	struct str access_uri;
};

/* The client information response (RFC 7591 3.2.1, RFC 7592 3). */
void registration_write(struct buf *out, const struct client *c,
	const struct registration_secrets *secrets);

#endif
