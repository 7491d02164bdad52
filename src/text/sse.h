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
	struct str type;  /* "message" when the stream named none */
	struct str data;
	struct str id;    /* the last id seen, or STR_NONE */
};

struct sse_reader {
	struct buf line;   /* an unfinished line */
	struct buf data;
	struct buf type;
	struct buf id;
	bool has_id;
	bool has_data;
	bool after_cr;
	bool begun;
	int64_t retry_ms;  /* the last retry:, or -1 */
	size_t event_max;
	void (*hear)(void *with, const struct sse_event *event);
	void *with;
};

/* event_max: bytes of one event's data; past it sse_feed() refuses. */
void sse_reader_init(struct sse_reader *r, size_t event_max,
	void (*hear)(void *with, const struct sse_event *event), void *with);
void sse_reader_clear(struct sse_reader *r);

/* FAULT_TOO_LARGE, FAULT_BAD_TEXT (data that is not UTF-8).  hear() may free
 * what surrounds the reader only if it sets *r.hear to NULL first; then
 * sse_feed() returns true at once and touches nothing. */
bool sse_feed(struct sse_reader *r, struct str bytes, struct fault *f);

/* Writes one event.  data may hold newlines (it becomes several lines); type
 * and id may be STR_NONE. */
void sse_write(struct buf *out, const struct sse_event *event);

/* ": <text>\n\n" */
void sse_write_comment(struct buf *out, struct str text);

#endif
