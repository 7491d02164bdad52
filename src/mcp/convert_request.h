/*
 * convert_request: a client's request made the server's, as edits.
 *
 * Between any two revisions: new id, the server's own name, our _meta (BR-04,
 * BR-10, BR-18).  inputResponses, requestState and task go: they belong to
 * conversations that we offer to neither side.  What the edits don't touch
 * keeps its bytes.
 */
#ifndef MCP_CONVERT_REQUEST_H
#define MCP_CONVERT_REQUEST_H

#include "mcp/level.h"
#include "mcp/splice.h"

struct arena;

#define CONVERT_NO_TOKEN INT64_C(-1)

struct convert_request {
	const struct envelope *e; /* a checked request */
	enum revision from;       /* the client's */
	enum revision to;         /* the server's */
	int64_t id;               /* ours */
	struct str name;   /* the server's own name or uri; STR_NONE: as is.
			    * For completion/complete it goes into ref */
	struct str cursor; /* the server's own; STR_NONE: as is */
	int64_t token;     /* our progress token, put where the client sent
			    * one; CONVERT_NO_TOKEN: taken out */
	enum level level;  /* of a legacy client's session; LEVEL_OFF: none.
			    * A modern client's logLevel stands as it is */
};

/* Fills the splice over e->body.  False: FAULT_TOO_LARGE. */
bool convert_request(struct arena *a, const struct convert_request *q,
	struct splice *out, struct fault *f);

/* The _meta that our own requests to a modern server carry, as a raw JSON
 * object; level LEVEL_OFF: no logLevel.  Static for each level. */
struct str convert_request_meta(enum level level);

#endif
