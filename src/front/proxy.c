/* proxy: see proxy.h. */
#include "front/proxy.h"

#include "front/address.h"
#include "model/settings.h"
#include "net/http_head.h"

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
		if (!str_eq_nocase(
			    head->fields[i].name, STR("X-Forwarded-For")))
			continue;
		if (!walk_back(s, head->fields[i].value, &peer))
			break;
	}
	return peer;
}
