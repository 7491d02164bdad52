/*
 * loop_parts: the inside of struct loop, for the files of the loop alone:
 * loop.c (its life, turns, other threads, signals), loop_timer.c and
 * loop_slow.c (the pool).
 */
#ifndef NET_LOOP_PARTS_H
#define NET_LOOP_PARTS_H

#include "net/loop.h"

#include <uv.h>

/* A binary heap of those that are set, the earliest first. */
struct loop_heap {
	struct loop_timer **at;
	size_t n;
	size_t cap;
};

struct loop {
	uv_loop_t uv;
	uv_async_t stop;
	uv_check_t heard;     /* all that was ready was heard */
	uv_prepare_t waiting; /* the loop is about to wait */
	struct list turns[LOOP_SEND + 1];
	int64_t shift;   /* of the wall clock, seconds */
	int64_t skipped; /* of loop_now() */
	bool inside;     /* loop_run() */
	bool closing;

	/* loop_timer.c */
	uv_timer_t clock;
	struct loop_heap heap;
	int64_t armed; /* when clock fires; 0: it does not */
	bool firing;

	/* loop_slow.c */
	struct list slow; /* those that wait */
	unsigned slow_count;
	unsigned running;
};

/* Dies when libuv could not do it, or when memory is out (zeroed). */
void loop_must(int status, const char *what);
void *loop_alloc(size_t n);

void loop_timer_start_all(struct loop *l);
void loop_timer_free_all(struct loop *l);

void loop_slow_start(struct loop *l);
/* Drops those that wait. */
void loop_slow_drop(struct loop *l);

#endif
