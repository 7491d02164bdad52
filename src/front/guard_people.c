/* guard_people: see guard_people.h. */
#include "front/guard_people.h"

#include "base/arena.h"
#include "front/guard_keys.h"
#include "hall/hall.h"
#include "store/store.h"
#include "store/tables.h"

/* Ids, and one person's row at a time. */
#define CENSUS_MAX ((size_t)16 << 20)
#define ROW_MAX    ((size_t)64 << 10)

struct census {
	struct store_job job;
	struct guard *guard;
	struct str *ids;
	size_t n;
	bool *gone; /* for each of them */
};

static bool
look_for(struct store_txn *t, struct str id, bool *gone, struct fault *f)
{
	struct arena *row = arena_new(ROW_MAX);
	struct person person;
	bool found = person_load(row, t, id, &person, f);

	*gone = found ? person.disabled != 0 : f->id == FAULT_NOT_FOUND;
	arena_free(&row);
	if (*gone)
		fault_clear(f);
	return found || *gone;
}

static bool
run(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct census *c = (struct census *)(void *)job;

	for (size_t i = 0; i < c->n; i++)
		if (!look_for(t, c->ids[i], &c->gone[i], f))
			return false;
	return true;
}

/* Trouble with the store is told to those who need it. */
static void
done(struct store_job *job)
{
	struct census *c = (struct census *)(void *)job;
	struct arena *a = job->arena;

	for (size_t i = 0; i < c->n && !fault_is_set(&job->fault); i++)
		if (c->gone[i])
			guard_forget_person(c->guard, c->ids[i]);
	arena_free(&a);
}

void
guard_people_check(struct guard *g)
{
	struct arena *a = arena_new(CENSUS_MAX);
	struct census *c = arena_new_of(a, struct census);

	*c = (struct census){ .guard = g,
		.job = { .arena = a, .run = run, .done = done } };
	c->ids = hall_people(a, g->front->hall, &c->n);
	c->gone = arena_array(a, c->n + 1, sizeof(*c->gone));
	if (c->n == 0 || c->gone == NULL)
		arena_free(&a);
	else
		store_submit(g->front->store, &c->job);
}
