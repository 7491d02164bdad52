/* Origins, strictly; addresses in disguise. */
#include "net/http_origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct row {
	const char *text;
	enum http_host kind;
	const char *host;
	uint16_t port;
	bool is_loopback;
	const char *authority; /* as Host */
};

static const struct row good[] = {
	{ "https://api.example.com", HTTP_HOST_NAME, "api.example.com", 443,
		false, "api.example.com" },
	{ "http://EXAMPLE.com:8080", HTTP_HOST_NAME, "example.com", 8080, false,
		"example.com:8080" },
	{ "https://example.com:443", HTTP_HOST_NAME, "example.com", 443, false,
		"example.com" },
	{ "http://example.com:443", HTTP_HOST_NAME, "example.com", 443, false,
		"example.com:443" },
	{ "http://a_b-c.d", HTTP_HOST_NAME, "a_b-c.d", 80, false, "a_b-c.d" },
	{ "http://1.example", HTTP_HOST_NAME, "1.example", 80, false,
		"1.example" },
	{ "http://localhost:3000", HTTP_HOST_LOCAL, "localhost", 3000, true,
		"localhost:3000" },
	{ "http://a.LOCALHOST", HTTP_HOST_LOCAL, "a.localhost", 80, true,
		"a.localhost" },
	{ "http://notlocalhost", HTTP_HOST_NAME, "notlocalhost", 80, false,
		"notlocalhost" },
	{ "http://localhost.example.com", HTTP_HOST_NAME,
		"localhost.example.com", 80, false, "localhost.example.com" },
	{ "http://127.0.0.1", HTTP_HOST_ADDRESS, "127.0.0.1", 80, true,
		"127.0.0.1" },
	{ "http://127.9.9.9:1", HTTP_HOST_ADDRESS, "127.9.9.9", 1, true,
		"127.9.9.9:1" },
	{ "http://128.0.0.1:65535", HTTP_HOST_ADDRESS, "128.0.0.1", 65535,
		false, "128.0.0.1:65535" },
	{ "https://[::1]", HTTP_HOST_ADDRESS, "::1", 443, true, "[::1]" },
	{ "https://[0:0::1]:8443", HTTP_HOST_ADDRESS, "0:0::1", 8443, true,
		"[0:0::1]:8443" },
	{ "http://[2001:DB8::1]", HTTP_HOST_ADDRESS, "2001:db8::1", 80, false,
		"[2001:db8::1]" },
};

static void
test_good_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const struct row *r = &good[i];
		char authority[HTTP_AUTHORITY_SIZE];
		struct http_addresses list;
		struct http_origin o;
		struct fault f = { 0 };

		if (!http_origin_parse(str_from(r->text), &o, &f))
			fail_msg("%s: %s", r->text, f.detail);
		assert_string_equal(o.host, r->host);
		assert_int_equal(o.kind, r->kind);
		assert_int_equal(o.port, r->port);
		assert_int_equal(http_origin_is_loopback(&o), r->is_loopback);
		http_origin_authority(&o, false, authority);
		assert_string_equal(authority, r->authority);
		http_origin_addresses(&o, &list);
		assert_int_equal(list.n,
			r->kind == HTTP_HOST_NAME            ? 0
				: r->kind == HTTP_HOST_LOCAL ? 2
							     : 1);
	}
}

static void
refused(const char *text, enum fault_id id)
{
	struct http_origin o;
	struct fault f = { 0 };

	if (http_origin_parse(str_from(text), &o, &f))
		fail_msg("%s was taken", text);
	if (f.id != id)
		fail_msg("%s: fault %d \"%s\"", text, (int)f.id, f.detail);
}

/* What inet_aton() or a browser would take for 127.0.0.1 and others. */
static void
lesson_B09_addresses_in_disguise_are_refused(void **state)
{
	static const char *const hosts[] = { "2130706433", "0x7f000001",
		"0x7f.1", "0X7F.0.0.1", "017700000001", "0177.0.0.1", "127.1",
		"127.0.1", "127.0.0.01", "127.0.0.0x1", "127.0.0.1.2", "0", "1",
		"256.1.1.1", "1.2.3.256", "a.1", "a.0x1", "example.123",
		"169.254.43518", "a.0x" };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		char text[64];

		snprintf(text, sizeof(text), "http://%s", hosts[i]);
		refused(text, FAULT_DIAL_FORBIDDEN);
		snprintf(text, sizeof(text), "https://%s:8080", hosts[i]);
		refused(text, FAULT_DIAL_FORBIDDEN);
	}
}

static void
test_malformed_ones(void **state)
{
	static const char *const texts[] = { "", "example.com", "//example.com",
		"ftp://example.com", "HTTP://example.com", "http:/example.com",
		"http://", "http://:80", "http://example.com/", "http://a/b",
		"http://u@example.com", "http://u:p@example.com",
		"http://example.com?x", "http://example.com#x",
		"http://exa mple.com", "http://example..com",
		"http://.example.com", "http://example.com.",
		"http://127.0.0.1.", "http://exa%6dple.com",
		"http://ex\xc3\xa4mple.com",
		"http://example.com:", "http://example.com:0",
		"http://example.com:65536", "http://example.com:080080",
		"http://example.com:8x", "http://example.com:-1",
		"http://example.com:80:80", "http://[::1", "http://[::1]x",
		"http://[::1]:", "http://[::1%25lo]", "http://[::1%lo]",
		"http://[]", "http://[127.0.0.1]", "http://[v1.x]",
		"http://::1", "http://[::1]]", "http://a,b", "http://a;b",
		("http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaa.com") };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		refused(texts[i], FAULT_BAD_URI);
}

static void
test_nul_does_not_end_a_host(void **state)
{
	struct http_origin o;
	struct fault f = { 0 };

	(void)state;
	assert_false(http_origin_parse(str_of("http://[::1\0]", 13), &o, &f));
	assert_false(http_origin_parse(
		str_of("http://good.com\0.evil", 21), &o, &f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_ones),
		cmocka_unit_test(lesson_B09_addresses_in_disguise_are_refused),
		cmocka_unit_test(test_malformed_ones),
		cmocka_unit_test(test_nul_does_not_end_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
