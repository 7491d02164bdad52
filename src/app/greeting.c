/* greeting: see greeting.h. */
#include "app/greeting.h"

#include "base/arena.h"
#include "base/event.h"
#include "front/front.h"
#include "store/store.h"
#include "store/tables.h"

#include <stdio.h>
#include <unistd.h>

struct owner_job {
	struct store_job job;
	bool found;
};

static bool
look_for_owner(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct owner_job *j = (struct owner_job *)job;
	struct person *people;
	size_t n;

	if (!person_list(job->arena, t, &people, &n, f))
		return false;
	for (size_t i = 0; i < n; i++)
		j->found = j->found || people[i].owner;
	return true;
}

static void
say_where(const struct greeting *g)
{
	event_log(NULL, EVENT_STARTED, EF_STR("address", g->address),
		EF_STR("url", g->url));
	if (isatty(STDOUT_FILENO) == 1)
		printf("Ostiary is at %.*s\n", STR_ARG(g->url));
}

static void
offer_setup(struct arena *a, const struct greeting *g)
{
	struct str link = front_open_setup(a, g->front);

	event_log(NULL, EVENT_SETUP_LINK, EF_STR("url", g->url));
	printf("There is no owner yet. Open this link, once, to make the "
	       "account:\n\n    %.*s\n\n",
		STR_ARG(link));
}

bool
greeting_say(const struct greeting *g, struct fault *f)
{
	struct owner_job j = { .job.run = look_for_owner,
		.job.arena = arena_new(ARENA_SCRATCH_MAX) };
	bool asked = store_run(g->store, &j.job);

	if (asked) {
		say_where(g);
		if (!j.found)
			offer_setup(j.job.arena, g);
		fflush(stdout);
	} else {
		*f = j.job.fault;
	}
	arena_free(&j.job.arena);
	return asked;
}
