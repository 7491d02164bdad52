/*
 * http_wire: what all HTTP requests of one link have in common.
 *
 * Where they go, the fields that stand on each, the credential, and the
 * session that a legacy server may give (TR-54..TR-56).  Lives in the link's
 * arena, as l->wire; its requests are post.h's.
 */
#ifndef BACK_HTTP_WIRE_H
#define BACK_HTTP_WIRE_H

#include "back/link_wire.h"
#include "text/uri.h"

struct http_wire {
	struct link *link;
	struct uri uri;
	struct str origin;
	struct str target;
	struct str session;   /* Mcp-Session-Id; STR_NONE */
	bool session_is_lost; /* the server has forgotten it */
	struct http_credential credential;
	bool has_credential;
	struct str ready; /* the fields that never change, written */
	struct list posts;
	struct list spares;
	struct loop_timer relisten;
	bool listens;
	bool has_listened;      /* it had a stream once */
	struct loop_timer ears; /* open again, after it told too much */
	unsigned notes;         /* posts of that kind under way */
};

/* Makes l->wire of the settings' entry, with no request under way.  False:
 * FAULT_SETTINGS, FAULT_BAD_URI; l->wire is set and may be stopped all the
 * same. */
bool http_wire_start(struct link *l, struct fault *f);

#define HTTP_WIRE_FIELDS 64u

/* The fields that stand on every request once they are known, then more, which
 * are cut at HTTP_WIRE_FIELDS; gives their count.  They point into the wire and
 * into more. */
size_t http_wire_fields(const struct http_wire *w, const struct field *more,
	size_t count, struct field out[HTTP_WIRE_FIELDS]);

/* The head of an answer to initialize: keeps the session id that it gives. */
void http_wire_remember(struct http_wire *w, const struct http_head *h);

/* Whether an answer's status says something about our hop, not about the call;
 * then f says what: FAULT_SERVER_NEEDS_LOGIN, FAULT_SERVER_LOST. */
bool http_wire_is_refused(struct http_wire *w, int status, struct fault *f);

/* Ends the session at the server, if there is one (TR-55).  Nobody waits for
 * the answer, and the link may be gone by then. */
void http_wire_goodbye(struct http_wire *w);

#endif
