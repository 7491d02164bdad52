/*
 * uri: RFC 3986, strictly, as far as http, https and redirect URIs need it.
 *
 * Nothing is repaired or normalised behind the caller's back: the parts are
 * pieces of the given text.  Bytes outside the grammar, bad percent
 * encodings and backslashes are refused.
 */
#ifndef TEXT_URI_H
#define TEXT_URI_H

#include "base/buf.h"
#include "base/fault.h"

struct arena;

#define URI_MAX ((size_t)8192)

struct uri {
	struct str scheme;
	struct str userinfo;  /* STR_NONE: no '@' */
	struct str host;      /* without brackets; "" for none */
	bool host_is_ipv6;    /* stood in brackets */
	struct str port_text; /* STR_NONE: no ':' */
	uint16_t port;        /* given, or the scheme's: 80, 443; else 0 */
	struct str path;      /* may be "" */
	struct str query;     /* without '?'; STR_NONE: none */
	struct str fragment;  /* without '#'; STR_NONE: none */
	bool has_authority;   /* "//" stood there */
};

/* An absolute URI (with scheme).  http and https need a host of letters,
 * digits, '-', '.' and '_' or an IPv6 address in brackets; a port is never
 * empty.  FAULT_BAD_URI. */
bool uri_parse(struct str text, struct uri *u, struct fault *f);

/* scheme://host[:port], lower case, default ports left out: RFC 6454 6.2.
 * For http and https only; STR_NONE otherwise or at the arena's cap. */
struct str uri_origin(struct arena *a, const struct uri *u);

/* The origin of an Origin header field, or of any URI text: as uri_origin(),
 * STR_NONE when it does not parse. */
struct str uri_origin_of(struct arena *a, struct str text);

/* http(s) to 127.0.0.1, [::1] or localhost (RFC 8252 7.3). */
bool uri_is_loopback(const struct uri *u);

/* Same scheme, host, port (defaults filled in). */
bool uri_same_origin(const struct uri *a, const struct uri *b);

/* Decodes %XX; false on a bad one.  '+' stays '+'.  STR_NONE at the cap. */
bool uri_decode(struct arena *a, struct str s, struct str *out);

/* Encodes all but unreserved characters (RFC 3986 2.3): for one component. */
void uri_encode(struct buf *out, struct str s);

/* A reference against a base with scheme and authority (RFC 3986 5.2).  The
 * result is a URI that uri_parse() takes.  FAULT_BAD_URI. */
bool uri_resolve(struct arena *a, const struct uri *base, struct str reference,
	struct str *out, struct fault *f);

/* A path on the same host, with or without query and fragment: begins with
 * one '/' (two would name another host) and holds only what RFC 3986 allows. */
bool uri_is_path(struct str s);

/* Path and query as an HTTP/1.1 origin-form target; "/" for an empty path. */
struct str uri_target(struct arena *a, const struct uri *u);

#endif
