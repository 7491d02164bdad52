/*
 * http_body: framing of bodies, as they arrive (RFC 9112 6 and 7).
 *
 * Feed it bytes; it says which of them are content.  Chunk sizes are plain
 * hexadecimal up to 8 digits; extensions and trailers are bounded, checked and
 * dropped; a bare LF is refused.
 */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http_head.h"

struct http_body {
	enum http_length length;
	uint64_t left; /* of the body, or of the chunk */
	unsigned state;
	unsigned digits; /* of the chunk's size so far */
	size_t overhead; /* bytes of chunk extensions and trailers so far */
	bool done;
};

void http_body_init(struct http_body *b, const struct http_head *h);

/* Takes from in: *content (may be empty) are body bytes, *used how many bytes
 * of in are dealt with; call again until used is 0 or b->done.  False:
 * refused (FAULT_BAD_HTTP; FAULT_TOO_LARGE when extensions and trailers pass
 * 4 KB).  A body of HTTP_LENGTH_CLOSE is never done: its end is the
 * connection's. */
bool http_body_feed(struct http_body *b, struct str in, struct str *content,
	size_t *used, struct fault *f);

#endif
