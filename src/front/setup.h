/*
 * setup: /setup, where the owner's account is made, once.
 *
 * The link that was printed at the start holds a token; its digest is in
 * memory only.  Whether there is an owner already is decided in the same
 * transaction that saves the new one, so that two posts make one owner.  An
 * owner whom the command line made meanwhile closes the link.
 */
#ifndef FRONT_SETUP_H
#define FRONT_SETUP_H

#include "front/routes.h"

/* While there is no owner as far as we know: looks whether somebody has made
 * one on the command line, closes the link then, and goes on. */
void setup_look(
	struct front *front, struct http_request *r, route_handler *then);

#endif
