/* json: the tree of json.h.  Recursion is bounded by JSON_DEPTH_LIMIT. */
#include "text/json.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/utf8.h"
#include "text/json_lex.h"

/* Up to this many members are compared one by one; then a map takes over, so
 * that an object with many keys costs no more than its bytes. */
#define FEW_MEMBERS 8u
#define KEY_SHOWN   ((size_t)60)

struct reader {
	struct json_scan s;
	struct arena *arena;
	struct str text;
	struct fault *f;
	bool comments;
};

/* One object or array while it is being read. */
struct nesting {
	struct json *of;
	struct json **tail;
	struct map keys; /* filled from FEW_MEMBERS on */
};

static struct json *read_value(struct reader *r);

struct json_position
json_position(struct str text, const char *at)
{
	struct json_position where = { 1, 1 };

	for (const char *p = text.p; p < at; p++) {
		where.column++;
		if (*p == '\n')
			where = (struct json_position){ where.line + 1, 1 };
	}
	return where;
}

/* Says that the arena's cap is reached. */
static void *
no_room(struct reader *r)
{
	json_lex_wrong(&r->s, r->s.at, "too much for its arena");
	fault_set(
		r->f, FAULT_TOO_LARGE, "the JSON tree passes its arena's cap");
	return NULL;
}

static bool
pass_comment(struct reader *r)
{
	struct str rest = str_of(r->s.at, (size_t)(r->s.end - r->s.at));
	struct str mark = str_starts(rest, STR("//")) ? STR("\n") : STR("*/");
	size_t end;

	if (!r->comments)
		return false;
	if (!str_starts(rest, STR("//")) && !str_starts(rest, STR("/*")))
		return false;
	rest = str_cut(rest, 2, rest.n);
	end = str_find(rest, mark);
	if (end == rest.n && mark.n == 2)
		return json_lex_wrong(&r->s, r->s.at, "the comment has no end");
	r->s.at = rest.p + (end == rest.n ? end : end + mark.n);
	return true;
}

/* The next byte that is neither blank nor in a comment, which is not taken;
 * NUL at the end. */
static char
next_byte(struct reader *r)
{
	do
		r->s.at = json_lex_blanks(r->s.at, r->s.end);
	while (r->s.at < r->s.end && *r->s.at == '/' && pass_comment(r));
	return r->s.at == r->s.end ? '\0' : *r->s.at;
}

static bool
twice(struct reader *r, const struct json *member)
{
	struct json_position where = json_position(r->text, member->key_at);
	struct str shown = utf8_cut(member->key, KEY_SHOWN);

	json_lex_wrong(&r->s, member->key_at, "a key stands twice");
	return fault_set(r->f, FAULT_BAD_JSON,
		"line %u, column %u: the key \"%.*s\" stands twice", where.line,
		where.column, STR_ARG(shown));
}

static void
map_members(struct nesting *n)
{
	for (struct json *m = n->of->first; m != NULL; m = m->next)
		map_put(&n->keys, m->key, m);
}

/* Whether no member before has the key. */
static bool
check_key(struct reader *r, struct nesting *n, struct json *member)
{
	if (n->of->count < FEW_MEMBERS) {
		json_each(before, n->of)
			if (str_eq(before->key, member->key))
				return twice(r, member);
		return true;
	}
	if (n->of->count == FEW_MEMBERS)
		map_members(n);
	if (map_put(&n->keys, member->key, member) != NULL)
		return twice(r, member);
	return true;
}

static void
append(struct nesting *n, struct json *child)
{
	*n->tail = child;
	n->tail = &child->next;
	n->of->count++;
}

static bool
read_element(struct reader *r, struct nesting *n)
{
	struct json *v = read_value(r);

	if (v == NULL)
		return false;
	append(n, v);
	return true;
}

/* A key and its colon. */
static bool
read_key(struct reader *r, struct str *key)
{
	const char *from = r->s.at, *to;
	bool escaped;

	if (next_byte(r) != '"')
		return json_lex_wrong(&r->s, r->s.at,
			"a key in double quotes is expected here");
	to = json_lex_string(&r->s, r->s.at, &escaped);
	if (to == NULL)
		return false;
	r->s.at = to;
	*key = json_unquote(r->arena, str_of(from, (size_t)(to - from)));
	if (str_is_none(*key))
		return no_room(r);
	if (next_byte(r) != ':')
		return json_lex_wrong(&r->s, r->s.at, "':' is expected here");
	r->s.at++;
	return true;
}

static bool
read_member(struct reader *r, struct nesting *n)
{
	const char *key_at = r->s.at;
	struct str key;
	struct json *v;

	if (!read_key(r, &key))
		return false;
	v = read_value(r);
	if (v == NULL)
		return false;
	v->key = key;
	v->key_at = key_at;
	if (!check_key(r, n, v))
		return false;
	append(n, v);
	return true;
}

