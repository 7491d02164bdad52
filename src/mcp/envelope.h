/*
 * envelope: the outline of one JSON-RPC message, found in one pass.
 *
 * On the path of every call.  The whole text is checked (strict JSON, UTF-8,
 * depth), nothing is allocated and no tree is built: the outline is a set of
 * places in the bytes given, which must outlive it.
 *
 * Strict where two readers could disagree: at the top level, in params,
 * result, error, ref and _meta a known key may stand once, and no key may
 * hold a backslash, except that "\/" reads as "/" (PHP writes it so).
 */
#ifndef MCP_ENVELOPE_H
#define MCP_ENVELOPE_H

#include "base/fault.h"
#include "mcp/methods.h"
#include "text/json.h"

struct arena;

enum envelope_kind {
	ENVELOPE_REQUEST,
	ENVELOPE_NOTIFICATION,
	ENVELOPE_RESULT,
	ENVELOPE_ERROR,
	ENVELOPE_BATCH /* an array: only its first byte was looked at */
};

/* A member of an object.  Absent: key == NULL and value is STR_NONE. */
struct envelope_member {
	const char *key;  /* its opening quote */
	struct str value; /* raw JSON, quotes included */
};

#define ENVELOPE_ID_MAX 512u /* bytes of a raw id or progress token */

struct envelope {
	struct str body; /* the message without blanks around */
	enum envelope_kind kind;
	enum method method;
	struct str method_name; /* decoded; STR_NONE in responses */

	struct envelope_member jsonrpc;
	struct envelope_member method_raw;
	struct envelope_member id;     /* absent in notifications */
	struct envelope_member params; /* an object */
	struct envelope_member result; /* an object */
	struct envelope_member error;  /* an object */

	/* in params */
	struct envelope_member name;
	struct envelope_member uri;
	struct envelope_member arguments;
	struct envelope_member cursor;
	struct envelope_member ref;
	struct envelope_member ref_type; /* in ref, when that is an object */
	struct envelope_member ref_name;
	struct envelope_member ref_uri;
	struct envelope_member protocol_version; /* initialize */
	struct envelope_member client_info;
	struct envelope_member level;      /* setLevel, notifications/message */
	struct envelope_member request_id; /* cancelled */
	struct envelope_member progress_token; /* notifications/progress */
	struct envelope_member progress;
	struct envelope_member input_responses;
	struct envelope_member request_state;
	struct envelope_member task;

	/* in params or result */
	struct envelope_member capabilities;
	struct envelope_member meta; /* _meta, an object */

	/* in _meta; the long ones begin with io.modelcontextprotocol/ */
	struct envelope_member meta_progress_token; /* string or integer */
	struct envelope_member meta_version;        /* protocolVersion */
	struct envelope_member meta_capabilities;   /* clientCapabilities */
	struct envelope_member meta_client_info;    /* clientInfo */
	struct envelope_member meta_log_level;      /* logLevel */
	struct envelope_member meta_server_info;    /* serverInfo */
	struct envelope_member meta_subscription;   /* subscriptionId */

	/* in result */
	struct envelope_member result_type;
	struct envelope_member ttl_ms;
	struct envelope_member cache_scope;
	struct envelope_member content;    /* tools/call */
	struct envelope_member structured; /* structuredContent */
	struct envelope_member messages;   /* prompts/get */
	struct envelope_member contents;   /* resources/read */

	/* in error */
	struct envelope_member error_code;    /* an integer */
	struct envelope_member error_message; /* a string */
	struct envelope_member error_data;
};

static inline bool
envelope_has(struct envelope_member m)
{
	return m.key != NULL;
}

/* Outlines one message.  False: FAULT_BAD_JSON (-32700; e->id is absent), or
 * FAULT_MCP_INVALID (-32600) and FAULT_MCP_PARAMS (-32602: _meta that is no
 * object, progress token that is neither string nor integer) with e->id kept
 * when it was readable (TR-02).
 * Checked: "jsonrpc" is "2.0"; id is a string or an integer of at most
 * ENVELOPE_ID_MAX bytes, never null (except in an error response, where null
 * reads as absent); params and result are objects; exactly one of method,
 * result and error; a result has an id; an error has an integer code and a
 * string message.
 * A text that begins with '[' gives true and ENVELOPE_BATCH, unread. */
bool envelope_read(struct str body, struct envelope *e, struct fault *f);

/* The member's string, decoded.  Copies into the arena only when it holds
 * escapes.  STR_NONE when it is absent, no string, or at the arena's cap. */
struct str envelope_text(struct arena *a, struct envelope_member m);

/* Whether the member is a string of exactly these bytes, written without
 * escapes. */
bool envelope_is(struct envelope_member m, struct str text);

/* Whether the member's value begins an object. */
bool envelope_is_object(struct envelope_member m);

/* The id as the integer that we gave; false when it is something else. */
bool envelope_id(const struct envelope *e, int64_t *id);

/* ---- batches: 2025-03-26 only (TR-03) ---- */

#define ENVELOPE_BATCH_MAX 64u

struct envelope_batch {
	struct json_scan scan;
	bool first;
};

/* Checks the whole array: strict JSON, 1 to ENVELOPE_BATCH_MAX messages, each
 * of which envelope_read() takes; requests and notifications, or responses
 * only; no initialize, none with a modern _meta.  FAULT_BAD_JSON,
 * FAULT_MCP_INVALID. */
bool envelope_batch_check(struct str body, struct fault *f);

/* Walks a checked array: the next message's bytes, or false at the end. */
void envelope_batch_begin(struct envelope_batch *b, struct str body);
bool envelope_batch_next(struct envelope_batch *b, struct str *message);

#endif
