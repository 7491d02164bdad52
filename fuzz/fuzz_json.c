/*
 * fuzz_json: the tree, the scan and the writer agree with each other, and with
 * simdjson where that is there.
 *
 * Where we differ from simdjson on purpose (text/json.h): keys that stand
 * twice, nesting beyond the limit and lone surrogates are refused; numbers of
 * any size are let through as text.
 */
#include "fuzz.h"

#include "oracle_simdjson.h"
#include "text/json.h"
#include "text/json_write.h"

#include <math.h>
#include <stdlib.h>

static const struct json_rules rules = { .depth_max = JSON_DEPTH_LIMIT };

static bool
scan_accepts(struct str text, const char **wrong)
{
	struct json_scan s;
	bool good;

	json_scan_init(&s, text, JSON_DEPTH_LIMIT);
	good = json_scan_value(&s, NULL) && json_scan_end(&s);
	insist(good == (s.wrong == NULL));
	insist(s.at >= s.start && s.at <= s.end);
	*wrong = s.wrong;
	return good;
}

/* Steps through the children with the scan; they are those of the tree. */
static void
compare_steps(struct arena *a, struct json_scan *s, const struct json *v)
{
	bool first = true, escaped;
	struct str key, raw;

	insist(json_scan_peek(s) == v->kind);
	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT) {
		insist(json_scan_value(s, &raw) && str_eq(raw, v->raw));
		if (v->kind == JSON_STRING)
			insist(str_eq(json_unquote(a, raw), v->text));
		return;
	}
	insist(json_scan_enter(s, v->kind == JSON_ARRAY ? '[' : '{'));
	json_each(child, v) {
		if (v->kind == JSON_ARRAY) {
			insist(json_scan_element(s, &first));
		} else {
			insist(json_scan_key(s, &first, &key, &escaped));
			insist(str_eq(json_unquote(a, key), child->key));
		}
		compare_steps(a, s, child);
	}
	insist(v->kind == JSON_ARRAY
			? !json_scan_element(s, &first)
			: !json_scan_key(s, &first, &key, &escaped));
	insist(s->wrong == NULL);
}

static void
write_value(struct buf *out, const struct json *v)
{
	char open = v->kind == JSON_ARRAY ? '[' : '{';

	if (v->kind == JSON_STRING) {
		json_quote(out, v->text);
		return;
	}
	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT) {
		buf_str(out, v->raw);
		return;
	}
	buf_char(out, open);
	json_each(child, v) {
		if (child != v->first)
			buf_char(out, ',');
		if (open == '{') {
			json_quote(out, child->key);
			buf_char(out, ':');
		}
		write_value(out, child);
	}
	buf_char(out, open == '[' ? ']' : '}');
}

static void
insist_same(const struct json *x, const struct json *y)
{
	const struct json *b = y->first;

	insist(x->kind == y->kind && x->count == y->count);
	insist(str_eq(x->key, y->key) && str_eq(x->text, y->text));
	json_each(a, x) {
		insist(b != NULL);
		insist_same(a, b);
		b = b->next;
	}
	insist(b == NULL);
}

/* What was written is read back as the same. */
static void
compare_written(struct arena *a, const struct json *v)
{
	struct buf out;
	struct json *again;

	buf_in(&out, a, FUZZ_ARENA_MAX);
	write_value(&out, v);
	if (!buf_ok(&out))
		return;
	again = json_parse(a, buf_view(&out), &rules, NULL);
	if (again != NULL)
		insist_same(v, again);
	else
		insist(arena_used(a) > FUZZ_ARENA_MAX / 4);
}

#ifdef HAVE_SIMDJSON
/* Whether some number is none that 64 bits or a double could hold. */
static bool
has_big_number(struct arena *a, const struct json *v)
{
	if (v->kind == JSON_NUMBER) {
		struct str copy = str_dup(a, v->raw);

		return v->raw.n > 18 || isinf(strtod(copy.p, NULL));
	}
	json_each(child, v)
		if (has_big_number(a, child))
			return true;
	return false;
}

/* tree: what we read, or NULL; wrong: what the scan says. */
static void
compare_oracle(struct arena *a, struct str text, const struct json *tree,
	const char *wrong)
{
	switch (oracle_simdjson(text.p, text.n)) {
	case ORACLE_ACCEPTS:
		if (wrong != NULL && strstr(wrong, "too deeply") == NULL &&
			strstr(wrong, "lone surrogate") == NULL)
			die("simdjson accepts, we say: %s", wrong);
		return;
	case ORACLE_NUMBER:
		/* It stops at the first fault, which need not be ours. */
		insist(wrong != NULL || tree == NULL ||
			has_big_number(a, tree));
		return;
	case ORACLE_REFUSES:
		insist(wrong != NULL);
		return;
	case ORACLE_UNSURE:
		return;
	}
}
#endif

static void
run(struct arena *a, struct str text)
{
	static const struct json_rules lax = { .comments = true };
	const char *wrong;
	struct json_scan s;
	struct fault f;
	struct json *v = json_parse(a, text, &rules, &f);
	bool scanned = scan_accepts(text, &wrong);

	if (v != NULL) {
		insist(scanned);
		json_scan_init(&s, text, JSON_DEPTH_LIMIT);
		compare_steps(a, &s, v);
		insist(json_scan_end(&s));
		compare_written(a, v);
		insist(json_parse(a, text, &lax, &f) != NULL ||
			strstr(f.detail, "deeply") != NULL ||
			f.id == FAULT_TOO_LARGE);
	} else if (scanned) {
		insist(strstr(f.detail, "stands twice") != NULL ||
			f.id == FAULT_TOO_LARGE);
	}
	json_parse(a, text, &lax, &f);
#ifdef HAVE_SIMDJSON
	compare_oracle(a, text, v, wrong);
#endif
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(FUZZ_ARENA_MAX);

	run(a, fuzz_str(data, size));
	arena_free(&a);
	return 0;
}
