/* sse: see sse.h.  Lines that arrive whole are judged where they stand; only
 * an unfinished one is kept. */
#include "text/sse.h"

#include "base/utf8.h"

#define FIELD_NAME_MAX ((size_t)16) /* "data: " and its like */
#define KEEP_MAX       ((size_t)16 << 10)
#define RETRY_MAX_MS   ((uint64_t)86400000)
#define BOM            "\xef\xbb\xbf"
#define BOM_BYTES      3u

void
sse_reader_init(struct sse_reader *r, size_t event_max,
	void (*hear)(void *with, const struct sse_event *event), void *with)
{
	*r = (struct sse_reader){
		.event_max = event_max,
		.retry_ms = -1,
		.hear = hear,
		.with = with,
	};
	buf_init(&r->line,
		(event_max > SSE_NAME_MAX ? event_max : SSE_NAME_MAX) +
			FIELD_NAME_MAX);
	buf_init(&r->data, event_max + 1);
	buf_init(&r->type, SSE_NAME_MAX);
	buf_init(&r->id, SSE_NAME_MAX);
}

void
sse_reader_clear(struct sse_reader *r)
{
	if (r->gone != NULL)
		*r->gone = true;
	r->gone = NULL;
	r->hear = NULL;
	buf_clear(&r->line);
	buf_clear(&r->data);
	buf_clear(&r->type);
	buf_clear(&r->id);
}

/* Bytes for the next event, keeping what was allocated. */
static void
begin_event(struct sse_reader *r)
{
	r->data.n = 0;
	r->type.n = 0;
	r->has_data = false;
}

static bool
too_large(struct fault *f)
{
	return fault_set(f, FAULT_TOO_LARGE, "an event of the stream");
}

static bool
dispatch(struct sse_reader *r, struct fault *f)
{
	const bool *gone = r->gone;
	struct sse_event event = {
		.type = r->type.n > 0 ? buf_view(&r->type) : STR("message"),
		.data = buf_view(&r->data),
		.id = r->has_id ? buf_view(&r->id) : STR_NONE,
	};

	if (!r->has_data || r->hear == NULL) {
		begin_event(r);
		return true;
	}
	event.data.n--; /* the last line's LF */
	if (!utf8_is_valid(event.data) || !utf8_is_valid(event.type) ||
		!utf8_is_valid(event.id))
		return fault_set(f, FAULT_BAD_TEXT,
			"an event of the stream is no valid UTF-8");
	r->hear(r->with, &event);
	if (!*gone)
		begin_event(r);
	return true;
}

static void
replace(struct buf *b, struct str value)
{
	b->n = 0;
	buf_str(b, value);
}

/* WHATWG HTML 9.2.6. */
static bool
hear_field(struct sse_reader *r, struct str name, struct str value,
	struct fault *f)
{
	uint64_t ms;

	if (str_eq_lit(name, "data")) {
		r->has_data = true;
		buf_str(&r->data, value);
		buf_char(&r->data, '\n');
	} else if (str_eq_lit(name, "event")) {
		replace(&r->type, value);
	} else if (str_eq_lit(name, "id")) {
		if (str_find_char(value, '\0') < value.n)
			return true;
		replace(&r->id, value);
		r->has_id = value.n > 0;
	} else if (str_eq_lit(name, "retry")) {
		if (str_to_u64(value, &ms) && ms <= RETRY_MAX_MS)
			r->retry_ms = (int64_t)ms;
	}
	if (!buf_ok(&r->data) || !buf_ok(&r->type) || !buf_ok(&r->id))
		return too_large(f);
	return true;
}

static bool
hear_line(struct sse_reader *r, struct str line, struct fault *f)
{
	size_t colon = str_find_char(line, ':');
	struct str value = str_cut(line, colon + 1, line.n);

	if (line.n == 0)
		return dispatch(r, f);
	if (colon == 0)
		return true;
	if (value.n > 0 && value.p[0] == ' ')
		value = str_cut(value, 1, value.n);
	return hear_field(r, str_cut(line, 0, colon), value, f);
}

