#include "front/throttle.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static unsigned
take_all(struct throttle *t, struct str key, int64_t now)
{
	unsigned n = 0;

	while (throttle_take(t, THROTTLE_SETUP, key, now, NULL))
		n++;
	return n;
}

static void
test_a_bucket(void **state)
{
	struct throttle *t = throttle_new();
	struct fault f;

	(void)state;
	fault_clear(&f);
	assert_int_equal(take_all(t, STR("a"), 1000), 10);
	assert_false(throttle_take(t, THROTTLE_SETUP, STR("a"), 1000, &f));
	assert_int_equal(f.id, FAULT_TOO_MANY);
	assert_false(throttle_has(t, THROTTLE_SETUP, STR("a"), 1000, NULL));
	assert_int_equal(throttle_wait(t, THROTTLE_SETUP, STR("a"), 1000), 60);
	assert_int_equal(throttle_wait(t, THROTTLE_SETUP, STR("a"), 1001), 60);
	assert_int_equal(take_all(t, STR("a"), 60999), 0);
	assert_int_equal(take_all(t, STR("a"), 61000), 1);
	assert_int_equal(take_all(t, STR("a"), 61000 + 120000), 2);
	assert_int_equal(take_all(t, STR("a"), 1000000000), 10);
	throttle_free(&t);
	assert_null(t);
	throttle_free(&t);
}

static void
test_nobody_else_is_touched(void **state)
{
	struct throttle *t = throttle_new();

	(void)state;
	take_all(t, STR("a"), 0);
	assert_true(throttle_has(t, THROTTLE_SETUP, STR("b"), 0, NULL));
	assert_true(throttle_has(t, THROTTLE_REGISTER, STR("a"), 0, NULL));
	assert_int_equal(throttle_wait(t, THROTTLE_SETUP, STR("b"), 0), 0);
	throttle_clear(t, THROTTLE_SETUP, STR("a"));
	assert_int_equal(take_all(t, STR("a"), 0), 10);
	throttle_clear(t, THROTTLE_SETUP, STR("unknown"));
	throttle_free(&t);
}

static void
test_it_forgets_the_oldest(void **state)
{
	struct throttle *t = throttle_new();
	char key[16];

	(void)state;
	take_all(t, STR("first"), 0);
	for (int i = 0; i < 4095; i++) {
		snprintf(key, sizeof(key), "%d", i);
		assert_true(throttle_take(
			t, THROTTLE_SETUP, str_from(key), 0, NULL));
	}
	assert_false(throttle_has(t, THROTTLE_SETUP, STR("first"), 0, NULL));
	assert_true(throttle_take(t, THROTTLE_SETUP, STR("more"), 0, NULL));
	assert_true(throttle_has(t, THROTTLE_SETUP, STR("first"), 0, NULL));
	throttle_free(&t);
}

static void
test_networks(void **state)
{
	static const struct {
		const char *peer, *network;
	} rows[] = {
		{ "203.0.113.5", "203.0.113.5" },
		{ "::ffff:203.0.113.5", "203.0.113.5" },
		{ "2001:db8:1:2ff:3::1", "2001:db8:1:200::/56" },
		{ "2001:db8:1:200::9", "2001:db8:1:200::/56" },
		{ "::1", "0:0:0:0::/56" },
		{ "::", "0:0:0:0::/56" },
		{ "2001:DB8::", "2001:db8:0:0::/56" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:0::/56" },
		{ "1:2:3:4:5:6:7::", "1:2:3:0::/56" },
		{ "1:2:3:4:5:6:7", "1:2:3:4:5:6:7" },
		{ "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9" },
		{ "1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7:8" },
		{ "1::2::3", "1::2::3" },
		{ "12345::", "12345::" },
		{ "g::", "g::" },
		{ ":1", ":1" },
		{ "", "" },
		{ "no address", "no address" },
	};
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!str_eq(throttle_network(a, str_from(rows[i].peer)),
			    str_from(rows[i].network)))
			fail_msg("%s", rows[i].peer);
	arena_free(&a);
}

/* Somebody who never stops trying leaves a try to the person themself. */
static void
test_one_network_locks_nobody_out(void **state)
{
	struct throttle *t = throttle_new();

	(void)state;
	for (int64_t now = 0; now < 24 * 3600 * 1000; now += 1000) {
		if (throttle_take(t, THROTTLE_LOGIN_NETWORK, STR("6.6.6.6"),
			    now, NULL))
			throttle_take(
				t, THROTTLE_LOGIN_NAME, STR("ada"), now, NULL);
		assert_true(throttle_has(
			t, THROTTLE_LOGIN_NAME, STR("ada"), now, NULL));
	}
	throttle_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_bucket),
		cmocka_unit_test(test_nobody_else_is_touched),
		cmocka_unit_test(test_it_forgets_the_oldest),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_one_network_locks_nobody_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
