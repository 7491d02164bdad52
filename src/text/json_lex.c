/* json_lex: see json_lex.h. */
#include "text/json_lex.h"

#include "text/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool
json_lex_wrong(struct json_scan *s, const char *at, const char *why)
{
	if (s->wrong == NULL) {
		s->at = at;
		s->wrong = why;
	}
	return false;
}

enum json_kind
json_lex_kind(char first)
{
	switch (first) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	case '-':
		return JSON_NUMBER;
	}
	return first >= '0' && first <= '9' ? JSON_NUMBER : JSON_NONE;
}

static bool
is_plain(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#ifdef __SSE2__
/* Passes blocks of plain bytes.  Compared as signed numbers, bytes from 0x80
 * on are below 0x20 too, so one comparison finds both. */
static const char *
pass_blocks(const char *at, const char *end)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i slash = _mm_set1_epi8('\\');
	const __m128i blank = _mm_set1_epi8(0x20);

	for (; end - at >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i hit = _mm_or_si128(_mm_cmplt_epi8(v, blank),
			_mm_or_si128(_mm_cmpeq_epi8(v, quote),
				_mm_cmpeq_epi8(v, slash)));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);

		if (mask != 0)
			return at + __builtin_ctz(mask);
	}
	return at;
}
#else
#define EACH(byte) (0x0101010101010101u * (byte))

/* The high bit of some byte is set if any byte of v is below limit. */
static uint64_t
below(uint64_t v, unsigned char limit)
{
	return (v - EACH(limit)) & ~v & EACH(0x80);
}

static const char *
pass_blocks(const char *at, const char *end)
{
	uint64_t v;

	for (; end - at >= (ptrdiff_t)sizeof(v); at += sizeof(v)) {
		memcpy(&v, at, sizeof(v));
		if (((v & EACH(0x80)) | below(v, 0x20) |
			    below(v ^ EACH('"'), 1) |
			    below(v ^ EACH('\\'), 1)) != 0)
			break;
	}
	return at;
}
#endif

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits after "\u" at at, or -1. */
static int
hex_unit(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

static const char *
pass_unicode(struct json_scan *s, const char *at)
{
	int unit = hex_unit(at, s->end), low;

	if (unit < 0) {
		json_lex_wrong(s, at, "\\u needs four hexadecimal digits");
		return NULL;
	}
	if (unit < 0xd800 || unit > 0xdfff)
		return at + 6;
	low = hex_unit(at + 6, s->end);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
		json_lex_wrong(s, at, "a lone surrogate is no character");
		return NULL;
	}
	return at + 12;
}

/* Behind the escape at at, or NULL. */
static const char *
pass_escape(struct json_scan *s, const char *at)
{
	if (s->end - at < 2) {
		json_lex_wrong(s, at, "the string has no end");
		return NULL;
	}
	if (at[1] == 'u')
		return pass_unicode(s, at);
	if (at[1] == '\0' || strchr("\"\\/bfnrt", at[1]) == NULL) {
		json_lex_wrong(s, at, "unknown escape in a string");
		return NULL;
	}
	return at + 2;
}

/* Behind the byte at at that is not plain, or NULL. */
static const char *
pass_special(struct json_scan *s, const char *at)
{
	size_t n;

	if (*at == '\\')
		return pass_escape(s, at);
	if ((unsigned char)*at < 0x20) {
		json_lex_wrong(s, at,
			"a control character in a string must be escaped");
		return NULL;
	}
	n = utf8_length(str_of(at, (size_t)(s->end - at)));
	if (n == 0) {
		json_lex_wrong(s, at, "invalid UTF-8");
		return NULL;
	}
	return at + n;
}

bool
json_lex_string(struct json_scan *s, bool *escaped)
{
	const char *at = s->at + 1;

	*escaped = false;
	for (;;) {
		at = pass_blocks(at, s->end);
		while (at < s->end && is_plain(*at))
			at++;
		if (at == s->end)
			return json_lex_wrong(s, s->at,
				"the string has no end");
		if (*at == '"')
			break;
		if (*at == '\\')
			*escaped = true;
		at = pass_special(s, at);
		if (at == NULL)
			return false;
	}
	s->at = at + 1;
	return true;
}

/* Passes digits; how many there were. */
static size_t
pass_digits(struct json_scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

static bool
pass_char(struct json_scan *s, char one, char other)
{
	if (s->at == s->end || (*s->at != one && *s->at != other))
		return false;
	s->at++;
	return true;
}

/* RFC 8259 6. */
static bool
lex_number(struct json_scan *s)
{
	const char *from;
	size_t n;

	pass_char(s, '-', '-');
	from = s->at;
	n = pass_digits(s);
	if (n == 0)
		return json_lex_wrong(s, s->at, "a digit is missing");
	if (n > 1 && *from == '0')
		return json_lex_wrong(s, from,
			"a number must not begin with 0");
	if (pass_char(s, '.', '.') && pass_digits(s) == 0)
		return json_lex_wrong(s, s->at,
			"a digit is missing after the point");
	if (pass_char(s, 'e', 'E')) {
		pass_char(s, '+', '-');
		if (pass_digits(s) == 0)
			return json_lex_wrong(s, s->at,
				"a digit is missing in the exponent");
	}
	return true;
}

static bool
lex_literal(struct json_scan *s, struct str word)
{
	if ((size_t)(s->end - s->at) < word.n ||
		memcmp(s->at, word.p, word.n) != 0)
		return json_lex_wrong(s, s->at, "a value is expected here");
	s->at += word.n;
	return true;
}

bool
json_lex_scalar(struct json_scan *s)
{
	bool escaped;

	switch (json_lex_kind(*s->at)) {
	case JSON_STRING:
		return json_lex_string(s, &escaped);
	case JSON_NUMBER:
		return lex_number(s);
	case JSON_TRUE:
		return lex_literal(s, STR("true"));
	case JSON_FALSE:
		return lex_literal(s, STR("false"));
	case JSON_NULL:
		return lex_literal(s, STR("null"));
	case JSON_ARRAY:
	case JSON_OBJECT:
	case JSON_NONE:
		break;
	}
	return json_lex_wrong(s, s->at, "a value is expected here");
}
