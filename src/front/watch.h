/*
 * watch: one timer for all open event streams.
 *
 * Once a second it ends the streams whose token has expired, was revoked or
 * belongs to an endpoint that is no more.  Every WATCH_COMMENT_MS it writes a
 * comment into each, so that nobody on the way takes a silent stream for a
 * dead one (TR-34).
 */
#ifndef FRONT_WATCH_H
#define FRONT_WATCH_H

#include "front/front.h"

#define WATCH_MS         1000
#define WATCH_COMMENT_MS 15000

struct call;
struct watch;

struct watch *watch_new(struct front *front);
/* No stream is open any more. */
void watch_free(struct watch **w);

/* The call began to stream; call_end() takes it out. */
void watch_add(struct watch *w, struct call *c);

/* A key died: looks at all streams on the loop's next turn. */
void watch_soon(struct watch *w);

#endif
