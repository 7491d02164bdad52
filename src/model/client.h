/*
 * client: a program that asks for tokens (RFC 6749 2), by whatever way we
 * came to know it.  Plain values.
 */
#ifndef MODEL_CLIENT_H
#define MODEL_CLIENT_H

#include "base/str.h"

enum client_origin {
	CLIENT_REGISTERED, /* RFC 7591 */
	CLIENT_STATIC,     /* the settings name it */
	CLIENT_DOCUMENT    /* its id is the URL of its metadata document */
};

enum client_auth { CLIENT_AUTH_NONE, CLIENT_AUTH_BASIC, CLIENT_AUTH_POST };

#define CLIENT_REDIRECTS_MAX 16u

struct client {
	struct str id;
	enum client_origin origin;
	enum client_auth auth;
	struct str secret_digest; /* hex SHA-256; STR_NONE for public ones */
	struct str name;          /* client_name, as given; escape it */
	struct str uri;           /* client_uri; STR_NONE */
	struct str redirects[CLIENT_REDIRECTS_MAX];
	size_t redirect_count;
	bool may_refresh;               /* grant_types holds refresh_token */
	struct str scope;               /* registered default; STR_NONE */
	struct str application_type;    /* "web", "native", or STR_NONE */
	struct str registration_digest; /* of the RFC 7592 token; STR_NONE */
	int64_t created;                /* seconds since 1970 */
	int64_t last_used;
	struct str network; /* whence it registered, for flood limits */
};

static inline bool
client_is_public(const struct client *c)
{
	return c->auth == CLIENT_AUTH_NONE;
}

#endif
