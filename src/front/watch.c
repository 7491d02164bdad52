/* watch: see watch.h. */
#include "front/watch.h"

#include "base/die.h"
#include "front/call.h"
#include "net/loop.h"

#include <stdlib.h>

struct watch {
	struct front *front;
	struct list streams; /* of struct call */
	struct loop_timer timer;
	int64_t comment_at; /* loop_now() */
};

/* Ends the stream unless it may go on. */
static void
check(struct call *c)
{
	struct http_request *r = c->r;
	struct fault f;

	if (guard_holds(c->key, c->ask.endpoint, &f))
		return;
	event_fault(&r->scope, &f);
	call_leave(&c);
	http_stream_end(r);
}

static void
check_all(struct watch *w)
{
	list_each(link, &w->streams)
		check(list_entry(link, struct call, link));
}

static void
comment_all(struct watch *w)
{
	struct str comment = STR(":\n\n");
	int64_t now = loop_now(w->front->loop);

	if (now < w->comment_at)
		return;
	w->comment_at = now + WATCH_COMMENT_MS;
	list_each(link, &w->streams)
		http_stream_write(
			list_entry(link, struct call, link)->r, &comment, 1);
}

static void
tick(void *with)
{
	struct watch *w = with;

	check_all(w);
	if (list_is_empty(&w->streams))
		return;
	comment_all(w);
	loop_timer_set(&w->timer, WATCH_MS);
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
	if (list_is_empty(&w->streams)) {
		w->comment_at = loop_now(w->front->loop) + WATCH_COMMENT_MS;
		loop_timer_set(&w->timer, WATCH_MS);
	}
	list_add(&w->streams, &c->link);
}

void
watch_soon(struct watch *w)
{
	if (!list_is_empty(&w->streams))
		loop_timer_set(&w->timer, 0);
}
