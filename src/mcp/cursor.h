/*
 * cursor: the place in a list that is merged from several servers (BR-09).
 *
 * This is the content; the caller seals it, so that a client can neither read
 * nor make one.
 */
#ifndef MCP_CURSOR_H
#define MCP_CURSOR_H

#include "base/fault.h"
#include "mcp/lists.h"

struct cursor {
	enum lists_kind kind;
	struct str server; /* the page comes from this one */
	struct str inner;  /* the server's own cursor, may be ""; STR_NONE: its
			    * first page */
	uint64_t offset;   /* items already given, for pages that we cut */
};

/* STR_NONE at the arena's cap. */
struct str cursor_write(struct arena *a, const struct cursor *c);

/* FAULT_MCP_CURSOR for anything that cursor_write() did not write for this
 * kind. */
bool cursor_read(struct arena *a, struct str text, enum lists_kind kind,
	struct cursor *c, struct fault *f);

#endif
