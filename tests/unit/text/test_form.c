#include "text/form.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *arena;
static struct fault fault;

static bool
parse(const char *text, struct form *form)
{
	static const char *const twice[] = { "resource", NULL };

	return form_parse(arena, str_from(text), twice, form, &fault);
}

static void
test_values(void **state)
{
	struct form f;

	(void)state;
	assert_true(parse("&a=1+2&b=%2B%c3%a9&&c&d=&e=x=y&", &f));
	assert_int_equal(f.n, 5);
	assert_true(str_eq_lit(form_get(&f, "a"), "1 2"));
	assert_true(str_eq_lit(form_get(&f, "b"), "+\xc3\xa9"));
	assert_true(str_is_none(form_get(&f, "c")));
	assert_true(str_is_none(form_get(&f, "d")));
	assert_true(str_eq_lit(form_get(&f, "e"), "x=y"));
	assert_true(str_is_none(form_get(&f, "A")));
	assert_true(parse("", &f));
	assert_int_equal(f.n, 0);
	assert_true(parse(NULL, &f));
	assert_int_equal(f.n, 0);
	assert_true(str_is_none(form_get(&f, "a")));
}

static void
test_repeated(void **state)
{
	struct form f;

	(void)state;
	assert_false(parse("a=1&a=1", &f));
	assert_int_equal(fault.id, FAULT_BAD_FORM);
	assert_false(parse("a=1&%61=2", &f));
	assert_false(parse("a=&a=", &f));
	assert_true(parse("resource=1&a=2&resource=&resource=3", &f));
	assert_true(str_eq_lit(form_get_nth(&f, "resource", 0), "1"));
	assert_true(str_eq_lit(form_get_nth(&f, "resource", 1), "3"));
	assert_true(str_is_none(form_get_nth(&f, "resource", 2)));
	assert_false(form_parse(
		arena, STR("resource=1&resource=2"), NULL, &f, NULL));
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = { "a=%", "a=%1", "a=%zz", "%=1",
		"a=%00", "a=%ff", "a=%c3", "%c0%80=1", "a=b c", "a=\xc3\xa9",
		"a=\n", "=1", "=", "a=1&=2" };
	struct form f;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(parse(wrong[i], &f));
	assert_false(form_parse(arena, STR("a=\0"), NULL, &f, NULL));
}

static void
test_count(void **state)
{
	struct arena *small = arena_new(64);
	char text[FORM_MAX * 8];
	struct form f;
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i < FORM_MAX; i++)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, "p%u=&", i);
	assert_true(parse(text, &f));
	assert_int_equal(f.n, FORM_MAX);
	snprintf(text + at, sizeof(text) - at, "q");
	assert_false(parse(text, &f));
	assert_string_equal(fault.detail, "too many parameters");
	assert_false(form_parse(small, str_from(text), NULL, &f, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	arena_free(&small);
}

static void
test_add(void **state)
{
	struct form f;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	form_add(&b, "a", STR("x y&=+%\r\n"));
	form_add(&b, "none", STR_NONE);
	form_add(&b, "b c", STR(""));
	assert_true(
		str_eq_lit(buf_view(&b), "a=x%20y%26%3D%2B%25%0D%0A&b%20c="));
	assert_true(form_parse(arena, buf_view(&b), NULL, &f, NULL));
	assert_true(str_eq_lit(form_get(&f, "a"), "x y&=+%\r\n"));
	buf_clear(&b);
	buf_lit(&b, "https://a/?");
	form_add(&b, "a", STR("?"));
	form_add(&b, "b", STR("1"));
	assert_true(str_eq_lit(buf_view(&b), "https://a/?a=%3F&b=1"));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_add),
	};
	int failed;

	arena = arena_new(1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
