#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_set_and_clear(void **state)
{
	struct secret x = { 0 };

	(void)state;
	assert_true(secret_is_empty(&x));
	assert_true(str_eq_lit(secret_reveal(&x), ""));
	secret_set(&x, STR("hunter2"));
	assert_false(secret_is_empty(&x));
	assert_true(str_eq_lit(secret_reveal(&x), "hunter2"));
	assert_int_equal(secret_reveal(&x).p[7], '\0');
	/* From its own bytes. */
	secret_set(&x, str_cut(secret_reveal(&x), 1, 4));
	assert_true(str_eq_lit(secret_reveal(&x), "unt"));
	secret_clear(&x);
	assert_true(secret_is_empty(&x));
	secret_clear(&x);
	secret_set(&x, STR_NONE);
	assert_true(secret_is_empty(&x));
	secret_clear(&x);
}

static void
test_equal(void **state)
{
	(void)state;
	assert_true(secret_eq(STR("abc"), STR("abc")));
	assert_false(secret_eq(STR("abc"), STR("abd")));
	assert_false(secret_eq(STR("abc"), STR("Abc")));
	assert_false(secret_eq(STR("abc"), STR("ab")));
	assert_false(secret_eq(STR("a\0c"), STR("a\0d")));
	assert_true(secret_eq(STR(""), STR_NONE));
}

static void
test_wipe(void **state)
{
	char bytes[4] = "abc";

	(void)state;
	secret_wipe(bytes, 3);
	assert_memory_equal(bytes, "\0\0\0", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_clear),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
