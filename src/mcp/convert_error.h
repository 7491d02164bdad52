/*
 * convert_error: a server's error made the client's (BR-11, BR-43).
 *
 * Codes that speak of our own hop never pass: the client would take them for
 * its own.  The message and the data stay the server's.
 */
#ifndef MCP_CONVERT_ERROR_H
#define MCP_CONVERT_ERROR_H

#include "mcp/envelope.h"

struct arena;
struct buf;

struct convert_error {
	const struct envelope *e;        /* ENVELOPE_ERROR */
	enum revision to;                /* the client's */
	struct str id;                   /* the client's, raw */
	struct envelope_member declared; /* clientCapabilities of a modern
					  * client's request, or absent */
};

/* Writes the error response.  Answers the HTTP status that a response not
 * yet begun should have: 200, 400 (-32021) or 404 (-32601, modern). */
int convert_error(
	struct arena *a, const struct convert_error *q, struct buf *out);

/* The code that a client of revision to sees for a server's code. */
int64_t convert_error_code(int64_t code, enum revision to);

#endif
