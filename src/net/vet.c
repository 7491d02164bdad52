/* vet: see vet.h.
 *
 * IANA's special-purpose address registries (RFC 6890 and what it grew to),
 * read so that a doubtful block counts as special. */
#include "net/vet.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* From harmless to refused for everybody. */
enum standing { PUBLIC, LOOPBACK, SPECIAL, NEVER };

struct block4 {
	uint32_t prefix;
	unsigned bits;
	enum standing standing;
	const char *name;
};

#define V4(a, b, c, d)                                                         \
	(((uint32_t)(a) << 24) | ((uint32_t)(b) << 16) |                       \
		((uint32_t)(c) << 8) | (uint32_t)(d))

static const struct block4 blocks4[] = {
	{ V4(0, 0, 0, 0), 8, NEVER, "this network" },
	{ V4(10, 0, 0, 0), 8, SPECIAL, "private" },
	{ V4(100, 64, 0, 0), 10, SPECIAL, "shared, behind a carrier's NAT" },
	{ V4(127, 0, 0, 0), 8, LOOPBACK, "loopback" },
	{ V4(168, 63, 129, 16), 32, SPECIAL, "a cloud's own host" },
	{ V4(169, 254, 0, 0), 16, NEVER, "link-local" },
	{ V4(172, 16, 0, 0), 12, SPECIAL, "private" },
	{ V4(192, 0, 0, 0), 24, SPECIAL, "protocol assignments" },
	{ V4(192, 0, 2, 0), 24, SPECIAL, "documentation" },
	{ V4(192, 88, 99, 0), 24, SPECIAL, "6to4 relays" },
	{ V4(192, 168, 0, 0), 16, SPECIAL, "private" },
	{ V4(198, 18, 0, 0), 15, SPECIAL, "benchmarking" },
	{ V4(198, 51, 100, 0), 24, SPECIAL, "documentation" },
	{ V4(203, 0, 113, 0), 24, SPECIAL, "documentation" },
	{ V4(224, 0, 0, 0), 4, NEVER, "multicast" },
	{ V4(240, 0, 0, 0), 4, NEVER, "reserved" },
};

/* Where an IPv6 address carries an IPv4 one. */
enum inner {
	INNER_NONE,
	INNER_SAME,   /* the last 32 bits; no tunnel: it is that address */
	INNER_LAST,   /* the last 32 bits, behind a translator */
	INNER_6TO4,   /* bits 16 to 47 (RFC 3056 2) */
	INNER_TEREDO, /* bits 32 to 63, and the last 32 inverted (RFC 4380 4) */
	INNER_LOCAL   /* RFC 8215: RFC 6052 2.2 with 96 or with 48 bits */
};

struct block6 {
	unsigned char prefix[16];
	unsigned bits;
	enum standing standing;
	enum inner inner;
	const char *name;
};

/* The first that fits counts. */
static const struct block6 blocks6[] = {
	{ { 0 }, 128, NEVER, INNER_NONE, "unspecified" },
	{ { [15] = 1 }, 128, LOOPBACK, INNER_NONE, "loopback" },
	{ { [10] = 0xff, 0xff }, 96, PUBLIC, INNER_SAME, "IPv4-mapped" },
	{ { [8] = 0xff, 0xff }, 96, SPECIAL, INNER_LAST, "IPv4-translated" },
	{ { 0 }, 96, SPECIAL, INNER_LAST, "IPv4-compatible" },
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, PUBLIC, INNER_LAST, "NAT64" },
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48, SPECIAL, INNER_LOCAL,
		"local NAT64" },
	{ { 0x20, 0x01, 0, 0 }, 32, PUBLIC, INNER_TEREDO, "Teredo" },
	{ { 0x20, 0x01 }, 23, SPECIAL, INNER_NONE, "protocol assignments" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, SPECIAL, INNER_NONE,
		"documentation" },
	{ { 0x20, 0x02 }, 16, PUBLIC, INNER_6TO4, "6to4" },
	{ { 0x3f, 0xff }, 20, SPECIAL, INNER_NONE, "documentation" },
	{ { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, 0x54 }, 128, NEVER, INNER_NONE,
		"a cloud's metadata" },
	{ { 0xfc }, 7, SPECIAL, INNER_NONE, "unique local" },
	{ { 0xfe, 0x80 }, 10, NEVER, INNER_NONE, "link-local" },
	{ { 0xff }, 8, NEVER, INNER_NONE, "multicast" },
	{ { 0x20 }, 3, PUBLIC, INNER_NONE, "global unicast" },
	{ { 0 }, 0, SPECIAL, INNER_NONE, "outside global unicast" },
};

