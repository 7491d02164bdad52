/*
 * http_listen: the server's listening socket.
 *
 * Accepting pauses while the server is full of busy connections, and for a
 * moment when the machine has no descriptors left; the kernel's backlog waits
 * meanwhile.
 */
#ifndef NET_HTTP_LISTEN_H
#define NET_HTTP_LISTEN_H

#include "base/fault.h"
#include "base/str.h"

struct http_listen;
struct http_server;

/* FAULT_LISTEN with the reason; else s->address is set and it accepts. */
struct http_listen *http_listen_new(
	struct http_server *s, struct str listen, struct fault *f);
/* *l may be NULL. */
void http_listen_free(struct http_listen **l);

/* There may be room again. */
void http_listen_resume(struct http_listen *l);

#endif
