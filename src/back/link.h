/*
 * link: one conversation with one MCP server.
 *
 * Over HTTP that is a legacy session, or nothing but an agreed revision; over
 * stdio it is a running child.  A link opens (link_open.c finds out the
 * server's era and introduces us), carries calls, and closes; it never comes
 * back to life.  Who may use it is held.c's business: a link of a legacy
 * server belongs to one person.
 *
 *	OPENING ──opened──▶ OPEN ──link_close / lost──▶ CLOSED (freed)
 *	   └──────failed──────────────────────────────────▲
 *
 * Calls are members of what waits for them and are told exactly once how they
 * ended, unless they were cancelled.
 */
#ifndef BACK_LINK_H
#define BACK_LINK_H

#include "base/fault.h"
#include "base/list.h"
#include "base/map.h"
#include "mcp/envelope.h"
#include "mcp/handshake.h"
#include "mcp/level.h"
#include "model/settings.h"
#include "net/loop.h"

struct arena;
struct field;
struct link;
struct link_call;

/* What a link tells its owner (held.c). */
struct link_owner {
	/* It can carry calls now. */
	void (*opened)(void *with, struct link *l);
	/* It is over: every call has been told before.  The link is dead when
	 * this returns. */
	void (*closed)(void *with, struct link *l, const struct fault *why);
	/* A notification that belongs to no call of ours. */
	void (*heard)(void *with, struct link *l, const struct envelope *e);
	/* One line of a child's stderr. */
	void (*said)(void *with, struct link *l, struct str line);
	/* A child floods its stderr, and is made to wait; or no longer. */
	void (*flood)(void *with, struct link *l, bool begins);
	/* Notifications may have been missed. */
	void (*missed)(void *with, struct link *l);
	/* A call got no answer, or a child wrote what is no message; the link
	 * may go on. */
	void (*troubled)(void *with, struct link *l, const struct fault *why);
	void *with;
};

/* ---- calls ---- */

struct link_listener {
	/* A notification on behalf of this call. */
	void (*message)(struct link_call *c, const struct envelope *e);
	/* The response: a result or an error.  The call is over. */
	void (*answer)(struct link_call *c, const struct envelope *e);
	/* There will be none.  sent: the server may have acted on it. */
	void (*failed)(struct link_call *c, const struct fault *f, bool sent);
};

#define LINK_ID_TEXT 21

struct link_call {
	const struct link_listener *listener;
	struct link *on;   /* NULL: not under way */
	struct list place; /* in the link's calls */
	int64_t id;        /* ours, towards the server */
	char id_text[LINK_ID_TEXT];
	size_t id_length;
	bool has_progress;       /* its progressToken is its id */
	int status;              /* HTTP, of what came back; 0: nothing yet */
	int64_t began;           /* loop_now() */
	struct loop_timer timer; /* stdio: the answer's deadline */
	void *wire;              /* the transport's */
};

/* One request as it shall go out; all bytes may die after link_send(). */
struct link_message {
	enum method method;
	struct str name;            /* for Mcp-Name, encoded; STR_NONE */
	const struct field *params; /* Mcp-Param-*, made by mcp/headers */
	size_t param_count;
	const struct str *parts; /* the JSON, with the call's id in it */
	size_t part_count;
	bool has_progress;
};

/* Gives the call its id (and id_text) on this link; before the message is
 * written, since the id stands in it. */
void link_call_init(struct link_call *c, struct link *l,
	const struct link_listener *listener);
struct str link_call_id(const struct link_call *c);

/* Sends it.  The listener is called later, never before this returns. */
void link_send(
	struct link *l, struct link_call *c, const struct link_message *m);

/* Gives it up: tells the server (TR-33: the stream closed; else
 * notifications/cancelled) and calls nobody.  A call that is not under way is
 * left alone. */
void link_cancel(struct link_call *c);

/* Holds the call's stream back, and lets it go on: whoever reads its messages
 * is slow.  Over stdio all calls share one way, which is never held. */
void link_pause(struct link_call *c);
void link_resume(struct link_call *c);

/* Asks a legacy server that has logging for messages from this level on,
 * unless it was asked for as much before (BR-50). */
void link_want_level(struct link *l, enum level level);

/* A notification of ours to the server. */
void link_notify(struct link *l, struct str message);

/* ---- the link itself ---- */

struct link_plan {
	struct loop *loop;
	struct http_client *http;
	const struct server_entry *entry; /* outlives the link */
	const enum revision *known;       /* its revision; NULL: find out */
	unsigned failures; /* of links before this one, in a row */
	struct link_owner owner;
};

/* Begins to open; the owner hears opened() or closed(), later. */
struct link *link_new(const struct link_plan *plan);

/* Ends it quietly: calls fail with FAULT_SERVER_LOST, the owner hears
 * nothing.  *l becomes NULL. */
void link_close(struct link **l);

/* What the server said of itself; valid while the link lives, from opened()
 * on. */
const struct handshake_server *link_server(const struct link *l);
bool link_is_open(const struct link *l);
/* No two links have the same. */
uint64_t link_serial(const struct link *l);
bool link_is_busy(const struct link *l);
/* How many calls were answered. */
uint64_t link_answers(const struct link *l);
/* What is going on, for people: "asking which revision it speaks". */
const char *link_doing(const struct link *l);

/* Used by the transports when a server asks us something: the answer that we
 * have for it (ping, or -32601), written into the arena. */
struct str link_answer_for(struct arena *a, const struct envelope *e);

#endif
