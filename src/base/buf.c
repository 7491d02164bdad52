/* buf: see buf.h. */
#include "base/buf.h"

#include "base/arena.h"
#include "base/die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAP_MIN ((size_t)256)

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_in(struct buf *b, struct arena *a, size_t max)
{
	*b = (struct buf){ .max = max, .arena = a };
}

static void
let_go(struct buf *b)
{
	if (b->p == NULL)
		return;
	if (b->secret)
		explicit_bzero(b->p, b->cap);
	if (b->arena == NULL)
		free(b->p);
	b->p = NULL;
}

void
buf_clear(struct buf *b)
{
	let_go(b);
	b->n = b->cap = 0;
	b->failed = false;
}

static bool
grow(struct buf *b, size_t least)
{
	size_t cap = b->cap < CAP_MIN ? CAP_MIN : b->cap;
	char *p;

	while (cap < least)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	p = b->arena != NULL ? arena_bytes(b->arena, cap) : malloc(cap);
	if (p == NULL && b->arena == NULL)
		die("out of memory");
	if (p == NULL)
		return false;
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	let_go(b);
	b->p = p;
	b->cap = cap;
	return true;
}

char *
buf_room(struct buf *b, size_t n)
{
	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return NULL;
	}
	if (b->n + n > b->cap && !grow(b, b->n + n)) {
		b->failed = true;
		return NULL;
	}
	return b->p + b->n;
}

void
buf_took(struct buf *b, size_t n)
{
	insist(n <= b->cap - b->n);
	b->n += n;
}

void
buf_add_anyhow(struct buf *b, const char *p, size_t n)
{
	char *to;

	if (n == 0 || (to = buf_room(b, n)) == NULL)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_char(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (to = buf_room(b, (size_t)n + 1)) == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
buf_drop(struct buf *b, size_t n)
{
	insist(n <= b->n);
	b->n -= n;
	if (b->n > 0)
		memmove(b->p, b->p + n, b->n);
}
