/* http_origin: see http_origin.h. */
#include "net/http_origin.h"

#include <arpa/inet.h>
#include <stdio.h>

#define LABEL_MAX 63

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	char lower = ascii_lower(c);

	return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' ||
		c == '_';
}

static bool
is_name(struct str host)
{
	struct str rest = host;

	while (!str_is_none(rest)) {
		struct str label = str_split(&rest, '.');

		if (label.n == 0 || label.n > LABEL_MAX)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_name_char(label.p[i]))
				return false;
	}
	return true;
}

/* What inet_aton() and many resolvers would read as a number. */
static bool
ends_in_number(struct str host)
{
	struct str rest = host, last = host;
	size_t i = 0;

	while (!str_is_none(rest))
		last = str_split(&rest, '.');
	if (str_starts_nocase(last, STR("0x")))
		return true;
	while (i < last.n && is_digit(last.p[i]))
		i++;
	return i == last.n;
}

static bool
is_local(const char *host)
{
	struct str s = str_from(host);

	return str_eq_lit(s, "localhost") || str_ends(s, STR(".localhost"));
}

static void
copy_lower(char *to, struct str from)
{
	for (size_t i = 0; i < from.n; i++)
		to[i] = ascii_lower(from.p[i]);
	to[from.n] = '\0';
}

static bool
take_name(struct str host, struct http_origin *o, struct fault *f)
{
	struct in_addr v4;

	if (host.n == 0 || host.n > HTTP_HOST_MAX || !is_name(host))
		return fault_set(f, FAULT_BAD_URI, "no host name: \"%.*s\"",
			STR_ARG(str_cut(host, 0, 64)));
	copy_lower(o->host, host);
	if (ends_in_number(host)) {
		if (inet_pton(AF_INET, o->host, &v4) != 1)
			return fault_set(f, FAULT_DIAL_FORBIDDEN,
				"%s is no plain IPv4 address", o->host);
		o->kind = HTTP_HOST_ADDRESS;
		return true;
	}
	o->kind = is_local(o->host) ? HTTP_HOST_LOCAL : HTTP_HOST_NAME;
	return true;
}

static bool
take_ipv6(struct str host, struct http_origin *o, struct fault *f)
{
	struct in6_addr v6;

	if (host.n >= INET6_ADDRSTRLEN)
		return fault_set(f, FAULT_BAD_URI, "IPv6 address too long");
	copy_lower(o->host, host);
	if (strlen(o->host) != host.n || inet_pton(AF_INET6, o->host, &v6) != 1)
		return fault_set(f, FAULT_BAD_URI, "no IPv6 address");
	o->kind = HTTP_HOST_ADDRESS;
	o->is_ipv6 = true;
	return true;
}

static bool
take_port(struct str text, struct http_origin *o, struct fault *f)
{
	uint64_t port;

	if (text.n == 0) {
		o->port = o->is_tls ? 443 : 80;
		return true;
	}
	if (text.p[0] != ':' || text.n > 6 ||
		!str_to_u64(str_cut(text, 1, text.n), &port) || port == 0 ||
		port > UINT16_MAX)
		return fault_set(f, FAULT_BAD_URI, "no port: \"%.*s\"",
			STR_ARG(str_cut(text, 0, 64)));
	o->port = (uint16_t)port;
	return true;
}

static bool
take_authority(struct str s, struct http_origin *o, struct fault *f)
{
	size_t end;

	if (s.n > 0 && s.p[0] == '[') {
		end = str_find_char(s, ']');
		if (end == s.n)
			return fault_set(f, FAULT_BAD_URI, "no ']' in host");
		return take_ipv6(str_cut(s, 1, end), o, f) &&
			take_port(str_cut(s, end + 1, s.n), o, f);
	}
	end = str_find_char(s, ':');
	return take_name(str_cut(s, 0, end), o, f) &&
		take_port(str_cut(s, end, s.n), o, f);
}

bool
http_origin_parse(struct str text, struct http_origin *o, struct fault *f)
{
	*o = (struct http_origin){ 0 };
	if (str_starts(text, STR("https://"))) {
		o->is_tls = true;
		return take_authority(str_cut(text, 8, text.n), o, f);
	}
	if (str_starts(text, STR("http://")))
		return take_authority(str_cut(text, 7, text.n), o, f);
	return fault_set(f, FAULT_BAD_URI, "no http or https origin: \"%.*s\"",
		STR_ARG(str_cut(text, 0, 64)));
}

bool
http_origin_is_loopback(const struct http_origin *o)
{
	struct in6_addr v6;

	switch (o->kind) {
	case HTTP_HOST_NAME:
		return false;
	case HTTP_HOST_LOCAL:
		return true;
	case HTTP_HOST_ADDRESS:
		break;
	}
	if (!o->is_ipv6)
		return strncmp(o->host, "127.", 4) == 0;
	return inet_pton(AF_INET6, o->host, &v6) == 1 &&
		IN6_IS_ADDR_LOOPBACK(&v6);
}

static void
add_address(struct http_addresses *to, const char *text, uint16_t port)
{
	union http_address *a = &to->at[to->n++];

	*a = (union http_address){ .v6 = { 0 } };
	if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(port);
		return;
	}
	inet_pton(AF_INET6, text, &a->v6.sin6_addr);
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = htons(port);
}

void
http_origin_addresses(const struct http_origin *o, struct http_addresses *to)
{
	to->n = 0;
	switch (o->kind) {
	case HTTP_HOST_NAME:
		break;
	case HTTP_HOST_LOCAL:
		add_address(to, "127.0.0.1", o->port);
		add_address(to, "::1", o->port);
		break;
	case HTTP_HOST_ADDRESS:
		add_address(to, o->host, o->port);
		break;
	}
}

void
http_origin_authority(const struct http_origin *o, bool with_default,
	char to[HTTP_AUTHORITY_SIZE])
{
	const char *open = o->is_ipv6 ? "[" : "";
	const char *shut = o->is_ipv6 ? "]" : "";

	if (!with_default && o->port == (o->is_tls ? 443 : 80))
		snprintf(
			to, HTTP_AUTHORITY_SIZE, "%s%s%s", open, o->host, shut);
	else
		snprintf(to, HTTP_AUTHORITY_SIZE, "%s%s%s:%u", open, o->host,
			shut, o->port);
}

void
http_address_text(const union http_address *a, char to[HTTP_AUTHORITY_SIZE])
{
	char text[INET6_ADDRSTRLEN];

	if (a->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->v4.sin_addr, text, sizeof(text));
		snprintf(to, HTTP_AUTHORITY_SIZE, "%s:%u", text,
			ntohs(a->v4.sin_port));
	} else {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, text, sizeof(text));
		snprintf(to, HTTP_AUTHORITY_SIZE, "[%s]:%u", text,
			ntohs(a->v6.sin6_port));
	}
}
