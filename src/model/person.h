/*
 * person: somebody who can log in.  Plain values; the bytes live in the arena
 * that the loader was given.
 */
#ifndef MODEL_PERSON_H
#define MODEL_PERSON_H

#include "base/str.h"

struct person {
	struct str id;            /* "p_" and random text; never shown */
	struct str name;          /* what they log in with */
	struct str password_hash; /* argon2id; STR_NONE: no password login */
	bool owner;               /* may administer */
	int64_t created;          /* seconds since 1970 */
	int64_t disabled;         /* when; 0: may log in */
};

/* A browser that somebody logged in with.  The cookie holds the token, the
 * store its digest. */
struct web_session {
	struct str digest; /* hex SHA-256 of the cookie's token */
	struct str person_id;
	int64_t created;
	int64_t expires;
};

/* 1–64 characters of letters, digits, '.', '_', '-', '@', '+'; letters beyond
 * ASCII are welcome, in valid UTF-8.  No blanks, controls, symbols, or
 * characters that can't be seen or that turn the direction of text.  Names
 * compare byte by byte. */
bool person_name_is_valid(struct str name);

#endif
