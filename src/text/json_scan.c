/* json_scan: the scan of json.h.  Nothing here recurses: which brackets are
 * open is a bit each. */
#include "text/json_lex.h"

#include "base/die.h"

#define WORD_BITS 64u

/* The brackets that one json_scan_value() opened: bit set for '{'. */
struct nest {
	uint64_t is_object[JSON_DEPTH_LIMIT / WORD_BITS];
	unsigned n;
};

void
json_scan_init(struct json_scan *s, struct str text, unsigned depth_max)
{
	if (text.p == NULL)
		text = STR("");
	if (depth_max == 0)
		depth_max = JSON_DEPTH_MAX;
	if (depth_max > JSON_DEPTH_LIMIT)
		depth_max = JSON_DEPTH_LIMIT;
	*s = (struct json_scan){
		.at = text.p,
		.start = text.p,
		.end = text.p + text.n,
		.depth_max = depth_max,
	};
}

enum json_kind
json_scan_peek(struct json_scan *s)
{
	if (s->wrong != NULL)
		return JSON_NONE;
	json_lex_blanks(s);
	return s->at == s->end ? JSON_NONE : json_lex_kind(*s->at);
}

static bool
open_bracket(struct json_scan *s)
{
	if (s->depth >= s->depth_max)
		return json_lex_wrong(s, s->at, "nested too deeply");
	s->depth++;
	s->at++;
	return true;
}

static void
close_bracket(struct json_scan *s)
{
	s->depth--;
	s->at++;
}

/* The next byte that is no blank, which is not taken; NUL at the end. */
static char
next_byte(struct json_scan *s)
{
	json_lex_blanks(s);
	return s->at == s->end ? '\0' : *s->at;
}

/* A key and its colon; what is between the quotes goes to *key. */
static bool
pass_key(struct json_scan *s, struct str *key, bool *escaped)
{
	const char *from;

	if (next_byte(s) != '"')
		return json_lex_wrong(s, s->at, "a key is expected here");
	from = s->at + 1;
	if (!json_lex_string(s, escaped))
		return false;
	*key = str_of(from, (size_t)(s->at - 1 - from));
	if (next_byte(s) != ':')
		return json_lex_wrong(s, s->at, "':' is expected here");
	s->at++;
	return true;
}

static bool
skip_key(struct json_scan *s)
{
	struct str key;
	bool escaped;

	return pass_key(s, &key, &escaped);
}

static bool
in_object(const struct nest *nest)
{
	unsigned i = nest->n - 1;

	return (nest->is_object[i / WORD_BITS] >> i % WORD_BITS & 1) != 0;
}

static void
nest_push(struct nest *nest, char open)
{
	uint64_t bit = (uint64_t)1 << nest->n % WORD_BITS;
	uint64_t *word = &nest->is_object[nest->n / WORD_BITS];

	*word = open == '{' ? *word | bit : *word & ~bit;
	nest->n++;
}

/* After a value inside brackets: closes what closes.  True with nest->n > 0
 * when another value is due, with 0 when the outermost bracket closed. */
static bool
pass_after_value(struct json_scan *s, struct nest *nest)
{
	while (nest->n > 0) {
		bool object = in_object(nest);
		char c = next_byte(s);

		if (c == ',') {
			s->at++;
			return !object || skip_key(s);
		}
		if (c != (object ? '}' : ']'))
			return json_lex_wrong(s, s->at,
				object ? "',' or '}' is expected here"
				       : "',' or ']' is expected here");
		close_bracket(s);
		nest->n--;
	}
	return true;
}

/* Opens a bracket; *empty when it closed at once. */
static bool
pass_open(struct json_scan *s, struct nest *nest, bool *empty)
{
	char open = *s->at;

	if (!open_bracket(s))
		return false;
	*empty = next_byte(s) == (open == '{' ? '}' : ']');
	if (*empty) {
		close_bracket(s);
		return true;
	}
	nest_push(nest, open);
	return open == '[' || skip_key(s);
}

static bool
pass_value(struct json_scan *s)
{
	struct nest nest = { .n = 0 };

	do {
		bool ended = true;
		char c = next_byte(s);

		if (s->at == s->end)
			return json_lex_wrong(s, s->at,
				"the text ends too soon");
		if (c == '{' || c == '[') {
			if (!pass_open(s, &nest, &ended))
				return false;
		} else if (!json_lex_scalar(s)) {
			return false;
		}
		if (ended && !pass_after_value(s, &nest))
			return false;
	} while (nest.n > 0);
	return true;
}

bool
json_scan_value(struct json_scan *s, struct str *raw)
{
	const char *from;

	if (s->wrong != NULL)
		return false;
	json_lex_blanks(s);
	from = s->at;
	if (!pass_value(s))
		return false;
	if (raw != NULL)
		*raw = str_of(from, (size_t)(s->at - from));
	return true;
}

bool
json_scan_enter(struct json_scan *s, char open)
{
	insist(open == '{' || open == '[');
	if (s->wrong != NULL)
		return false;
	if (next_byte(s) != open)
		return json_lex_wrong(s, s->at,
			open == '{' ? "an object is expected here"
				    : "an array is expected here");
	return open_bracket(s);
}

/* Whether another child follows before close; passes the comma or close. */
static bool
pass_separator(struct json_scan *s, bool *first, char close)
{
	char c = next_byte(s);
	bool was_first = *first;

	*first = false;
	if (c == close) {
		close_bracket(s);
		return false;
	}
	if (was_first)
		return true;
	if (c != ',')
		return json_lex_wrong(s, s->at,
			close == '}' ? "',' or '}' is expected here"
				     : "',' or ']' is expected here");
	s->at++;
	return true;
}

bool
json_scan_key(struct json_scan *s, bool *first, struct str *key, bool *escaped)
{
	if (s->wrong != NULL)
		return false;
	insist(s->depth > 0);
	return pass_separator(s, first, '}') && pass_key(s, key, escaped);
}

bool
json_scan_element(struct json_scan *s, bool *first)
{
	if (s->wrong != NULL)
		return false;
	insist(s->depth > 0);
	if (!pass_separator(s, first, ']'))
		return false;
	json_lex_blanks(s);
	if (s->at == s->end || json_lex_kind(*s->at) == JSON_NONE)
		return json_lex_wrong(s, s->at, "a value is expected here");
	return true;
}

bool
json_scan_end(struct json_scan *s)
{
	if (s->wrong != NULL)
		return false;
	if (s->depth > 0)
		return json_lex_wrong(s, s->at, "the text ends too soon");
	json_lex_blanks(s);
	if (s->at != s->end)
		return json_lex_wrong(s, s->at, "something follows the value");
	return true;
}
