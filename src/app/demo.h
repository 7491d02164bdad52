/*
 * demo: a small MCP server, both eras, that shows what passes through.
 *
 *	slugify    a text as a piece of a URL
 *	countdown  counts down some seconds, with progress and log messages, and
 *	           can be cancelled; several run at a time
 *
 * Pure: lines and the time go in, lines come out.  demo_stdio.c moves them.
 *
 * A message with protocolVersion in its _meta is modern, whatever came before
 * (2026-07-28); all others belong to the conversation that initialize opened.
 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "base/buf.h"

struct demo;

#define DEMO_LINE_MAX      ((size_t)1 << 20)
#define DEMO_COUNTDOWN_MAX 15
#define DEMO_RUNNING_MAX   64u

struct demo *demo_new(void);
void demo_free(struct demo **d);

/* Takes one line without its end; now is any monotonic clock in
 * milliseconds.  Answers go to out, each with a newline. */
void demo_line(struct demo *d, struct str line, int64_t now, struct buf *out);

/* A line was longer than DEMO_LINE_MAX: says so. */
void demo_overlong(struct demo *d, struct buf *out);

/* Lets the countdowns go on. */
void demo_tick(struct demo *d, int64_t now, struct buf *out);

/* When demo_tick() is due; -1: never. */
int64_t demo_due(const struct demo *d);

#endif
