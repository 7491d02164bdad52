/*
 * back: the servers behind us.
 *
 * Owns every upstream of the running settings.  hall/ asks it for links and
 * hears of changes.
 */
#ifndef BACK_BACK_H
#define BACK_BACK_H

#include "back/catalogue.h"
#include "back/upstream.h"

struct back;
struct http_client;
struct loop;

struct back_parts {
	struct loop *loop;
	struct http_client *http;
	struct settings *settings;
};

/* What hall/ wants to hear. */
struct back_listener {
	/* A list of that server is another: that person's, and perhaps that of
	 * those whom it concerns (upstream_concerns()); or STR_NONE: everybody's. */
	void (*listed)(void *with, struct upstream *u, enum lists_kind kind,
		struct str person_id);
	/* A notification that belongs to no call: of whose link, or STR_NONE
	 * when it is everybody's. */
	void (*heard)(void *with, struct upstream *u, struct str person_id,
		const struct envelope *e);
	/* Whether anybody (STR_NONE), or that person, wants to hear of changes
	 * of that server's lists. */
	bool (*heeds)(void *with, struct upstream *u, struct str person_id);
	/* A link that was open is gone, and what was agreed over it: of whom, or
	 * STR_NONE when it was everybody's or nobody's. */
	void (*lost)(void *with, struct upstream *u, struct str person_id);
	/* Notifications may have been missed that would have come by that
	 * person's link, or by everybody's (STR_NONE). */
	void (*missed)(void *with, struct upstream *u, struct str person_id);
	/* Whether that person's link is needed, though nobody calls by it. */
	bool (*needs)(void *with, struct upstream *u, struct str person_id);
	/* It is connecting no longer, whatever came of it. */
	void (*settled)(void *with, struct upstream *u);
	/* The upstream is about to be freed. */
	void (*leaving)(void *with, struct upstream *u);
	void *with;
};

struct back *back_new(const struct back_parts *parts);
void back_free(struct back **b);

/* Starts the servers. */
void back_start(struct back *b, struct back_listener listener);

/* A new snapshot: entries that are byte for byte the same keep running. */
void back_settings(struct back *b, struct settings *s);

size_t back_count(const struct back *b);
struct upstream *back_at(const struct back *b, size_t i);
/* NULL when there is none of that name. */
struct upstream *back_find(const struct back *b, struct str name);

/* A person was disabled or removed: their own links are closed.  Nothing of
 * theirs waits for one any more. */
void back_forget_person(struct back *b, struct str person_id);

/* ---- for upstream.c ---- */
const struct back_listener *back_listener(const struct back *b);

#endif
