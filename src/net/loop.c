/* loop: see loop.h.  Its life, the turns, and what comes from outside: other
 * threads and signals. */
#include "net/loop_parts.h"

#include "base/die.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

/* So much is worked on before what it gave is sent: enough for the caches,
 * and nobody waits for long. */
#define WORK_BATCH 16u

struct loop_wake {
	uv_async_t async;
	void (*hear)(void *);
	void *with;
};

struct signal_watch {
	uv_signal_t signal;
	void (*hear)(void *, int);
	void *with;
};

void
loop_must(int status, const char *what)
{
	if (status != 0)
		die("%s: %s", what, uv_strerror(status));
}

void *
loop_alloc(size_t n)
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
	struct loop *l = loop_alloc(sizeof(*l));

	loop_must(uv_loop_init(&l->uv), "event loop");
	loop_must(uv_async_init(&l->uv, &l->stop, on_stop), "event loop");
	loop_must(uv_check_init(&l->uv, &l->heard), "event loop");
	loop_must(uv_check_start(&l->heard, on_heard), "event loop");
	loop_must(uv_prepare_init(&l->uv, &l->waiting), "event loop");
	loop_must(uv_prepare_start(&l->waiting, on_waiting), "event loop");
	l->uv.data = l;
	list_init(&l->turns[LOOP_WORK]);
	list_init(&l->turns[LOOP_SEND]);
	loop_timer_start_all(l);
	loop_slow_start(l);
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
	loop_slow_drop(l);
	uv_walk(&l->uv, close_left_open, NULL);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
		;
	loop_must(uv_loop_close(&l->uv), "event loop");
	loop_timer_free_all(l);
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
	struct loop_wake *w = loop_alloc(sizeof(*w));

	w->hear = hear;
	w->with = with;
	loop_must(uv_async_init(&l->uv, &w->async, on_wake), "event loop");
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
	struct signal_watch *w = loop_alloc(sizeof(*w));

	w->hear = hear;
	w->with = with;
	loop_must(uv_signal_init(&l->uv, &w->signal), "signal");
	w->signal.data = w;
	loop_must(uv_signal_start(&w->signal, on_signal, signum), "signal");
}
