/*
 * usage: what one person has running, whatever token or session it came by, so
 * that nobody takes what is there for all.
 *
 * There is one for each person whose token is known: it is found by the
 * person's id once, when the token is looked up, and principals point at it
 * from then on, so that counting a call looks nothing up.  It goes when no
 * principal points at it and nothing runs.
 */
#ifndef MODEL_USAGE_H
#define MODEL_USAGE_H

#include "base/map.h"

enum usage_kind { USAGE_CALL, USAGE_STREAM, USAGE_KINDS };

struct usage;

/* Everybody's. */
struct usages {
	struct map by_person;
};

void usages_init(struct usages *all);
/* Nobody points at one of them and nothing runs any more. */
void usages_clear(struct usages *all);

/* That person's, for somebody who points at it until usage_drop(). */
struct usage *usage_hold(struct usages *all, struct str person_id);
/* *u becomes NULL. */
void usage_drop(struct usage **u);

struct str usage_person_id(const struct usage *u);

/* One more of that kind runs; false: there are as many as may be, and it must
 * not. */
bool usage_begin(struct usage *u, enum usage_kind kind, unsigned most);
/* It runs no longer.  *u becomes NULL; NULL before: it was never counted. */
void usage_end(struct usage **u, enum usage_kind kind);

#endif
