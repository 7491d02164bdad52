/* The tree reader: what it takes, what it refuses and where it points. */
#include "text/json.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROOM ((size_t)8 << 20)

static struct arena *arena;
static struct fault fault;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(ROOM);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct json *
parse(const char *text)
{
	return json_parse(arena, str_from(text), NULL, &fault);
}

static struct json *
parse_settings(const char *text)
{
	static const struct json_rules rules = { .comments = true };

	return json_parse(arena, str_from(text), &rules, &fault);
}

static void
refused(const char *text, const char *detail)
{
	assert_null(parse(text));
	assert_int_equal(fault.id, FAULT_BAD_JSON);
	assert_string_equal(fault.detail, detail);
}

static void
test_tree(void **state)
{
	const char *text = " {\"a\" : [1, -2.5e+3, true,false,null], "
			   "\"\\u0062\":\"x\\ny\", \"c\": {}, \"d\":[]} ";
	const struct json *v = parse(text), *list;
	unsigned n = 0;

	(void)state;
	assert_non_null(v);
	assert_int_equal(v->kind, JSON_OBJECT);
	assert_int_equal(v->count, 4);
	assert_true(str_is_none(v->key));
	assert_ptr_equal(v->raw.p, text + 1);
	assert_int_equal(v->raw.n, strlen(text) - 2);
	list = json_get(v, "a");
	assert_int_equal(list->count, 5);
	json_each(child, list)
		n = n * 10 + (unsigned)child->kind;
	assert_int_equal(n,
		JSON_NUMBER * 11000 + JSON_TRUE * 100 + JSON_FALSE * 10 +
			JSON_NULL);
	assert_true(str_eq_lit(list->first->next->raw, "-2.5e+3"));
	assert_true(str_eq_lit(json_get_str(v, "b"), "x\ny"));
	assert_int_equal(json_get(v, "b")->key_at[0], '"');
	assert_true(str_is_none(json_get_str(v, "a")));
	assert_int_equal(json_get(v, "c")->count, 0);
	assert_null(json_get(v, "e"));
	assert_null(json_get(NULL, "e"));
	assert_null(json_get(list, "e"));
}

static void
test_one_value_only(void **state)
{
	(void)state;
	assert_non_null(parse("0"));
	assert_non_null(parse("\"\""));
	refused("", "line 1, column 1: the text ends too soon");
	refused(" \n ", "line 2, column 2: the text ends too soon");
	refused("1 2", "line 1, column 3: something follows the value");
	refused("{} x", "line 1, column 4: something follows the value");
	refused("nul", "line 1, column 1: a value is expected here");
	refused("\xef\xbb\xbf{}", "line 1, column 1: a value is expected here");
	refused("/**/1", "line 1, column 1: a value is expected here");
	refused("'a'", "line 1, column 1: a value is expected here");
	refused("NaN", "line 1, column 1: a value is expected here");
	assert_null(json_parse(arena, STR_NONE, NULL, NULL));
	assert_null(json_parse(arena, STR("1\0"), NULL, &fault));
}

static void
test_where_it_is_wrong(void **state)
{
	(void)state;
	refused("{\n  \"a\": 1,\n  \"b\"; 2}",
		"line 3, column 6: ':' is expected here");
	refused("[1 2]", "line 1, column 4: ',' or ']' is expected here");
	refused("{\"a\":1 \"b\"}",
		"line 1, column 8: ',' or '}' is expected here");
	refused("{a:1}",
		"line 1, column 2: a key in double quotes is expected here");
	refused("[1,]",
		"line 1, column 4: a comma stands before the closing bracket");
	refused("{\"a\":1,}",
		"line 1, column 8: a comma stands before the closing bracket");
	refused("[1", "line 1, column 3: ',' or ']' is expected here");
	refused("[", "line 1, column 2: the text ends too soon");
	refused("{\"a\":", "line 1, column 6: the text ends too soon");
	refused("[,1]", "line 1, column 2: a value is expected here");
	refused("]", "line 1, column 1: a value is expected here");
	refused("[}", "line 1, column 2: a value is expected here");
	refused("\"abc", "line 1, column 1: the string has no end");
}

