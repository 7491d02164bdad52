/* json_lex: see json_lex.h. */
#include "text/json_lex.h"

#include "base/utf8.h"

bool
json_lex_wrong(struct json_scan *s, const char *at, const char *why)
{
	if (s->wrong == NULL) {
		s->at = at;
		s->wrong = why;
	}
	return false;
}

const char *
json_lex_stop(struct json_scan *s, const char *at, const char *why)
{
	json_lex_wrong(s, at, why);
	return NULL;
}

static bool
is_plain(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

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

	if (unit < 0)
		return json_lex_stop(
			s, at, "\\u needs four hexadecimal digits");
	if (unit < 0xd800 || unit > 0xdfff)
		return at + 6;
	low = hex_unit(at + 6, s->end);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return json_lex_stop(s, at, "a lone surrogate is no character");
	return at + 12;
}

/* Behind the escape at at, or NULL. */
static const char *
pass_escape(struct json_scan *s, const char *at)
{
	if (s->end - at < 2)
		return json_lex_stop(s, at, "the string has no end");
	if (at[1] == 'u')
		return pass_unicode(s, at);
	if (at[1] == '\0' || strchr("\"\\/bfnrt", at[1]) == NULL)
		return json_lex_stop(s, at, "unknown escape in a string");
	return at + 2;
}

/* Behind the byte at at that is not plain, or NULL. */
static const char *
pass_special(struct json_scan *s, const char *at)
{
	size_t n;

	if (*at == '\\')
		return pass_escape(s, at);
	if ((unsigned char)*at < 0x20)
		return json_lex_stop(s, at,
			"a control character in a string must be escaped");
	n = utf8_length(str_of(at, (size_t)(s->end - at)));
	if (n == 0)
		return json_lex_stop(s, at, "invalid UTF-8");
	return at + n;
}

const char *
json_lex_string_rest(
	struct json_scan *s, const char *from, const char *at, bool *escaped)
{
	for (;;) {
		at = json_lex_blocks(at, s->end);
		while (at < s->end && is_plain(*at))
			at++;
		if (at == s->end)
			return json_lex_stop(s, from, "the string has no end");
		if (*at == '"')
			return at + 1;
		if (*at == '\\')
			*escaped = true;
		at = pass_special(s, at);
		if (at == NULL)
			return NULL;
	}
}

static const char *
pass_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Digits, of which there is at least one. */
static const char *
need_digits(struct json_scan *s, const char *at, const char *why)
{
	const char *to = pass_digits(at, s->end);

	return to == at ? json_lex_stop(s, at, why) : to;
}

static const char *
lex_exponent(struct json_scan *s, const char *at)
{
	if (at < s->end && (*at == '+' || *at == '-'))
		at++;
	return need_digits(s, at, "a digit is missing in the exponent");
}

/* RFC 8259 6. */
static const char *
lex_number(struct json_scan *s, const char *at)
{
	const char *from = *at == '-' ? at + 1 : at;

	at = need_digits(s, from, "a digit is missing");
	if (at == NULL)
		return NULL;
	if (at - from > 1 && *from == '0')
		return json_lex_stop(s, from, "a number must not begin with 0");
	if (at < s->end && *at == '.')
		at = need_digits(
			s, at + 1, "a digit is missing after the point");
	if (at != NULL && at < s->end && (*at == 'e' || *at == 'E'))
		at = lex_exponent(s, at + 1);
	return at;
}

static const char *
lex_literal(struct json_scan *s, const char *at, struct str word)
{
	if ((size_t)(s->end - at) < word.n || memcmp(at, word.p, word.n) != 0)
		return json_lex_stop(s, at, "a value is expected here");
	return at + word.n;
}

const char *
json_lex_scalar(struct json_scan *s, const char *at)
{
	bool escaped;

	switch (json_lex_kind(*at)) {
	case JSON_STRING:
		return json_lex_string(s, at, &escaped);
	case JSON_NUMBER:
		return lex_number(s, at);
	case JSON_TRUE:
		return lex_literal(s, at, STR("true"));
	case JSON_FALSE:
		return lex_literal(s, at, STR("false"));
	case JSON_NULL:
		return lex_literal(s, at, STR("null"));
	case JSON_ARRAY:
	case JSON_OBJECT:
	case JSON_NONE:
		break;
	}
	return json_lex_stop(s, at, "a value is expected here");
}
