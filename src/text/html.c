/* html: see html.h. */
#include "text/html.h"

#include "base/utf8.h"
#include "text/uri.h"

#define REPLACEMENT "\xef\xbf\xbd"

static struct str
entity_of(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	case '\'':
		return STR("&#39;");
	case '`':
		return STR("&#96;");
	}
	return STR_NONE;
}

static bool
is_plain(char byte)
{
	unsigned char c = (unsigned char)byte;

	return (c >= 0x20 && c < 0x7f && str_is_none(entity_of(byte))) ||
		c == '\t' || c == '\n';
}

/* Control characters of both sets, and what turns the direction of text. */
static bool
is_hidden(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
		(point >= 0x202a && point <= 0x202e) ||
		(point >= 0x2066 && point <= 0x2069);
}

/* Writes what stands at the front of *s and is not plain, and takes it off. */
static void
put_special(struct buf *out, struct str *s)
{
	struct str entity = entity_of(s->p[0]), before = *s;
	uint32_t point;

	if (!utf8_next(s, &point)) {
		*s = str_cut(*s, 1, s->n);
		buf_lit(out, REPLACEMENT);
	} else if (!str_is_none(entity)) {
		buf_str(out, entity);
	} else if (is_hidden(point)) {
		buf_lit(out, REPLACEMENT);
	} else {
		buf_add(out, before.p, before.n - s->n);
	}
}

void
html_escape(struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = 0;

		while (n < s.n && is_plain(s.p[n]))
			n++;
		buf_add(out, s.p, n);
		s = str_cut(s, n, s.n);
		if (s.n > 0)
			put_special(out, &s);
	}
}

static bool
is_web(struct str s)
{
	struct uri u;

	return uri_parse(s, &u, NULL) &&
		(str_eq_nocase(u.scheme, STR("http")) ||
			str_eq_nocase(u.scheme, STR("https")));
}

void
html_url(struct buf *out, struct str s)
{
	if (uri_is_path(s) || is_web(s))
		html_escape(out, s);
	else
		buf_char(out, '#');
}

void
html_raw(struct buf *out, struct html fragment)
{
	buf_str(out, fragment.bytes);
}

void
html_u64(struct buf *out, uint64_t v)
{
	buf_u64(out, v);
}
