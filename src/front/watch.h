/*
 * watch: one timer for all open event streams.
 *
 * Every WATCH_MS it writes a comment into each, so that no proxy between
 * takes a silent stream for a dead one (TR-34), and ends those whose token
 * has expired, was revoked or belongs to an endpoint that is no more.  It
 * wakes earlier when a token expires earlier.
 */
#ifndef FRONT_WATCH_H
#define FRONT_WATCH_H

#include "front/front.h"

#define WATCH_MS 15000

struct call;
struct watch;

struct watch *watch_new(struct front *front);
/* No stream is open any more. */
void watch_free(struct watch **w);

/* The call began to stream; call_end() takes it out. */
void watch_add(struct watch *w, struct call *c);

#endif
