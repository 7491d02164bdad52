/* The scan: the same grammar as the tree, without building one. */
#include "text/json.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct json_scan
scan_of(const char *text)
{
	struct json_scan s;

	json_scan_init(&s, str_from(text), 0);
	return s;
}

/* Whether the text is one value, and nothing else. */
static bool
is_json(const char *text, unsigned depth_max)
{
	struct json_scan s;

	json_scan_init(&s, str_from(text), depth_max);
	return json_scan_value(&s, NULL) && json_scan_end(&s);
}

static void
test_whole_values(void **state)
{
	static const char *const good[] = { "1", " [ ] ", "{ }", "[[],[{}],{}]",
		"{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":[]}",
		"{\"a\":1,\"a\":2}", "[1,[2,[3,[4]]],5]", "\"\\ud83d\\ude00\"",
		"{\"\":[true]}" };
	static const char *const wrong[] = { "", " ", "[", "{", "]", "}", "[}",
		"{]", "[1,]", "{\"a\":1,}", "[,1]", "[1 2]", "{\"a\" 1}",
		"{\"a\":}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "[1}",
		"[1]]", "{}{}", "1 1", "tru", "[\"\\ud800\"]", "{1:2}",
		"[\"\xff\"]", "{\"a\\x\":1}", "[01]", "// x\n1", "{\"a\":[1}]",
		"[{\"a\":1],2}" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(is_json(good[i], 0));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(is_json(wrong[i], 0));
	assert_false(is_json(NULL, 0));
}

static void
test_raw_is_exact(void **state)
{
	struct json_scan s = scan_of("  { \"a\" : [ 1 ] }  ");
	struct str raw;

	(void)state;
	assert_true(json_scan_value(&s, &raw));
	assert_true(str_eq_lit(raw, "{ \"a\" : [ 1 ] }"));
	assert_true(json_scan_end(&s));
}

static void
test_depth(void **state)
{
	char deep[2 * JSON_DEPTH_LIMIT + 2] = "";
	unsigned n = JSON_DEPTH_LIMIT;

	(void)state;
	assert_true(is_json("[[[]]]", 3));
	assert_false(is_json("[[[[]]]]", 3));
	assert_true(is_json("[{\"a\":[]},[[]]]", 3));
	memset(deep, '[', n);
	memset(deep + n, ']', n);
	assert_true(is_json(deep, 1u << 30));
	assert_false(is_json(deep, 0));
	assert_false(is_json(deep, n - 1));
	memset(deep, '[', sizeof(deep) - 1);
	assert_false(is_json(deep, 1u << 30));
}

/* Which bracket is open is remembered beyond one word of bits. */
static void
test_mixed_brackets_below_64(void **state)
{
	char text[2048] = "";
	size_t at = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		memcpy(text + at,
			i % 3 == 0 ? "[" : "{\"\":", i % 3 == 0 ? 1 : 4);
		at += i % 3 == 0 ? 1 : 4;
	}
	text[at++] = '1';
	for (int i = 99; i >= 0; i--)
		text[at++] = i % 3 == 0 ? ']' : '}';
	assert_true(is_json(text, 100));
	assert_false(is_json(text, 99));
	text[at - 20] = text[at - 20] == ']' ? '}' : ']';
	assert_false(is_json(text, 100));
}

static void
test_members(void **state)
{
	struct json_scan s = scan_of("{\"id\": 7, "
				     "\"m\\u0065\":\"x\",\"p\":{}}");
	struct str key, raw;
	bool first = true, escaped;

	(void)state;
	assert_int_equal(json_scan_peek(&s), JSON_OBJECT);
	assert_true(json_scan_enter(&s, '{'));
	assert_true(json_scan_key(&s, &first, &key, &escaped));
	assert_true(str_eq_lit(key, "id"));
	assert_false(escaped);
	assert_int_equal(json_scan_peek(&s), JSON_NUMBER);
	assert_true(json_scan_value(&s, &raw));
	assert_true(str_eq_lit(raw, "7"));
	assert_true(json_scan_key(&s, &first, &key, &escaped));
	assert_true(escaped);
	assert_true(json_scan_value(&s, &raw));
	assert_true(str_eq_lit(raw, "\"x\""));
	assert_true(json_scan_key(&s, &first, &key, &escaped));
	assert_true(json_scan_enter(&s, '{'));
	first = true;
	assert_false(json_scan_key(&s, &first, &key, &escaped));
	assert_null(s.wrong);
	first = false;
	assert_false(json_scan_key(&s, &first, &key, &escaped));
	assert_null(s.wrong);
	assert_true(json_scan_end(&s));
}

