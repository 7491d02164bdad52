#include "text/field.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_token_and_value(void **state)
{
	(void)state;
	assert_true(field_is_token(STR("Aa0!#$%&'*+-.^_`|~")));
	assert_false(field_is_token(STR("")));
	assert_false(field_is_token(STR("a b")));
	assert_false(field_is_token(STR("a:")));
	assert_false(field_is_token(STR("a\0")));
	assert_false(field_is_token(STR("\xc3\xa9")));
	assert_false(field_is_token(STR("a\x7f")));
	assert_false(field_is_token(STR("@[")));
	assert_true(field_is_value(STR("")));
	assert_true(field_is_value(STR("a\t \xff~")));
	assert_false(field_is_value(STR("a\r")));
	assert_false(field_is_value(STR("a\n")));
	assert_false(field_is_value(STR("a\0")));
	assert_false(field_is_value(STR("\x7f")));
	assert_false(field_is_value(STR("\x1b")));
}

static void
test_get(void **state)
{
	const struct field fields[] = { { STR("Host"), STR("a") },
		{ STR("X"), STR("1") }, { STR("hOST"), STR("b") } };
	unsigned n;

	(void)state;
	assert_true(str_eq_lit(field_get(fields, 3, STR("host"), &n), "a"));
	assert_int_equal(n, 2);
	assert_true(str_is_none(field_get(fields, 3, STR("hos"), &n)));
	assert_int_equal(n, 0);
	assert_true(str_eq_lit(field_get(fields, 3, STR("x"), NULL), "1"));
	assert_true(str_is_none(field_get(NULL, 0, STR("x"), NULL)));
}

static void
test_list(void **state)
{
	struct str rest = STR(" , a ,b\t,, \"c,\\\"d\" ;x=\",\" ,");
	struct str e;

	(void)state;
	assert_true(field_list_next(&rest, &e));
	assert_true(str_eq_lit(e, "a"));
	assert_true(field_list_next(&rest, &e));
	assert_true(str_eq_lit(e, "b"));
	assert_true(field_list_next(&rest, &e));
	assert_true(str_eq_lit(e, "\"c,\\\"d\" ;x=\",\""));
	assert_false(field_list_next(&rest, &e));
	assert_false(field_list_next(&rest, &e));
	rest = STR("\"open, a\\");
	assert_true(field_list_next(&rest, &e));
	assert_false(field_list_next(&rest, &e));
}

static void
test_media(void **state)
{
	struct str json = STR("application/json");

	(void)state;
	assert_true(field_media_is(STR("application/json"), json));
	assert_true(field_media_is(STR(" Application/JSON ; charset=x"), json));
	assert_false(field_media_is(STR("application/json5"), json));
	assert_false(field_media_is(STR("application/json, text/html"), json));
	assert_false(field_media_is(STR(""), json));
	assert_false(field_media_is(STR_NONE, json));
}

static bool
accepts(const char *accept)
{
	return field_accepts(str_from(accept), STR("text/event-stream"));
}

static void
test_accepts(void **state)
{
	(void)state;
	assert_true(accepts(NULL));
	assert_true(accepts("*/*"));
	assert_true(accepts("text/*"));
	assert_true(accepts("application/json, TEXT/event-stream"));
	assert_true(accepts("text/event-stream;q=0.001"));
	assert_true(accepts("text/event-stream;charset=\"a,b\";q=1"));
	assert_true(accepts("text/event-stream , */*;q=0"));
	assert_true(accepts("text/html;q=0, */*;q=0.1"));
	assert_false(accepts(""));
	assert_false(accepts("application/json"));
	assert_false(accepts("text/*x"));
	assert_false(accepts("text/x"));
	assert_false(accepts("*/*, text/event-stream;q=0"));
	assert_false(accepts("*/*, text/*;q=0"));
	assert_false(accepts("text"));
	assert_false(accepts("*"));
	assert_false(accepts("text/event-stream;q=0"));
	assert_false(accepts("text/event-stream; Q=0.000, text/*, */*"));
	assert_false(accepts("text/*;q=0.0, */*"));
	assert_false(accepts("*/*;q=0"));
}

static void
test_quote(void **state)
{
	struct arena *a = arena_new(64);

	(void)state;
	assert_true(str_eq_lit(
		field_quote(a, STR("a\"b\\c\r\n\0d\t")), "\"a\\\"b\\\\cd\t\""));
	assert_true(str_eq_lit(field_quote(a, STR("")), "\"\""));
	arena_free(&a);
	a = arena_new(3);
	assert_true(str_is_none(field_quote(a, STR("a"))));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_and_value),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_media),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
