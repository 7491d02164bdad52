#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_set_and_within(void **state)
{
	struct fault f;

	(void)state;
	fault_clear(&f);
	assert_false(fault_is_set(&f));
	assert_false(fault_set(&f, FAULT_INVALID_GRANT, "code %d", 7));
	assert_true(fault_is_set(&f));
	assert_int_equal(f.id, FAULT_INVALID_GRANT);
	assert_string_equal(f.detail, "code 7");
	assert_false(fault_within(&f, "server \"%s\"", "a"));
	assert_string_equal(f.detail, "server \"a\": code 7");
	assert_int_equal(f.id, FAULT_INVALID_GRANT);
	assert_false(fault_set(NULL, FAULT_STORE, "x"));
	assert_false(fault_within(NULL, "x"));
}

static void
test_long_details_are_cut(void **state)
{
	char text[1000];
	struct fault f;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fault_set(&f, FAULT_STORE, "%s", text);
	assert_int_equal(strlen(f.detail), sizeof(f.detail) - 1);
	fault_within(&f, "%s", text);
	assert_int_equal(strlen(f.detail), sizeof(f.detail) - 1);
	fault_set(&f, FAULT_STORE, "b");
	text[sizeof(f.detail) - 2] = '\0';
	fault_within(&f, "%s", text);
	assert_int_equal(strlen(f.detail), sizeof(f.detail) - 1);
}

/* Each row is complete, its name is unique and lower case, and a status of
 * success is only used where the error lies inside a JSON-RPC answer.  Codes
 * are JSON-RPC's and MCP's own, or of the range beside it that is ours. */
static void
test_table(void **state)
{
	(void)state;
	for (unsigned id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
		const struct fault_row *row = fault_row((enum fault_id)id);
		const char *name = fault_name((enum fault_id)id);

		assert_true(row->http == 200 ||
			(row->http >= 400 && row->http < 600));
		assert_true(row->jsonrpc <= -31000 && row->jsonrpc >= -32768);
		assert_true(strlen(row->sentence) > 0);
		assert_true(strlen(row->advice) > 0);
		for (const char *c = name; *c != '\0'; c++)
			assert_true(*c == ascii_lower(*c));
		for (unsigned other = FAULT_NONE; other < id; other++)
			assert_string_not_equal(
				name, fault_name((enum fault_id)other));
	}
	assert_string_equal(fault_name(FAULT_INVALID_GRANT), "invalid_grant");
	assert_string_equal(fault_name(FAULT_NONE), "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_within),
		cmocka_unit_test(test_long_details_are_cut),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
