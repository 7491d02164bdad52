/* Whose address counts. */
#include "front/proxy.h"

#include "model/settings.h"
#include "net/http_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct str proxies[] = { STR_INIT("10.0.0.0/8"), STR_INIT("192.0.2.7"),
	STR_INIT("fd00::/9"), STR_INIT("2001:db8::1") };

static const struct settings with_proxies = { .trusted_proxies = proxies,
	.trusted_proxy_count = sizeof(proxies) / sizeof(*proxies) };

static void
which_addresses_are_trusted(void **state)
{
	static const char *const good[] = { "10.0.0.1", "10.255.255.255",
		"192.0.2.7", "::ffff:10.1.2.3", "fd00::1", "fd7f:ffff::1",
		"2001:db8::1" };
	static const char *const bad[] = { "11.0.0.1", "9.255.255.255",
		"192.0.2.8", "fd80::1", "2001:db8::2", "", "10.0.0",
		"10.0.0.1:80", "localhost", "::1" };
	static const struct settings none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(proxy_trusts(&with_proxies, str_from(good[i])));
		assert_false(proxy_trusts(&none, str_from(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(proxy_trusts(&with_proxies, str_from(bad[i])));
}

static void
broken_blocks_trust_nobody(void **state)
{
	struct str blocks[] = { STR("10.0.0.0/33"), STR("10.0.0.0/"), STR("/8"),
		STR("10.0.0.0/8x"), STR("10.0.0.0/-1"), STR("fd00::/129") };
	struct settings s = { .trusted_proxies = blocks,
		.trusted_proxy_count = sizeof(blocks) / sizeof(*blocks) };

	(void)state;
	assert_false(proxy_trusts(&s, STR("10.0.0.1")));
	assert_false(proxy_trusts(&s, STR("fd00::1")));
	blocks[0] = STR("0.0.0.0/0");
	assert_true(proxy_trusts(&s, STR("8.8.8.8")));
	assert_false(proxy_trusts(&s, STR("fd00::1")));
}

static void
check_peer(const char *peer, const char *first, const char *second,
	const char *wanted)
{
	struct http_head head = { 0 };
	struct str got;

	head.fields[head.n++] =
		(struct field){ STR("x-forwarded-for"), str_from(first) };
	head.fields[head.n++] =
		(struct field){ STR("X-Forwarded-For"), str_from(second) };
	if (second[0] == '\0')
		head.n = 1;
	got = proxy_peer(&with_proxies, &head, str_from(peer));
	assert_true(str_eq(got, str_from(wanted)));
}

static void
lesson_F20_the_nearest_stranger_counts(void **state)
{
	(void)state;
	/* A stranger may write what it likes. */
	check_peer("203.0.113.9", "198.51.100.1", "", "203.0.113.9");
	check_peer("10.0.0.1", "198.51.100.1", "", "198.51.100.1");
	check_peer("10.0.0.1", "1.1.1.1, 198.51.100.1", "", "198.51.100.1");
	check_peer("10.0.0.1", "198.51.100.1, 10.0.0.2", "", "198.51.100.1");
	check_peer(
		"10.0.0.1", "1.1.1.1", "198.51.100.1,10.0.0.2", "198.51.100.1");
	check_peer("10.0.0.1", "198.51.100.1", "10.0.0.2", "198.51.100.1");
	/* All of them are ours: the farthest. */
	check_peer("10.0.0.1", "10.0.0.3, 10.0.0.2", "", "10.0.0.3");
	/* What is no address ends the walk. */
	check_peer(
		"10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "", "10.0.0.2");
	check_peer("10.0.0.1", "evil", "", "10.0.0.1");
	check_peer("10.0.0.1", ",", "", "10.0.0.1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_addresses_are_trusted),
		cmocka_unit_test(broken_blocks_trust_nobody),
		cmocka_unit_test(lesson_F20_the_nearest_stranger_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