struct verdict {
	enum standing standing;
	const char *name;
};

static struct verdict
judge4(uint32_t address)
{
	for (size_t i = 0; i < sizeof(blocks4) / sizeof(*blocks4); i++) {
		const struct block4 *b = &blocks4[i];

		if ((address ^ b->prefix) >> (32 - b->bits) == 0)
			return (struct verdict){ b->standing, b->name };
	}
	return (struct verdict){ PUBLIC, "public" };
}

static bool
is_in6(const unsigned char *address, const struct block6 *b)
{
	unsigned whole = b->bits / 8, rest = b->bits % 8;

	if (memcmp(address, b->prefix, whole) != 0)
		return false;
	return rest == 0 ||
		(address[whole] ^ b->prefix[whole]) >> (8 - rest) == 0;
}

static uint32_t
read4(const unsigned char *p)
{
	return V4(p[0], p[1], p[2], p[3]);
}

static struct verdict
worse(struct verdict a, struct verdict b)
{
	return a.standing >= b.standing ? a : b;
}

/* RFC 6052 2.2: with a prefix of 48 bits, byte 8 is skipped and the rest
 * after the address is zero. */
static struct verdict
judge_local(const unsigned char *a)
{
	if (read4(a + 12) != 0)
		return judge4(read4(a + 12));
	return judge4(V4(a[6], a[7], a[9], a[10]));
}

static struct verdict
judge_inner(const unsigned char *a, enum inner inner)
{
	switch (inner) {
	case INNER_NONE:
		break;
	case INNER_SAME:
	case INNER_LAST:
		return judge4(read4(a + 12));
	case INNER_6TO4:
		return judge4(read4(a + 2));
	case INNER_TEREDO:
		return worse(judge4(read4(a + 4)), judge4(~read4(a + 12)));
	case INNER_LOCAL:
		return judge_local(a);
	}
	return (struct verdict){ PUBLIC, "public" };
}

/* Another machine's loopback at the end of a tunnel is not ours. */
static struct verdict
judge6(const unsigned char *address)
{
	const struct block6 *b = blocks6;
	struct verdict v;

	while (!is_in6(address, b))
		b++;
	v = judge_inner(address, b->inner);
	if (v.standing == LOOPBACK && b->inner != INNER_SAME)
		v.standing = SPECIAL;
	return worse(v, (struct verdict){ b->standing, b->name });
}

static bool
lets_through(enum vet_policy policy, enum standing standing)
{
	switch (policy) {
	case VET_CONFIGURED:
		return standing != NEVER;
	case VET_LOOPBACK:
		return standing == PUBLIC || standing == LOOPBACK;
	case VET_PUBLIC:
		break;
	}
	return standing == PUBLIC;
}

bool
vet_address(
	const struct sockaddr *address, enum vet_policy policy, struct fault *f)
{
	char text[INET6_ADDRSTRLEN];
	const void *bytes;
	struct verdict v;

	if (address->sa_family == AF_INET) {
		bytes = &((const struct sockaddr_in *)(const void *)address)
				 ->sin_addr;
		v = judge4(read4(bytes));
	} else if (address->sa_family == AF_INET6) {
		bytes = &((const struct sockaddr_in6 *)(const void *)address)
				 ->sin6_addr;
		v = judge6(bytes);
	} else {
		return fault_set(f, FAULT_DIAL_FORBIDDEN, "address family %d",
			address->sa_family);
	}
	if (lets_through(policy, v.standing))
		return true;
	inet_ntop(address->sa_family, bytes, text, sizeof(text));
	return fault_set(
		f, FAULT_DIAL_FORBIDDEN, "%s is special-use: %s", text, v.name);
}