/* After a child: true when another follows.  *ended: the bracket closed. */
static bool
pass_separator(struct reader *r, char close, bool *ended)
{
	char c = next_byte(r);

	if (c == ',') {
		r->s.at++;
		c = next_byte(r);
		if (c != close)
			return true;
		if (!r->comments)
			return json_lex_wrong(&r->s, r->s.at,
				"a comma stands before the closing bracket");
	}
	*ended = c == close;
	if (!*ended)
		return json_lex_wrong(&r->s, r->s.at,
			close == '}' ? "',' or '}' is expected here"
				     : "',' or ']' is expected here");
	r->s.at++;
	return false;
}

/* The children of a bracket that has just been passed, and its end. */
static bool
read_children(struct reader *r, struct json *v)
{
	struct nesting n = { .of = v, .tail = &v->first };
	char close = v->kind == JSON_OBJECT ? '}' : ']';
	bool ended = false, good;

	if (next_byte(r) == close) {
		r->s.at++;
		return true;
	}
	map_init(&n.keys);
	do
		good = v->kind == JSON_OBJECT ? read_member(r, &n)
					      : read_element(r, &n);
	while (good && pass_separator(r, close, &ended));
	map_clear(&n.keys);
	return ended;
}

static bool
read_brackets(struct reader *r, struct json *v)
{
	bool good;

	if (r->s.depth >= r->s.depth_max)
		return json_lex_wrong(&r->s, r->s.at, "nested too deeply");
	r->s.depth++;
	r->s.at++;
	good = read_children(r, v);
	r->s.depth--;
	return good;
}

static bool
read_scalar(struct reader *r, struct json *v)
{
	const char *from = r->s.at, *to = json_lex_scalar(&r->s, from);

	if (to == NULL)
		return false;
	r->s.at = to;
	if (v->kind != JSON_STRING)
		return true;
	v->text =
		json_unquote(r->arena, str_of(from, (size_t)(r->s.at - from)));
	if (str_is_none(v->text))
		return no_room(r);
	return true;
}

static struct json *
read_value(struct reader *r)
{
	struct json *v;
	const char *from;
	bool good;

	next_byte(r);
	if (r->s.wrong != NULL)
		return NULL;
	if (r->s.at == r->s.end) {
		json_lex_wrong(&r->s, r->s.at, "the text ends too soon");
		return NULL;
	}
	v = arena_new_of(r->arena, struct json);
	if (v == NULL)
		return no_room(r);
	from = r->s.at;
	v->kind = json_lex_kind(*from);
	good = v->kind == JSON_ARRAY || v->kind == JSON_OBJECT
		? read_brackets(r, v)
		: read_scalar(r, v);
	v->raw = str_of(from, (size_t)(r->s.at - from));
	return good ? v : NULL;
}

static struct json *
read_text(struct reader *r)
{
	struct json *v = read_value(r);

	if (v == NULL)
		return NULL;
	next_byte(r);
	if (r->s.wrong == NULL && r->s.at != r->s.end)
		json_lex_wrong(&r->s, r->s.at, "something follows the value");
	return r->s.wrong == NULL ? v : NULL;
}

struct json *
json_parse(struct arena *a, struct str text, const struct json_rules *rules,
	struct fault *f)
{
	static const struct json_rules usual = { 0 };
	struct reader r = { .arena = a };
	struct fault own;
	struct json_position where;
	size_t max;
	struct json *v;

	r.f = f == NULL ? &own : f;
	fault_clear(r.f);
	if (rules == NULL)
		rules = &usual;
	if (str_is_none(text))
		text = STR("");
	r.text = text;
	r.comments = rules->comments;
	max = rules->size_max == 0 ? JSON_SIZE_MAX : rules->size_max;
	if (text.n > max) {
		fault_set(f, FAULT_TOO_LARGE,
			"%zu bytes of JSON, at most %zu are read", text.n, max);
		return NULL;
	}
	json_scan_init(&r.s, text, rules->depth_max);
	v = read_text(&r);
	if (v == NULL && !fault_is_set(r.f)) {
		where = json_position(text, r.s.at);
		fault_set(r.f, FAULT_BAD_JSON, "line %u, column %u: %s",
			where.line, where.column, r.s.wrong);
	}
	return v;
}

const struct json *
json_get(const struct json *obj, const char *key)
{
	struct str wanted = str_from(key);

	if (!json_is(obj, JSON_OBJECT))
		return NULL;
	json_each(member, obj)
		if (str_eq(member->key, wanted))
			return member;
	return NULL;
}

struct str
json_get_str(const struct json *obj, const char *key)
{
	const struct json *v = json_get(obj, key);

	return json_is(v, JSON_STRING) ? v->text : STR_NONE;
}

bool
json_to_i64(const struct json *v, int64_t *out)
{
	struct str digits;
	uint64_t size;
	bool minus;

	if (!json_is(v, JSON_NUMBER))
		return false;
	minus = v->raw.p[0] == '-';
	digits = str_cut(v->raw, minus ? 1 : 0, v->raw.n);
	if (!str_to_u64(digits, &size))
		return false;
	if (size > (uint64_t)INT64_MAX + (minus ? 1 : 0))
		return false;
	*out = (int64_t)(minus ? 0 - size : size);
	return true;
}
