/*
 * fuzz_sse: the first byte says how the stream is cut up.  However it is, the
 * same events are heard; written again, they are heard again.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/sse.h"

#define EVENT_MAX_BYTES ((size_t)256)

/* What one reading of the stream gave. */
struct heard {
	struct buf log;     /* type, id and data of each event */
	struct buf written; /* the events, by sse_write() */
	bool good;
};

static void
put(struct buf *b, struct str s)
{
	buf_u64(b, s.n);
	buf_char(b, str_is_none(s) ? '-' : ':');
	buf_str(b, s);
}

static void
hear(void *with, const struct sse_event *event)
{
	struct heard *h = with;

	insist(event->data.n <= EVENT_MAX_BYTES);
	insist(utf8_is_valid(event->data) && utf8_is_valid(event->type));
	insist(event->type.n > 0 && event->type.n <= SSE_NAME_MAX);
	insist(str_find_char(event->data, '\r') == event->data.n);
	put(&h->log, event->type);
	put(&h->log, event->id);
	put(&h->log, event->data);
	sse_write(&h->written, event);
}

static void
read_stream(struct heard *h, struct str text, size_t step)
{
	struct sse_reader r;

	buf_init(&h->log, FUZZ_ARENA_MAX);
	buf_init(&h->written, FUZZ_ARENA_MAX);
	h->good = true;
	sse_reader_init(&r, EVENT_MAX_BYTES, hear, h);
	for (size_t at = 0; at < text.n && h->good; at += step)
		h->good = sse_feed(&r, str_cut(text, at, at + step), NULL);
	sse_reader_clear(&r);
}

static void
clear(struct heard *h)
{
	buf_clear(&h->log);
	buf_clear(&h->written);
}

static void
run(struct str text, size_t step)
{
	struct heard whole, cut, again;

	read_stream(&whole, text, text.n + 1);
	read_stream(&cut, text, step);
	insist(whole.good == cut.good);
	insist(str_eq(buf_view(&whole.log), buf_view(&cut.log)));
	/* A NUL is left out, and an id that was taken back stays away. */
	if (str_find_char(text, '\0') == text.n &&
		str_find_char(buf_view(&whole.log), '-') == whole.log.n) {
		read_stream(&again, buf_view(&whole.written), step);
		insist(again.good);
		insist(str_eq(buf_view(&again.log), buf_view(&whole.log)));
		clear(&again);
	}
	clear(&whole);
	clear(&cut);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_str(data, size);

	if (size > 0)
		run(str_cut(text, 1, text.n), (size_t)data[0] + 1);
	return 0;
}
