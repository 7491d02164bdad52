/* work: see work.h. */
#include "front/work.h"

#include "base/arena.h"
#include "base/die.h"
#include "front/routes.h"
#include "net/loop.h"

/* Lives in its own arena. */
struct work {
	struct store_job job; /* first: the store gives back a pointer to it */
	struct front *front;
	struct http_request *r; /* NULL: the peer left */
	struct arena *arena;
	struct work_plan plan;
	void *input;
};

struct work *
work_new(struct front *front, struct http_request *r)
{
	struct arena *a = arena_new(ARENA_REQUEST_MAX);
	struct work *w = arena_new_of(a, struct work);

	arena_hold_secret(a);
	insist(visit_of(r)->work == NULL);
	w->front = front;
	w->r = r;
	w->arena = a;
	w->job.arena = a;
	visit_of(r)->work = w;
	return w;
}

struct arena *
work_arena(struct work *w)
{
	return w->arena;
}

static void
detach(struct work *w)
{
	if (w->r != NULL)
		visit_of(w->r)->work = NULL;
}

void
work_drop(struct work **w)
{
	struct arena *a = (*w)->arena;

	detach(*w);
	arena_free(&a);
	*w = NULL;
}

void
work_gone(struct http_request *r)
{
	struct work *w = visit_of(r)->work;

	if (w == NULL)
		return;
	detach(w);
	w->r = NULL;
}

/* On the loop, once, whatever became of it. */
static void
finish(struct work *w)
{
	struct arena *a = w->arena;

	detach(w);
	if (w->plan.always != NULL)
		w->plan.always(w->front, w->input, &w->job.fault);
	if (w->r != NULL && w->plan.done != NULL)
		w->plan.done(w->front, w->r, w->input, &w->job.fault);
	arena_free(&a);
}

static bool
run_job(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct work *w = (struct work *)(void *)job;

	return w->plan.run(w->arena, t, w->input, f);
}

static void
job_done(struct store_job *job)
{
	finish((struct work *)(void *)job);
}

static void
to_store(struct work *w)
{
	if (w->plan.run == NULL) {
		finish(w);
		return;
	}
	w->job.run = run_job;
	w->job.done = job_done;
	store_submit(w->front->store, &w->job);
}

static void
slow_run(void *with)
{
	struct work *w = with;

	w->plan.slow(w->arena, w->input);
}

static void
slow_done(void *with)
{
	to_store(with);
}

void
work_submit(struct work *w, const struct work_plan *plan, void *input)
{
	w->plan = *plan;
	w->input = input;
	fault_clear(&w->job.fault);
	if (plan->slow == NULL)
		to_store(w);
	else if (!loop_slow(
			 w->front->loop, slow_run, slow_done, w, &w->job.fault))
		finish(w);
}
