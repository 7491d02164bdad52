/* loop: see loop.h.
 *
 * Timers are a binary heap of pointers to the members of what they time, over
 * one uv_timer that is armed for the earliest.  Stopping or moving a timer
 * leaves the uv_timer alone: when it fires too early it is armed again. */
#include "net/loop.h"

#include "base/die.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

#define HEAP_MIN ((size_t)64)

/* So much is worked on before what it gave is sent: enough for the caches,
 * and nobody waits for long. */
#define WORK_BATCH 16u

struct heap {
	struct loop_timer **at;
	size_t n;
	size_t cap;
};

struct loop {
	uv_loop_t uv;
	uv_async_t stop;
	uv_timer_t clock;
	uv_check_t heard;     /* all that was ready was heard */
	uv_prepare_t waiting; /* the loop is about to wait */
	struct list turns[LOOP_SEND + 1];
	struct heap heap;
	int64_t armed;   /* when clock fires; 0: it does not */
	int64_t shift;   /* of the wall clock, seconds */
	int64_t skipped; /* of loop_now() */
	bool inside;     /* loop_run() */
	bool firing;
	bool closing;
	struct list slow; /* struct slow that wait */
	unsigned slow_count;
	unsigned running;
};

struct loop_wake {
	uv_async_t async;
	void (*hear)(void *);
	void *with;
};

struct slow {
	uv_work_t work;
	struct list link;
	struct loop *loop;
	void (*run)(void *);
	void (*done)(void *);
	void *with;
};

struct signal_watch {
	uv_signal_t signal;
	void (*hear)(void *, int);
	void *with;
};

static void
must(int status, const char *what)
{
	if (status != 0)
		die("%s: %s", what, uv_strerror(status));
}

static void *
must_alloc(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		die("out of memory");
	return p;
}

static void on_heard(uv_check_t *heard);
static void on_waiting(uv_prepare_t *waiting);

static void
on_stop(uv_async_t *async)
{
	uv_stop(async->loop);
}

struct loop *
loop_new(void)
{
	struct loop *l = must_alloc(sizeof(*l));

	must(uv_loop_init(&l->uv), "event loop");
	must(uv_async_init(&l->uv, &l->stop, on_stop), "event loop");
	must(uv_timer_init(&l->uv, &l->clock), "event loop");
	must(uv_check_init(&l->uv, &l->heard), "event loop");
	must(uv_check_start(&l->heard, on_heard), "event loop");
	must(uv_prepare_init(&l->uv, &l->waiting), "event loop");
	must(uv_prepare_start(&l->waiting, on_waiting), "event loop");
	l->uv.data = l;
	list_init(&l->turns[LOOP_WORK]);
	list_init(&l->turns[LOOP_SEND]);
	list_init(&l->slow);
	return l;
}

static void
free_data(uv_handle_t *h)
{
	free(h->data);
}

static void
close_left_open(uv_handle_t *h, void *with)
{
	(void)with;
	if (uv_is_closing(h))
		return;
	/* Signals are the only handles that live as long as the loop. */
	uv_close(h, h->type == UV_SIGNAL ? free_data : NULL);
}

void
loop_free(struct loop **lp)
{
	struct loop *l = *lp;

	if (l == NULL)
		return;
	*lp = NULL;
	l->closing = true;
	list_each(link, &l->slow)
		free(list_entry(link, struct slow, link));
	uv_walk(&l->uv, close_left_open, NULL);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
		;
	must(uv_loop_close(&l->uv), "event loop");
	free(l->heap.at);
	free(l);
}

void
loop_run(struct loop *l)
{
	l->inside = true;
	uv_run(&l->uv, UV_RUN_DEFAULT);
	l->inside = false;
}

void
loop_stop(struct loop *l)
{
	uv_async_send(&l->stop);
}

struct uv_loop_s *
loop_uv(struct loop *l)
{
	return &l->uv;
}

int64_t
loop_now(const struct loop *l)
{
	return (int64_t)uv_now(&l->uv) + l->skipped;
}

int64_t
loop_wall(const struct loop *l)
{
	return (int64_t)time(NULL) + l->shift;
}

void
loop_set_clock(struct loop *l, int64_t shift)
{
	l->shift = shift;
}

/* ---- timers ---- */

static void
heap_put(struct heap *h, size_t i, struct loop_timer *t)
{
	h->at[i] = t;
	t->place = i + 1;
}

