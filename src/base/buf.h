/*
 * buf: bytes that grow at the end, up to a stated maximum.
 *
 * A write past the maximum writes nothing and marks the buffer as failed;
 * the writer looks once, at the end, with buf_ok().  The bytes come from the
 * heap (buf_init, give back with buf_clear) or from an arena (buf_in).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	struct arena *arena; /* NULL: heap */
	bool failed;
	bool secret; /* wiped when it moves or is cleared */
};

/* A heap buffer of at most max bytes.  Allocates nothing yet. */
void buf_init(struct buf *b, size_t max);

/* A buffer whose bytes live in the arena, at most max bytes. */
void buf_in(struct buf *b, struct arena *a, size_t max);

/* Gives the bytes back, wiping them if they are secret.  The buffer can be
 * written again. */
void buf_clear(struct buf *b);

/* Room for n more bytes at the end, or NULL (and failed).  buf_took() then
 * says how many were written. */
char *buf_room(struct buf *b, size_t n);
void buf_took(struct buf *b, size_t n);

/* As buf_add(), whether or not there is room already. */
void buf_add_anyhow(struct buf *b, const char *p, size_t n);

static inline void
buf_add(struct buf *b, const char *p, size_t n)
{
	if (b->failed || n == 0 || n > b->cap - b->n) {
		buf_add_anyhow(b, p, n);
		return;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

static inline void
buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);
void buf_fmt(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define buf_lit(b, lit) buf_add((b), "" lit, sizeof(lit) - 1)

/* Drops the first n bytes. */
void buf_drop(struct buf *b, size_t n);

/* What is in it; valid until the next write. */
static inline struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->p == NULL ? "" : b->p, b->n };
}

static inline bool
buf_ok(const struct buf *b)
{
	return !b->failed;
}

#endif
