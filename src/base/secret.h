/*
 * secret: bytes that must not be seen.
 *
 * Wiped when released, compared in constant time, and shown by the logger as
 * a short hash only.  The bytes live on the heap and belong to the struct.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/str.h"

struct secret {
	char *p;
	size_t n;
};

/* A copy of s.  Any former value is wiped first. */
void secret_set(struct secret *x, struct str s);

/* Wipes and frees; x is then empty. */
void secret_clear(struct secret *x);

static inline bool
secret_is_empty(const struct secret *x)
{
	return x->n == 0;
}

/* For the one line that has to send or hash it. */
static inline struct str
secret_reveal(const struct secret *x)
{
	return (struct str){ x->p == NULL ? "" : x->p, x->n };
}

/* Takes time that depends on the lengths alone. */
bool secret_eq(struct str a, struct str b);

/* Overwrites in a way that the compiler keeps. */
void secret_wipe(void *p, size_t n);

#endif
