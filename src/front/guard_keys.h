/*
 * guard_keys: the tokens that the guard knows, each with its holder.
 *
 * Private to guard.c and guard_keys.c.
 *
 *	new ──enlist──▶ used ──unlist──▶ loose ──last drop──▶ dying ──▶ freed
 *
 * The table is a holder itself, so a listed key is never dropped for good.
 *
 * kill() unlists a key that may open nothing any more and wakes the watch, so
 * that streams that it opened end.
 */
#ifndef FRONT_GUARD_KEYS_H
#define FRONT_GUARD_KEYS_H

#include "base/map.h"
#include "crypto/tag.h"
#include "front/guard.h"
#include "front/guard_lookup.h"

/* One allocation, its texts behind it. */
struct guard_key {
	struct principal principal;
	struct str scope; /* as stored */
	struct digest digest;
	struct tag tag; /* of the token's text, once it was seen */
	bool tagged;
	struct guard *guard;
	struct list link; /* in used while listed, else loose or dying */
	unsigned holders; /* the table is one */
	bool listed;
	bool dead;      /* revoked */
	bool asking;    /* being looked up again */
	bool ask_again; /* it may have been read too early */
	int64_t fresh;  /* loop_now() of the last look-up; of the last
			       * drop when dying */
	char text[];
};

struct guard {
	struct front *front;
	struct map keys;    /* digest → listed key */
	struct map tags;    /* tag → the same */
	struct list used;   /* listed, the least recently used first */
	struct list loose;  /* held by somebody, no longer listed */
	struct list dying;  /* held by nobody; freed by bury() */
	struct map lookups; /* digest → struct lookup */
	struct guard_pulse *pulse;
};

/* A key that is held once, by the caller, and not listed yet. */
struct guard_key *guard_keys_new(struct guard *g, const struct digest *d,
	const struct guard_found *found);

/* Puts it into the table; the least recently used one goes if it is full. */
void guard_keys_enlist(struct guard_key *k);

/* The listed key of that digest, now the most recently used; NULL. */
struct guard_key *guard_keys_find(struct guard *g, const struct digest *d);

/* The same by the tag of the token's text, if guard_keys_tag() gave it one. */
struct guard_key *guard_keys_tagged(struct guard *g, const struct tag *tag);
void guard_keys_tag(struct guard_key *k, const struct tag *tag);

/* It opens nothing any more, and streams that it opened end. */
void guard_keys_kill(struct guard_key *k);

#endif
