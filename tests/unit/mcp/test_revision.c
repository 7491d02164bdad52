/* Revisions and log levels: names both ways, negotiation. */
#include "mcp/level.h"
#include "mcp/revision.h"

#include "check.h"

static void
test_names(void **state)
{
	enum revision r;

	(void)state;
	for (int i = 0; i < REVISION_COUNT; i++) {
		assert_true(
			revision_parse(revision_name((enum revision)i), &r));
		assert_int_equal(r, i);
	}
	assert_false(revision_parse(STR("2025-06-1"), &r));
	assert_false(revision_parse(STR("2025-06-18 "), &r));
	assert_false(revision_parse(STR(""), &r));
	assert_false(revision_parse(STR_NONE, &r));
	assert_false(revision_is_modern(REVISION_2025_11_25));
	assert_true(revision_is_modern(REVISION_2026_07_28));
}

static void
test_claims(void **state)
{
	static const struct {
		const char *text;
		bool modern;
	} rows[] = {
		{ "2026-07-28", true },
		{ "2026-07-29", true },
		{ "2030-01-01", true },
		{ "2026-07-27", false },
		{ "2025-11-25", false },
		{ "v999.0.0", false },
		{ "9999-99-9x", false },
		{ "9999999999", false },
		{ "2026-07-281", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_row(revision_claims_modern(str_from(rows[i].text)),
			rows[i].modern, i);
	assert_false(revision_claims_modern(STR_NONE));
}

static void
test_negotiation(void **state)
{
	static const struct {
		const char *asked;
		enum revision oldest, to;
	} rows[] = {
		{ "2024-11-05", REVISION_2024_11_05, REVISION_2024_11_05 },
		{ "2024-11-05", REVISION_OLDEST_HTTP, REVISION_2025_11_25 },
		{ "2025-03-26", REVISION_OLDEST_HTTP, REVISION_2025_03_26 },
		{ "2025-06-18", REVISION_OLDEST_HTTP, REVISION_2025_06_18 },
		/* Never the modern one in an InitializeResult. */
		{ "2026-07-28", REVISION_OLDEST_HTTP, REVISION_2025_11_25 },
		{ "1", REVISION_OLDEST_HTTP, REVISION_2025_11_25 },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_row(revision_negotiate(
				  str_from(rows[i].asked), rows[i].oldest),
			rows[i].to, i);
	check_str(revision_supported_json(), "[\"2026-07-28\"]");
}

static void
test_levels(void **state)
{
	enum level l;

	(void)state;
	for (int i = 0; i < LEVEL_OFF; i++) {
		assert_true(level_parse(level_name((enum level)i), &l));
		assert_int_equal(l, i);
	}
	assert_false(level_parse(STR(""), &l));
	assert_false(level_parse(STR("off"), &l));
	assert_false(level_parse(STR("Info"), &l));
	assert_true(LEVEL_DEBUG < LEVEL_EMERGENCY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_negotiation),
		cmocka_unit_test(test_levels),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