/* The place of the first LF or CR, or s.n. */
static size_t
line_length(struct str s)
{
	size_t n = str_find_char(s, '\n');

	return str_find_char(str_of(s.p, n), '\r');
}

/* A line that ends now: what was kept of it, and its rest. */
static bool
end_line(struct sse_reader *r, struct str rest, struct fault *f)
{
	struct str line;

	/* However the line was cut up, the same ceiling holds. */
	if (rest.n > r->line.max - r->line.n)
		return too_large(f);
	if (r->line.n == 0)
		return hear_line(r, rest, f);
	buf_str(&r->line, rest);
	line = buf_view(&r->line);
	r->line.n = 0; /* the bytes stay until the next write */
	return hear_line(r, line, f);
}

/* Passes a BOM at the very start, however it is cut up. */
static void
pass_bom(struct sse_reader *r, struct str *bytes)
{
	while (r->bom < BOM_BYTES && bytes->n > 0) {
		if (bytes->p[0] != BOM[r->bom]) {
			/* What looked like one belongs to the first line. */
			buf_add(&r->line, BOM, r->bom);
			r->bom = BOM_BYTES;
			return;
		}
		r->bom++;
		*bytes = str_cut(*bytes, 1, bytes->n);
	}
}

/* Takes one line, or what there is of it, off *bytes.  hear() may have freed
 * the reader afterwards. */
static bool
feed_line(struct sse_reader *r, struct str *bytes, struct fault *f)
{
	size_t n = line_length(*bytes);
	struct str line = str_cut(*bytes, 0, n);

	if (n == bytes->n) {
		buf_str(&r->line, line);
		*bytes = str_cut(*bytes, n, n);
		return buf_ok(&r->line) || too_large(f);
	}
	r->after_cr = bytes->p[n] == '\r';
	*bytes = str_cut(*bytes, n + 1, bytes->n);
	return end_line(r, line, f);
}

/* After a large event the next is likely small. */
static void
give_back(struct buf *b, bool in_use)
{
	if (!in_use && b->cap > KEEP_MAX)
		buf_clear(b);
}

bool
sse_feed(struct sse_reader *r, struct str bytes, struct fault *f)
{
	bool gone = false, good = true;

	if (r->hear == NULL)
		return true;
	r->gone = &gone;
	pass_bom(r, &bytes);
	while (good && bytes.n > 0) {
		if (r->after_cr && bytes.p[0] == '\n')
			bytes = str_cut(bytes, 1, bytes.n);
		r->after_cr = false;
		good = bytes.n == 0 || feed_line(r, &bytes, f);
		if (gone)
			return true;
	}
	r->gone = NULL;
	give_back(&r->line, r->line.n > 0);
	give_back(&r->data, r->has_data);
	return good;
}

/* Whether s can stand in one line. */
static bool
is_one_line(struct str s)
{
	return !str_is_none(s) && line_length(s) == s.n &&
		str_find_char(s, '\0') == s.n;
}

static void
write_data(struct buf *out, struct str data)
{
	for (;;) {
		size_t n = line_length(data);

		buf_lit(out, "data: ");
		buf_add(out, data.p, n);
		buf_char(out, '\n');
		if (n == data.n)
			return;
		if (data.p[n] == '\r' && n + 1 < data.n &&
			data.p[n + 1] == '\n')
			n++;
		data = str_cut(data, n + 1, data.n);
	}
}

void
sse_write(struct buf *out, const struct sse_event *event)
{
	if (is_one_line(event->type)) {
		buf_lit(out, "event: ");
		buf_str(out, event->type);
		buf_char(out, '\n');
	}
	if (is_one_line(event->id)) {
		buf_lit(out, "id: ");
		buf_str(out, event->id);
		buf_char(out, '\n');
	}
	if (!str_is_none(event->data))
		write_data(out, event->data);
	buf_char(out, '\n');
}

void
sse_write_comment(struct buf *out, struct str text)
{
	buf_lit(out, ": ");
	for (size_t i = 0; i < text.n; i++)
		buf_char(out,
			text.p[i] == '\n' || text.p[i] == '\r' ? ' '
							       : text.p[i]);
	buf_lit(out, "\n\n");
}
