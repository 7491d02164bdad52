/*
 * guard_pulse: has another process taken something back?
 *
 * Every GUARD_PULSE_MS the store is asked whether anybody else has written to
 * it (the command line, another node).  If so, the tokens that calls and
 * streams hold are looked up again; those of grants that have ended die, and
 * the hall ends what ran for them.  While no token is known, nobody is asked.
 */
#ifndef FRONT_GUARD_PULSE_H
#define FRONT_GUARD_PULSE_H

#define GUARD_PULSE_MS 500

struct guard;
struct guard_pulse;

struct guard_pulse *guard_pulse_new(struct guard *g);
/* No question is under way: the store was closed before. */
void guard_pulse_free(struct guard_pulse **p);

#endif
