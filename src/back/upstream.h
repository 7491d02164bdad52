/*
 * upstream: one configured MCP server: its state, its links, its catalogue.
 *
 *	             entry disabled
 *	DISABLED ◀───────────────────┐
 *	                             │ start
 *	CONNECTING ──opened, listed──▶ CONNECTED ──lost──▶ WAITING
 *	    │  ▲                                             │
 *	    │  └───────────────── back-off over ─────────────┘
 *	    │  └─────── slow back-off, somebody wants it ──┐
 *	    ├──401────────────────────────────────────▶ NEEDS_LOGIN
 *	    └──▶ FAILED (an entry that can't run)
 *
 * The state is that of the first link.  It is nobody's: it learns the revision,
 * fills the catalogue, and is taken over by the first person who calls.  Links
 * of a modern server serve everybody, links of a legacy one exactly one person
 * (unless share is "all"); what such a link lists from then on is that
 * person's, too (BR-16).
 */
#ifndef BACK_UPSTREAM_H
#define BACK_UPSTREAM_H

#include "back/link.h"
#include "back/listing.h"
#include "model/principal.h"
#include "model/settings.h"

struct arena;
struct back;
struct catalogue;
struct upstream;

enum upstream_state {
	UPSTREAM_DISABLED,
	UPSTREAM_CONNECTING,
	UPSTREAM_CONNECTED,
	UPSTREAM_WAITING,
	UPSTREAM_NEEDS_LOGIN,
	UPSTREAM_FAILED
};

const char *upstream_state_name(enum upstream_state s);

/* Somebody who waits for a link; a member of what waits. */
struct link_wait {
	/* l is NULL and f set when there won't be one. */
	void (*ready)(
		struct link_wait *w, struct link *l, const struct fault *f);
	struct list place;
	struct str person_id; /* outlives the wait */
};

/* ready() is called at once when a link is open, else later, exactly once. */
void upstream_link(
	struct upstream *u, struct link_wait *w, const struct principal *p);
/* Waits no longer. */
void link_wait_cancel(struct link_wait *w);
/* The open link by which that person calls, or NULL: none is opened. */
struct link *upstream_open_link(const struct upstream *u, struct str person_id);
/* Whether one link serves everybody. */
bool upstream_is_shared(const struct upstream *u);

/* Somebody wants it, or the settings were read again: if it wanted a login, it
 * is asked whether it still does, unless it just was.  upstream_link() and
 * upstream_refresh() do this by themselves. */
void upstream_wanted(struct upstream *u);

/* Has that person's list of that kind up to date, as listing_refresh(); at once
 * when there is no link to ask. */
void upstream_refresh(struct upstream *u, enum lists_kind kind,
	struct str person_id, struct list_wait *w);

/* Has it read anew, however fresh it is. */
void upstream_reread(struct upstream *u, enum lists_kind kind,
	struct str person_id, struct list_wait *w);

/* How many milliseconds a request that needs to know all servers should wait
 * for this one, which is connecting for the first time; 0: not at all. */
int64_t upstream_settle_ms(const struct upstream *u);

const struct server_entry *upstream_entry(const struct upstream *u);
enum upstream_state upstream_state(const struct upstream *u);
/* Why it is in that state, or what it is doing; "" when all is well. */
struct str upstream_detail(const struct upstream *u);
/* Sets the fault of a request that it can't serve in its state:
 * FAULT_SERVER_DISABLED, FAULT_SERVER_NEEDS_LOGIN, FAULT_SERVER_DOWN. */
void upstream_say_why(const struct upstream *u, struct fault *f);
/* What went wrong last with a call, a list or a line of its output, in any
 * state; "" when nothing did.  *at: wall clock seconds. */
struct str upstream_trouble(const struct upstream *u, int64_t *at);
void upstream_note_trouble(struct upstream *u, const struct fault *why);
/* Wall clock seconds of the last change of state. */
int64_t upstream_since(const struct upstream *u);
/* What it said of itself last, or NULL before the first link opened. */
const struct handshake_server *upstream_server(const struct upstream *u);
/* What it offers to that person, as of the last time it was listed; never NULL,
 * until this turn of the loop ends. */
const struct catalogue_list *upstream_list(
	const struct upstream *u, enum lists_kind kind, struct str person_id);
/* Whether a change that another person's link told of may be that person's, too:
 * they have no link to hear by, and the server is the same for both. */
bool upstream_concerns(const struct upstream *u, struct str person_id);
/* What it offers to those whose own link says nothing else. */
const struct catalogue *upstream_catalogue(const struct upstream *u);

/* ---- for back.c ---- */

struct upstream_plan {
	struct back *back;
	struct loop *loop;
	struct http_client *http;
	struct settings *settings; /* held while it lives */
	const struct server_entry *entry;
};

struct upstream *upstream_new(const struct upstream_plan *plan);
void upstream_free(struct upstream **u);

/* A person is gone: their own link is closed.  If it was the first one, which
 * they had taken over, there is a new first one. */
void upstream_forget_person(struct upstream *u, struct str person_id);

#endif
