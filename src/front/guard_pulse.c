/* guard_pulse: see guard_pulse.h. */
#include "front/guard_pulse.h"

#include "base/arena.h"
#include "base/die.h"
#include "front/guard_keys.h"
#include "front/guard_people.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/tables.h"

#include <stdlib.h>

#define QUESTION_MAX ((size_t)4 << 10)

struct guard_pulse {
	struct guard *guard;
	struct loop_timer timer;
	int64_t mark; /* as it was last heard */
};

struct question {
	struct store_job job;
	struct guard_pulse *pulse;
	int64_t mark;
};

static bool
ask(struct store_txn *t, struct store_job *job, struct fault *f)
{
	return tables_mark(t, &((struct question *)(void *)job)->mark, f);
}

/* Trouble with the store is told to those who need it. */
static void
hear(struct store_job *job)
{
	struct question *q = (struct question *)(void *)job;
	struct guard_pulse *p = q->pulse;
	struct arena *a = job->arena;

	if (!fault_is_set(&job->fault) && q->mark != p->mark) {
		p->mark = q->mark;
		guard_refresh_held(p->guard);
		guard_people_check(p->guard);
	}
	arena_free(&a);
	loop_timer_set(&p->timer, GUARD_PULSE_MS);
}

static void
beat(void *with)
{
	struct guard_pulse *p = with;
	const struct guard *g = p->guard;
	struct arena *a;
	struct question *q;

	if (g->keys.n == 0 && list_is_empty(&g->loose)) {
		loop_timer_set(&p->timer, GUARD_PULSE_MS);
		return;
	}
	a = arena_new(QUESTION_MAX);
	q = arena_new_of(a, struct question);
	insist(q != NULL);
	*q = (struct question){ .pulse = p,
		.job = { .arena = a, .run = ask, .done = hear } };
	store_submit(g->front->store, &q->job);
}

struct guard_pulse *
guard_pulse_new(struct guard *g)
{
	struct guard_pulse *p = calloc(1, sizeof(*p));

	if (p == NULL)
		die("out of memory");
	p->guard = g;
	loop_timer_init(&p->timer, g->front->loop, beat, p);
	loop_timer_set(&p->timer, GUARD_PULSE_MS);
	return p;
}

void
guard_pulse_free(struct guard_pulse **p)
{
	if (*p == NULL)
		return;
	loop_timer_stop(&(*p)->timer);
	free(*p);
	*p = NULL;
}
