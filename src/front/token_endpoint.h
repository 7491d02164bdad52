/*
 * token_endpoint: /oauth/token, /token, /api/oauth/token (RFC 6749 3.2).
 *
 * A code or a refresh token becomes new tokens in one transaction of the
 * store: load, decide (oauth/token.h), save.  The client is judged first: what
 * is wrong with a code is no stranger's business.  Readable from any origin.
 */
#ifndef FRONT_TOKEN_ENDPOINT_H
#define FRONT_TOKEN_ENDPOINT_H

#include "front/front.h"

void token_endpoint_post(struct front *front, struct http_request *r);

#endif
