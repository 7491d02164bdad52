#include "text/uri.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *arena;

static bool
parses(const char *text)
{
	struct uri u;

	return uri_parse(str_from(text), &u, NULL);
}

static void
test_parts(void **state)
{
	struct uri u;
	struct fault f;

	(void)state;
	assert_true(uri_parse(
		STR("HTTPS://us:er@Ex.com:8443/a/b;c?d=/?#e/?"), &u, &f));
	assert_true(str_eq_lit(u.scheme, "HTTPS"));
	assert_true(str_eq_lit(u.userinfo, "us:er"));
	assert_true(str_eq_lit(u.host, "Ex.com"));
	assert_true(str_eq_lit(u.port_text, "8443"));
	assert_int_equal(u.port, 8443);
	assert_true(str_eq_lit(u.path, "/a/b;c"));
	assert_true(str_eq_lit(u.query, "d=/?"));
	assert_true(str_eq_lit(u.fragment, "e/?"));
	assert_true(uri_parse(STR("http://a"), &u, &f));
	assert_int_equal(u.port, 80);
	assert_true(str_is_none(u.port_text) && str_is_none(u.query));
	assert_true(str_is_none(u.fragment) && str_is_none(u.userinfo));
	assert_true(u.path.n == 0 && !str_is_none(u.path));
	assert_true(uri_parse(STR("http://a?"), &u, &f));
	assert_true(!str_is_none(u.query) && u.query.n == 0);
	assert_true(uri_parse(STR("com.example.app:/cb?x#"), &u, &f));
	assert_false(u.has_authority);
	assert_true(str_eq_lit(u.path, "/cb"));
	assert_true(!str_is_none(u.fragment) && u.fragment.n == 0);
	assert_int_equal(u.port, 0);
}

