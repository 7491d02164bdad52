/* json_scan: the scan of json.h.  Nothing here recurses: which brackets are
 * open is a bit each. */
#include "text/json_lex.h"

#include "base/attr.h"
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
	s->at = json_lex_blanks(s->at, s->end);
	return s->at == s->end ? JSON_NONE : json_lex_kind(*s->at);
}

/* Whether that byte stands at at. */
static inline bool
is_at(const struct json_scan *s, const char *at, char c)
{
	return at < s->end && *at == c;
}

/* The byte c at at or behind blanks, or the first other one. */
static inline const char *
find(const struct json_scan *s, const char *at, char c)
{
	return is_at(s, at, c) ? at : json_lex_blanks(at, s->end);
}

/* A short key without escapes and blanks around, as all of them are, takes one
 * look at these bytes: quotes, a block, the colon. */
#define KEY_LOOK (3 + JSON_LEX_BLOCK)

static NOT_INLINE const char *
pass_any_key(
	struct json_scan *s, const char *at, struct str *key, bool *escaped)
{
	const char *from = find(s, at, '"');

	if (!is_at(s, from, '"'))
		return json_lex_stop(
			s, from, "a key in double quotes is expected here");
	at = json_lex_string(s, from, escaped);
	if (at == NULL)
		return NULL;
	*key = str_of(from + 1, (size_t)(at - from) - 2);
	at = find(s, at, ':');
	if (!is_at(s, at, ':'))
		return json_lex_stop(s, at, "':' is expected here");
	return at + 1;
}

/* A key and its colon, behind blanks; what is between the quotes goes to
 * *key. */
static const char *
pass_key(struct json_scan *s, const char *at, struct str *key, bool *escaped)
{
	const char *to;

	if (s->end - at < KEY_LOOK || *at != '"')
		return pass_any_key(s, at, key, escaped);
	to = json_lex_block(at + 1);
	if (to[0] != '"' || to[1] != ':')
		return pass_any_key(s, at, key, escaped);
	*key = str_of(at + 1, (size_t)(to - at) - 1);
	*escaped = false;
	return to + 2;
}

static const char *
skip_key(struct json_scan *s, const char *at)
{
	struct str key;
	bool escaped;

	return pass_key(s, at, &key, &escaped);
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

/* After a value inside brackets: closes what closes.  With nest->n > 0 after
 * it another value is due, with 0 the outermost bracket closed. */
static const char *
pass_after_value(struct json_scan *s, const char *at, struct nest *nest)
{
	while (nest->n > 0) {
		bool object = in_object(nest);

		at = find(s, at, ',');
		if (is_at(s, at, ','))
			return object ? skip_key(s, at + 1) : at + 1;
		if (!is_at(s, at, object ? '}' : ']'))
			return json_lex_stop(s, at,
				object ? "',' or '}' is expected here"
				       : "',' or ']' is expected here");
		at++;
		s->depth--;
		nest->n--;
	}
	return at;
}

/* Opens a bracket; *empty when it closed at once. */
static const char *
pass_open(struct json_scan *s, const char *at, struct nest *nest, bool *empty)
{
	char open = *at;

	if (s->depth >= s->depth_max)
		return json_lex_stop(s, at, "nested too deeply");
	at = json_lex_blanks(at + 1, s->end);
	*empty = is_at(s, at, open == '{' ? '}' : ']');
	if (*empty)
		return at + 1;
	s->depth++;
	nest_push(nest, open);
	return open == '[' ? at : skip_key(s, at);
}

/* From a bracket to the one that closes it. */
static NOT_INLINE const char *
pass_nested(struct json_scan *s, const char *at)
{
	struct nest nest UNINITIALIZED;

	nest.n = 0;
	do {
		bool ended = true;

		at = json_lex_blanks(at, s->end);
		if (at == s->end)
			return json_lex_stop(s, at, "the text ends too soon");
		if (*at == '{' || *at == '[')
			at = pass_open(s, at, &nest, &ended);
		else
			at = json_lex_scalar(s, at);
		if (at != NULL && ended)
			at = pass_after_value(s, at, &nest);
	} while (at != NULL && nest.n > 0);
	return at;
}

static NOT_INLINE bool
scan_any_value(struct json_scan *s, struct str *raw)
{
	const char *from, *to;
	bool escaped;

	if (s->wrong != NULL)
		return false;
	from = find(s, s->at, '"');
	if (is_at(s, from, '"'))
		to = json_lex_string(s, from, &escaped);
	else if (from == s->end || *from == '{' || *from == '[')
		to = pass_nested(s, from);
	else
		to = json_lex_scalar(s, from);
	if (to == NULL)
		return false;
	s->at = to;
	if (raw != NULL)
		*raw = str_of(from, (size_t)(to - from));
	return true;
}

/* Most values are short strings without escapes. */
bool
json_scan_value(struct json_scan *s, struct str *raw)
{
	const char *from = s->at, *to;

	if (s->wrong != NULL || s->end - from < 2 + JSON_LEX_BLOCK ||
		*from != '"')
		return scan_any_value(s, raw);
	to = json_lex_block(from + 1);
	if (*to != '"')
		return scan_any_value(s, raw);
	s->at = to + 1;
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
	s->at = json_lex_blanks(s->at, s->end);
	if (!is_at(s, s->at, open))
		return json_lex_wrong(s, s->at,
			open == '{' ? "an object is expected here"
				    : "an array is expected here");
	if (s->depth >= s->depth_max)
		return json_lex_wrong(s, s->at, "nested too deeply");
	s->depth++;
	s->at++;
	return true;
}

/* Whether another child follows before close; passes the comma or close. */
static bool
pass_separator(struct json_scan *s, bool *first, char close)
{
	bool was_first = *first;

	*first = false;
	s->at = find(s, s->at, ',');
	if (is_at(s, s->at, close)) {
		s->depth--;
		s->at++;
		return false;
	}
	if (was_first)
		return true;
	if (!is_at(s, s->at, ','))
		return json_lex_wrong(s, s->at,
			close == '}' ? "',' or '}' is expected here"
				     : "',' or ']' is expected here");
	s->at++;
	return true;
}

static NOT_INLINE bool
scan_any_key(struct json_scan *s, bool *first, struct str *key, bool *escaped)
{
	const char *at;

	if (s->wrong != NULL)
		return false;
	insist(s->depth > 0);
	if (!pass_separator(s, first, '}'))
		return false;
	at = pass_key(s, s->at, key, escaped);
	if (at == NULL)
		return false;
	s->at = at;
	return true;
}

/* Most members follow another, without blanks. */
bool
json_scan_key(struct json_scan *s, bool *first, struct str *key, bool *escaped)
{
	const char *at = s->at, *to;

	if (*first || s->wrong != NULL || s->end - at < 1 + KEY_LOOK ||
		at[0] != ',' || at[1] != '"')
		return scan_any_key(s, first, key, escaped);
	to = json_lex_block(at + 2);
	if (to[0] != '"' || to[1] != ':')
		return scan_any_key(s, first, key, escaped);
	*key = str_of(at + 2, (size_t)(to - at) - 2);
	*escaped = false;
	s->at = to + 2;
	return true;
}

bool
json_scan_element(struct json_scan *s, bool *first)
{
	if (s->wrong != NULL)
		return false;
	insist(s->depth > 0);
	if (!pass_separator(s, first, ']'))
		return false;
	s->at = json_lex_blanks(s->at, s->end);
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
	s->at = json_lex_blanks(s->at, s->end);
	if (s->at != s->end)
		return json_lex_wrong(s, s->at, "something follows the value");
	return true;
}
