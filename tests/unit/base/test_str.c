#include "base/str.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_equal(void **state)
{
	(void)state;
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_eq(STR("a"), STR("ab")));
	assert_true(str_eq_nocase(STR("aZ[`{"), STR("Az[`{")));
	assert_false(str_eq_nocase(STR("@"), STR("`")));
	assert_false(str_eq_nocase(STR("\xc3\x89"), STR("\xc3\xa9")));
	assert_true(str_is_none(str_from(NULL)));
	assert_false(str_is_none(str_from("")));
}

static void
test_starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_false(str_starts(STR("Abc"), STR("a")));
	assert_true(str_starts_nocase(STR("Abc"), STR("aB")));
	assert_false(str_starts_nocase(STR("A"), STR("aB")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_ends(STR("c"), STR("")));
}

static void
test_order(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("b")) < 0);
	assert_true(str_cmp(STR("ab"), STR("a")) > 0);
	assert_true(str_cmp(STR("a"), STR("a")) == 0);
	assert_true(str_cmp(STR_NONE, STR("")) == 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
}

static void
test_find_and_cut(void **state)
{
	(void)state;
	assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
	assert_int_equal(str_find_char(STR("abc"), 'x'), 3);
	assert_int_equal(str_find_char(STR_NONE, 'x'), 0);
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abc"), STR("cd")), 3);
	assert_int_equal(str_find(STR("a"), STR("ab")), 1);
	assert_int_equal(str_find(STR("a"), STR("")), 0);
	assert_true(str_eq_lit(str_cut(STR("abc"), 1, 2), "b"));
	assert_true(str_eq_lit(str_cut(STR("abc"), 1, 99), "bc"));
	assert_true(str_eq_lit(str_cut(STR("abc"), 9, 99), ""));
	assert_true(str_eq_lit(str_cut(STR("abc"), 2, 1), ""));
	assert_true(str_eq_lit(str_trim(STR(" \t a b\t ")), "a b"));
	assert_true(str_eq_lit(str_trim(STR(" \t")), ""));
	assert_true(str_eq_lit(str_trim(STR("\na")), "\na"));
}

static void
test_split(void **state)
{
	struct str rest = STR("a,,b,");
	static const char *const parts[] = { "a", "", "b", "" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_false(str_is_none(rest));
		assert_true(str_eq(str_split(&rest, ','), str_from(parts[i])));
	}
	assert_true(str_is_none(rest));
}

static void
test_copies(void **state)
{
	struct arena *a = arena_new(16);
	struct str s;

	(void)state;
	s = str_dup(a, STR("ab"));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.p, "ab");
	assert_true(str_is_none(str_dup(a, STR_NONE)));
	s = str_join(a, STR("x"), STR_NONE, STR(""), STR("yz"));
	assert_string_equal(s.p, "xyz");
	s = str_fmt(a, "%d-%s", 7, "b");
	assert_int_equal(s.n, 3);
	assert_string_equal(s.p, "7-b");
	assert_true(str_is_none(str_fmt(a, "%s", "much too long")));
	assert_true(str_is_none(str_dup(a, STR("much too long"))));
	arena_free(&a);
}

static void
test_numbers(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(str_to_u64(STR("0"), &v));
	assert_true(v == 0);
	assert_true(str_to_u64(STR("18446744073709551615"), &v));
	assert_true(v == UINT64_MAX);
	assert_true(str_to_u64(STR("00000000000000000000000001"), &v));
	assert_true(v == 1);
	assert_false(str_to_u64(STR("18446744073709551616"), &v));
	assert_false(str_to_u64(STR("99999999999999999999"), &v));
	assert_false(str_to_u64(STR(""), &v));
	assert_false(str_to_u64(STR("-1"), &v));
	assert_false(str_to_u64(STR("+1"), &v));
	assert_false(str_to_u64(STR(" 1"), &v));
	assert_false(str_to_u64(STR("1a"), &v));
	assert_false(str_to_u64(STR("\xb2"), &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_starts_and_ends),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_find_and_cut),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
