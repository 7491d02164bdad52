/*
 * revoke: /oauth/revoke (RFC 7009).
 *
 * A refresh token ends its whole grant; an access token ends itself, and what
 * runs under its grant.  200 for tokens that nobody knows.  Readable from any
 * origin.
 */
#ifndef FRONT_REVOKE_H
#define FRONT_REVOKE_H

#include "front/front.h"

void revoke_post(struct front *front, struct http_request *r);

#endif
