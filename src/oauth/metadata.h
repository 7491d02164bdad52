/*
 * metadata: what this server tells about itself.
 *
 * Only what works is named, and all that works is: clients believe it.  One
 * document of the authorization server serves as RFC 8414's and as
 * OpenID Connect Discovery's.
 */
#ifndef OAUTH_METADATA_H
#define OAUTH_METADATA_H

#include "base/buf.h"

struct scope_table;

enum metadata_registration {
	METADATA_REGISTRATION_OFF,
	METADATA_REGISTRATION_ON
};

struct metadata_server_plan {
	struct str issuer; /* no slash at the end */
	const struct scope_table *scopes;
	enum metadata_registration registration;
};

/* RFC 8414 2, RFC 9207 3. */
void metadata_write_server(
	struct buf *out, const struct metadata_server_plan *plan);

struct metadata_resource_plan {
	struct str resource;
	struct str issuer;
	struct str name; /* for people */
};

/* RFC 9728 2.  scopes_supported is the plain set; the rest is asked for by
 * challenges. */
void metadata_write_resource(
	struct buf *out, const struct metadata_resource_plan *plan);

#endif
