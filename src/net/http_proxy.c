/* http_proxy: see http_proxy.h. */
#include "net/http_proxy.h"

#include "base/arena.h"
#include "text/base64.h"
#include "text/uri.h"

#include <arpa/inet.h>

#define PROXY_MAX ((size_t)1024)

/* "user:password", percent-decoded, as RFC 7617 2 writes it. */
static bool
take_userinfo(struct arena *a, struct str userinfo, struct http_proxy *p)
{
	struct str decoded;
	struct buf basic;

	if (!uri_decode(a, userinfo, &decoded))
		return false;
	buf_init(&basic, PROXY_MAX * 2);
	basic.secret = true;
	base64_write(&basic, decoded);
	secret_set(&p->basic, buf_view(&basic));
	if (decoded.p != userinfo.p) /* a copy */
		secret_wipe((char *)(uintptr_t)decoded.p, decoded.n);
	buf_clear(&basic);
	return true;
}

static bool
parse(struct arena *a, struct str text, struct http_proxy *p, struct fault *f)
{
	struct str rest = text;
	size_t at = text.n;

	if (str_starts_nocase(rest, STR("http://")))
		rest = str_cut(rest, 7, rest.n);
	else if (str_find(rest, STR("://")) != rest.n)
		return fault_set(
			f, FAULT_DIAL, "the proxy is no http:// address");
	if (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	for (size_t i = 0; i < rest.n; i++)
		at = rest.p[i] == '@' ? i : at;
	if (at < rest.n) {
		if (!take_userinfo(a, str_cut(rest, 0, at), p))
			return fault_set(f, FAULT_DIAL,
				"the proxy's user or password is malformed");
		rest = str_cut(rest, at + 1, rest.n);
	}
	return http_origin_parse(str_join(a, STR("http://"), rest), &p->at, f);
}

bool
http_proxy_parse(struct str text, struct http_proxy *p, struct fault *f)
{
	struct arena *a;
	bool ok;

	*p = (struct http_proxy){ 0 };
	if (text.n == 0)
		return true;
	if (text.n > PROXY_MAX)
		return fault_set(f, FAULT_DIAL, "the proxy is too long");
	a = arena_new(PROXY_MAX * 8);
	ok = parse(a, text, p, f);
	arena_free(&a);
	if (!ok) {
		http_proxy_clear(p);
		f->id = FAULT_DIAL;
		return false;
	}
	p->is_set = true;
	return true;
}

void
http_proxy_clear(struct http_proxy *p)
{
	secret_clear(&p->basic);
	p->is_set = false;
}

/* "10.0.0.0/8", "fd00::/8", or a plain address. */
static bool
is_in_network(struct str entry, const struct http_addresses *list)
{
	const union http_address *a = &list->at[0];
	int family = a->any.sa_family;
	const unsigned char *mine = family == AF_INET
		? (const unsigned char *)&a->v4.sin_addr
		: (const unsigned char *)&a->v6.sin6_addr;
	size_t slash = str_find_char(entry, '/');
	uint64_t bits = family == AF_INET ? 32 : 128;
	unsigned char net[16];
	char text[INET6_ADDRSTRLEN] = { 0 };

	if (slash >= sizeof(text))
		return false;
	memcpy(text, entry.p, slash);
	if (inet_pton(family, text, net) != 1)
		return false;
	if (slash < entry.n) {
		uint64_t most = bits;

		if (!str_to_u64(str_cut(entry, slash + 1, entry.n), &bits) ||
			bits > most)
			return false;
	}
	if (memcmp(mine, net, bits / 8) != 0)
		return false;
	return bits % 8 == 0 ||
		(mine[bits / 8] ^ net[bits / 8]) >> (8 - bits % 8) == 0;
}

static bool
is_below(struct str host, struct str entry)
{
	if (str_starts(entry, STR("*.")))
		entry = str_cut(entry, 1, entry.n);
	if (entry.n > 0 && entry.p[0] == '.')
		entry = str_cut(entry, 1, entry.n);
	if (entry.n > 0 && entry.p[entry.n - 1] == '.')
		entry.n--;
	if (entry.n == 0 || entry.n > host.n)
		return false;
	if (!str_eq_nocase(str_cut(host, host.n - entry.n, host.n), entry))
		return false;
	return host.n == entry.n || host.p[host.n - entry.n - 1] == '.';
}

/* "[::1]", "[::1]:80": what follows the bracket. */
static bool
take_brackets(struct str *entry, struct str *port)
{
	size_t end = str_find_char(*entry, ']');

	if (end == entry->n)
		return false;
	*port = str_cut(*entry, end + 1, entry->n);
	*entry = str_cut(*entry, 1, end);
	return true;
}

/* Takes ":port" off the entry; false when it is another port. */
static bool
port_fits(struct str *entry, uint16_t port)
{
	size_t colon = str_find_char(*entry, ':');
	struct str after = str_cut(*entry, colon, entry->n);
	uint64_t wanted;

	if (entry->p[0] == '[') {
		if (!take_brackets(entry, &after))
			return false;
	} else if (str_find_char(str_cut(after, 1, after.n), ':') + 1 <
		after.n) {
		return true; /* a bare IPv6 address */
	} else {
		*entry = str_cut(*entry, 0, colon);
	}
	if (after.n == 0)
		return true;
	return after.p[0] == ':' &&
		str_to_u64(str_cut(after, 1, after.n), &wanted) &&
		wanted == port;
}

static bool
entry_fits(struct str entry, const struct http_origin *o)
{
	struct http_addresses list;

	if (str_eq_lit(entry, "*"))
		return true;
	if (entry.n == 0 || !port_fits(&entry, o->port))
		return false;
	http_origin_addresses(o, &list);
	if (o->kind == HTTP_HOST_ADDRESS)
		return is_in_network(entry, &list);
	return is_below(str_from(o->host), entry);
}

bool
http_proxy_is_bypassed(struct str no_proxy, const struct http_origin *o)
{
	struct str list = no_proxy;

	if (http_origin_is_loopback(o))
		return true;
	while (!str_is_none(list)) {
		struct str part = str_split(&list, ',');

		while (!str_is_none(part))
			if (entry_fits(str_trim(str_split(&part, ' ')), o))
				return true;
	}
	return false;
}

void
http_proxy_write_credential(struct buf *out, const struct http_proxy *p)
{
	if (secret_is_empty(&p->basic))
		return;
	buf_lit(out, "Proxy-Authorization: Basic ");
	buf_str(out, secret_reveal(&p->basic));
	buf_lit(out, "\r\n");
}

void
http_proxy_write_connect(
	struct buf *out, const struct http_proxy *p, const char *target)
{
	buf_lit(out, "CONNECT ");
	buf_str(out, str_from(target));
	buf_lit(out, " HTTP/1.1\r\nHost: ");
	buf_str(out, str_from(target));
	buf_lit(out, "\r\n");
	http_proxy_write_credential(out, p);
	buf_lit(out, "\r\n");
}
