/* watch: see watch.h. */
#include "front/watch.h"

#include "base/die.h"
#include "front/call.h"
#include "net/loop.h"

#include <stdlib.h>

#define SOON_MS 50

struct watch {
	struct front *front;
	struct list streams; /* of struct call */
	struct loop_timer timer;
};

/* Milliseconds until it has to be looked at again. */
static int64_t
due_in(const struct watch *w, const struct call *c)
{
	int64_t left = guard_principal(c->key)->expires -
		loop_wall(w->front->loop);

	if (left >= WATCH_MS / 1000)
		return WATCH_MS;
	return left <= 0 ? SOON_MS : left * 1000 + SOON_MS;
}

/* False: it may not go on, and was ended. */
static bool
keep_alive(struct watch *w, struct call *c)
{
	const struct endpoint *e = hall_endpoint(w->front->hall, c->path);
	struct str comment = STR(":\n\n");
	struct http_request *r = c->r;
	struct fault f;

	if (e != NULL && guard_holds(c->key, e, &f)) {
		http_stream_write(r, &comment, 1);
		return true;
	}
	if (e != NULL)
		event_fault(&r->scope, &f);
	call_leave(&c);
	http_stream_end(r);
	return false;
}

static void
tick(void *with)
{
	struct watch *w = with;
	int64_t next = WATCH_MS;

	list_each(link, &w->streams) {
		struct call *c = list_entry(link, struct call, link);

		if (keep_alive(w, c) && due_in(w, c) < next)
			next = due_in(w, c);
	}
	if (!list_is_empty(&w->streams))
		loop_timer_set(&w->timer, next);
}

struct watch *
watch_new(struct front *front)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		die("out of memory");
	w->front = front;
	list_init(&w->streams);
	loop_timer_init(&w->timer, front->loop, tick, w);
	return w;
}

void
watch_free(struct watch **wp)
{
	struct watch *w = *wp;

	*wp = NULL;
	if (w == NULL)
		return;
	insist(list_is_empty(&w->streams));
	loop_timer_stop(&w->timer);
	free(w);
}

void
watch_add(struct watch *w, struct call *c)
{
	int64_t due = due_in(w, c);

	list_add(&w->streams, &c->link);
	if (w->timer.due == 0 ||
		w->timer.due > loop_now(w->front->loop) + due)
		loop_timer_set(&w->timer, due);
}
