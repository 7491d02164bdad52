/*
 * authorize: /oauth/authorize and /authorize, and the consent page.
 *
 *	GET ──▶ client and redirect are judged ──▶ login ──▶ consent page
 *	POST ◀── decision, form token, sealed request ◀──────────┘
 *	  └──▶ 303 to the redirect address, with a code or an error
 *
 * Nothing is approved silently.  A bad client or redirect address gets a page
 * of our own (RFC 6749 4.1.2.1).  What is asked travels through the browser
 * sealed and bound to its session, so the POST can change nothing.
 */
#ifndef FRONT_AUTHORIZE_H
#define FRONT_AUTHORIZE_H

#include "front/front.h"

void authorize_get(struct front *front, struct http_request *r);

/* The consent form: r->body holds it. */
void authorize_post(struct front *front, struct http_request *r);

#endif