static void
test_numbers(void **state)
{
	static const char *const good[] = { "0", "-0", "10", "1.0", "0.5",
		"1e5", "1E+5", "1e-05", "-1.25e2" };
	static const char *const wrong[] = { "01", "-01", "-", "+1", ".5", "1.",
		"1.e5", "1e", "1e+", "0x1", "1_0", "--1", "00", "1.-1", "-a",
		"Infinity" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(json_is(parse(good[i]), JSON_NUMBER));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(parse(wrong[i]));
}

static bool
to_i64(const char *text, int64_t *out)
{
	return json_to_i64(parse(text), out);
}

static void
test_whole_numbers(void **state)
{
	int64_t v;

	(void)state;
	assert_true(to_i64("-0", &v));
	assert_true(v == 0);
	assert_true(to_i64("9223372036854775807", &v));
	assert_true(v == INT64_MAX);
	assert_true(to_i64("-9223372036854775808", &v));
	assert_true(v == INT64_MIN);
	assert_false(to_i64("9223372036854775808", &v));
	assert_false(to_i64("-9223372036854775809", &v));
	assert_false(to_i64("18446744073709551616", &v));
	assert_false(to_i64("1.0", &v));
	assert_false(to_i64("1e2", &v));
	assert_false(to_i64("\"1\"", &v));
	assert_false(json_to_i64(NULL, &v));
}

static void
test_strings(void **state)
{
	static const char *const wrong[] = { "\"\\x\"", "\"\\u12\"",
		"\"\\u12g4\"", "\"a\nb\"", "\"\x01\"", "\"\\", "\"\\u",
		"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\"\\ud800\"",
		"\"\\udc00\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"",
		"\"\\ud800\\ue000\"", "\"\\udc00\\ud800\"", "\"\\ud800",
		"\"\\\x00\"" };
	const struct json *v;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(parse(wrong[i]));
	v = parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00E9\\u20ac"
		  "\\ud83d\\ude00\xc3\xa9\x7f\"");
	assert_non_null(v);
	assert_true(str_eq(v->text,
		STR("\"\\/\b\f\n\r\t\0\xc3\xa9\xe2\x82\xac"
		    "\xf0\x9f\x98\x80\xc3\xa9\x7f")));
	v = parse("\"\\ud840\\udc00\\udbff\\udfff\"");
	assert_true(str_eq(v->text, STR("\xf0\xa0\x80\x80\xf4\x8f\xbf\xbf")));
	refused("\"0123456789abcdefghi\x1f\"",
		"line 1, column 21: a control character in a string must be "
		"escaped");
	refused("\"0123456789abcdefghi\xc3(\"",
		"line 1, column 21: invalid UTF-8");
}

/* Every place that a special byte can have in a block of 16. */
static void
test_strings_at_each_offset(void **state)
{
	char text[64];

	(void)state;
	for (int at = 0; at < 40; at++) {
		const struct json *v;

		snprintf(text, sizeof(text), "\"%.*s\"", at,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		v = parse(text);
		assert_non_null(v);
		assert_int_equal(v->text.n, at);
		text[at + 1] = '\x1f';
		assert_null(parse(text));
		text[at + 1] = '\x80';
		assert_null(parse(text));
		text[at + 1] = '\\';
		assert_null(parse(text));
	}
}

static void
test_duplicate_keys(void **state)
{
	(void)state;
	refused("{\"a\":1,\n \"a\":2}",
		"line 2, column 2: the key \"a\" stands twice");
	refused("{\"a\":1,\"\\u0061\":2}",
		"line 1, column 8: the key \"a\" stands twice");
	refused("[{\"x\":{\"\":1,\"\":2}}]",
		"line 1, column 13: the key \"\" stands twice");
	assert_non_null(parse("[{\"a\":1},{\"a\":1,\"A\":2}]"));
}

/* Puts an object of n keys k0 ... into text. */
static void
many_keys(char *text, size_t size, unsigned n)
{
	size_t at = 0;

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, size - at, "%c\"k%u\":%u",
			i == 0 ? '{' : ',', i, i);
	snprintf(text + at, size - at, "}");
}

