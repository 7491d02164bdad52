/*
 * challenge: the WWW-Authenticate value of a refusal (RFC 6750 3, RFC 9728
 * 5.1, RFC 6749 5.2).
 */
#ifndef OAUTH_CHALLENGE_H
#define OAUTH_CHALLENGE_H

#include "base/buf.h"

/* Members that are STR_NONE are left out. */
struct challenge {
	struct str metadata;    /* resource_metadata: a URL */
	struct str scope;       /* what the operation needs */
	struct str error;       /* none when no credentials were sent */
	struct str description; /* for whoever debugs the client */
};

/* One Bearer challenge on one line.  Bytes that may not stand in a
 * quoted-string are left out. */
void challenge_write(struct buf *out, const struct challenge *c);

/* For a client that failed to authenticate with Basic. */
#define CHALLENGE_BASIC STR("Basic realm=\"ostiary\", charset=\"UTF-8\"")

#endif