static void
test_elements(void **state)
{
	struct json_scan s = scan_of("[1, [2] ,\"\"]");
	bool first = true;
	unsigned n = 0;

	(void)state;
	assert_true(json_scan_enter(&s, '['));
	while (json_scan_element(&s, &first)) {
		assert_true(json_scan_value(&s, NULL));
		n++;
	}
	assert_int_equal(n, 3);
	assert_true(json_scan_end(&s));
}

/* Steps through the brackets with enter, key and element; false if wrong. */
static bool
steps_through(const char *text)
{
	struct json_scan s = scan_of(text);
	bool first = true, escaped;
	struct str key;

	if (json_scan_peek(&s) == JSON_ARRAY) {
		if (!json_scan_enter(&s, '['))
			return false;
		while (json_scan_element(&s, &first))
			if (!json_scan_value(&s, NULL))
				return false;
	} else {
		if (!json_scan_enter(&s, '{'))
			return false;
		while (json_scan_key(&s, &first, &key, &escaped))
			if (!json_scan_value(&s, NULL))
				return false;
	}
	return s.wrong == NULL && json_scan_end(&s);
}

static void
test_steps_refuse(void **state)
{
	static const char *const wrong[] = { "[1,]", "[,1]", "[1 2]", "[1", "[",
		"{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":1", "{", "[1]x", "[1}",
		"{\"a\":1]", "1", "{\"a\":1,2}", "{\"a\":1}}", "[]]" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(steps_through(wrong[i]));
	assert_true(steps_through(" [ ] "));
	assert_true(steps_through(" { } "));
}

static void
test_wrong_stays(void **state)
{
	struct json_scan s = scan_of("[x] 1");
	bool first = true;

	(void)state;
	assert_true(json_scan_enter(&s, '['));
	assert_false(json_scan_element(&s, &first));
	assert_non_null(s.wrong);
	assert_int_equal(s.at - s.start, 1);
	assert_false(json_scan_value(&s, NULL));
	assert_false(json_scan_enter(&s, '['));
	assert_int_equal(json_scan_peek(&s), JSON_NONE);
	assert_false(json_scan_end(&s));
	s = scan_of("[1]");
	assert_true(json_scan_enter(&s, '['));
	assert_false(json_scan_end(&s));
	s = scan_of("[");
	assert_true(json_scan_enter(&s, '['));
	assert_false(json_scan_end(&s));
	assert_string_equal(s.wrong, "the text ends too soon");
	s = scan_of("[1]");
	assert_false(json_scan_enter(&s, '{'));
}

static void
test_unquote(void **state)
{
	struct arena *a = arena_new(1000);
	struct str plain = STR("\"abc\""), cut;

	(void)state;
	assert_ptr_equal(json_unquote(a, plain).p, plain.p + 1);
	assert_true(str_eq_lit(json_unquote(a, plain), "abc"));
	assert_true(str_eq_lit(json_unquote(a, STR("abc")), "abc"));
	assert_true(str_eq_lit(json_unquote(a, STR("\"\"")), ""));
	assert_true(str_eq_lit(json_unquote(a, STR("a\\\"b")), "a\"b"));
	assert_true(str_eq_lit(json_unquote(a, STR("\"\\\"\"")), "\""));
	assert_true(str_eq_lit(
		json_unquote(a, STR("\\u20AC\\t")), "\xe2\x82\xac\t"));
	arena_free(&a);
	a = arena_new(2);
	cut = json_unquote(a, STR("\\u0041\\u0041"));
	assert_true(str_is_none(cut));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_values),
		cmocka_unit_test(test_raw_is_exact),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_mixed_brackets_below_64),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_steps_refuse),
		cmocka_unit_test(test_wrong_stays),
		cmocka_unit_test(test_unquote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
