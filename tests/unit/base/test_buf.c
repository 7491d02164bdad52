#include "base/buf.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_grows_to_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_view(&b).n, 0);
	assert_non_null(buf_view(&b).p);
	for (int i = 0; i < 1000; i++)
		buf_char(&b, (char)('a' + i % 26));
	assert_true(buf_ok(&b));
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buf_view(&b).p[i], 'a' + i % 26);
	buf_char(&b, 'x');
	assert_false(buf_ok(&b));
	assert_int_equal(buf_view(&b).n, 1000);
	buf_clear(&b);
	assert_true(buf_ok(&b));
	buf_lit(&b, "again");
	assert_true(str_eq_lit(buf_view(&b), "again"));
	buf_clear(&b);
}

static void
test_all_or_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_lit(&b, "abc");
	buf_lit(&b, "de");
	assert_false(buf_ok(&b));
	buf_lit(&b, "f");
	assert_true(str_eq_lit(buf_view(&b), "abc"));
	assert_null(buf_room(&b, 0));
	buf_clear(&b);
}

static void
test_numbers_and_format(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 200);
	buf_u64(&b, 0);
	buf_char(&b, ' ');
	buf_u64(&b, UINT64_MAX);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_fmt(&b, " %s=%d", "x", 5);
	assert_true(str_eq_lit(buf_view(&b),
		"0 18446744073709551615 -9223372036854775808 x=5"));
	buf_clear(&b);
}

static void
test_drop(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_lit(&b, "abcdef");
	buf_drop(&b, 2);
	assert_true(str_eq_lit(buf_view(&b), "cdef"));
	buf_drop(&b, 4);
	assert_int_equal(buf_view(&b).n, 0);
	buf_lit(&b, "0123456789");
	assert_true(buf_ok(&b));
	buf_clear(&b);
}

static void
test_room(void **state)
{
	struct buf b;
	char *to;

	(void)state;
	buf_init(&b, 600);
	buf_lit(&b, "a");
	to = buf_room(&b, 500);
	assert_non_null(to);
	to[0] = 'b';
	to[499] = 'z';
	buf_took(&b, 1);
	assert_true(str_eq_lit(buf_view(&b), "ab"));
	assert_null(buf_room(&b, SIZE_MAX));
	assert_false(buf_ok(&b));
	buf_clear(&b);
}

static void
test_in_arena(void **state)
{
	struct arena *a = arena_new(1000);
	struct buf b;

	(void)state;
	buf_in(&b, a, 5000);
	for (int i = 0; i < 300; i++)
		buf_char(&b, 'x');
	assert_true(buf_ok(&b));
	for (int i = 0; i < 2000; i++)
		buf_char(&b, 'x');
	assert_false(buf_ok(&b));
	assert_true(buf_view(&b).n < 1000);
	buf_clear(&b);
	arena_free(&a);
}

/* What a secret buffer moves away from is wiped: seen in the arena, which
 * keeps the old bytes. */
static void
lesson_F14_secret_bytes_are_wiped(void **state)
{
	struct arena *a = arena_new(10000);
	const char *before;
	struct buf b;

	(void)state;
	buf_in(&b, a, 5000);
	b.secret = true;
	buf_lit(&b, "hunter2");
	before = b.p;
	assert_non_null(buf_room(&b, 3000));
	assert_ptr_not_equal(b.p, before);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(before[i], 0);
	before = b.p;
	assert_memory_equal(before, "hunter2", 7);
	buf_clear(&b);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(before[i], 0);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_to_its_maximum),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_numbers_and_format),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_in_arena),
		cmocka_unit_test(lesson_F14_secret_bytes_are_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
