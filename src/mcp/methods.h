/*
 * methods: each method and notification of every revision, in one table.
 *
 * The table says in which revisions a method lives, who sends it, what it
 * needs of the server's capabilities and of the caller's scopes, and which
 * rules of the modern transport apply to it.
 */
#ifndef MCP_METHODS_H
#define MCP_METHODS_H

#include "mcp/revision.h"

enum method {
	METHOD_UNKNOWN,
	/* client → server */
	METHOD_INITIALIZE,
	METHOD_PING, /* both ways */
	METHOD_DISCOVER,
	METHOD_TOOLS_LIST,
	METHOD_TOOLS_CALL,
	METHOD_PROMPTS_LIST,
	METHOD_PROMPTS_GET,
	METHOD_RESOURCES_LIST,
	METHOD_TEMPLATES_LIST, /* resources/templates/list */
	METHOD_RESOURCES_READ,
	METHOD_RESOURCES_SUBSCRIBE,
	METHOD_RESOURCES_UNSUBSCRIBE,
	METHOD_COMPLETE,  /* completion/complete */
	METHOD_SET_LEVEL, /* logging/setLevel */
	METHOD_LISTEN,    /* subscriptions/listen */
	METHOD_TASKS_GET,
	METHOD_TASKS_RESULT,
	METHOD_TASKS_LIST,
	METHOD_TASKS_CANCEL,
	METHOD_TASKS_UPDATE,
	/* server → client */
	METHOD_SAMPLING,
	METHOD_ELICITATION,
	METHOD_ROOTS_LIST,
	/* notifications */
	METHOD_INITIALIZED,
	METHOD_CANCELLED, /* both ways */
	METHOD_PROGRESS,  /* both ways */
	METHOD_MESSAGE,
	METHOD_TOOLS_CHANGED,
	METHOD_PROMPTS_CHANGED,
	METHOD_RESOURCES_CHANGED,
	METHOD_RESOURCES_UPDATED,
	METHOD_ROOTS_CHANGED,
	METHOD_ELICITATION_COMPLETE,
	METHOD_TASKS_STATUS,
	METHOD_ACKNOWLEDGED, /* notifications/subscriptions/acknowledged */
	METHOD_TASKS_CHANGED /* notifications/tasks */
};

#define METHOD_COUNT (METHOD_TASKS_CHANGED + 1)

/* Which field of params the Mcp-Name header mirrors (TR-24). */
enum method_named { METHOD_NAMED_NOT, METHOD_NAMED_NAME, METHOD_NAMED_URI };

/* What the caller's token has to allow. */
enum method_scope {
	METHOD_SCOPE_NONE,
	METHOD_SCOPE_TOOLS_READ,
	METHOD_SCOPE_TOOLS_EXECUTE,
	METHOD_SCOPE_RESOURCES_READ,
	METHOD_SCOPE_PROMPTS_READ
};

/* Traits. */
#define METHOD_FROM_CLIENT 0x01u
#define METHOD_FROM_SERVER 0x02u
#define METHOD_NOTIFIES    0x04u /* a notification */
#define METHOD_LISTS       0x08u /* pages with cursor and nextCursor */
#define METHOD_CACHEABLE   0x10u /* ttlMs, cacheScope in modern (TR-47) */
#define METHOD_ASKS        0x20u /* may answer input_required (TR-41) */
#define METHOD_ROUTED      0x40u /* goes to a server behind us */

struct method_row {
	struct str name;
	enum revision since;
	enum revision until; /* inclusive */
	unsigned traits;
	unsigned capability; /* CAPABILITY_* bits of which one is needed; 0 */
	enum method_named named;
	enum method_scope scope;
};

/* By its exact name; METHOD_UNKNOWN. */
enum method methods_find(struct str name);

/* m is not METHOD_UNKNOWN. */
const struct method_row *methods_row(enum method m);

/* "tools/call"; "" for METHOD_UNKNOWN. */
struct str methods_name(enum method m);

/* Whether a client may send it in that revision. */
bool methods_for_server(enum method m, enum revision r);

/* Whether it speaks of a resource, by params.uri. */
static inline bool
methods_names_uri(enum method m)
{
	return m == METHOD_RESOURCES_READ || m == METHOD_RESOURCES_SUBSCRIBE ||
		m == METHOD_RESOURCES_UNSUBSCRIBE;
}

static inline bool
methods_has(enum method m, unsigned traits)
{
	return m != METHOD_UNKNOWN && (methods_row(m)->traits & traits) != 0;
}

/* The scope that a call needs.  ref_type: "type" of completion/complete's
 * ref, decoded, else STR_NONE: ref/resource needs resources, all else
 * prompts. */
enum method_scope methods_scope(enum method m, struct str ref_type);

/* "mcp:tools:read"; STR_NONE for METHOD_SCOPE_NONE. */
struct str methods_scope_name(enum method_scope s);

#endif
