/*
 * handshake: initialize and server/discover, from both sides.
 *
 * As a server we answer clients of either era; as a client we open a server
 * of either era and read what it says about itself.
 */
#ifndef MCP_HANDSHAKE_H
#define MCP_HANDSHAKE_H

#include "base/buf.h"
#include "mcp/envelope.h"

struct arena;

/* ---- as a server ---- */

struct handshake_offer {
	struct str id; /* the request's, raw */
	enum revision to;
	unsigned offered;        /* CAPABILITY_* (capability_offer) */
	struct str instructions; /* STR_NONE */
};

/* The revision that an initialize request gets, from oldest on (TR-09).
 * FAULT_MCP_CALL_PARAMS without protocolVersion (a string), capabilities (an
 * object) and clientInfo (with name and version).  The arena is for looking
 * alone. */
bool handshake_negotiate(struct arena *a, const struct envelope *e,
	enum revision oldest, enum revision *to, struct fault *f);

/* InitializeResult; to is legacy. */
void handshake_initialized(struct buf *out, const struct handshake_offer *o);

/* DiscoverResult; to is modern (TR-12). */
void handshake_discovered(struct buf *out, const struct handshake_offer *o);

/* ---- as a client ---- */

/* What a server said about itself; texts live in the arena. */
struct handshake_server {
	enum revision revision;
	unsigned capabilities; /* CAPABILITY_* */
	struct str name;       /* serverInfo.name, or STR_NONE */
	struct str title;      /* title, else name */
	struct str version;
	struct str instructions; /* STR_NONE */
};

/* Our initialize; revision is legacy.  We declare no capability. */
void handshake_initialize(struct buf *out, int64_t id, enum revision r);

/* Our server/discover. */
void handshake_discover(struct buf *out, int64_t id);

/* Reads an InitializeResult (raw).  FAULT_SERVER_ANSWER when it is none or
 * names a revision that we can't speak. */
bool handshake_initialize_read(struct arena *a, struct str result,
	struct handshake_server *s, struct fault *f);

/* Reads a DiscoverResult (raw); s->revision is the best that both speak.
 * FAULT_SERVER_ANSWER. */
bool handshake_discover_read(struct arena *a, struct str result,
	struct handshake_server *s, struct fault *f);

/* ---- which era does a server speak? (TR-68, TR-71 to TR-73, V-07) ---- */

enum handshake_verdict {
	HANDSHAKE_MODERN, /* s is filled */
	HANDSHAKE_LEGACY, /* go on with initialize */
	HANDSHAKE_AGAIN,  /* modern, but it refused this request: a fault */
	HANDSHAKE_UNKNOWN /* no evidence: 401, 403, 5xx */
};

struct handshake_reply {
	int status;      /* HTTP; 0 on stdio */
	struct str body; /* the JSON message; "" for none */
};

/* Judges the answer to server/discover. */
enum handshake_verdict handshake_judge(struct arena *a,
	const struct handshake_reply *reply, struct handshake_server *s,
	struct fault *f);

#endif
