/*
 * listing: reading a server's lists over one link.
 *
 * All of them after the first link opened, and one kind again when the server
 * says that it changed: tools, prompts, resources, templates, each page by
 * page.  A list that can't be read leaves the former one in force.  Reads at
 * most LISTING_PAGES pages of a kind.
 *
 * A kind of whose changes the server does not tell us is looked at now and then
 * while somebody wants to hear of them (BR-48): when the time that the server
 * gave for it is over, but not more often than every LISTING_POLL_LEAST_MS and
 * not more seldom than every LISTING_POLL_MOST_MS, each time up to a quarter
 * later, and ever more seldom while it can't be read (TR-49).
 */
#ifndef BACK_LISTING_H
#define BACK_LISTING_H

#include "back/catalogue.h"
#include "back/link.h"

struct event_scope;
struct listing;

#define LISTING_PAGES         200u
#define LISTING_POLL_LEAST_MS ((int64_t)5 * 1000)
/* Where the server gives no time. */
#define LISTING_POLL_MS       ((int64_t)60 * 1000)
#define LISTING_POLL_MOST_MS  ((int64_t)10 * 60 * 1000)

struct listing_plan {
	const struct server_entry *entry;
	const struct event_scope *scope;
	struct loop *loop;
	/* A list was read; it is the hearer's now. */
	void (*read)(void *with, struct catalogue_list *list);
	/* All kinds were asked for once after listing_start(); f is set when
	 * one failed. */
	void (*done)(void *with, const struct fault *f);
	/* How many bytes a list may have. */
	size_t (*room)(void *with);
	/* Whether somebody wants to hear of changes. */
	bool (*heeded)(void *with);
	void *with;
};

struct listing *listing_new(const struct listing_plan *plan);
void listing_free(struct listing **x);

/* Somebody who waits for a list; a member of what waits. */
struct list_wait {
	/* What the server said after the wait began was read; f: it did not
	 * say, and the former list stands. */
	void (*ready)(struct list_wait *w, const struct fault *f);
	struct list place;
	uint64_t round; /* listing.c's */
};

/* Reads one kind, unless that was done and the server tells of changes by
 * itself or the time that it gave has not passed; before there is a link, once
 * there is.  ready() may be called at once. */
void listing_refresh(
	struct listing *x, enum lists_kind kind, struct list_wait *w);
/* The same, but reads it however fresh it is. */
void listing_reread(
	struct listing *x, enum lists_kind kind, struct list_wait *w);
/* Waits no longer. */
void list_wait_cancel(struct list_wait *w);

/* Begins over that link, which stays open until listing_stop(), and reads
 * every kind. */
void listing_start(struct listing *x, struct link *l);
/* The same, but reads only what somebody waits for. */
void listing_follow(struct listing *x, struct link *l);
void listing_stop(struct listing *x);

/* Reads everything again: changes may have been missed. */
void listing_again(struct listing *x);
/* Reads one kind again, if it was read before. */
void listing_doubt(struct listing *x, enum lists_kind kind);

/* A notification of the server: list_changed makes it read again. */
void listing_heard(struct listing *x, const struct envelope *e);

#endif
