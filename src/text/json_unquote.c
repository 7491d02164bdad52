/* json_unquote: decodes strings that json_lex has judged (json.h). */
#include "base/arena.h"
#include "base/utf8.h"
#include "text/json.h"

static unsigned
hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0')
			: (unsigned)(ascii_lower(c) - 'a' + 10);
}

static uint32_t
hex_unit(const char *digits)
{
	return hex_digit(digits[0]) << 12 | hex_digit(digits[1]) << 8 |
		hex_digit(digits[2]) << 4 | hex_digit(digits[3]);
}

/* at is behind "\u"; answers how many bytes were taken from there. */
static size_t
put_unicode(struct buf *out, const char *at)
{
	uint32_t unit = hex_unit(at), low;

	if (unit < 0xd800 || unit > 0xdfff) {
		utf8_write(out, unit);
		return 4;
	}
	low = hex_unit(at + 6);
	utf8_write(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
	return 10;
}

static size_t
put_escape(struct buf *out, const char *at)
{
	switch (*at) {
	case 'u':
		return 1 + put_unicode(out, at + 1);
	case 'b':
		buf_char(out, '\b');
		break;
	case 'f':
		buf_char(out, '\f');
		break;
	case 'n':
		buf_char(out, '\n');
		break;
	case 'r':
		buf_char(out, '\r');
		break;
	case 't':
		buf_char(out, '\t');
		break;
	default:
		buf_char(out, *at);
	}
	return 1;
}

struct str
json_unquote(struct arena *a, struct str raw)
{
	struct str in = raw;
	struct buf out;

	if (in.n >= 2 && in.p[0] == '"')
		in = str_cut(in, 1, in.n - 1);
	if (str_find_char(in, '\\') == in.n)
		return in;
	/* What an escape stands for is never longer than the escape. */
	buf_in(&out, a, in.n);
	if (buf_room(&out, in.n) == NULL)
		return STR_NONE;
	while (in.n > 0) {
		size_t plain = str_find_char(in, '\\');

		buf_add(&out, in.p, plain);
		in = str_cut(in, plain, in.n);
		if (in.n > 0)
			in = str_cut(in, 1 + put_escape(&out, in.p + 1), in.n);
	}
	return buf_view(&out);
}
