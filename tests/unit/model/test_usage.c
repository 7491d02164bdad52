/* What one person has running. */
#include "model/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
test_each_kind_has_its_own_count(void **state)
{
	struct usages all;
	struct usage *ada, *call, *stream, *other;

	(void)state;
	usages_init(&all);
	ada = call = stream = other = usage_hold(&all, STR("ada"));
	assert_true(usage_begin(ada, USAGE_CALL, 2));
	assert_true(usage_begin(ada, USAGE_CALL, 2));
	assert_false(usage_begin(ada, USAGE_CALL, 2));
	assert_true(usage_begin(ada, USAGE_STREAM, 1));
	assert_false(usage_begin(ada, USAGE_STREAM, 1));
	usage_end(&call, USAGE_CALL);
	assert_null(call);
	usage_end(&call, USAGE_CALL);
	assert_true(usage_begin(ada, USAGE_CALL, 2));
	assert_false(usage_begin(ada, USAGE_CALL, 2));
	assert_false(usage_begin(ada, USAGE_CALL, 1)); /* after a reload */
	call = ada;
	usage_end(&call, USAGE_CALL);
	usage_end(&other, USAGE_CALL);
	usage_end(&stream, USAGE_STREAM);
	usage_drop(&ada);
	usages_clear(&all);
}

static void
test_tokens_of_one_person_share_it(void **state)
{
	char id[] = "ada";
	struct usages all;
	struct usage *a, *b, *bob;

	(void)state;
	usages_init(&all);
	a = usage_hold(&all, str_from(id));
	id[0] = 'x'; /* it keeps the id itself */
	b = usage_hold(&all, STR("ada"));
	bob = usage_hold(&all, STR("bob"));
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, bob);
	usage_drop(&a);
	assert_null(a);
	usage_drop(&bob);
	usage_drop(&b);
	usages_clear(&all);
}

static void
test_what_runs_outlives_its_tokens(void **state)
{
	struct usages all;
	struct usage *token, *call;

	(void)state;
	usages_init(&all);
	token = call = usage_hold(&all, STR("ada"));
	assert_true(usage_begin(call, USAGE_CALL, 1));
	usage_drop(&token);
	/* A new token of the same person is no way around it. */
	token = usage_hold(&all, STR("ada"));
	assert_ptr_equal(token, call);
	assert_false(usage_begin(token, USAGE_CALL, 1));
	usage_drop(&token);
	usage_end(&call, USAGE_CALL);
	usages_clear(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_has_its_own_count),
		cmocka_unit_test(test_tokens_of_one_person_share_it),
		cmocka_unit_test(test_what_runs_outlives_its_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
