/*
 * child_said: what a child says on its stderr, read at a bearable pace.
 *
 * Each read, line and byte has a price; when a second's allowance is spent, the
 * pipe is left alone until the second is over.  It fills, and a child that goes
 * on writing waits for us: it costs the loop a few percent at most, and only
 * itself is slowed.
 *
 *	calm ──spent──▶ held ──the second is over──▶ watched ──CALM_MS──▶ calm
 *	                  ▲──────────spent──────────────┘
 *
 * Private to child.c.
 */
#ifndef NET_CHILD_SAID_H
#define NET_CHILD_SAID_H

#include "net/child_lines.h"
#include "net/loop.h"

struct stream;

#define CHILD_SAID_ALLOWANCE ((size_t)16 << 20)

struct child_said {
	struct stream *stream; /* the pipe; NULL once it has ended */
	struct child_lines lines;
	size_t allowance; /* for a second */
	size_t spent;     /* since then */
	int64_t since;    /* loop_now() */
	struct loop_timer timer;
	bool is_held;
	bool is_flood; /* held, or watched */
	/* One line.  May be NULL: nobody listens. */
	void (*line)(void *with, struct str line);
	/* A flood begins, or is over.  May be NULL. */
	void (*flood)(void *with, bool begins);
	void *with;
};

/* Without a pipe and without listeners; allowance 0: CHILD_SAID_ALLOWANCE. */
void child_said_init(struct child_said *s, struct loop *l, size_t allowance);
void child_said_clear(struct child_said *s);

/* The pipe can be read: once, and the lines are told. */
void child_said_read(struct child_said *s);

/* The child has ended: what is left in the pipe is read at once. */
void child_said_hurry(struct child_said *s);

/* After the last byte: the line that has no end. */
void child_said_last(struct child_said *s);

#endif
