/* Which addresses may be dialed, by policy; B09's disguises among them. */
#include "net/vet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* What the three policies say: configured, loopback, public. */
struct row {
	const char *address;
	const char *passes; /* of "clp" */
};

static const struct row rows[] = {
	/* Public. */
	{ "1.1.1.1", "clp" },
	{ "8.8.8.8", "clp" },
	{ "9.255.255.255", "clp" },
	{ "11.0.0.0", "clp" },
	{ "100.63.255.255", "clp" },
	{ "100.128.0.0", "clp" },
	{ "126.255.255.255", "clp" },
	{ "128.0.0.0", "clp" },
	{ "169.253.255.255", "clp" },
	{ "169.255.0.0", "clp" },
	{ "172.15.255.255", "clp" },
	{ "172.32.0.0", "clp" },
	{ "192.0.1.0", "clp" },
	{ "192.167.255.255", "clp" },
	{ "192.169.0.0", "clp" },
	{ "198.17.255.255", "clp" },
	{ "198.20.0.0", "clp" },
	{ "223.255.255.255", "clp" },
	{ "2606:4700::1111", "clp" },
	{ "2001:4860:4860::8888", "clp" },
	{ "2001:200::1", "clp" },
	{ "3fff:1000::1", "clp" },
	/* Loopback. */
	{ "127.0.0.1", "cl" },
	{ "127.255.255.255", "cl" },
	{ "::1", "cl" },
	{ "::ffff:127.0.0.1", "cl" },
	{ "::ffff:7f00:1", "cl" },
	/* Special, but a person may mean it. */
	{ "10.0.0.0", "c" },
	{ "10.255.255.255", "c" },
	{ "100.64.0.0", "c" },
	{ "100.127.255.255", "c" },
	{ "168.63.129.16", "c" },
	{ "172.16.0.0", "c" },
	{ "172.31.255.255", "c" },
	{ "192.0.0.0", "c" },
	{ "192.0.0.255", "c" },
	{ "192.0.2.1", "c" },
	{ "192.88.99.1", "c" },
	{ "192.168.0.0", "c" },
	{ "192.168.255.255", "c" },
	{ "198.18.0.0", "c" },
	{ "198.19.255.255", "c" },
	{ "198.51.100.1", "c" },
	{ "203.0.113.1", "c" },
	{ "fc00::1", "c" },
	{ "fdff::1", "c" },
	{ "fec0::1", "c" },
	{ "100::1", "c" },
	{ "2001:db8::1", "c" },
	{ "2001:2::1", "c" },
	{ "2001:20::1", "c" },
	{ "3fff:fff::1", "c" },
	{ "4000::1", "c" },
	{ "5f00::1", "c" },
	/* For nobody. */
	{ "0.0.0.0", "" },
	{ "0.255.255.255", "" },
	{ "169.254.169.254", "" },
	{ "169.254.0.1", "" },
	{ "224.0.0.1", "" },
	{ "239.255.255.255", "" },
	{ "240.0.0.1", "" },
	{ "255.255.255.255", "" },
	{ "::", "" },
	{ "fe80::1", "" },
	{ "febf::1", "" },
	{ "ff02::1", "" },
	{ "fd00:ec2::254", "" },
	/* Mapped (RFC 4291 2.5.5.2). */
	{ "::ffff:8.8.8.8", "clp" },
	{ "::ffff:10.0.0.1", "c" },
	{ "::ffff:192.168.1.1", "c" },
	{ "::ffff:169.254.169.254", "" },
	{ "::ffff:0.0.0.0", "" },
	/* Compatible, translated: long given up. */
	{ "::8.8.8.8", "c" },
	{ "::127.0.0.1", "c" },
	{ "::169.254.169.254", "" },
	{ "::ffff:0:8.8.8.8", "c" },
	{ "::ffff:0:169.254.169.254", "" },
	/* NAT64 (RFC 6052, RFC 8215). */
	{ "64:ff9b::8.8.8.8", "clp" },
	{ "64:ff9b::10.0.0.1", "c" },
	{ "64:ff9b::127.0.0.1", "c" },
	{ "64:ff9b::169.254.169.254", "" },
	{ "64:ff9b::a9fe:a9fe", "" },
	{ "64:ff9b:0:1::8.8.8.8", "c" },
	{ "64:ff9b:1::8.8.8.8", "c" },
	{ "64:ff9b:1::169.254.169.254", "" },
	{ "64:ff9b:1:a9fe:a9:fe00::", "" },
	{ "64:ff9b:1:0808:8:800::", "c" },
	/* 6to4 (RFC 3056). */
	{ "2002:0808:0808::1", "clp" },
	{ "2002:7f00:1::1", "c" },
	{ "2002:a00:1::1", "c" },
	{ "2002:a9fe:a9fe::1", "" },
	{ "2002:e000:1::1", "" },
	/* Teredo (RFC 4380): server, then the client's address inverted. */
	{ "2001:0:808:808::f7f7:f7f7", "clp" },
	{ "2001:0:808:808::f5ff:fffe", "c" },
	{ "2001:0:808:808::80ff:fffe", "c" },
	{ "2001:0:808:808::5601:5601", "" },
	{ "2001:0:a9fe:a9fe::f7f7:f7f7", "" },
};

static void
fill(const char *text, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (void *)to;
	struct sockaddr_in6 *v6 = (void *)to;

	*to = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		return;
	}
	assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
	v6->sin6_family = AF_INET6;
}

static void
passes(const char *text, enum vet_policy policy, bool expected)
{
	struct sockaddr_storage address;
	struct fault f = { 0 };
	bool passed;

	fill(text, &address);
	passed = vet_address((struct sockaddr *)&address, policy, &f);
	if (passed != expected)
		fail_msg("%s under policy %d: %s", text, (int)policy,
			passed ? "passed" : f.detail);
	assert_int_equal(f.id, passed ? FAULT_NONE : FAULT_DIAL_FORBIDDEN);
}

static void
test_every_block_under_every_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];

		passes(r->address, VET_CONFIGURED, strchr(r->passes, 'c'));
		passes(r->address, VET_LOOPBACK, strchr(r->passes, 'l'));
		passes(r->address, VET_PUBLIC, strchr(r->passes, 'p'));
	}
}

static void
test_the_detail_names_address_and_block(void **state)
{
	struct sockaddr_storage address;
	struct fault f = { 0 };

	(void)state;
	fill("64:ff9b::169.254.169.254", &address);
	assert_false(vet_address((struct sockaddr *)&address, VET_PUBLIC, &f));
	assert_string_equal(
		f.detail, "64:ff9b::a9fe:a9fe is special-use: link-local");
}

static void
test_other_families_are_refused(void **state)
{
	struct sockaddr address = { .sa_family = AF_UNIX };
	struct fault f = { 0 };

	(void)state;
	assert_false(vet_address(&address, VET_CONFIGURED, &f));
	assert_int_equal(f.id, FAULT_DIAL_FORBIDDEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_block_under_every_policy),
		cmocka_unit_test(test_the_detail_names_address_and_block),
		cmocka_unit_test(test_other_families_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
