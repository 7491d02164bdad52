/* child_lines: see child_lines.h. */
#include "net/child_lines.h"

#include "base/die.h"
#include "net/stream.h"

#include <stdlib.h>

#define FIRST ((size_t)16 << 10)
#define KEEP  ((size_t)64 << 10) /* a larger buffer is given back when empty */

void
child_lines_init(
	struct child_lines *l, size_t max, enum child_lines_long when_long)
{
	*l = (struct child_lines){ .max = max, .when_long = when_long };
}

void
child_lines_clear(struct child_lines *l)
{
	free(l->p);
	child_lines_init(l, l->max, l->when_long);
}

static void
move_down(struct child_lines *l)
{
	if (l->at == 0)
		return;
	l->n -= l->at;
	l->scanned -= l->at;
	memmove(l->p, l->p + l->at, l->n);
	l->at = 0;
}

char *
child_lines_room(struct child_lines *l, size_t *room)
{
	if (l->at == l->n && l->cap > KEEP) {
		free(l->p);
		l->p = NULL;
		l->cap = 0;
	}
	if (l->at == l->n)
		l->at = l->n = l->scanned = 0;
	if (l->cap - l->n < FIRST / 4)
		move_down(l);
	if (l->cap - l->n < FIRST / 4) {
		l->cap = l->cap == 0 ? FIRST : l->cap * 2;
		l->p = realloc(l->p, l->cap);
		if (l->p == NULL)
			die("out of memory");
	}
	*room = l->cap - l->n;
	return l->p + l->n;
}

void
child_lines_took(struct child_lines *l, size_t n)
{
	insist(n <= l->cap - l->n);
	l->n += n;
}

bool
child_lines_read(struct child_lines *l, struct stream *s, size_t *n)
{
	size_t room;
	char *to = child_lines_room(l, &room);

	*n = 0;
	switch (stream_read(s, to, room, n)) {
	case STREAM_MOVED:
		child_lines_took(l, *n);
		return true;
	case STREAM_AGAIN:
		return true;
	case STREAM_END:
	case STREAM_BROKEN:
		break;
	}
	return false;
}

/* A line that ends at end, or one that is too long at least up to there. */
static bool
judge(struct child_lines *l, size_t end, struct str *line)
{
	*line = str_of(l->p + l->at, end - l->at);
	if (line->n <= l->max)
		return true;
	if (l->when_long == CHILD_LINES_REFUSE) {
		l->is_broken = true;
		return false;
	}
	line->n = l->max;
	return true;
}

static bool
too_long(struct child_lines *l, struct str *line)
{
	bool told = judge(l, l->n, line);

	if (told) {
		l->skipping = true;
		l->at = l->n;
	}
	return told;
}

bool
child_lines_next(struct child_lines *l, struct str *line)
{
	while (!l->is_broken && l->scanned < l->n) {
		const char *end =
			memchr(l->p + l->scanned, '\n', l->n - l->scanned);
		size_t at = end == NULL ? l->n : (size_t)(end - l->p);
		bool was_skipping = l->skipping;

		l->scanned = end == NULL ? l->n : at + 1;
		if (end == NULL && was_skipping)
			l->at = l->n;
		if (end == NULL)
			return !was_skipping && l->n - l->at > l->max &&
				too_long(l, line);
		l->skipping = false;
		if (!was_skipping && !judge(l, at, line))
			return false;
		l->at = at + 1;
		if (was_skipping)
			continue;
		if (line->n > 0 && line->p[line->n - 1] == '\r')
			line->n--;
		return true;
	}
	return false;
}

bool
child_lines_last(struct child_lines *l, struct str *line)
{
	if (l->is_broken || l->skipping || l->at == l->n ||
		!judge(l, l->n, line))
		return false;
	l->at = l->scanned = l->n;
	return true;
}
