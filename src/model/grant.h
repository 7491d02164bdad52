/*
 * grant: what a person allowed a client to do at one resource, and the codes
 * and tokens that flow from it.  Plain values; times are seconds since 1970;
 * digests are hexadecimal SHA-256 of the token's text.
 */
#ifndef MODEL_GRANT_H
#define MODEL_GRANT_H

#include "base/str.h"

/* All tokens of one consent: a family that is revoked together. */
struct grant {
	struct str id; /* "g_" and random text */
	struct str person_id;
	struct str client_id;
	struct str resource; /* the audience: an endpoint's full URL */
	struct str scope;    /* space-separated, sorted */
	int64_t created;
	int64_t last_used;
	int64_t revoked; /* when; 0: in force */
};

/* RFC 6749 4.1.2. */
struct auth_code {
	struct str digest;
	struct str grant_id;
	struct str client_id;
	struct str redirect_uri;
	struct str challenge; /* code_challenge, S256 */
	int64_t expires;
	int64_t spent; /* when; 0: not yet */
};

struct access_token {
	struct str digest;
	struct str grant_id;
	struct str scope; /* of this token: the grant's or less */
	int64_t expires;
};

struct refresh_token {
	struct str digest;
	struct str grant_id;
	int64_t expires;
	int64_t retired; /* when it was rotated out; 0: the newest */
};

#endif
