/*
 * http_origin: whom a connection goes to, read strictly from an origin.
 *
 * Nothing that a resolver might take for an address passes as a name: hosts
 * like 0x7f.1, 017700000001 or 2130706433 are refused, and an IPv4 address is
 * four plain decimal numbers.  A plain value; it points nowhere.
 */
#ifndef NET_HTTP_ORIGIN_H
#define NET_HTTP_ORIGIN_H

#include "base/fault.h"

#include <netinet/in.h>

#define HTTP_HOST_MAX      253 /* RFC 1035 2.3.4, as text */
#define HTTP_ADDRESSES_MAX 8

enum http_host {
	HTTP_HOST_NAME,
	HTTP_HOST_LOCAL, /* localhost, *.localhost: RFC 6761 6.3 */
	HTTP_HOST_ADDRESS
};

union http_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct http_addresses {
	union http_address at[HTTP_ADDRESSES_MAX];
	size_t n;
};

struct http_origin {
	enum http_host kind;
	bool is_tls;
	bool is_ipv6;                 /* written in brackets */
	uint16_t port;                /* given, or the scheme's */
	char host[HTTP_HOST_MAX + 1]; /* lower case, no brackets */
};

/* scheme://host[:port], http or https; no path, no userinfo.  FAULT_BAD_URI,
 * FAULT_DIAL_FORBIDDEN for hosts that are addresses in disguise. */
bool http_origin_parse(struct str text, struct http_origin *o, struct fault *f);

/* 127.0.0.0/8, ::1, localhost. */
bool http_origin_is_loopback(const struct http_origin *o);

/* The addresses that need no look-up; n is 0 for a name. */
void http_origin_addresses(
	const struct http_origin *o, struct http_addresses *to);

#define HTTP_AUTHORITY_SIZE (HTTP_HOST_MAX + 1 + 2 + 6)

/* "host:port", brackets round IPv6.  with_default: port 80 or 443 is written
 * as well. */
void http_origin_authority(const struct http_origin *o, bool with_default,
	char to[HTTP_AUTHORITY_SIZE]);

/* "1.2.3.4:80", "[::1]:80". */
void http_address_text(
	const union http_address *a, char to[HTTP_AUTHORITY_SIZE]);

#endif
