/*
 * loop_timer: timers; see loop.h.
 *
 * A heap of pointers to the members of what they time, over one uv_timer that
 * is armed for the earliest.  Stopping or moving a timer leaves the uv_timer
 * alone: when it fires too early it is armed again.
 */
#include "net/loop_parts.h"

#include "base/die.h"

#include <stdlib.h>

#define HEAP_MIN ((size_t)64)

static void
heap_put(struct loop_heap *h, size_t i, struct loop_timer *t)
{
	h->at[i] = t;
	t->place = i + 1;
}

static void
heap_up(struct loop_heap *h, size_t i, struct loop_timer *t)
{
	while (i > 0 && t->due < h->at[(i - 1) / 2]->due) {
		heap_put(h, i, h->at[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(h, i, t);
}

static void
heap_down(struct loop_heap *h, size_t i, struct loop_timer *t)
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
heap_settle(struct loop_heap *h, size_t i, struct loop_timer *t)
{
	if (i > 0 && t->due < h->at[(i - 1) / 2]->due)
		heap_up(h, i, t);
	else
		heap_down(h, i, t);
}

static size_t
heap_append(struct loop_heap *h)
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
heap_remove(struct loop_heap *h, struct loop_timer *t)
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
loop_timer_start_all(struct loop *l)
{
	loop_must(uv_timer_init(&l->uv, &l->clock), "event loop");
}

void
loop_timer_free_all(struct loop *l)
{
	free(l->heap.at);
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
