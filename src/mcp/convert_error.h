/*
 * convert_error: a server's error made the client's (BR-11, BR-43).
 *
 * What speaks of our own hop never passes: the client would take it for its
 * own.  Else the message stays the server's, and so does the data unless the
 * documents give it a meaning that we don't carry on (-32042's elicitations).
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

/* The code that a client of revision to sees for a server's code; a modern one
 * sees -32021 only of what it did not declare. */
int64_t convert_error_code(int64_t code, enum revision to);

/* Whether a server found our fields at odds with the body (-32020): then it did
 * nothing, and what we know of its tools may be old (TR-29). */
bool convert_error_is_mismatch(const struct envelope *e);

#endif
