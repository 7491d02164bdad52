/*
 * listing: reading a server's lists into its catalogue.
 *
 * After the first link opened, and for one kind again when the server says
 * that it changed: tools, prompts, resources, templates, each page by page.
 * A list that can't be read leaves the former one in force.  Reads at most
 * LISTING_PAGES pages of a kind.
 */
#ifndef BACK_LISTING_H
#define BACK_LISTING_H

#include "back/catalogue.h"
#include "back/link.h"

struct event_scope;
struct listing;

#define LISTING_PAGES 200u

struct listing_plan {
	const struct server_entry *entry;
	struct catalogue *catalogue; /* to fill */
	const struct event_scope *scope;
	struct loop *loop;
	/* A kind was read and differs; the catalogue has it. */
	void (*changed)(void *with, enum lists_kind kind);
	/* All kinds were asked for once; f is set when one failed. */
	void (*done)(void *with, const struct fault *f);
	void *with;
};

struct listing *listing_new(const struct listing_plan *plan);
void listing_free(struct listing **x);

/* Somebody who waits for a list; a member of what waits. */
struct list_wait {
	/* The catalogue has what the server said after the wait began; f: it
	 * did not say, and the former list stands. */
	void (*ready)(struct list_wait *w, const struct fault *f);
	struct list place;
	uint64_t round; /* listing.c's */
};

/* Reads one kind again, unless the server tells of changes by itself or the
 * time that it gave has not passed.  ready() may be called at once. */
void listing_refresh(
	struct listing *x, enum lists_kind kind, struct list_wait *w);
/* Waits no longer. */
void list_wait_cancel(struct list_wait *w);

/* Begins over that link, which stays open until listing_stop(). */
void listing_start(struct listing *x, struct link *l);
void listing_stop(struct listing *x);

/* Reads everything again: changes may have been missed. */
void listing_again(struct listing *x);

/* A notification of the server: list_changed makes it read again. */
void listing_heard(struct listing *x, const struct envelope *e);

#endif
