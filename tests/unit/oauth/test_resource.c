#include "oauth/resource.h"

#include "check.h"

static void
test_same(void **state)
{
	static const char *const twins[][2] = {
		{ "https://h/mcp", "https://h/mcp" },
		{ "https://h/mcp", "https://h/mcp/" },
		{ "https://h/mcp", "HTTPS://H/mcp" },
		{ "https://h/mcp", "https://h:443/mcp" },
		{ "http://h:80/mcp", "http://h/mcp" },
		{ "https://h", "https://h/" },
		{ "https://h/mcp?x=1", "https://H/mcp?x=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		struct str a, b;

		if (!resource_is_same(
			    str_from(twins[i][0]), str_from(twins[i][1])))
			fail_msg("%s, %s", twins[i][0], twins[i][1]);
		assert_true(resource_canonical(
			arena, str_from(twins[i][0]), &a, &fault));
		assert_true(resource_canonical(
			arena, str_from(twins[i][1]), &b, &fault));
		assert_true(str_eq(a, b));
	}
}

static void
lesson_F10_other_resources(void **state)
{
	static const char *const others[] = {
		"http://h/mcp",
		"https://h:8443/mcp",
		"https://h/MCP",
		"https://h/mcp/a",
		"https://h/mc",
		"https://h",
		"https://h/mcp?x=1",
		"https://h/mcp?",
		"https://h/%6dcp",
		"https://h/x/../mcp",
		"https://h.evil.example/mcp",
		"https://evil.example/mcp",
		"https://h@evil.example/mcp",
		"https://x@h/mcp",
		"https://h/mcp#x",
		"/mcp",
		"mcp",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (resource_is_same(STR("https://h/mcp"), str_from(others[i])))
			fail_msg("%s", others[i]);
	assert_false(resource_is_same(STR("https://h/mcp"), STR_NONE));
	assert_false(resource_is_same(STR_NONE, STR_NONE));
}

static void
test_canonical(void **state)
{
	struct str out;
	static const char *const bad[] = {
		"",
		"mcp",
		"/mcp",
		"https:mcp",
		"urn:x:y",
		"ftp://h/mcp",
		"https://h/mcp#",
		"https://h/mcp#x",
		"https://u@h/mcp",
		"https://h:x/mcp",
		"https://h/ mcp",
	};

	(void)state;
	assert_true(resource_canonical(arena,
		STR("HTTPS://Host.Example:443/Mcp/a//?q=1"), &out, &fault));
	assert_str(out, "https://host.example/Mcp/a?q=1");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault_clear(&fault);
		if (resource_canonical(arena, str_from(bad[i]), &out, &fault))
			fail_msg("%s", bad[i]);
		assert_fault(FAULT_INVALID_TARGET);
	}
	assert_false(resource_canonical(arena, STR_NONE, &out, &fault));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_same),
		CHECK(lesson_F10_other_resources),
		CHECK(test_canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
