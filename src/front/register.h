/*
 * register: /oauth/register, /register, /api/oauth/register (RFC 7591), and
 * /oauth/register/<client id> (RFC 7592: reading and deleting).
 *
 * Open, for holders of the settings' token, or off (then 404), as the
 * settings say; limited for each network.  Of the clients that nobody has used yet, of
 * whatever network, the oldest gives way when there are too many: a flood costs
 * neither room nor the newest clients their registration.  Readable from any
 * origin.
 */
#ifndef FRONT_REGISTER_H
#define FRONT_REGISTER_H

#include "front/front.h"

#define REGISTER_BODY_MAX   ((size_t)16 << 10)
#define REGISTER_UNUSED_MAX 10000u

/* r->body holds the metadata; the route may allow REGISTER_BODY_MAX bytes. */
void register_post(struct front *front, struct http_request *r);

/* The client id is the last segment of the path. */
void register_get(struct front *front, struct http_request *r);
void register_delete(struct front *front, struct http_request *r);

#endif
