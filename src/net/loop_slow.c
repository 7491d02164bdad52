/* loop_slow: jobs for the pool of slow sums; see loop.h. */
#include "net/loop_parts.h"

#include "base/die.h"

#include <stdlib.h>

struct slow {
	uv_work_t work;
	struct list link;
	struct loop *loop;
	void (*run)(void *);
	void (*done)(void *);
	void *with;
};

static void start_slow(struct loop *l, struct slow *s);

static void
slow_run(uv_work_t *work)
{
	struct slow *s = work->data;

	s->run(s->with);
}

static void
slow_done(uv_work_t *work, int status)
{
	struct slow *s = work->data;
	struct loop *l = s->loop;
	struct list *next;

	insist(status == 0);
	l->running--;
	if (!l->closing && !list_is_empty(&l->slow)) {
		next = l->slow.next;
		list_remove(next);
		l->slow_count--;
		start_slow(l, list_entry(next, struct slow, link));
	}
	if (!l->closing)
		s->done(s->with);
	free(s);
}

static void
start_slow(struct loop *l, struct slow *s)
{
	l->running++;
	s->work.data = s;
	loop_must(uv_queue_work(&l->uv, &s->work, slow_run, slow_done), "pool");
}

bool
loop_slow(struct loop *l, void (*work)(void *with), void (*done)(void *with),
	void *with, struct fault *f)
{
	struct slow *s;

	if (l->running >= LOOP_SLOW_MAX && l->slow_count >= LOOP_SLOW_QUEUE)
		return fault_set(f, FAULT_TOO_MANY, "%u slow sums wait already",
			l->slow_count);
	s = loop_alloc(sizeof(*s));
	s->loop = l;
	s->run = work;
	s->done = done;
	s->with = with;
	list_init(&s->link);
	if (l->running < LOOP_SLOW_MAX) {
		start_slow(l, s);
	} else {
		list_add(&l->slow, &s->link);
		l->slow_count++;
	}
	return true;
}

void
loop_slow_start(struct loop *l)
{
	list_init(&l->slow);
}

void
loop_slow_drop(struct loop *l)
{
	list_each(link, &l->slow)
		free(list_entry(link, struct slow, link));
}
