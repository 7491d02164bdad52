#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
test_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t n = 0; n < 300; n++) {
		unsigned char *p;

		assert_non_null(arena_bytes(a, 1));
		p = arena_alloc(a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void
test_secrets_are_wiped(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char *p = arena_bytes(a, 100);

	(void)state;
	memset(p, 0xff, 100);
	arena_hold_secret(a);
	arena_reset(a);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	/* Once, then it is an arena like any other. */
	assert_ptr_equal(arena_bytes(a, 100), p);
	p[7] = 'x';
	arena_reset(a);
	assert_int_equal(p[7], 'x');
	arena_free(&a);
}

static void
test_zeroed_after_reset(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char *p = arena_alloc(a, 100);

	(void)state;
	memset(p, 0xff, 100);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	p = arena_alloc(a, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void
test_cap(void **state)
{
	struct arena *a = arena_new(100);

	(void)state;
	assert_null(arena_alloc(a, 101));
	assert_non_null(arena_bytes(a, 60));
	assert_int_equal(arena_used(a), 60);
	assert_null(arena_bytes(a, 41));
	assert_non_null(arena_bytes(a, 40));
	assert_null(arena_bytes(a, 1));
	assert_null(arena_bytes(a, SIZE_MAX));
	arena_reset(a);
	assert_non_null(arena_bytes(a, 100));
	arena_free(&a);
}

static void
test_array_overflow(void **state)
{
	struct arena *a = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_null(arena_array(a, SIZE_MAX, SIZE_MAX));
	assert_non_null(arena_array(a, 0, 8));
	assert_non_null(arena_array(a, 8, 0));
	arena_free(&a);
}

static void
test_large_blocks_stay_apart(void **state)
{
	struct arena *a = arena_new(1 << 22);
	char *parts[50];

	(void)state;
	for (size_t i = 0; i < 50; i++) {
		parts[i] = arena_bytes(a, 1000 * (i + 1));
		assert_non_null(parts[i]);
		memset(parts[i], (int)i, 1000 * (i + 1));
	}
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(parts[i][0], i);
		assert_int_equal(parts[i][1000 * (i + 1) - 1], i);
	}
	arena_free(&a);
}

static char order[8];

static void
note(void *thing)
{
	size_t n = strlen(order);

	order[n] = *(const char *)thing;
	order[n + 1] = '\0';
}

static void
test_defer(void **state)
{
	struct arena *a = arena_new(1000);
	struct arena *tiny = arena_new(1);
	char first = '1', second = '2', third = '3';

	(void)state;
	order[0] = '\0';
	assert_int_equal(arena_defer(a, note, &first), 1);
	assert_int_equal(arena_defer(a, note, &second), 1);
	arena_reset(a);
	assert_string_equal(order, "21");
	arena_free(&a);
	assert_string_equal(order, "21");
	assert_int_equal(arena_defer(tiny, note, &third), 0);
	assert_string_equal(order, "213");
	arena_free(&tiny);
	assert_string_equal(order, "213");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_and_aligned),
		cmocka_unit_test(test_zeroed_after_reset),
		cmocka_unit_test(test_secrets_are_wiped),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_array_overflow),
		cmocka_unit_test(test_large_blocks_stay_apart),
		cmocka_unit_test(test_defer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
