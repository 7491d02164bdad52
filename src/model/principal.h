/*
 * principal: on whose behalf a request runs, as the guard found out.
 *
 * No principal, no dispatch: everything behind the guard takes one by
 * pointer and never makes one.  Lives as long as the guard's cache holds it;
 * counted, so that a long stream keeps its own.
 */
#ifndef MODEL_PRINCIPAL_H
#define MODEL_PRINCIPAL_H

#include "base/str.h"

struct usage;

struct principal {
	struct str person_id;
	struct str person_name;
	struct str client_id;
	struct str grant_id;
	struct str resource; /* the audience of the token */
	uint64_t scopes;     /* bits of the settings' scope table, implied ones
			       * included (oauth/scope.h) */
	int64_t expires;     /* seconds since 1970 */
	struct usage *usage; /* what the person has running (usage.h) */
};

#endif
