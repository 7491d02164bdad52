#include "oauth/scope.h"

#include "check.h"
#include "model/settings.h"

static const struct scope_entry own[] = {
	{ STR_INIT("issues:write"), STR_INIT("Create and change issues") },
	{ STR_INIT("a"), STR_INIT("") },
};

static struct scope_table *
table(void)
{
	struct scope_table *t = scope_table_new(arena, own, 2, &fault);

	assert_non_null(t);
	return t;
}

static void
test_table(void **state)
{
	struct scope_table *t = table();

	(void)state;
	assert_int_equal(scope_count(t), SCOPE_BUILT_IN + 2);
	assert_int_equal(scope_of(t, STR("mcp:tools:read")), SCOPE_TOOLS_READ);
	assert_int_equal(
		scope_of(t, STR("mcp:tools:execute")), SCOPE_TOOLS_EXECUTE);
	assert_int_equal(
		scope_of(t, STR("mcp:resources:read")), SCOPE_RESOURCES_READ);
	assert_int_equal(
		scope_of(t, STR("mcp:prompts:read")), SCOPE_PROMPTS_READ);
	assert_int_equal(scope_of(t, STR("mcp")), SCOPE_MCP);
	assert_int_equal(scope_of(t, STR("offline_access")), SCOPE_OFFLINE);
	assert_int_equal(scope_of(t, STR("ostiary:admin")), SCOPE_ADMIN);
	assert_int_equal(scope_of(t, STR("issues:write")), 1 << 7);
	assert_int_equal(scope_of(t, STR("MCP")), 0);
	assert_str(scope_sentence(t, 7), "Create and change issues");
	assert_str(scope_sentence(t, 8), "a");
}

static void
test_table_refuses(void **state)
{
	static const struct scope_entry bad[] = {
		{ STR_INIT("mcp"), STR_INIT("mine") },
		{ STR_INIT("a b"), STR_INIT("") },
		{ STR_INIT(""), STR_INIT("") },
		{ STR_INIT("a\"b"), STR_INIT("") },
		{ STR_INIT("a\\b"), STR_INIT("") },
		{ STR_INIT("\xc3\xa9"), STR_INIT("") },
	};
	struct scope_entry twice[2] = { own[1], own[1] };
	struct scope_entry many[SCOPE_MAX] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault_clear(&fault);
		assert_null(scope_table_new(arena, &bad[i], 1, &fault));
		assert_fault(FAULT_SETTINGS);
	}
	assert_null(scope_table_new(arena, twice, 2, &fault));
	assert_null(scope_table_new(
		arena, many, SCOPE_MAX - SCOPE_BUILT_IN + 1, &fault));
}

static void
test_the_last_bit(void **state)
{
	struct scope_entry many[SCOPE_MAX - SCOPE_BUILT_IN];
	struct scope_table *t;

	(void)state;
	for (size_t i = 0; i < SCOPE_MAX - SCOPE_BUILT_IN; i++)
		many[i] = (struct scope_entry){ str_fmt(arena, "s%zu", i),
			STR("") };
	t = scope_table_new(arena, many, SCOPE_MAX - SCOPE_BUILT_IN, &fault);
	assert_non_null(t);
	assert_true(scope_of(t, STR("s56")) == (uint64_t)1 << 63);
	assert_true(scope_grantable(t) == (UINT64_MAX & ~SCOPE_ADMIN));
}

static void
test_parse_and_print(void **state)
{
	struct scope_table *t = table();
	uint64_t bits;

	(void)state;
	assert_true(scope_parse(t,
		STR("  mcp:tools:read issues:write mcp:tools:read a "), &bits,
		&fault));
	assert_str(
		scope_print(arena, t, bits), "a issues:write mcp:tools:read");
	assert_true(scope_parse(t, STR(""), &bits, &fault));
	assert_int_equal(bits, 0);
	assert_str(scope_print(arena, t, 0), "");
	assert_false(scope_parse(t, STR("mcp openid"), &bits, &fault));
	assert_fault(FAULT_INVALID_SCOPE);
	fault_clear(&fault);
	assert_false(scope_parse(t, STR("mcp\ta"), &bits, &fault));
	assert_fault(FAULT_INVALID_SCOPE);
	assert_int_equal(scope_known(t, STR("openid mcp x a")),
		SCOPE_MCP | (uint64_t)1 << 8);
	assert_int_equal(scope_known(t, STR_NONE), 0);
}

static void
test_too_long(void **state)
{
	char text[SCOPE_TEXT_MAX + 1];
	uint64_t bits;
	struct str sorted;

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_false(scope_parse(
		table(), str_of(text, sizeof(text)), &bits, &fault));
	assert_false(
		scope_sort(arena, str_of(text, sizeof(text)), &sorted, &fault));
	assert_fault(FAULT_INVALID_SCOPE);
}

