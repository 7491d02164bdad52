/*
 * loop: the one thread that runs all network work and owns all live state.
 *
 * A thin hold on libuv: time, timers, wake-ups from other threads, jobs for
 * the pool of slow sums, signals, and watches on our own non-blocking
 * descriptors.  Everything below net/ and above it on the loop's thread runs
 * without locks.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/fault.h"
#include "base/list.h"

struct loop;

/* Dies when the machine has no descriptors left. */
struct loop *loop_new(void);

/* Waits for the jobs that run in the pool, drops those that wait, and closes
 * what its owners left open; nobody is called back any more.  *l may be
 * NULL. */
void loop_free(struct loop **l);

/* libuv's own handle (uv_loop_t), for the files of net/ alone. */
struct uv_loop_s;
struct uv_loop_s *loop_uv(struct loop *l);

/* Runs until loop_stop(). */
void loop_run(struct loop *l);
/* From any thread.  A stop that comes before loop_run() ends that run at
 * once. */
void loop_stop(struct loop *l);

/* Milliseconds, monotonic, as of this turn of the loop. */
int64_t loop_now(const struct loop *l);

/* Seconds since 1970, wall clock.  Tests may shift it: loop_set_clock(). */
int64_t loop_wall(const struct loop *l);

/* Moves loop_wall() by so many seconds; timers don't notice. */
void loop_set_clock(struct loop *l, int64_t shift);

/* Moves loop_now() ahead by so many milliseconds, for tests: what is due by
 * then fires in the next turn. */
void loop_skip(struct loop *l, int64_t ms);

/* ---- timers: one shot, members of what they time ---- */

struct loop_timer {
	struct loop *loop;
	void (*fire)(void *with);
	void *with;
	int64_t due;  /* loop_now() at which it fires; 0: not set */
	size_t place; /* in the heap, + 1 */
};

void loop_timer_init(struct loop_timer *t, struct loop *l,
	void (*fire)(void *with), void *with);
/* Sets or moves it; ms >= 0 from now.  Set inside a timer's own fire(), it
 * waits for a later turn of the loop. */
void loop_timer_set(struct loop_timer *t, int64_t ms);
void loop_timer_stop(struct loop_timer *t);

/* ---- turns: work in batches ----
 *
 * A turn of the loop first hears what is ready on all descriptors and reads
 * it; then what was read is worked on, and what that gave is sent.  Each of
 * the three runs over many connections while its code and the kernel's are in
 * the processor's caches, which takes a tenth off the cost of a call. */

enum loop_stage { LOOP_WORK, LOOP_SEND };

/* A member of what has something to do. */
struct loop_turn {
	struct list place;
	struct loop *loop;
	void (*run)(void *with);
	void *with;
};

void loop_turn_init(struct loop_turn *t, struct loop *l,
	void (*run)(void *with), void *with);
/* Has run(with) called once in this turn of the loop, and before it waits.
 * Does nothing when it is set already. */
void loop_turn_set(struct loop_turn *t, enum loop_stage stage);
void loop_turn_stop(struct loop_turn *t);

/* ---- other threads ---- */

struct loop_wake;

/* hear(with) runs on the loop soon after any thread called loop_wake(). */
struct loop_wake *loop_wake_new(
	struct loop *l, void (*hear)(void *with), void *with);
void loop_wake_free(struct loop_wake **w);
/* From any thread; several may be heard as one. */
void loop_wake(struct loop_wake *w);

/* Runs work(with) in the pool and then done(with) on the loop.  At most
 * LOOP_SLOW_MAX at a time, LOOP_SLOW_QUEUE waiting; FAULT_TOO_MANY past
 * that. */
#define LOOP_SLOW_MAX   2
#define LOOP_SLOW_QUEUE 64
bool loop_slow(struct loop *l, void (*work)(void *with),
	void (*done)(void *with), void *with, struct fault *f);

/* Calls hear(with, signum) on the loop for each of that signal. */
void loop_signal(struct loop *l, int signum,
	void (*hear)(void *with, int signum), void *with);

#endif
