/*
 * vet: which addresses the dialer may connect to.
 *
 * Judged on the address that is connected to, after name look-up, never on
 * the name.  Special-use blocks (RFC 6890, with CGNAT, multicast, IPv4-mapped,
 * 6to4, Teredo and NAT64 forms unwrapped) are refused unless the policy lets
 * them through.
 */
#ifndef NET_VET_H
#define NET_VET_H

#include "base/fault.h"

#include <sys/socket.h>

enum vet_policy {
	VET_CONFIGURED, /* a person wrote this address: all but unroutable ones
			 * (0.0.0.0/8, multicast, 240/4, link-local metadata
			 * 169.254.0.0/16) */
	VET_LOOPBACK,   /* a stranger named it: public, or loopback */
	VET_PUBLIC      /* a stranger named it: public only */
};

bool vet_address(const struct sockaddr *address, enum vet_policy policy,
	struct fault *f);

#endif