static void
test_duplicates_among_many(void **state)
{
	size_t size = 1 << 20;
	char *text = malloc(size);

	(void)state;
	for (unsigned n = 1; n < 40; n++) {
		many_keys(text, size, n);
		assert_int_equal(parse(text)->count, n);
		for (unsigned twin = 0; twin < n; twin++) {
			char *end = text + strlen(text) - 1;

			snprintf(end, 32, ",\"k%u\":0}", twin);
			assert_null(parse(text));
			snprintf(end, 32, "}");
		}
	}
	many_keys(text, size, 50000);
	assert_int_equal(parse(text)->count, 50000);
	free(text);
}

static void
test_depth(void **state)
{
	struct json_rules rules = { .depth_max = 3 };
	char deep[3000];

	(void)state;
	assert_non_null(json_parse(arena, STR("[[[1],[1]]]"), &rules, &fault));
	assert_null(json_parse(arena, STR("[[{\"a\":[]}]]"), &rules, &fault));
	assert_string_equal(
		fault.detail, "line 1, column 8: nested too deeply");
	memset(deep, '[', 1000);
	memset(deep + 1000, ']', 1000);
	assert_null(json_parse(arena, str_of(deep, 2000), NULL, &fault));
	assert_non_null(json_parse(arena, str_of(deep + 936, 128), NULL, NULL));
	assert_null(json_parse(arena, str_of(deep + 935, 130), NULL, NULL));
	rules.depth_max = 1u << 30;
	assert_null(json_parse(arena, str_of(deep, 2000), &rules, &fault));
	assert_non_null(json_parse(arena,
		str_of(deep + 1000 - JSON_DEPTH_LIMIT, 2 * JSON_DEPTH_LIMIT),
		&rules, NULL));
}

static void
test_size(void **state)
{
	struct json_rules rules = { .size_max = 4 };
	struct arena *small = arena_new(200);

	(void)state;
	assert_non_null(json_parse(arena, STR("1234"), &rules, &fault));
	assert_null(json_parse(arena, STR("12345"), &rules, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	assert_null(json_parse(small, STR("[1,2,3,4]"), NULL, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	arena_free(&small);
	small = arena_new(100);
	assert_null(json_parse(
		small, STR("\"\\u0061aaaaaaaaaaaaaaaaaaaaaa\""), NULL, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	arena_free(&small);
}

static void
test_comments(void **state)
{
	const struct json *v = parse_settings("// head\r\n"
					      "{ /* a */ \"a\" /**/ : // b\n"
					      " [ 1, /***/ 2, ], \"b\": {},\n"
					      " \"c\": \"//\", // last\n"
					      "} /* tail */ // end");

	(void)state;
	assert_non_null(v);
	assert_int_equal(json_get(v, "a")->count, 2);
	assert_true(str_eq_lit(json_get_str(v, "c"), "//"));
	assert_null(parse_settings("[1,,]"));
	assert_null(parse_settings("[,]"));
	assert_null(parse_settings("{,}"));
	assert_null(parse_settings("[1 /* ]"));
	assert_string_equal(
		fault.detail, "line 1, column 4: the comment has no end");
	assert_null(parse_settings("1 /*/"));
	assert_null(parse_settings("1 /"));
	assert_null(parse_settings("/* /* */ */ 1"));
	assert_null(parse_settings("# 1"));
	assert_null(parse_settings("// only"));
	assert_null(parse("[1] // x"));
	assert_null(parse("[1,/* x */2]"));
}

static void
test_position(void **state)
{
	const char *text = "ab\ncd\n";
	struct json_position at = json_position(str_from(text), text + 4);

	(void)state;
	assert_int_equal(at.line, 2);
	assert_int_equal(at.column, 2);
	at = json_position(str_from(text), text + 6);
	assert_int_equal(at.line, 3);
	assert_int_equal(at.column, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_one_value_only),
		cmocka_unit_test(test_where_it_is_wrong),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_whole_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_strings_at_each_offset),
		cmocka_unit_test(test_duplicate_keys),
		cmocka_unit_test(test_duplicates_among_many),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_position),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
