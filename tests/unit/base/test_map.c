#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define KEYS 2000u

static char keys[KEYS][8];
static int values[KEYS];

static struct str
key(size_t i)
{
	snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
	return str_from(keys[i]);
}

static void
test_put_get_remove(void **state)
{
	struct map m;
	int x, y;

	(void)state;
	map_init(&m);
	assert_null(map_get(&m, STR("a")));
	assert_null(map_remove(&m, STR("a")));
	assert_null(map_put(&m, STR("a"), &x));
	assert_null(map_put(&m, STR(""), &y));
	assert_ptr_equal(map_get(&m, STR("a")), &x);
	assert_ptr_equal(map_get(&m, STR("")), &y);
	assert_null(map_get(&m, STR("A")));
	assert_ptr_equal(map_put(&m, STR("a"), &y), &x);
	assert_int_equal(m.n, 2);
	assert_ptr_equal(map_remove(&m, STR("a")), &y);
	assert_null(map_remove(&m, STR("a")));
	assert_null(map_get(&m, STR("a")));
	assert_int_equal(m.n, 1);
	map_clear(&m);
	assert_int_equal(m.n, 0);
	assert_null(map_get(&m, STR("")));
}

/* Removal moves displaced entries back; none of them may get lost. */
static void
test_many_with_removal(void **state)
{
	struct map m;

	(void)state;
	map_init(&m);
	for (size_t i = 0; i < KEYS; i++)
		assert_null(map_put(&m, key(i), &values[i]));
	for (size_t i = 0; i < KEYS; i += 3)
		assert_ptr_equal(map_remove(&m, key(i)), &values[i]);
	for (size_t i = 0; i < KEYS; i++)
		assert_ptr_equal(
			map_get(&m, key(i)), i % 3 == 0 ? NULL : &values[i]);
	for (size_t i = 0; i < KEYS; i += 3)
		assert_null(map_put(&m, key(i), &values[i]));
	assert_int_equal(m.n, KEYS);
	for (size_t i = 0; i < KEYS; i++)
		assert_ptr_equal(map_remove(&m, key(i)), &values[i]);
	assert_int_equal(m.n, 0);
	map_clear(&m);
}

static void
test_walk(void **state)
{
	struct map m;
	size_t at = 0, n = 0;
	int *v;

	(void)state;
	map_init(&m);
	assert_null(map_next(&m, &at));
	for (size_t i = 0; i < 100; i++)
		map_put(&m, key(i), &values[i]);
	while ((v = map_next(&m, &at)) != NULL) {
		(*v)++;
		n++;
	}
	assert_int_equal(n, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(values[i], 1);
	map_clear(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_get_remove),
		cmocka_unit_test(test_many_with_removal),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
