/*
 * era: which of the two protocols a POSTed message speaks, and the checks of
 * the modern one in the order that its tests ask for (TR-31).
 *
 * One URL serves both (TR-15).  The envelope decides, not the method
 * (TR-16): initialize with a modern _meta is a modern request for a method
 * that doesn't exist.
 */
#ifndef MCP_ERA_H
#define MCP_ERA_H

#include "mcp/envelope.h"

struct arena;

enum era { ERA_LEGACY, ERA_MODERN };

/* Fields of the request, blanks around cut; STR_NONE: absent.  A field that
 * stood twice has to be refused before (FAULT_MCP_HEADER). */
struct era_fields {
	struct str version;    /* MCP-Protocol-Version */
	struct str method;     /* Mcp-Method */
	struct str name;       /* Mcp-Name */
	struct str session_id; /* Mcp-Session-Id; not looked at here */
};

/* Modern when the body's _meta has protocolVersion, when the version field
 * names a modern revision (ours or a later one), or when the method is
 * server/discover; legacy otherwise.  A session id decides nothing: it is
 * ignored in modern requests (TR-20). */
enum era era_decide(const struct envelope *e, const struct era_fields *fields);

struct era_ask {
	const struct envelope *e;
	struct era_fields fields;
	unsigned offered; /* CAPABILITY_* bits of the endpoint */
};

/* Checks a modern message, in this order: it is a request or notification
 * (FAULT_MCP_INVALID, FAULT_MCP_BATCH); _meta has protocolVersion (string) and
 * clientCapabilities (object), clientInfo is an object and logLevel a level
 * if they are there (FAULT_MCP_PARAMS); the fields mirror the body
 * (FAULT_MCP_HEADER); the version is ours (FAULT_MCP_VERSION); the method is
 * known and offered (FAULT_MCP_METHOD); era_check_params().  Notifications need
 * neither _meta nor fields; what is there must agree.
 * On false *data gets the raw JSON for error.data, or STR_NONE.  The arena is
 * used for that and for decoding only. */
bool era_check_modern(struct arena *a, const struct era_ask *ask,
	struct str *data, struct fault *f);

/* Checks what any revision asks of a request's params: the name or uri that a
 * method needs, arguments that are an object, a ref that names something
 * (FAULT_MCP_CALL_PARAMS, in band), a cursor that is a string
 * (FAULT_MCP_CURSOR).  Other methods and kinds pass. */
bool era_check_params(const struct envelope *e, struct fault *f);

/* Checks a legacy message's fields: a version field, if there, names a legacy
 * revision of Streamable HTTP (TR-56), else FAULT_MCP_INVALID. */
bool era_check_legacy(const struct era_fields *fields, struct fault *f);

/* The HTTP status of a fault for that era: as the table says, except that a
 * legacy client must not see 404 for anything but a lost session, nor 400
 * for a call's parameters, nor 429 for one call too many, which it takes for
 * the end of the connection: those go in band with 200. */
int era_status(enum era era, enum fault_id id);

#endif
