/*
 * hall: between the doors.  Which server, which revision, may you?
 *
 * front/ hands in one MCP message at a time with the principal that the guard
 * found; the hall outlines it, checks policy, opens an exchange, converts it
 * for the server's revision, sends it through back/ and brings the answer
 * home.  The hall parses no HTTP: what it needs of the fields is handed over
 * in plain values, and it answers through a sink.
 */
#ifndef HALL_HALL_H
#define HALL_HALL_H

#include "base/event.h"
#include "model/principal.h"
#include "model/settings.h"

struct arena;
struct back;
struct exchange;
struct field;
struct hall;
struct hall_listen;
struct loop;
struct seal_key;
struct usage;

struct hall_parts {
	struct loop *loop;
	struct back *back;
	const struct seal_key *key; /* cursors */
	struct settings *settings;
};

struct hall *hall_new(const struct hall_parts *parts);
/* Starts the servers behind; once. */
void hall_start(struct hall *h);
void hall_free(struct hall **h);

/* After a reload: takes the new snapshot (and tells back/). */
void hall_settings(struct hall *h, struct settings *s);

/* ---- endpoints ---- */

enum endpoint_kind { ENDPOINT_HUB, ENDPOINT_SERVER, ENDPOINT_GROUP };

struct endpoint {
	enum endpoint_kind kind;
	struct str name;     /* "" for the hub */
	struct str path;     /* "/mcp", "/mcp/github" */
	struct str resource; /* publicUrl + path: the audience of its tokens */
	bool served;         /* false: a reload took it away */
};

/* By the exact request path ("/mcp/github"); NULL when nothing is served
 * there.  Endpoints live as long as the hall; one that a reload takes away is
 * no longer found. */
const struct endpoint *hall_endpoint(const struct hall *h, struct str path);

/* By its resource URL (RFC 8707), compared as RS-21 says; NULL. */
const struct endpoint *hall_endpoint_of_resource(
	const struct hall *h, struct str resource);

/* All of them, the hub first, then servers and groups in the settings' order. */
size_t hall_endpoint_count(const struct hall *h);
const struct endpoint *hall_endpoint_at(const struct hall *h, size_t i);

/* ---- people ---- */

/* What that person has running, for a principal to point at: usage_drop() when
 * it goes, before the hall does. */
struct usage *hall_usage(struct hall *h, struct str person_id);

/* ---- messages ---- */

/* What the hall wants of the request's fields; STR_NONE: absent. */
struct hall_fields {
	struct str protocol_version; /* MCP-Protocol-Version */
	struct str method;           /* Mcp-Method */
	struct str name;             /* Mcp-Name */
	struct str session_id;       /* Mcp-Session-Id */
	const struct field *all;     /* for Mcp-Param-* */
	size_t n;
	/* Which kinds of answer the client takes. */
	bool takes_json;
	bool takes_stream;
};

struct hall_refusal {
	struct fault fault; /* for the log */
	int status;         /* HTTP */
	struct str body;    /* the JSON-RPC error, written already */
	struct str scope;   /* FAULT_INSUFFICIENT_SCOPE: what is needed */
	struct str allow;   /* FAULT_METHOD_NOT_ALLOWED: methods */
};

struct hall_answer {
	int status;              /* HTTP: 200, or an error's */
	const struct str *parts; /* one JSON message */
	size_t n;
	struct str session_id; /* of a session that it opens, or STR_NONE */
};

/* How an exchange answers.  Exactly one of: refuse(); accept(); answer();
 * message() any number of times, then finish().  After it the exchange is
 * dead and with is not used again. */
struct hall_sink {
	/* An HTTP error with a JSON-RPC error body. */
	void (*refuse)(void *with, const struct hall_refusal *why);
	/* 202: a notification or a response was taken. */
	void (*accept)(void *with);
	/* One JSON message as the whole answer. */
	void (*answer)(void *with, const struct hall_answer *answer);
	/* One JSON message on the answer's event stream, which the first one
	 * begins.  False: the reader is slow; what the server sends is held
	 * back until hall_drained(). */
	bool (*message)(void *with, const struct str *parts, size_t n);
	/* The end of the event stream. */
	void (*finish)(void *with);
	void *with;
};

struct hall_request {
	const struct principal *principal; /* outlives the exchange */
	const struct endpoint *endpoint;
	struct hall_fields fields;
	struct str body;
	struct arena *arena; /* the request's */
	const struct event_scope *scope;
	struct hall_sink sink;
};

/* A POSTed message.  May answer before it returns; then NULL. */
struct exchange *hall_post(struct hall *h, const struct hall_request *r);

/* The client is gone: nothing more is sent to the sink.  For a modern request
 * that means cancellation, for a legacy one it doesn't (TR-33, TR-59). */
void hall_gone(struct exchange **x);

/* The reader of its stream, which was slow, has caught up. */
void hall_drained(struct exchange *x);

/* GET: the session's stream of messages that belong to no request.  NULL when
 * refused (through the sink) already; else messages arrive until hall_unlisten
 * or finish(). */
struct hall_listen *hall_get(struct hall *h, const struct hall_request *r);
void hall_unlisten(struct hall_listen **l);

/* DELETE: ends the session; answers through the sink. */
void hall_delete(struct hall *h, const struct hall_request *r);

/* A grant was revoked: its sessions, streams and running calls end now. */
void hall_revoke_grant(struct hall *h, struct str grant_id);

/* Who has a token that is known, or anything running; count in *n. */
struct str *hall_people(struct arena *a, const struct hall *h, size_t *n);

/* A person was disabled or removed: what is left of theirs ends, also calls
 * whose client has gone, and their own conversations with servers. */
void hall_forget_person(struct hall *h, struct str person_id);

/* Ends all streams, for a graceful stop. */
void hall_drain(struct hall *h);

/* ---- for the dashboard ---- */

struct hall_server_view {
	const struct server_entry *entry;
	struct str state;    /* "connected", "connecting", "waiting",
				* "failed", "needs login", "disabled" */
	struct str detail;   /* why, or what is going on; "" */
	struct str trouble;  /* what went wrong last, in any state; "" */
	int64_t troubled_at; /* wall clock seconds */
	struct str revision; /* "2025-11-25"; "" while unknown */
	struct str title;    /* serverInfo, for people; "" */
	size_t tool_count;
	size_t prompt_count;
	size_t resource_count;
	int64_t since; /* wall clock seconds of the last change */
};

/* Fills the view in the arena; false when there is no i-th server. */
bool hall_server_view(struct arena *a, const struct hall *h, size_t i,
	struct hall_server_view *view);

struct hall_tool_view {
	struct str name;
	struct str description;
	bool disabled;
};

/* Tools of a server as the catalogue has them, the first thousand, their texts
 * cut to what a page can hold; count in *n. */
const struct hall_tool_view *hall_tools(
	struct arena *a, const struct hall *h, struct str server, size_t *n);

#endif
