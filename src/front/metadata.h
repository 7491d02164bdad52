/*
 * metadata: the documents by which clients find their way.
 *
 *	/.well-known/oauth-protected-resource[/mcp...]   RFC 9728
 *	/.well-known/oauth-authorization-server          RFC 8414
 *	/.well-known/openid-configuration                the same document
 *
 * All readable from any origin, without credentials.
 */
#ifndef FRONT_METADATA_H
#define FRONT_METADATA_H

#include "front/front.h"

/* GET.  The endpoint's path is what follows the well-known part; without one
 * it is the hub's.  404 where no endpoint is. */
void metadata_resource(struct front *front, struct http_request *r);

/* GET. */
void metadata_server(struct front *front, struct http_request *r);

#endif
