/*
 * die: the end of the process when one of our own invariants is broken or
 * the machine has no memory left.  Input is never a reason to die.
 *
 * insist() is assert() that stays on in production.
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

/* Prints "ostiary: <message>" to stderr and aborts. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define insist(cond)                                                           \
	((cond) ? (void)0                                                      \
		: die("%s:%d: broken invariant: %s", __FILE__, __LINE__,       \
			  #cond))

#endif
