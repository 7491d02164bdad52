/* Whose address counts. */
#include "front/proxy.h"

#include "base/arena.h"
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

/* AS-09 */
static void
plain_http_is_for_this_machine_and_trusted_proxies(void **state)
{
	static const char *const near[] = { "127.0.0.1", "127.8.8.8", "::1",
		"::ffff:127.0.0.1" };
	static const char *const far[] = { "8.8.8.8", "192.168.0.7", "fd80::1",
		"fe80::1%eth0", "localhost", "" };
	static const struct settings none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
		assert_true(proxy_is_near(&none, str_from(near[i])));
		assert_true(proxy_is_near(&with_proxies, str_from(near[i])));
	}
	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++) {
		assert_false(proxy_is_near(&none, str_from(far[i])));
		assert_false(proxy_is_near(&with_proxies, str_from(far[i])));
	}
	assert_true(proxy_is_near(&with_proxies, STR("10.1.2.3")));
	assert_false(proxy_is_near(&none, STR("10.1.2.3")));
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

static void
the_owner_hears_of_strange_proxies(void **state)
{
	static struct str names[] = { STR_INIT("X-Forwarded-Fox"),
		STR_INIT("x-forwarded-for") };
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct proxy_told told = { 0 };
	struct http_head head = { 0 };
	unsigned news = 0;

	(void)state;
	head.fields[0] = (struct field){ names[0], STR("8.8.8.8") };
	head.n = 1;
	assert_false(proxy_is_news(
		a, &head, STR("192.0.2.1"), &with_proxies, &told));
	head.fields[1] = (struct field){ names[1], STR("8.8.8.8") };
	head.n = 2;
	assert_false(
		proxy_is_news(a, &head, STR("10.1.1.1"), &with_proxies, &told));
	assert_true(proxy_is_news(
		a, &head, STR("192.0.2.1"), &with_proxies, &told));
	assert_false(proxy_is_news(
		a, &head, STR("192.0.2.1"), &with_proxies, &told));
	assert_true(proxy_is_news(
		a, &head, STR("2001:db8:1::1"), &with_proxies, &told));
	assert_false(proxy_is_news(
		a, &head, STR("2001:db8:1::2"), &with_proxies, &told));
	for (int i = 0; i < 100; i++)
		news += proxy_is_news(a, &head, str_fmt(a, "192.0.3.%d", i),
			&with_proxies, &told);
	assert_int_equal(news, PROXY_TOLD - 2);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_addresses_are_trusted),
		cmocka_unit_test(
			plain_http_is_for_this_machine_and_trusted_proxies),
		cmocka_unit_test(broken_blocks_trust_nobody),
		cmocka_unit_test(lesson_F20_the_nearest_stranger_counts),
		cmocka_unit_test(the_owner_hears_of_strange_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