static void
test_ipv6(void **state)
{
	struct uri u;

	(void)state;
	assert_true(uri_parse(STR("https://[2001:DB8::1]:444/x"), &u, NULL));
	assert_true(u.host_is_ipv6);
	assert_true(str_eq_lit(u.host, "2001:DB8::1"));
	assert_int_equal(u.port, 444);
	assert_true(parses("http://[::ffff:1.2.3.4]"));
	assert_false(parses("http://[::1"));
	assert_false(parses("http://::1]/"));
	assert_false(parses("http://[::1]x"));
	assert_false(parses("http://[::1]:"));
	assert_false(parses("http://[fe80::1%25eth0]"));
	assert_false(parses("http://[v1.a]"));
	assert_false(parses("http://[]"));
	assert_false(parses("http://[1.2.3.4]"));
	assert_false(parses("http://[12345::]"));
	assert_false(parses("http://[0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0"
			    ":0:0:0:0:0]"));
	assert_false(uri_parse(STR("http://[::1\0]"), &u, NULL));
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = { "", "/a", "//a/b", "a", ":a",
		"1a:b", "http:", "http:/a", "http://", "http:///a", "http://@",
		"http://a b", "http://a/ b", "http://a/\\b", "http://a\\b",
		"http:\\\\a", "http://a/%", "http://a/%2", "http://a/%zz",
		"http://a:b", "http://a:", "http://a:65536", "http://a:-1",
		"http://a:000080", "http://a@b@c", "http://a%41", "http://a!b",
		"http://\xc3\xa9", "http://a/\xc3\xa9", "http://a/<",
		"http://a/\"", "http://a/\x7f", "http://a/?[", "http://a/#a#b",
		"http://a/\n", " http://a", "http://a ", "ht\ttp://a",
		"http://a:80:80", "http://a/|", "http://a/^", "http://a/`",
		"http://a/{x}" };
	struct uri u;
	static char big[URI_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(parses(wrong[i]));
	assert_false(uri_parse(STR("http://a\0.b"), &u, NULL));
	assert_false(uri_parse(STR("http://a/\0"), &u, NULL));
	assert_false(uri_parse(STR_NONE, &u, NULL));
	memset(big, 'a', sizeof(big));
	memcpy(big, "http://a/", 9);
	assert_true(uri_parse(str_of(big, URI_MAX), &u, NULL));
	assert_false(uri_parse(str_of(big, URI_MAX + 1), &u, NULL));
}

static void
origin_is(const char *text, const char *origin)
{
	struct str o = uri_origin_of(arena, str_from(text));

	if (origin == NULL)
		assert_true(str_is_none(o));
	else
		assert_true(str_eq(o, str_from(origin)));
}

static void
test_origin(void **state)
{
	struct arena *small = arena_new(5);

	(void)state;
	origin_is("HTTP://Ex.COM:80/x?y", "http://ex.com");
	origin_is("https://u@a:443", "https://a");
	origin_is("https://a:80", "https://a:80");
	origin_is("http://a:443", "http://a:443");
	origin_is("http://a:0080", "http://a");
	origin_is("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443");
	origin_is("ftp://a", NULL);
	origin_is("null", NULL);
	origin_is("", NULL);
	assert_true(str_is_none(uri_origin_of(small, STR("http://abc"))));
	arena_free(&small);
}

static bool
loopback(const char *text)
{
	struct uri u;

	return uri_parse(str_from(text), &u, NULL) && uri_is_loopback(&u);
}

static void
test_loopback(void **state)
{
	(void)state;
	assert_true(loopback("http://127.0.0.1:5/x"));
	assert_true(loopback("http://[::1]"));
	assert_true(loopback("https://LocalHost/"));
	assert_false(loopback("http://127.0.0.1.evil.com"));
	assert_false(loopback("http://localhost.evil.com"));
	assert_false(loopback("http://localhost@evil.com"));
	assert_false(loopback("http://127.0.0.2"));
	assert_false(loopback("http://127.1"));
	assert_false(loopback("http://[::ffff:127.0.0.1]"));
	assert_false(loopback("app://localhost"));
}

static bool
same(const char *x, const char *y)
{
	struct uri a, b;

	assert_true(uri_parse(str_from(x), &a, NULL));
	assert_true(uri_parse(str_from(y), &b, NULL));
	return uri_same_origin(&a, &b);
}

static void
test_same_origin(void **state)
{
	(void)state;
	assert_true(same("http://A/x", "HTTP://a:80/y"));
	assert_true(same("https://[::A]", "https://[::a]:443"));
	assert_false(same("http://a", "https://a"));
	assert_false(same("http://a:443", "https://a:443"));
	assert_false(same("http://a", "http://a.b"));
	assert_false(same("http://a", "http://a:81"));
	assert_false(same("app:/a", "app:/a"));
}

static void
test_decode(void **state)
{
	struct arena *small = arena_new(2);
	struct str s;

	(void)state;
	assert_true(uri_decode(arena, STR("a%20b+%2f%2F%00"), &s));
	assert_true(str_eq(s, STR("a b+//\0")));
	assert_true(uri_decode(arena, STR("ab"), &s));
	assert_true(str_eq_lit(s, "ab"));
	assert_false(uri_decode(arena, STR("%"), &s));
	assert_false(uri_decode(arena, STR("a%2"), &s));
	assert_false(uri_decode(arena, STR("%g0"), &s));
	assert_false(uri_decode(arena, STR("%0g"), &s));
	assert_false(uri_decode(arena, STR("% 1"), &s));
	assert_false(uri_decode(small, STR("%41b"), &s));
	assert_true(str_is_none(s));
	arena_free(&small);
}

static void
test_encode(void **state)
{
	struct str back;
	char bytes[256];
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	uri_encode(&b, STR("aZ09-._~ /+&=%\xff\r\n"));
	assert_true(str_eq_lit(
		buf_view(&b), "aZ09-._~%20%2F%2B%26%3D%25%FF%0D%0A"));
	buf_clear(&b);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	uri_encode(&b, str_of(bytes, sizeof(bytes)));
	assert_true(uri_decode(arena, buf_view(&b), &back));
	assert_true(str_eq(back, str_of(bytes, sizeof(bytes))));
	buf_clear(&b);
}

static void
test_target(void **state)
{
	struct uri u;

	(void)state;
	assert_true(uri_parse(STR("http://a?x=1#f"), &u, NULL));
	assert_true(str_eq_lit(uri_target(arena, &u), "/?x=1"));
	assert_true(uri_parse(STR("http://a"), &u, NULL));
	assert_true(str_eq_lit(uri_target(arena, &u), "/"));
	assert_true(uri_parse(STR("http://a/b?"), &u, NULL));
	assert_true(str_eq_lit(uri_target(arena, &u), "/b?"));
}

/* What leads back after a login must stay on this host. */
static void
lesson_F05_path_stays_on_host(void **state)
{
	static const char *const wrong[] = { "", "a", "//evil", "/\\evil", "\\",
		"http://evil", "/a b", "/\n", "///evil", "javascript:x",
		"/\t/evil", "/%", "?x", "#x" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(uri_is_path(str_from(wrong[i])));
	assert_false(uri_is_path(STR_NONE));
	assert_true(uri_is_path(STR("/")));
	assert_true(uri_is_path(STR("/a//b?next=//x#y")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_same_origin),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_target),
		cmocka_unit_test(lesson_F05_path_stays_on_host),
	};
	int failed;

	arena = arena_new(1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
