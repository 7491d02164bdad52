/*
 * http_intake: what a connection of the server reads, and what follows from
 * it: heads, bodies, the next request.  See http_connection.h.
 */
#ifndef NET_HTTP_INTAKE_H
#define NET_HTTP_INTAKE_H

#include <stdbool.h>

struct http_connection;

/* There are bytes, which are read and have their turn, or the peer's end.
 * Within enter and leave. */
void http_intake_read(struct http_connection *c);

/* Goes on with what was read before.  Within enter and leave. */
void http_intake_go_on(struct http_connection *c);

/* After an answer: what must still be written and read.  True: the state has
 * changed. */
bool http_intake_finish(struct http_connection *c);

/* Whether something waits that no poll will announce. */
bool http_intake_waits(const struct http_connection *c);

#endif
