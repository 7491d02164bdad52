/*
 * convert_content: the content of results, where a client's revision can't
 * express it (BR-44) or where URIs become the hub's (BR-03).
 *
 * Most content needs neither, which a search for a few words tells; only then
 * a tree is made and the array written anew.
 */
#ifndef MCP_CONVERT_CONTENT_H
#define MCP_CONVERT_CONTENT_H

#include "base/fault.h"
#include "mcp/revision.h"

struct arena;

enum convert_content_kind {
	CONVERT_CONTENT_BLOCKS,   /* content of tools/call */
	CONVERT_CONTENT_MESSAGES, /* messages of prompts/get */
	CONVERT_CONTENT_RESOURCES /* contents of resources/read */
};

struct convert_content {
	enum convert_content_kind kind;
	enum revision from;
	enum revision to;
	struct str hub; /* the server's name, or STR_NONE */
	struct str raw; /* the array */
};

/* *out gets the array for the client: raw itself when nothing changes.  False:
 * FAULT_SERVER_ANSWER (a key stands twice), FAULT_TOO_LARGE. */
bool convert_content(struct arena *a, const struct convert_content *q,
	struct str *out, struct fault *f);

/* [{"type":"text","text":"<the JSON>"}]: for structuredContent that a client
 * can't take.  STR_NONE at the arena's cap. */
struct str convert_content_text(struct arena *a, struct str json);

#endif
