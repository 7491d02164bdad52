/*
 * guard_lookup: the guard's question to the store.
 *
 * One job: access token → grant → person.  A token whose grant is gone or was
 * revoked, or whose person is gone or disabled, is none.
 */
#ifndef FRONT_GUARD_LOOKUP_H
#define FRONT_GUARD_LOOKUP_H

#include "base/fault.h"
#include "crypto/digest.h"

struct store;

/* Texts live until heard() returns. */
struct guard_found {
	struct str person_id;
	struct str person_name;
	struct str client_id;
	struct str grant_id;
	struct str resource;
	struct str scope;
	int64_t expires;
};

struct guard_question {
	struct digest digest;
	/* Whose token it was when last heard of, so that the end of its grant
	 * is told from its own; STR_NONE.  Copied. */
	struct str grant_id;
	/* On the loop, once.  found is NULL when f is set: FAULT_REVOKED (grant
	 * or person are at their end), FAULT_INVALID_TOKEN, FAULT_STORE. */
	void (*heard)(void *with, const struct guard_found *found,
		const struct fault *f);
	void *with;
};

void guard_lookup(struct store *store, const struct guard_question *q);

#endif