static void
heap_up(struct heap *h, size_t i, struct loop_timer *t)
{
	while (i > 0 && t->due < h->at[(i - 1) / 2]->due) {
		heap_put(h, i, h->at[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(h, i, t);
}

static void
heap_down(struct heap *h, size_t i, struct loop_timer *t)
{
	size_t kid;

	while ((kid = 2 * i + 1) < h->n) {
		if (kid + 1 < h->n && h->at[kid + 1]->due < h->at[kid]->due)
			kid++;
		if (t->due <= h->at[kid]->due)
			break;
		heap_put(h, i, h->at[kid]);
		i = kid;
	}
	heap_put(h, i, t);
}

/* To its place after its due time changed, from place i on. */
static void
heap_settle(struct heap *h, size_t i, struct loop_timer *t)
{
	if (i > 0 && t->due < h->at[(i - 1) / 2]->due)
		heap_up(h, i, t);
	else
		heap_down(h, i, t);
}

static size_t
heap_append(struct heap *h)
{
	size_t cap = h->cap == 0 ? HEAP_MIN : 2 * h->cap;

	if (h->n == h->cap) {
		h->at = realloc(h->at, cap * sizeof(struct loop_timer *));
		if (h->at == NULL)
			die("out of memory");
		h->cap = cap;
	}
	return h->n++;
}

static void
heap_remove(struct heap *h, struct loop_timer *t)
{
	size_t i = t->place - 1;
	struct loop_timer *last = h->at[--h->n];

	t->place = 0;
	if (last != t)
		heap_settle(h, i, last);
}

static void on_clock(uv_timer_t *clock);

static void
arm(struct loop *l)
{
	int64_t due, now;

	if (l->heap.n == 0)
		return;
	due = l->heap.at[0]->due;
	if (l->armed != 0 && l->armed <= due)
		return;
	now = loop_now(l);
	l->armed = due;
	uv_timer_start(
		&l->clock, on_clock, due > now ? (uint64_t)(due - now) : 0, 0);
}

static void
on_clock(uv_timer_t *clock)
{
	struct loop *l = clock->loop->data;
	struct loop_timer *t;
	int64_t now = loop_now(l);

	if (l->closing)
		return;
	l->armed = 0;
	l->firing = true;
	while (l->heap.n > 0 && (t = l->heap.at[0])->due <= now) {
		heap_remove(&l->heap, t);
		t->due = 0;
		t->fire(t->with);
	}
	l->firing = false;
	arm(l);
}

void
loop_skip(struct loop *l, int64_t ms)
{
	l->skipped += ms;
	l->armed = 0;
	arm(l);
}

void
loop_timer_init(struct loop_timer *t, struct loop *l, void (*fire)(void *with),
	void *with)
{
	*t = (struct loop_timer){ .loop = l, .fire = fire, .with = with };
}

void
loop_timer_set(struct loop_timer *t, int64_t ms)
{
	struct loop *l = t->loop;
	size_t place;

	insist(ms >= 0);
	if (!l->inside)
		uv_update_time(&l->uv);
	/* Inside a round of firing, nothing may become due in that round. */
	if (l->firing && ms == 0)
		ms = 1;
	if (ms > INT64_MAX / 2)
		ms = INT64_MAX / 2;
	t->due = loop_now(l) + ms;
	place = t->place != 0 ? t->place - 1 : heap_append(&l->heap);
	heap_settle(&l->heap, place, t);
	if (!l->firing)
		arm(l);
}

void
loop_timer_stop(struct loop_timer *t)
{
	if (t->place != 0)
		heap_remove(&t->loop->heap, t);
	t->due = 0;
}

/* ---- turns ---- */

void
loop_turn_init(struct loop_turn *t, struct loop *l, void (*run)(void *with),
	void *with)
{
	*t = (struct loop_turn){ .loop = l, .run = run, .with = with };
	list_init(&t->place);
}

void
loop_turn_set(struct loop_turn *t, enum loop_stage stage)
{
	if (list_is_empty(&t->place))
		list_add(&t->loop->turns[stage], &t->place);
}

void
loop_turn_stop(struct loop_turn *t)
{
	list_remove(&t->place);
}

static void
run_turns(struct list *turns, unsigned most)
{
	for (; most > 0 && !list_is_empty(turns); most--) {
		struct loop_turn *t =
			list_entry(turns->next, struct loop_turn, place);

		list_remove(&t->place);
		t->run(t->with);
	}
}

static void
take_turns(struct loop *l)
{
	struct list *work = &l->turns[LOOP_WORK];
	struct list *send = &l->turns[LOOP_SEND];

	while (!l->closing && !(list_is_empty(work) && list_is_empty(send))) {
		run_turns(work, WORK_BATCH);
		run_turns(send, UINT_MAX);
	}
}

static void
on_heard(uv_check_t *heard)
{
	take_turns(heard->loop->data);
}

static void
on_waiting(uv_prepare_t *waiting)
{
	take_turns(waiting->loop->data);
}

/* ---- other threads ---- */

static void
on_wake(uv_async_t *async)
{
	struct loop_wake *w = async->data;

	w->hear(w->with);
}

struct loop_wake *
loop_wake_new(struct loop *l, void (*hear)(void *with), void *with)
{
	struct loop_wake *w = must_alloc(sizeof(*w));

	w->hear = hear;
	w->with = with;
	must(uv_async_init(&l->uv, &w->async, on_wake), "event loop");
	w->async.data = w;
	return w;
}

void
loop_wake_free(struct loop_wake **w)
{
	if (*w == NULL)
		return;
	uv_close((uv_handle_t *)&(*w)->async, free_data);
	*w = NULL;
}

void
loop_wake(struct loop_wake *w)
{
	uv_async_send(&w->async);
}

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
	must(uv_queue_work(&l->uv, &s->work, slow_run, slow_done), "pool");
}

bool
loop_slow(struct loop *l, void (*work)(void *with), void (*done)(void *with),
	void *with, struct fault *f)
{
	struct slow *s;

	if (l->running >= LOOP_SLOW_MAX && l->slow_count >= LOOP_SLOW_QUEUE)
		return fault_set(f, FAULT_TOO_MANY, "%u slow sums wait already",
			l->slow_count);
	s = must_alloc(sizeof(*s));
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

static void
on_signal(uv_signal_t *signal, int signum)
{
	struct signal_watch *w = signal->data;

	w->hear(w->with, signum);
}

void
loop_signal(struct loop *l, int signum, void (*hear)(void *with, int signum),
	void *with)
{
	struct signal_watch *w = must_alloc(sizeof(*w));

	w->hear = hear;
	w->with = with;
	must(uv_signal_init(&l->uv, &w->signal), "signal");
	w->signal.data = w;
	must(uv_signal_start(&w->signal, on_signal, signum), "signal");
}
