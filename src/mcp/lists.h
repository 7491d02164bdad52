/*
 * lists: tools/list, prompts/list, resources/list and
 * resources/templates/list: read from servers, written for clients.
 *
 * Reading makes a tree, once for each page that a server sends; items keep
 * their raw bytes, and what no rule changes is written as it came.  The items
 * live in the arena given (the catalogue's) and point into the page's text,
 * which must live as long.
 */
#ifndef MCP_LISTS_H
#define MCP_LISTS_H

#include "base/fault.h"
#include "mcp/headers.h"
#include "mcp/methods.h"
#include "text/json_write.h"

enum lists_kind {
	LISTS_TOOLS,
	LISTS_PROMPTS,
	LISTS_RESOURCES,
	LISTS_TEMPLATES
};

#define LISTS_KINDS 4

/* METHOD_TOOLS_LIST gives LISTS_TOOLS; false for other methods. */
bool lists_kind_of(enum method m, enum lists_kind *kind);
enum method lists_method(enum lists_kind kind);

/* "tools", "resourceTemplates": the array's key in a result. */
const char *lists_key(enum lists_kind kind);
/* "name", "uri" or "uriTemplate": the key of what tells items apart. */
const char *lists_identity(enum lists_kind kind);

struct lists_item {
	struct str name;  /* decoded: name, uri or uriTemplate */
	struct str title; /* for people: title, else annotations.title, else
			   * name */
	struct str description; /* decoded, or STR_NONE */
	const struct json *node;
	struct headers_params params; /* tools: x-mcp-header */
	bool strip; /* tools: annotations that can't be enforced go */
};

/* An item that was left out, and why: for the log. */
struct lists_dropped {
	struct str name; /* may be STR_NONE */
	struct str reason;
};

struct lists_page {
	struct lists_item *items; /* in the server's order */
	size_t n;
	struct lists_dropped *dropped;
	size_t dropped_n;
	struct str next_cursor; /* decoded; may be ""; STR_NONE: last page */
	int64_t ttl_ms;         /* 0 when absent or negative */
	bool is_public;         /* cacheScope is "public" */
};

struct lists_source {
	enum lists_kind kind;
	bool over_http; /* bad x-mcp-header: the tool is dropped; over stdio
			 * the annotations are stripped instead (TR-27) */
};

/* Bytes of an item's JSON: more is for no client to read. */
#define LISTS_ITEM_MAX ((size_t)256 << 10)

/* Reads a list's result (raw JSON object).  Items without a name, the later of
 * two with the same one, and those that are too large are dropped.  False:
 * FAULT_SERVER_ANSWER, FAULT_TOO_LARGE. */
bool lists_read(struct arena *a, const struct lists_source *source,
	struct str result, struct lists_page *page, struct fault *f);

/* How an item shows itself to a client. */
struct lists_look {
	enum lists_kind kind;
	enum revision to;
	struct str name;        /* instead of its own; STR_NONE: its own */
	struct str description; /* instead of its own; STR_NONE */
};

/* Writes a list: lists_open(), lists_item_write() for each, lists_close().
 * They write the value of "result". */
void lists_open(struct json_write *w, enum lists_kind kind, enum revision to);
void lists_item_write(struct json_write *w, const struct lists_item *item,
	const struct lists_look *look);

struct lists_end {
	enum revision to;
	struct str next_cursor; /* STR_NONE: the last page */
	int64_t ttl_ms;         /* modern only */
	bool is_public;         /* modern only */
};
void lists_close(struct json_write *w, const struct lists_end *end);

#endif
