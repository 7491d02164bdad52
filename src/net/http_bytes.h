/*
 * http_bytes: which byte may stand where in HTTP (RFC 9110 5.6, RFC 9112 3).
 *
 * Shared by the readers and the writer of heads, which look at every byte of
 * every message: a table for names and targets, sixteen bytes at a time for
 * values.
 */
#ifndef NET_HTTP_BYTES_H
#define NET_HTTP_BYTES_H

#include "base/str.h"

enum http_bytes {
	HTTP_BYTES_TOKEN = 1, /* tchar */
	HTTP_BYTES_PATH = 2,  /* a path; what RFC 3986 does not let stand bare
			       * but browsers send so is let through, except
			       * the backslash */
	HTTP_BYTES_QUERY = 4, /* as PATH, and '?' and the backslash */
	HTTP_BYTES_HOST = 8   /* a name or an IPv4 address */
};

extern const unsigned char http_bytes_table[256];

static inline bool
http_bytes_are(char c, enum http_bytes kind)
{
	return (http_bytes_table[(unsigned char)c] & kind) != 0;
}

/* The first byte in [p, end) that is not of this kind, or end. */
static inline const char *
http_bytes_skip(const char *p, const char *end, enum http_bytes kind)
{
	for (; end - p >= 4; p += 4) {
		if (!http_bytes_are(p[0], kind))
			return p;
		if (!http_bytes_are(p[1], kind))
			return p + 1;
		if (!http_bytes_are(p[2], kind))
			return p + 2;
		if (!http_bytes_are(p[3], kind))
			return p + 3;
	}
	while (p < end && http_bytes_are(*p, kind))
		p++;
	return p;
}

/* The first byte in [p, end) that may not stand in a field's value (controls
 * but HTAB, and DEL), or end. */
const char *http_bytes_value_end(const char *p, const char *end);

#endif
