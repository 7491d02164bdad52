#include "text/cookie.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct str
get(const char *header)
{
	return cookie_get(str_from(header), STR("sid"));
}

static void
test_get(void **state)
{
	(void)state;
	assert_true(str_eq_lit(get("sid=abc"), "abc"));
	assert_true(str_eq_lit(get("a=b; sid=a=b; c=d"), "a=b"));
	assert_true(str_eq_lit(get(";; x;=y; \"q\"=\" ,\";sid=abc ;"), "abc"));
	assert_true(str_eq_lit(get("sid="), ""));
	assert_true(str_is_none(get("Sid=abc")));
	assert_true(str_is_none(get("xsid=abc; sid")));
	assert_true(str_is_none(get("")));
	assert_true(str_is_none(get(NULL)));
}

static void
test_shadowed(void **state)
{
	(void)state;
	assert_true(str_eq_lit(get("sid=a; sid=a"), "a"));
	assert_true(str_is_none(get("sid=a; sid=b")));
	assert_true(str_is_none(get("sid=a; x=y; sid=")));
	assert_true(str_is_none(get("sid=\"a\"; sid=a")));
	assert_true(str_is_none(get("sid=a b")));
	assert_true(str_is_none(get("sid=a; x=\x01")));
	assert_true(str_is_none(get("sid=a; x=\x01; sid=b")));
	assert_true(
		str_is_none(cookie_get(STR("sid=a; x=\0; sid=b"), STR("sid"))));
}

static bool
write_is(struct cookie c, const char *expected)
{
	struct buf b;
	bool same;

	buf_init(&b, 300);
	if (!cookie_write(&b, &c)) {
		assert_int_equal(buf_view(&b).n, 0);
		return expected == NULL;
	}
	same = expected != NULL && str_eq(buf_view(&b), str_from(expected));
	buf_clear(&b);
	return same;
}

static void
test_write(void **state)
{
	(void)state;
	assert_true(write_is((struct cookie){ .name = STR("__Host-sid"),
				     .value = STR("x"),
				     .max_age = 60,
				     .secure = true,
				     .strict = true },
		"__Host-sid=x; Path=/; Max-Age=60; HttpOnly; Secure; "
		"SameSite=Strict"));
	assert_true(write_is(
		(struct cookie){
			.name = STR("a"), .value = STR(""), .path = STR("/b") },
		"a=; Path=/b; Max-Age=0; HttpOnly; SameSite=Lax"));
	assert_true(write_is(
		(struct cookie){
			.name = STR("a"), .value = STR("b"), .max_age = -1 },
		"a=b; Path=/; HttpOnly; SameSite=Lax"));
}

static void
test_write_refuses(void **state)
{
	static const char *const values[] = { "a;b", "a b", "a,b", "\"a\"",
		"a\\", "a\r\nX: y", "\x7f", "\xc3\xa9" };
	static const char *const paths[] = { "", "b", "/;Domain=x", "/\r\n" };

	(void)state;
	for (size_t i = 0; i < 8; i++)
		assert_true(write_is((struct cookie){ .name = STR("a"),
					     .value = str_from(values[i]) },
			NULL));
	for (size_t i = 0; i < 4; i++)
		assert_true(write_is((struct cookie){ .name = STR("a"),
					     .value = STR(""),
					     .path = str_from(paths[i]) },
			NULL));
	assert_true(write_is((struct cookie){ .name = STR("a=b") }, NULL));
	assert_true(write_is((struct cookie){ .name = STR("") }, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_shadowed),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
