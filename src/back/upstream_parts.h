/*
 * upstream_parts: what upstream.c (its states), upstream_wait.c (who waits for
 * a link), upstream_lists.c (what it offers) and held.c (the links, and whose
 * they are) share.  Nobody else includes it.
 */
#ifndef BACK_UPSTREAM_PARTS_H
#define BACK_UPSTREAM_PARTS_H

#include "back/back.h"
#include "base/event.h"

/* A link and whose it is.  Lives as long as the link. */
struct held {
	struct list place;
	struct upstream *upstream;
	struct link *link;
	char *person_id;         /* NULL: nobody's yet, or everybody's */
	struct listing *listing; /* reads the lists over it */
	/* What it lists to its person; NULL: the same as everybody's. */
	struct catalogue_list *own[LISTS_KINDS];
	int64_t used_at; /* loop_now(), when its person last wanted it */
	bool was_open;
	bool floods; /* its stderr, which is read slowly */
	bool scouts; /* asks for the era alone (upstream_era.c) */
};

struct upstream {
	struct upstream_plan plan;
	enum upstream_state state;
	char detail[256];
	char trouble[256];    /* what went wrong last, "": nothing */
	int64_t troubled_at;  /* wall clock, seconds */
	int64_t since;        /* the same */
	int64_t begun_at;     /* loop_now() */
	int64_t tried_at;     /* the same, of the last first link */
	int64_t connected_at; /* the same */
	uint64_t answers;     /* of the first link, by then */
	bool has_settled;
	unsigned changed; /* common kinds that differ since it connects: bits */
	unsigned failures; /* since it was last steady */
	struct list helds;
	struct held *first; /* the one that learned what we know */
	struct held *scout; /* looks whether the era is still what it was */
	int64_t judged_at;  /* loop_now() of the era's last proof */
	struct list waits;  /* for the first link, or for a person's */
	struct loop_timer retry;
	struct loop_timer sweep;
	struct arena *server_arena;
	struct handshake_server server;
	bool known;                 /* server is filled */
	struct catalogue catalogue; /* everybody's */
	unsigned owned;             /* lists that persons have otherwise */
	unsigned doubted; /* kinds that a person's link lists otherwise: bits */
	struct event_scope scope;
	int64_t said_since; /* loop_now() */
	unsigned said;      /* lines of stderr since then */
};

/* ---- upstream.c ---- */

/* The first link opened: learns what the server says of itself, and lists what
 * it offers. */
void upstream_opened(struct upstream *u);
/* Every list was read over the first link; f is set when one could not be. */
void upstream_listed(struct upstream *u, const struct fault *f);
/* The common list of that kind is another. */
void upstream_changed(struct upstream *u, enum lists_kind kind);
/* The first link, which is gone from u already, was lost: now or after its
 * back-off there is another. */
void upstream_lost(
	struct upstream *u, const struct link *lost, const struct fault *why);
/* A person's link did not open.  Found nobody there: then the first one, which
 * may have no stream that would have told it, is of no use either.  Refused:
 * perhaps the server speaks another revision by now. */
void upstream_doubt(struct upstream *u, const struct fault *why);
/* Closes the first link, which there is, and opens another. */
void upstream_renew(struct upstream *u);

/* ---- upstream_era.c ---- */

/* Looks again whether a legacy server has become a modern one, if the last look
 * was long ago. */
void upstream_era_sweep(struct upstream *u);
/* A person's link was refused: the same, if it was not just done. */
void upstream_era_doubt(struct upstream *u);
/* The scout h opened: the server is modern. */
void upstream_era_found(struct upstream *u, struct held *h);

/* ---- held.c ---- */

/* Begins to open a link, nobody's yet; known: its revision, or NULL. */
struct held *held_open(struct upstream *u, const enum revision *known);
/* Closes it; its calls fail. */
void held_drop(struct held *h);
/* The link that is this person's, or NULL. */
struct held *held_of(const struct upstream *u, struct str person_id);
/* The link that this person's calls go by, made or taken over now if need be;
 * the upstream is connected. */
struct held *held_for(struct upstream *u, struct str person_id);
/* Whether a child floods its stderr. */
bool held_any_floods(const struct upstream *u);
/* Whether somebody wants to hear of changes: its person; by the first link of a
 * server that is the same for all, anybody. */
bool held_is_heeded(const struct held *h);
/* Closes the links of people who have not called for long; one that lists
 * something of its own stays while its person listens. */
void held_sweep(struct upstream *u);

/* ---- upstream_lists.c ---- */

/* The reading of lists over a link that was made; and its end, also of the
 * lists that were its person's alone. */
void upstream_lists_begin(struct held *h);
void upstream_lists_end(struct held *h);
/* One link serves everybody from now on: the lists of those that there are count
 * no more. */
void upstream_lists_reset(struct upstream *u);

/* ---- upstream_wait.c ---- */

/* Tells those who wait for h that there won't be a link; NULL: everybody. */
void upstream_wait_fail(
	struct upstream *u, const struct held *h, const struct fault *f);
/* A link opened: gives it to those who waited for it. */
void upstream_wait_serve(struct upstream *u);

#endif
