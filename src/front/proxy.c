/* proxy: see proxy.h. */
#include "front/proxy.h"

#include "front/address.h"
#include "front/throttle.h"
#include "model/settings.h"
#include "net/http_head.h"

#define FORWARDED STR("X-Forwarded-For")

/* "10.0.0.0/8", "fd00::/8" or a single address. */
static bool
block_holds(struct str block, const struct address *who)
{
	size_t slash = str_find_char(block, '/');
	struct address net;
	unsigned before;
	uint64_t bits;

	if (!address_read(str_cut(block, 0, slash), &net))
		return false;
	if (slash == block.n)
		return address_shares(&net, who, ADDRESS_BITS);
	before = address_is_ipv4(&net) ? ADDRESS_MAPPED_BITS : 0;
	return str_to_u64(str_cut(block, slash + 1, block.n), &bits) &&
		bits <= ADDRESS_BITS - before &&
		address_shares(&net, who, (unsigned)bits + before);
}

bool
proxy_trusts(const struct settings *s, struct str address)
{
	struct address who;

	if (s->trusted_proxy_count == 0 || !address_read(address, &who))
		return false;
	for (size_t i = 0; i < s->trusted_proxy_count; i++) {
		if (block_holds(s->trusted_proxies[i], &who))
			return true;
	}
	return false;
}

bool
proxy_is_near(const struct settings *s, struct str peer)
{
	struct address who;

	/* A socket's own text has one spelling: mostly it need not be read. */
	if (str_starts(peer, STR("127.")) || str_eq_lit(peer, "::1"))
		return true;
	return (address_read(peer, &who) && address_is_loopback(&who)) ||
		proxy_trusts(s, peer);
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

	while (!str_is_none(value)) {
		struct str hop = take_last(&value);

		if (!address_read(hop, &who))
			return false;
		*peer = hop;
		if (!proxy_trusts(s, hop))
			return false;
	}
	return true;
}

struct str
proxy_peer(
	const struct settings *s, const struct http_head *head, struct str peer)
{
	if (!proxy_trusts(s, peer))
		return peer;
	for (size_t i = head->n; i-- > 0;) {
		if (!str_eq_nocase(head->fields[i].name, FORWARDED))
			continue;
		if (!walk_back(s, head->fields[i].value, &peer))
			break;
	}
	return peer;
}

/* Almost no name has that length. */
static bool
is_forwarded(const struct http_head *head)
{
	for (size_t i = 0; i < head->n; i++) {
		struct str name = head->fields[i].name;

		if (name.n == FORWARDED.n && str_eq_nocase(name, FORWARDED))
			return true;
	}
	return false;
}

static struct str
told_at(const struct proxy_told *told, size_t i)
{
	return str_of(told->networks[i].text, told->networks[i].n);
}

bool
proxy_is_news(struct arena *a, const struct http_head *head, struct str peer,
	const struct settings *s, struct proxy_told *told)
{
	struct str network;

	if (told->n == PROXY_TOLD || !is_forwarded(head) ||
		proxy_trusts(s, peer))
		return false;
	network = throttle_network(a, peer);
	network = str_cut(network, 0, sizeof(told->networks[0].text));
	for (size_t i = 0; i < told->n; i++) {
		if (str_eq(told_at(told, i), network))
			return false;
	}
	if (network.n > 0)
		memcpy(told->networks[told->n].text, network.p, network.n);
	told->networks[told->n++].n = network.n;
	return true;
}
