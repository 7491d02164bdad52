/*
 * redirect: where a code may be sent.
 *
 * A redirect address is compared byte for byte with the registered ones
 * (RFC 9700 4.1.3).  One exception: the port of an http address on
 * 127.0.0.1, [::1] or localhost may differ, since native clients get theirs
 * from the system (RFC 8252 7.3; docs/PROTOCOL.md U-01).
 */
#ifndef OAUTH_REDIRECT_H
#define OAUTH_REDIRECT_H

#include "base/buf.h"
#include "base/fault.h"

struct arena;
struct client;

#define REDIRECT_MAX ((size_t)2048)

/* Which private-use schemes may be registered (settings clients.customSchemes;
 * U-02); compared without case. */
struct redirect_rules {
	const struct str *schemes;
	size_t scheme_count;
};

/* Whether a client may register the address: https, or http on a loopback
 * host, or a listed scheme; no fragment, no user information; never
 * javascript, data, file, blob, vbscript, about, whatever the list says.
 * FAULT_INVALID_REDIRECT_URI. */
bool redirect_check(struct str address, const struct redirect_rules *rules,
	struct fault *f);

/* Whether a request's address is the registered one. */
bool redirect_matches(struct str registered, struct str given);

/* The address to answer to: what the request gave if the client registered it,
 * or, when it gave none, the only one registered (RFC 6749 3.1.2.3).
 * FAULT_BAD_REDIRECT. */
bool redirect_choose(const struct client *c, struct str given, struct str *out,
	struct fault *f);

/* Whether the address leads to a loopback host. */
bool redirect_is_loopback(struct str address);

/* Whether the address leads to the person's own machine: that, or a
 * private-use scheme. */
bool redirect_is_local(struct str address);

/* What a person shall see of it: "client.example", "127.0.0.1:8080",
 * "cursor:". */
struct str redirect_host(struct arena *a, struct str address);

/* An address cut where a person has to look: before, place and after together
 * are the address, byte for byte.  place is host and port as they are written,
 * or the scheme and its colon where no host says who answers.  Pieces of the
 * address; place is all of it when it does not parse. */
struct redirect_parts {
	struct str before, place, after;
};

struct redirect_parts redirect_cut(struct str address);

/* The source for a CSP's form-action that lets a form's answer go there:
 * "https://client.example", "cursor:"; "http:" for an IPv6 literal, which
 * the grammar of CSP has no word for. */
struct str redirect_csp_source(struct arena *a, struct str address);

/* One parameter of an answer; left out when its value is STR_NONE. */
struct redirect_param {
	const char *name;
	struct str value;
};

/* The address with the parameters added to its query (RFC 6749 3.1.2: a query
 * that is there is kept). */
void redirect_write(struct buf *out, struct str address,
	const struct redirect_param *params, size_t n);

#endif
