/* json_write: see json_write.h. */
#include "text/json_write.h"

#include "base/die.h"
#include "base/utf8.h"

void
json_write_init(struct json_write *w, struct buf *out)
{
	*w = (struct json_write){ .out = out };
}

/* The comma before a key or an element. */
static void
separate(struct json_write *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->filled[w->depth - 1])
		buf_char(w->out, ',');
	w->filled[w->depth - 1] = true;
}

void
json_begin(struct json_write *w, char open)
{
	insist(open == '{' || open == '[');
	insist(w->depth < JSON_WRITE_DEPTH);
	separate(w);
	buf_char(w->out, open);
	w->close[w->depth] = open == '{' ? '}' : ']';
	w->filled[w->depth] = false;
	w->depth++;
}

void
json_end(struct json_write *w)
{
	insist(w->depth > 0 && !w->after_key);
	w->depth--;
	buf_char(w->out, w->close[w->depth]);
}

void
json_member(struct json_write *w, const char *key)
{
	json_member_key(w, str_from(key));
}

void
json_member_key(struct json_write *w, struct str key)
{
	insist(w->depth > 0 && !w->after_key);
	insist(w->close[w->depth - 1] == '}');
	separate(w);
	json_quote(w->out, key);
	buf_char(w->out, ':');
	w->after_key = true;
}

void
json_str(struct json_write *w, struct str s)
{
	if (str_is_none(s)) {
		json_null(w);
		return;
	}
	separate(w);
	json_quote(w->out, s);
}

void
json_i64(struct json_write *w, int64_t v)
{
	separate(w);
	buf_i64(w->out, v);
}

void
json_bool(struct json_write *w, bool v)
{
	json_raw(w, v ? STR("true") : STR("false"));
}

void
json_null(struct json_write *w)
{
	json_raw(w, STR("null"));
}

void
json_raw(struct json_write *w, struct str value)
{
	insist(value.n > 0);
	separate(w);
	buf_str(w->out, value);
}

void
json_member_str(struct json_write *w, const char *key, struct str s)
{
	if (str_is_none(s))
		return;
	json_member(w, key);
	json_str(w, s);
}

void
json_member_i64(struct json_write *w, const char *key, int64_t v)
{
	json_member(w, key);
	json_i64(w, v);
}

void
json_member_bool(struct json_write *w, const char *key, bool v)
{
	json_member(w, key);
	json_bool(w, v);
}

void
json_member_raw(struct json_write *w, const char *key, struct str value)
{
	if (str_is_none(value))
		return;
	json_member(w, key);
	json_raw(w, value);
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 &&
		c != '"' && c != '\\';
}

static void
put_control(struct buf *out, char c)
{
	static const char letters[] = "btnvfr"; /* from 0x08 on */

	if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
		buf_char(out, '\\');
		buf_char(out, letters[c - 0x08]);
		return;
	}
	buf_fmt(out, "\\u%04x", (unsigned)c);
}

/* Writes what stands at the front of s, and is not plain; how long it is. */
static size_t
put_special(struct buf *out, struct str s)
{
	size_t n = utf8_length(s);

	if (n == 0) {
		buf_lit(out, "\xef\xbf\xbd");
		return 1;
	}
	if (n > 1) {
		buf_add(out, s.p, n);
	} else if (s.p[0] == '"' || s.p[0] == '\\') {
		buf_char(out, '\\');
		buf_char(out, s.p[0]);
	} else {
		put_control(out, s.p[0]);
	}
	return n;
}

void
json_quote(struct buf *out, struct str s)
{
	size_t at = 0;

	buf_char(out, '"');
	while (at < s.n) {
		size_t from = at;

		while (at < s.n && is_plain(s.p[at]))
			at++;
		buf_add(out, s.p + from, at - from);
		if (at < s.n)
			at += put_special(out, str_of(s.p + at, s.n - at));
	}
	buf_char(out, '"');
}
