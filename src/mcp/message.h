/*
 * message: JSON-RPC messages of our own.
 *
 * Each writes one message on one line into a buffer; whether it fitted says
 * buf_ok().  ids and tokens are raw JSON, byte for byte as they came.
 */
#ifndef MCP_MESSAGE_H
#define MCP_MESSAGE_H

#include "base/buf.h"
#include "base/fault.h"
#include "mcp/level.h"
#include "mcp/methods.h"

struct arena;

/* Our clientInfo and serverInfo (V-19), a raw JSON object.  Static. */
struct str message_us(void);

struct message_error {
	struct str id; /* STR_NONE: could not be read, left out (TR-02) */
	int64_t code;
	struct str message;
	struct str data; /* raw JSON, or STR_NONE */
};
void message_error(struct buf *out, const struct message_error *e);

/* The error of a fault: its row's code, its sentence and advice, and as data
 * what is given or {"fault":"<name>"}.  To a legacy client modern-only codes
 * are not shown (BR-43): they become -32600. */
void message_fault(
	struct buf *out, struct str id, const struct fault *f, struct str data);
void message_fault_legacy(
	struct buf *out, struct str id, const struct fault *f, struct str data);

/* {"jsonrpc":"2.0","id":<id>,"result":<result>} */
void message_result(struct buf *out, struct str id, struct str result);

/* An empty result ({}, or with resultType and serverInfo for a modern
 * client): ping, logging/setLevel. */
void message_empty(struct buf *out, struct str id, enum revision to);

/* A request of ours; params is a raw JSON object or STR_NONE. */
void message_request(
	struct buf *out, int64_t id, enum method m, struct str params);

/* A request of ours for a page of a list, with _meta where the server's
 * revision wants it.  cursor: decoded, STR_NONE for the first page. */
struct message_list {
	int64_t id;
	enum method method;
	enum revision to;
	struct str cursor;
};
void message_list(struct buf *out, const struct message_list *l);

/* logging/setLevel for a legacy server. */
void message_set_level(struct buf *out, int64_t id, enum level level);

/* resources/subscribe, resources/unsubscribe for a legacy server. */
void message_resource(
	struct buf *out, int64_t id, enum method m, struct str uri);

/* notifications/resources/updated. */
void message_updated(struct buf *out, struct str uri);

/* A notification; params is a raw JSON object or STR_NONE. */
void message_notification(struct buf *out, enum method m, struct str params);

/* notifications/cancelled for a request of ours; reason may be STR_NONE. */
void message_cancelled(struct buf *out, int64_t id, struct str reason);

/* The same text without line breaks, for stdio and for SSE: CR and LF (which
 * stand only between tokens in valid JSON) become blanks.  The text itself
 * when it has none; STR_NONE at the arena's cap. */
struct str message_line(struct arena *a, struct str json);

#endif
