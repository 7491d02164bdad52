/* proxy: see proxy.h. */
#include "front/proxy.h"

#include "model/settings.h"
#include "net/http_head.h"

#include <arpa/inet.h>

#define ADDRESS_BITS 128u
#define MAPPED_BITS  96u /* ::ffff:0:0/96 */

/* Every address as 16 bytes, IPv4 in its mapped form. */
struct address {
	unsigned char b[ADDRESS_BITS / 8];
};

static bool
to_address(struct str text, struct address *out, bool *is_four)
{
	static const unsigned char mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xff };
	char z[INET6_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof(z))
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET6, z, out->b) == 1) {
		*is_four = memcmp(out->b, mapped, sizeof(mapped)) == 0;
		return true;
	}
	memcpy(out->b, mapped, sizeof(mapped));
	*is_four = true;
	return inet_pton(AF_INET, z, out->b + sizeof(mapped)) == 1;
}

static bool
same_bits(const struct address *a, const struct address *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a->b, b->b, whole) != 0)
		return false;
	return rest == 0 || (a->b[whole] ^ b->b[whole]) >> (8 - rest) == 0;
}

/* "10.0.0.0/8", "fd00::/8" or a single address. */
static bool
block_holds(struct str block, const struct address *who)
{
	size_t slash = str_find_char(block, '/');
	struct address net;
	uint64_t bits;
	bool is_four;

	if (!to_address(str_cut(block, 0, slash), &net, &is_four))
		return false;
	if (slash == block.n)
		return same_bits(&net, who, ADDRESS_BITS);
	if (!str_to_u64(str_cut(block, slash + 1, block.n), &bits) ||
		bits > (is_four ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS))
		return false;
	return same_bits(
		&net, who, (unsigned)bits + (is_four ? MAPPED_BITS : 0));
}

bool
proxy_trusts(const struct settings *s, struct str address)
{
	struct address who;
	bool is_four;

	if (s->trusted_proxy_count == 0 ||
		!to_address(address, &who, &is_four))
		return false;
	for (size_t i = 0; i < s->trusted_proxy_count; i++) {
		if (block_holds(s->trusted_proxies[i], &who))
			return true;
	}
	return false;
}

/* The last element of a comma-separated list, taken off it. */
static struct str
take_last(struct str *rest)
{
	size_t at = rest->n;
	struct str last;

	while (at > 0 && rest->p[at - 1] != ',')
		at--;
	last = str_trim(str_cut(*rest, at, rest->n));
	*rest = at == 0 ? STR_NONE : str_cut(*rest, 0, at - 1);
	return last;
}

/* Goes back through one field; true while all were proxies of ours. */
static bool
walk_back(const struct settings *s, struct str value, struct str *peer)
{
	struct address who;
	bool is_four;

	while (!str_is_none(value)) {
		struct str hop = take_last(&value);

		if (!to_address(hop, &who, &is_four))
			return false;
		*peer = hop;
		if (!proxy_trusts(s, hop))
			return false;
	}
	return true;
}

struct str
proxy_peer(const struct settings *s, const struct http_head *head,
	struct str peer)
{
	if (!proxy_trusts(s, peer))
		return peer;
	for (size_t i = head->n; i-- > 0;) {
		if (!str_eq_nocase(
			    head->fields[i].name, STR("X-Forwarded-For")))
			continue;
		if (!walk_back(s, head->fields[i].value, &peer))
			break;
	}
	return peer;
}
