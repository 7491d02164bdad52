/* Which proxy, for whom, and what it is told. */
#include "net/http_proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void
bypasses(const char *no_proxy, const char *origin, bool expected)
{
	struct http_origin o;
	struct fault f = { 0 };

	assert_true(http_origin_parse(str_from(origin), &o, &f));
	if (http_proxy_is_bypassed(str_from(no_proxy), &o) != expected)
		fail_msg("NO_PROXY=%s, %s", no_proxy, origin);
}

static void
test_no_proxy(void **state)
{
	static const struct {
		const char *list, *origin;
		bool bypasses;
	} rows[] = {
		{ "", "https://example.com", false },
		{ "*", "https://example.com", true },
		{ "example.com", "https://example.com", true },
		{ "EXAMPLE.com", "https://example.COM", true },
		{ "example.com", "https://a.example.com", true },
		{ "example.com", "https://badexample.com", false },
		{ "example.com", "https://example.com.evil.net", false },
		{ ".example.com", "https://a.example.com", true },
		{ ".example.com", "https://example.com", true },
		{ "*.example.com", "https://a.b.example.com", true },
		{ "example.com.", "https://example.com", true },
		{ "a.com, example.com ,b.com", "https://example.com", true },
		{ "a.com example.com", "https://example.com", true },
		{ ",,", "https://example.com", false },
		{ ".", "https://example.com", false },
		{ "com", "https://example.com", true },
		{ "example.com:443", "https://example.com", true },
		{ "example.com:80", "https://example.com", false },
		{ "example.com:8443", "https://example.com:8443", true },
		{ "example.com:x", "https://example.com", false },
		{ "10.0.0.0/8", "http://10.255.1.2", true },
		{ "10.0.0.0/8", "http://11.0.0.1", false },
		{ "10.0.0.0/9", "http://10.128.0.1", false },
		{ "10.0.0.0/33", "http://10.0.0.0", false },
		{ "10.0.0.0/", "http://10.0.0.0", false },
		{ "0.0.0.0/0", "http://192.0.2.1", true },
		{ "192.0.2.1", "http://192.0.2.1", true },
		{ "192.0.2.1", "http://192.0.2.10", false },
		{ "192.0.2.1:81", "http://192.0.2.1", false },
		{ "2.1", "http://192.0.2.1", false },
		{ "fd00::/8", "http://[fd12::1]", true },
		{ "fd00::/8", "http://[fc12::1]", false },
		{ "2001:db8::1", "http://[2001:db8::1]", true },
		{ "[2001:db8::1]", "http://[2001:db8::1]", true },
		{ "[2001:db8::1]:81", "http://[2001:db8::1]", false },
		{ "[2001:db8::1]:80", "http://[2001:db8::1]", true },
		{ "[2001:db8::1", "http://[2001:db8::1]", false },
		/* Loopback never goes through a proxy. */
		{ "", "http://localhost:3000", true },
		{ "", "http://127.0.0.1", true },
		{ "", "http://[::1]", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		bypasses(rows[i].list, rows[i].origin, rows[i].bypasses);
}

static void
connects(const char *proxy, const char *expected)
{
	struct http_proxy p;
	struct fault f = { 0 };
	struct buf out;

	if (!http_proxy_parse(str_from(proxy), &p, &f))
		fail_msg("%s: %s", proxy, f.detail);
	assert_true(p.is_set);
	buf_init(&out, 4096);
	http_proxy_write_connect(&out, &p, "example.com:443");
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_clear(&out);
	http_proxy_clear(&p);
}

static void
test_what_the_proxy_is_told(void **state)
{
	static const char plain[] = "CONNECT example.com:443 HTTP/1.1\r\n"
				    "Host: example.com:443\r\n\r\n";

	(void)state;
	connects("http://proxy.corp:3128", plain);
	connects("HTTP://proxy.corp:3128/", plain);
	connects("proxy.corp:3128", plain);
	connects("http://10.1.2.3", plain);
	connects("http://Aladdin:open%20sesame@proxy.corp:3128",
		"CONNECT example.com:443 HTTP/1.1\r\n"
		"Host: example.com:443\r\n"
		"Proxy-Authorization: Basic "
		"QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
	connects("http://u:p@x@proxy.corp",
		"CONNECT example.com:443 HTTP/1.1\r\n"
		"Host: example.com:443\r\n"
		"Proxy-Authorization: Basic dTpwQHg=\r\n\r\n");
}

static void
test_proxies_that_can_not_be_understood(void **state)
{
	static const char *const bad[] = { "https://proxy.corp",
		"socks5://proxy.corp", "http://", "http://proxy corp",
		"http://proxy.corp:port", "http://u%zz@proxy.corp",
		"http://proxy.corp/path", "http://0x7f.1" };
	struct http_proxy p;
	struct fault f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (http_proxy_parse(str_from(bad[i]), &p, &f))
			fail_msg("%s was taken", bad[i]);
		assert_int_equal(f.id, FAULT_DIAL);
		assert_false(p.is_set);
	}
	assert_true(http_proxy_parse(STR(""), &p, &f));
	assert_false(p.is_set);
	assert_true(http_proxy_parse(STR_NONE, &p, &f));
	assert_false(p.is_set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_proxy),
		cmocka_unit_test(test_what_the_proxy_is_told),
		cmocka_unit_test(test_proxies_that_can_not_be_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
