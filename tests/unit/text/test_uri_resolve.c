#include "text/uri.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

static struct str
resolve(const char *base, const char *reference)
{
	struct str out;
	struct uri u;

	arena_reset(arena);
	assert_true(uri_parse(str_from(base), &u, NULL));
	if (!uri_resolve(arena, &u, str_from(reference), &out, NULL))
		assert_true(str_is_none(out));
	return out;
}

/* RFC 3986 5.4.1 and 5.4.2, strictly. */
static void
test_examples(void **state)
{
	static const char *const pairs[][2] = { { "g:h", "g:h" },
		{ "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" },
		{ "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q#s" },
		{ "g#s", "http://a/b/c/g#s" },
		{ "g?y#s", "http://a/b/c/g?y#s" }, { ";x", "http://a/b/c/;x" },
		{ "g;x", "http://a/b/c/g;x" },
		{ "g;x?y#s", "http://a/b/c/g;x?y#s" },
		{ "", "http://a/b/c/d;p?q" }, { ".", "http://a/b/c/" },
		{ "./", "http://a/b/c/" }, { "..", "http://a/b/" },
		{ "../", "http://a/b/" }, { "../g", "http://a/b/g" },
		{ "../..", "http://a/" }, { "../../", "http://a/" },
		{ "../../g", "http://a/g" }, { "../../../g", "http://a/g" },
		{ "../../../../g", "http://a/g" }, { "/./g", "http://a/g" },
		{ "/../g", "http://a/g" }, { "g.", "http://a/b/c/g." },
		{ ".g", "http://a/b/c/.g" }, { "g..", "http://a/b/c/g.." },
		{ "..g", "http://a/b/c/..g" }, { "./../g", "http://a/b/g" },
		{ "./g/.", "http://a/b/c/g/" }, { "g/./h", "http://a/b/c/g/h" },
		{ "g/../h", "http://a/b/c/h" },
		{ "g;x=1/./y", "http://a/b/c/g;x=1/y" },
		{ "g;x=1/../y", "http://a/b/c/y" },
		{ "g?y/./x", "http://a/b/c/g?y/./x" },
		{ "g?y/../x", "http://a/b/c/g?y/../x" },
		{ "g#s/../x", "http://a/b/c/g#s/../x" } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct str out = resolve("http://a/b/c/d;p?q", pairs[i][0]);

		assert_true(str_eq(out, str_from(pairs[i][1])));
	}
}

static void
test_authority_is_kept(void **state)
{
	(void)state;
	assert_true(str_eq_lit(
		resolve("https://u@[::1]:8/x", "y"), "https://u@[::1]:8/y"));
	assert_true(str_eq_lit(resolve("https://a", "y"), "https://a/y"));
	assert_true(str_eq_lit(resolve("https://a", ""), "https://a"));
	assert_true(
		str_eq_lit(resolve("https://a/b", "//c/../d"), "https://c/d"));
	assert_true(str_eq_lit(
		resolve("https://a/b", "http://c/x/../d?e"), "http://c/d?e"));
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = { "a b", "\\\\x", "/\\x", "http:x",
		"http:", "//", "//a b", "//a@b@c", "%", "http://a:99999", "\n",
		"//[::1" };
	struct uri base = { 0 };
	struct str out;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_true(str_is_none(resolve("https://a/b", wrong[i])));
	assert_false(uri_resolve(arena, &base, STR("x"), &out, &f));
	assert_true(uri_parse(STR("app:/x"), &base, &f));
	assert_false(uri_resolve(arena, &base, STR("x"), &out, &f));
	assert_int_equal(f.id, FAULT_BAD_URI);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_authority_is_kept),
		cmocka_unit_test(test_refused),
	};
	int failed;

	arena = arena_new(1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