static void
test_implied(void **state)
{
	(void)state;
	assert_int_equal(scope_implied(SCOPE_MCP), SCOPE_MCP | SCOPE_BASIC);
	assert_int_equal(scope_implied(SCOPE_TOOLS_EXECUTE),
		SCOPE_TOOLS_EXECUTE | SCOPE_TOOLS_READ);
	assert_int_equal(scope_implied(SCOPE_TOOLS_READ), SCOPE_TOOLS_READ);
	assert_int_equal(scope_implied(SCOPE_ADMIN), SCOPE_ADMIN);
	assert_int_equal(scope_missing(SCOPE_MCP, SCOPE_BASIC), 0);
	assert_int_equal(scope_missing(SCOPE_TOOLS_READ, SCOPE_TOOLS_EXECUTE),
		SCOPE_TOOLS_EXECUTE);
	assert_int_equal(scope_missing(UINT64_MAX & ~SCOPE_ADMIN, SCOPE_ADMIN),
		SCOPE_ADMIN);
}

static void
lesson_F09_each_scope_opens_its_own_door(void **state)
{
	static const uint64_t doors[] = { SCOPE_TOOLS_READ, SCOPE_TOOLS_EXECUTE,
		SCOPE_RESOURCES_READ, SCOPE_PROMPTS_READ };
	static const struct {
		const char *scope;
		bool opens[4];
	} rows[] = {
		{ "mcp", { true, true, true, true } },
		{ "mcp:tools:read", { true, false, false, false } },
		{ "mcp:tools:execute", { true, true, false, false } },
		{ "mcp:resources:read", { false, false, true, false } },
		{ "mcp:prompts:read", { false, false, false, true } },
		{ "offline_access", { false, false, false, false } },
		{ "ostiary:admin", { false, false, false, false } },
		{ "issues:write", { false, false, false, false } },
		{ "", { false, false, false, false } },
	};
	struct scope_table *t = table();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t has = scope_known(t, str_from(rows[i].scope));

		for (size_t k = 0; k < 4; k++)
			assert_int_equal(scope_missing(has, doors[k]) == 0,
				rows[i].opens[k]);
	}
}

static void
test_within(void **state)
{
	static const struct {
		const char *asked, *granted;
		bool within;
	} rows[] = {
		{ "mcp:tools:read", "mcp:tools:read", true },
		{ "mcp:tools:read", "mcp:tools:execute", true },
		{ "mcp:prompts:read mcp:tools:execute", "mcp", true },
		{ "mcp",
			"mcp:prompts:read mcp:resources:read "
			"mcp:tools:execute mcp:tools:read",
			false },
		{ "mcp:tools:execute", "mcp:tools:read", false },
		{ "issues:write", "issues:write mcp", true },
		{ "issues:write", "mcp", false },
		{ "issues", "issues:write", false },
		{ "offline_access", "mcp", false },
		{ "ostiary:admin", "mcp offline_access", false },
		{ "", "mcp", true },
		{ "mcp", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (scope_is_within(str_from(rows[i].asked),
			    str_from(rows[i].granted)) != rows[i].within)
			fail_msg("%s in %s", rows[i].asked, rows[i].granted);
	assert_true(scope_is_within(STR_NONE, STR("mcp")));
}

static void
test_sort(void **state)
{
	struct str s;
	char many[3 * 100];

	(void)state;
	assert_true(scope_sort(arena, STR(" b a  c a b "), &s, &fault));
	assert_str(s, "a b c");
	assert_true(scope_sort(arena, STR(""), &s, &fault));
	assert_str(s, "");
	assert_false(scope_sort(arena, STR("a\nb"), &s, &fault));
	assert_fault(FAULT_INVALID_SCOPE);
	for (size_t i = 0; i < 100; i++) {
		many[3 * i] = (char)('a' + i / 10);
		many[3 * i + 1] = (char)('0' + i % 10);
		many[3 * i + 2] = ' ';
	}
	assert_false(scope_sort(arena, str_of(many, sizeof(many)), &s, &fault));
}

static void
test_admin_is_not_for_clients(void **state)
{
	(void)state;
	assert_int_equal(scope_grantable(table()) & SCOPE_ADMIN, 0);
	assert_int_equal(
		scope_grantable(table()), ((1 << 9) - 1) & ~SCOPE_ADMIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_table),
		CHECK(test_table_refuses),
		CHECK(test_the_last_bit),
		CHECK(test_parse_and_print),
		CHECK(test_too_long),
		CHECK(test_implied),
		CHECK(lesson_F09_each_scope_opens_its_own_door),
		CHECK(test_within),
		CHECK(test_sort),
		CHECK(test_admin_is_not_for_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
