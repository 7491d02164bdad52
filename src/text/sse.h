/*
 * sse: event streams (WHATWG HTML 9.2), reading and writing.
 *
 * The reader is fed as bytes arrive and calls back once per dispatched event
 * (one that has data).  LF, CR LF and CR end lines; a leading BOM is passed.
 */
#ifndef TEXT_SSE_H
#define TEXT_SSE_H

#include "base/buf.h"
#include "base/fault.h"

struct sse_event {
	struct str type; /* "message" when the stream named none */
	struct str data;
	struct str id; /* the last id seen, or STR_NONE */
};

struct sse_reader {
	struct buf line; /* an unfinished line */
	struct buf data;
	struct buf type;
	struct buf id;
	bool has_id;      /* one that is not empty */
	bool has_data;    /* a data line came since the last event */
	bool after_cr;    /* a LF that comes now belongs to it */
	unsigned bom;     /* bytes of the leading BOM passed; 3 when done */
	bool *gone;       /* set while sse_feed() runs */
	int64_t retry_ms; /* the last retry:, or -1 */
	size_t event_max;
	void (*hear)(void *with, const struct sse_event *event);
	void *with;
};

#define SSE_NAME_MAX ((size_t)1024) /* bytes of a type or an id */

/* event_max: bytes of one event's data; past it sse_feed() refuses. */
void sse_reader_init(struct sse_reader *r, size_t event_max,
	void (*hear)(void *with, const struct sse_event *event), void *with);
void sse_reader_clear(struct sse_reader *r);

/* Bytes that it has for an event that is not complete. */
static inline size_t
sse_reader_size(const struct sse_reader *r)
{
	return r->line.cap + r->data.cap;
}

/* FAULT_TOO_LARGE, FAULT_BAD_TEXT (what is heard is not UTF-8); the reader
 * is then of no more use.  hear() may call sse_reader_clear() and free what
 * surrounds the reader; sse_feed() then answers true at once and touches
 * nothing more.  The event's bytes live until hear() returns. */
bool sse_feed(struct sse_reader *r, struct str bytes, struct fault *f);

/* Writes one event.  data may hold newlines (it becomes several lines), each
 * read as LF; type and id may be STR_NONE, and are left out if they hold a
 * line break or a NUL. */
void sse_write(struct buf *out, const struct sse_event *event);

/* ": <text>\n\n"; line breaks in text become blanks. */
void sse_write_comment(struct buf *out, struct str text);

#endif
