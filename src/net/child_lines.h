/*
 * child_lines: from the bytes of a pipe to lines, bounded.
 *
 * Room for bytes is asked for, filled, and lines are taken out until there is
 * none.  A line's bytes are valid until room is asked for again.
 */
#ifndef NET_CHILD_LINES_H
#define NET_CHILD_LINES_H

#include "base/str.h"

struct stream;

enum child_lines_long {
	CHILD_LINES_REFUSE, /* too long a line: is_broken */
	CHILD_LINES_CUT /* its first max bytes are a line, the rest is lost */
};

struct child_lines {
	char *p;
	size_t cap;
	size_t n;
	size_t at;      /* where the next line begins */
	size_t scanned; /* no line end before this */
	size_t max;     /* bytes of a line */
	enum child_lines_long when_long;
	bool skipping; /* within the lost rest of a line */
	bool is_broken;
};

void child_lines_init(
	struct child_lines *l, size_t max, enum child_lines_long when_long);
void child_lines_clear(struct child_lines *l);

/* Where to put bytes; *room is at least 1. */
char *child_lines_room(struct child_lines *l, size_t *room);
void child_lines_took(struct child_lines *l, size_t n);

/* One read of the pipe, so that a flood starves nobody; *n: how many bytes
 * came.  False: it ended. */
bool child_lines_read(struct child_lines *l, struct stream *s, size_t *n);

/* The next whole line, without "\n" or "\r\n". */
bool child_lines_next(struct child_lines *l, struct str *line);

/* After the last byte: what stands there without a line end. */
bool child_lines_last(struct child_lines *l, struct str *line);

#endif
