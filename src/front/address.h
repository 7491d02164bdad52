/*
 * address: IP addresses as text, read into bytes; no socket is touched.
 *
 * IPv4 in four decimal parts without leading zeros, IPv6 as RFC 4291 2.2 has
 * it (with "::" and a trailing IPv4 part), no zone.
 */
#ifndef FRONT_ADDRESS_H
#define FRONT_ADDRESS_H

#include "base/str.h"

#define ADDRESS_BITS        128u
#define ADDRESS_MAPPED_BITS 96u /* ::ffff:0:0/96: what IPv4 lies in */

struct address {
	unsigned char b[ADDRESS_BITS / 8]; /* IPv4 in its mapped form */
};

bool address_read(struct str text, struct address *out);
bool address_read_ipv4(struct str text, struct address *out);
bool address_read_ipv6(struct str text, struct address *out);

/* Whether it lies in ::ffff:0:0/96. */
bool address_is_ipv4(const struct address *a);

/* 127.0.0.0/8 or ::1. */
bool address_is_loopback(const struct address *a);

/* Whether the first bits are the same. */
bool address_shares(
	const struct address *a, const struct address *b, unsigned bits);

#endif
