/* Argon2id: slow, so few checks. */
#include "base/arena.h"
#include "crypto/digest.h"
#include "crypto/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
hash_and_check(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str h = password_hash(a, STR("correct horse"));

	(void)state;
	assert_true(str_starts(h, STR("$argon2id$v=19$m=65536,t=2,p=1$")));
	assert_true(password_check(h, STR("correct horse")));
	assert_false(password_check(h, STR("correct hors")));
	assert_false(password_check(h, STR("correct horse\0")));
	assert_false(password_check(h, STR("")));
	assert_false(password_check(STR("$argon2id$"), STR("correct horse")));
	assert_false(password_check(STR_NONE, STR("correct horse")));
	assert_false(password_check(STR("plain"), STR("plain")));
	arena_free(&a);
}

/* The cost is there also when nobody has that name. */
static void
nobody_costs_memory(void **state)
{
	(void)state;
	password_check_nobody(STR("whatever it is"));
	password_check_nobody(STR(""));
}

static void
too_long_is_refused(void **state)
{
	static char much[PASSWORD_MAX + 1];
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);

	(void)state;
	memset(much, 'x', sizeof(much));
	assert_true(str_is_none(password_hash(a, str_of(much, sizeof(much)))));
	assert_false(password_is_valid(str_of(much, sizeof(much))));
	assert_true(password_is_valid(str_of(much, PASSWORD_MAX)));
	arena_free(&a);
}

static void
is_valid_counts_characters(void **state)
{
	(void)state;
	assert_true(password_is_valid(STR("12345678")));
	assert_false(password_is_valid(STR("1234567")));
	assert_true(password_is_valid(STR("äöüßäöüß")));
	assert_false(password_is_valid(STR("äöüß")));
	assert_false(
		password_is_valid(STR("\xff\xff\xff\xff\xff\xff\xff\xff")));
	assert_false(password_is_valid(STR_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_and_check),
		cmocka_unit_test(nobody_costs_memory),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(is_valid_counts_characters),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
