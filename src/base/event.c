/* event: see event.h. */
#include "base/event.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)8192)
#define VALUE_MAX      ((size_t)1024) /* as written, escapes included */
/* The most that a field takes: its name, its value, what is around it. */
#define FIELD_MAX      (VALUE_MAX + 128)

#define DEBUG FAULT_LEVEL_DEBUG
#define INFO  FAULT_LEVEL_INFO
#define WARN  FAULT_LEVEL_WARN
#define ERROR FAULT_LEVEL_ERROR

static const struct event_row {
	const char *name;
	enum fault_level level;
	const char *sentence;
} rows[EVENT_COUNT] = {
#define EVENT(name, level, sentence)                                           \
	[EVENT_##name] = { #name, level, sentence },
#include "base/events.def"
#undef EVENT
};

static struct {
	int fd;
	enum event_format format;
	enum fault_level level;
	bool colour;
	void (*hash)(struct str, char[13]);
} out = { .fd = STDERR_FILENO, .level = FAULT_LEVEL_INFO };

void
event_setup(int fd, enum event_format format, enum fault_level level)
{
	out.fd = fd;
	out.format = format;
	out.level = level;
	out.colour = format == EVENT_FORMAT_TEXT && isatty(fd) == 1;
}

bool
event_is_on(enum fault_level level)
{
	return level >= out.level;
}

void
event_set_hash(void (*hash)(struct str, char[13]))
{
	out.hash = hash;
}

static const char *
level_name(enum fault_level level)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	return names[level];
}

static const char *
level_colour(enum fault_level level)
{
	static const char *const colours[] = { "\033[2m", "", "\033[33m",
		"\033[31m" };

	return out.colour ? colours[level] : "";
}

static void
put_lower(struct buf *b, const char *name)
{
	for (; *name != '\0'; name++)
		buf_char(b, ascii_lower(*name));
}

/* "ost_at_": how every token of ours begins (crypto/token.h). */
#define TOKEN_START       STR("ost_")
#define TOKEN_START_CHARS 7u

static bool
is_token_char(char c)
{
	char low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_';
}

/* How many bytes a token at the beginning takes; 0: there is none. */
static size_t
token_length(struct str s)
{
	size_t n = TOKEN_START_CHARS;

	if (s.n <= n || !str_starts(s, TOKEN_START) || s.p[n - 1] != '_')
		return 0;
	while (n < s.n && is_token_char(s.p[n]))
		n++;
	return n;
}

/* What moves a terminal's cursor, recolours it or turns the direction of what
 * follows: C0, DEL and C1, breaks of lines and paragraphs, bidi controls. */
static bool
is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
		(point >= 0x2028 && point <= 0x202e) ||
		(point >= 0x2066 && point <= 0x2069);
}

/* A byte that belongs to no code point: JSON has no way to say it. */
static void
put_bad_byte(struct buf *b, unsigned char c)
{
	if (out.format == EVENT_FORMAT_JSON)
		buf_lit(b, "\xef\xbf\xbd");
	else
		buf_fmt(b, "\\x%02X", c);
}

/* Writes the first code point; how many bytes that were. */
static size_t
put_point(struct buf *b, struct str s)
{
	struct str rest = s;
	uint32_t point;

	if (!utf8_next(&rest, &point)) {
		put_bad_byte(b, (unsigned char)*s.p);
		return 1;
	}
	if (is_control(point)) {
		buf_fmt(b, "\\u%04x", (unsigned)point);
	} else {
		if (point == '"' || point == '\\')
			buf_char(b, '\\');
		buf_str(b, str_cut(s, 0, s.n - rest.n));
	}
	return s.n - rest.n;
}

/* Escapes for both formats: the value stands between double quotes.  People
 * put tokens where no token belongs (a path, a client id): of these only the
 * beginning is written. */
static void
put_escaped(struct buf *b, struct str s)
{
	size_t end = b->n + VALUE_MAX;

	while (s.n > 0 && b->n < end) {
		size_t n = *s.p == 'o' ? token_length(s) : 0;

		if (n > 0) {
			buf_str(b, str_cut(s, 0, TOKEN_START_CHARS));
			buf_lit(b, "...");
		} else {
			n = put_point(b, s);
		}
		s = str_cut(s, n, s.n);
	}
	if (s.n > 0)
		buf_lit(b, "...");
}

static void
put_value(struct buf *b, const struct event_field *f)
{
	char hash[13] = "hidden";

	if (f->kind == EVENT_FIELD_U64) {
		buf_u64(b, f->number);
		return;
	}
	buf_char(b, '"');
	if (f->kind == EVENT_FIELD_SECRET) {
		if (out.hash != NULL)
			out.hash(f->text, hash);
		put_escaped(b, str_from(hash));
	} else {
		put_escaped(b, f->text);
	}
	buf_char(b, '"');
}

static void
put_field(struct buf *b, const struct event_field *f)
{
	if (f->kind != EVENT_FIELD_U64 && str_is_none(f->text))
		return;
	if (b->n + FIELD_MAX > LINE_MAX_BYTES)
		return; /* the line stays whole */
	if (out.format == EVENT_FORMAT_JSON)
		buf_fmt(b, ",\"%s\":", f->name);
	else
		buf_fmt(b, " %s=", f->name);
	put_value(b, f);
}

static void
put_head(struct buf *b, const struct event_row *row)
{
	struct timespec now;
	struct tm tm;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	if (out.format == EVENT_FORMAT_JSON) {
		buf_fmt(b,
			"{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"event\":\"",
			stamp, now.tv_nsec / 1000000, level_name(row->level));
		put_lower(b, row->name);
		buf_fmt(b, "\",\"message\":\"%s\"", row->sentence);
		return;
	}
	buf_fmt(b, "%s.%03ldZ %s%-5s%s %s", stamp, now.tv_nsec / 1000000,
		level_colour(row->level), level_name(row->level),
		*level_colour(row->level) == '\0' ? "" : "\033[0m",
		row->sentence);
}

static void
write_row(const struct event_scope *scope, const struct event_row *row,
	const struct event_field *fields, size_t n)
{
	struct buf b;
	ssize_t wrote;

	buf_init(&b, LINE_MAX_BYTES);
	put_head(&b, row);
	for (size_t i = 0; i < n; i++)
		put_field(&b, &fields[i]);
	for (; scope != NULL; scope = scope->parent)
		for (unsigned i = 0; i < scope->n; i++)
			put_field(&b, &scope->fields[i]);
	if (out.format == EVENT_FORMAT_JSON)
		buf_char(&b, '}');
	buf_char(&b, '\n');
	wrote = write(out.fd, buf_view(&b).p, buf_view(&b).n);
	(void)wrote; /* a log that can't be written has nobody to tell */
	buf_clear(&b);
}

void
event_write(const struct event_scope *scope, enum event_id id,
	const struct event_field *fields, size_t n)
{
	if (event_is_on(rows[id].level))
		write_row(scope, &rows[id], fields, n);
}

void
event_fault(const struct event_scope *scope, const struct fault *f)
{
	enum fault_level level = fault_row(f->id)->level;
	struct event_row row =
		rows[level == FAULT_LEVEL_ERROR ? EVENT_FAILED : EVENT_REFUSED];
	struct event_field fields[] = {
		EF_TEXT("fault", fault_name(f->id)),
		EF_TEXT("detail", f->detail),
	};

	row.level = level;
	if (event_is_on(level))
		write_row(scope, &row, fields, 2);
}
