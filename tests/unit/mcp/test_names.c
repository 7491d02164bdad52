/* The hub's names: legal, stable, unique. */
#include "crypto/digest.h"
#include "mcp/names.h"

#include "check.h"

static int
setup(void **state)
{
	digest_start();
	return check_setup(state);
}

static struct str
hub(const char *server, const char *name)
{
	return names_hub(arena, str_from(server), str_from(name));
}

static void
test_plain(void **state)
{
	(void)state;
	check_str(hub("github", "create_issue"), "github__create_issue");
	check_str(hub("a", "b__c"), "a__b__c");
	check_str(hub("a-1", "x-y_Z9"), "a-1__x-y_Z9");
}

static bool
is_rewritten(struct str name)
{
	return names_is_legal(name) && name.n > 13 &&
		name.p[name.n - 13] == '_';
}

static void
lesson_B22_hostile_names_become_legal_and_stable(void **state)
{
	char long_name[300];
	const char *rows[] = { "a b", "a.b", "\xc3\xa9t\xc3\xa9", "", "a/b",
		"../../x", "a\r\nb", "\"quoted\"", "emoji \xf0\x9f\x92\xa9",
		long_name };

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct str one = hub("server", rows[i]);

		if (!is_rewritten(one))
			fail_msg("'%.*s' for '%s'", STR_ARG(one), rows[i]);
		assert_true(str_starts(one, STR("server__")));
		assert_true(str_eq(one, hub("server", rows[i])));
	}
	assert_true(names_is_legal(
		hub("a-server-name-of-thirty-two-byte", long_name)));
	/* Golden: names must not change from version to version. */
	check_str(hub("server", "a b"), "server__a_b_439065ac4216");
}

static void
lesson_B22_length_bound(void **state)
{
	char name[100];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[64 - 4] = '\0'; /* "ab" "__" and 60 */
	assert_false(is_rewritten(hub("ab", name)));
	assert_int_equal(hub("ab", name).n, 64);
	name[64 - 4] = 'x';
	name[64 - 3] = '\0';
	assert_true(is_rewritten(hub("ab", name)));
	assert_true(hub("ab", name).n <= 64);
}

/* No two different things under one name, however they are called. */
static void
lesson_B22_unique(void **state)
{
	struct str rewritten = hub("s", "a b");
	char copy[80];
	static const char *pairs[][4] = {
		{ "s", "a b", "s", "a_b" },
		{ "s", "a b", "s", "a.b" },
		{ "a", "_b", "a_", "b" },
		{ "a", "__b", "a__", "b" },
		{ "a", "b", "A", "b" },
		{ "s", "e\xcc\x81", "s", "\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(pairs); i++)
		assert_false(str_eq(hub(pairs[i][0], pairs[i][1]),
			hub(pairs[i][2], pairs[i][3])));
	/* A tool that is really called like a rewritten one. */
	snprintf(copy, sizeof(copy), "%.*s", (int)rewritten.n - 3,
		rewritten.p + 3);
	assert_false(str_eq(hub("s", copy), rewritten));
	assert_true(is_rewritten(hub("s", copy)));
}

static void
test_legal(void **state)
{
	char name[80];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_true(names_is_legal(str_of(name, 64)));
	assert_false(names_is_legal(str_of(name, 65)));
	assert_false(names_is_legal(STR("")));
	assert_false(names_is_legal(STR("a.b")));
	assert_false(names_is_legal(STR("a b")));
}

static void
test_uris(void **state)
{
	static const char *rows[] = { "test://static-text", "file:///a/../b",
		"https://x.example/a?b=c#d", "test://template/{id}/data",
		"test://template/a%20b/data", "urn:x:y", "/relative",
		"search{?q,lang*}", "ostiary://other/test://x" };
	struct str server, uri;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct str full =
			names_hub_uri(arena, STR("srv-1"), str_from(rows[i]));

		assert_true(names_from_uri(full, &server, &uri));
		check_str(server, "srv-1");
		check_str(uri, rows[i]);
	}
	check_str(names_hub_uri(arena, STR("s"), STR("a://b/{c}")),
		"ostiary://s/a://b/{c}");
	assert_false(names_from_uri(STR("test://x/y"), &server, &uri));
	assert_false(names_from_uri(STR("ostiary://"), &server, &uri));
	assert_false(names_from_uri(STR("ostiary://s"), &server, &uri));
	assert_false(names_from_uri(STR("ostiary://s/"), &server, &uri));
	assert_false(names_from_uri(STR("ostiary:///x"), &server, &uri));
	assert_false(names_from_uri(STR("ostiary://a.b/x"), &server, &uri));
	assert_false(names_from_uri(STR("OSTIARY://s/x"), &server, &uri));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(
			lesson_B22_hostile_names_become_legal_and_stable),
		cmocka_unit_test(lesson_B22_length_bound),
		cmocka_unit_test(lesson_B22_unique),
		cmocka_unit_test(test_legal),
		cmocka_unit_test(test_uris),
	};

	return cmocka_run_group_tests(tests, setup, check_teardown);
}
