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
	struct catalogue *catalogue;      /* to fill */
	const struct event_scope *scope;
	/* A kind was read and differs; the catalogue has it. */
	void (*changed)(void *with, enum lists_kind kind);
	/* All kinds were asked for once; f is set when one failed. */
	void (*done)(void *with, const struct fault *f);
	void *with;
};

struct listing *listing_new(const struct listing_plan *plan);
void listing_free(struct listing **x);

/* Begins over that link, which stays open until listing_stop(). */
void listing_start(struct listing *x, struct link *l);
void listing_stop(struct listing *x);

/* A notification of the server: list_changed makes it read again. */
void listing_heard(struct listing *x, const struct envelope *e);

#endif
