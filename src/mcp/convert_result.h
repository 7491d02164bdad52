/*
 * convert_result: a server's result made the client's, as edits (BR-42,
 * BR-44).
 *
 * Same era, nothing to change in the content: two or three spliced pieces.
 * Only what an older revision can't express is read and written anew.
 */
#ifndef MCP_CONVERT_RESULT_H
#define MCP_CONVERT_RESULT_H

#include "mcp/splice.h"

struct arena;

struct convert_result {
	const struct envelope *e; /* ENVELOPE_RESULT */
	enum method method;       /* of the request */
	enum revision from;       /* the server's */
	enum revision to;         /* the client's */
	struct str id;            /* the client's, raw */
	struct str hub; /* the server's name when URIs in the result become
			 * the hub's; STR_NONE: they stay */
};

/* Fills the splice over e->body.  False: FAULT_SERVER_ANSWER (input_required
 * although we declared nothing, a resultType that we don't know) or
 * FAULT_TOO_LARGE. */
bool convert_result(struct arena *a, const struct convert_result *q,
	struct splice *out, struct fault *f);

#endif
