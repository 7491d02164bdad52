/* IP addresses as text, against the system's own reader. */
#include "front/address.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
addresses_are_read_as_the_system_reads_them(void **state)
{
	static const char *const texts[] = { "::", "::1", "1::", "1::8",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"fe80::1", "FE80::AbCd", "::ffff:1.2.3.4", "64:ff9b::192.0.2.1",
		"1:2:3:4:5:6:1.2.3.4", "2001:db8::0:1", "0:0:0:0:0:0:0:0",
		/* and what is none */
		"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::", "1::2::3", "12345::", "g::", "1:", ":1",
		"1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "::1.2.3", "::1.2.3.4.5",
		"1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
		"::256.1.1.1", "::01.1.1.1", "fe80::1%lo", " ::1", "::1 ",
		"1::2:", "::1:", "1:2:3:4:5:6:7:8:", "[::1]" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		unsigned char wanted[16];
		struct address got;
		bool good = inet_pton(AF_INET6, texts[i], wanted) == 1;

		if (address_read_ipv6(str_from(texts[i]), &got) != good)
			fail_msg("%s", texts[i]);
		if (good)
			assert_memory_equal(got.b, wanted, sizeof(wanted));
	}
}

static void
quads_are_read_strictly(void **state)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5", "1.2.3.",
		".1.2.3", "1..2.3", "256.1.1.1", "01.1.1.1", "1.1.1.1 ",
		"0x1.1.1.1", "1.1.1.+1", "1111.1.1.1", "2130706433" };
	struct address a;

	(void)state;
	assert_true(address_read(STR("127.0.0.1"), &a));
	assert_true(address_is_ipv4(&a));
	assert_int_equal(a.b[12], 127);
	assert_int_equal(a.b[15], 1);
	assert_true(address_read(STR("::ffff:127.0.0.1"), &a));
	assert_true(address_is_ipv4(&a));
	assert_true(address_read(STR("::127.0.0.1"), &a));
	assert_false(address_is_ipv4(&a));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(address_read(str_from(bad[i]), &a));
}

static void
prefixes_are_compared_bit_by_bit(void **state)
{
	struct address a, b;

	(void)state;
	assert_true(address_read(STR("10.0.0.0"), &a));
	assert_true(address_read(STR("10.0.1.0"), &b));
	assert_true(address_shares(&a, &b, ADDRESS_MAPPED_BITS + 23));
	assert_false(address_shares(&a, &b, ADDRESS_MAPPED_BITS + 24));
	assert_true(address_shares(&a, &b, 0));
	assert_true(address_shares(&a, &a, ADDRESS_BITS));
}

static void
this_machine_is_known(void **state)
{
	static const char *const ours[] = { "127.0.0.1", "127.255.0.9", "::1",
		"::ffff:127.0.0.1", "0:0:0:0:0:0:0:1" };
	static const char *const others[] = { "128.0.0.1", "126.0.0.1",
		"0.0.0.0", "::", "::2", "1::1", "::127.0.0.1", "10.0.0.127",
		"7f00::" };
	struct address a;

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		assert_true(address_read(str_from(ours[i]), &a));
		assert_true(address_is_loopback(&a));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_true(address_read(str_from(others[i]), &a));
		assert_false(address_is_loopback(&a));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_as_the_system_reads_them),
		cmocka_unit_test(quads_are_read_strictly),
		cmocka_unit_test(prefixes_are_compared_bit_by_bit),
		cmocka_unit_test(this_machine_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
