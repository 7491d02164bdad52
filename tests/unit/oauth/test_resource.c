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
		if (!resource_is_same(
			    str_from(twins[i][0]), str_from(twins[i][1])))
			fail_msg("%s, %s", twins[i][0], twins[i][1]);
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
test_what_is_none(void **state)
{
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
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (resource_is_same(str_from(bad[i]), str_from(bad[i])))
			fail_msg("%s", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_same),
		CHECK(lesson_F10_other_resources),
		CHECK(test_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
