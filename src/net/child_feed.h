/*
 * child_feed: lines on their way into a child's stdin.
 *
 * What the pipe takes goes at once; the rest waits, up to a maximum.  Used by
 * child.c alone.
 */
#ifndef NET_CHILD_FEED_H
#define NET_CHILD_FEED_H

#include "base/buf.h"

struct stream;

struct child_feed {
	struct stream *stream; /* NULL once closed */
	struct buf waiting;
	size_t sent; /* of what waits; dropped now and then */
};

enum child_fed {
	CHILD_FED,   /* it is on its way */
	CHILD_FULL,  /* too much waits; nothing was taken */
	CHILD_CLOSED /* the other side takes no more */
};

/* max: bytes that may wait.  stream is set by the caller. */
void child_feed_init(struct child_feed *feed, size_t max);

/* Closes the stream; what waits is lost. */
void child_feed_close(struct child_feed *feed);

/* The parts, and a newline. */
enum child_fed child_feed_line(
	struct child_feed *feed, const struct str *parts, size_t n);

/* When the stream is writable.  False: closed by the other side. */
bool child_feed_flush(struct child_feed *feed);

#endif
