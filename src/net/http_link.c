/* http_link: see http_link.h. */
#include "net/http_link.h"

#include "base/die.h"
#include "net/http_answer.h"
#include "net/http_call.h"
#include "net/stream.h"

#include <stdlib.h>

#define IN_FIRST ((size_t)16 << 10)
#define IN_KEEP  ((size_t)64 << 10) /* a larger buffer is given back */

_Static_assert(VET_CONFIGURED < VET_LOOPBACK && VET_LOOPBACK < VET_PUBLIC,
	"later policies let less through");

/* An older one is looked at before it is trusted with a request. */
#define FRESH_MS 1000

static void
on_readable(void *with)
{
	struct http_link *l = with;

	if (l->call != NULL)
		http_answer_read(l);
	else
		http_link_close(&l);
}

static void
on_writable(void *with)
{
	struct http_link *l = with;

	if (l->call != NULL)
		http_call_flush(l->call);
}

static void
on_timer(void *with)
{
	struct http_link *l = with;
	int64_t now = loop_now(l->pool->client->loop);

	if (l->deadline == 0)
		return;
	if (now < l->deadline)
		loop_timer_set(&l->timer, l->deadline - now);
	else if (l->call != NULL)
		http_call_late(l->call);
	else
		http_link_close(&l);
}

static void
on_work(void *with)
{
	http_answer_go_on(with);
}

struct http_link *
http_link_new(struct http_pool *p, struct stream *s, enum vet_policy vet,
	struct http_call *call)
{
	struct http_link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		die("out of memory");
	p->users++;
	l->pool = p;
	l->stream = s;
	l->vet = vet;
	l->call = call;
	l->idle_ms = p->client->idle_ms;
	list_init(&l->place);
	loop_timer_init(&l->timer, p->client->loop, on_timer, l);
	loop_turn_init(&l->working, p->client->loop, on_work, l);
	stream_own(
		s, (struct stream_owner){ on_readable, on_writable, l, NULL });
	return l;
}

/* Its bytes no longer count. */
static void
uncount(struct http_link *l)
{
	http_pool_keep(l->pool, l->cap, 0, NULL);
}

static void
link_free(struct http_link *l)
{
	free(l->in);
	free(l);
}

static void
unlist(struct http_link *l)
{
	if (list_is_empty(&l->place))
		return;
	list_remove(&l->place);
	l->pool->idle_count--;
}

void
http_link_close(struct http_link **lp)
{
	struct http_link *l = *lp;

	if (l == NULL)
		return;
	*lp = NULL;
	insist(!l->dead);
	l->dead = true;
	l->call = NULL;
	loop_timer_stop(&l->timer);
	loop_turn_stop(&l->working);
	stream_close(&l->stream);
	unlist(l);
	uncount(l);
	http_pool_leave(l->pool);
	l->pool = NULL;
	if (l->entered == 0)
		link_free(l);
}

void
http_link_enter(struct http_link *l)
{
	l->entered++;
}

void
http_link_leave(struct http_link *l)
{
	if (--l->entered == 0 && l->dead)
		link_free(l);
}

static bool
is_usable(const struct http_link *l)
{
	int64_t age = loop_now(l->pool->client->loop) - l->since;

	return age < FRESH_MS || stream_is_quiet(l->stream);
}

struct http_link *
http_link_take(struct http_pool *p, enum vet_policy vet, struct http_call *call)
{
	struct list *at = p->idle.prev;

	while (at != &p->idle) {
		struct http_link *l = list_entry(at, struct http_link, place);

		at = at->prev;
		if (l->vet < vet)
			continue;
		if (!is_usable(l)) {
			http_link_close(&l);
			continue;
		}
		unlist(l);
		l->call = call;
		return l;
	}
	return NULL;
}

static void
close_oldest(struct http_pool *p)
{
	struct http_link *l = list_entry(p->idle.next, struct http_link, place);

	http_link_close(&l);
}

void
http_link_close_idle(struct http_pool *p)
{
	for (unsigned left = p->idle_count; left > 0; left--)
		close_oldest(p);
}

void
http_link_release(struct http_link *l)
{
	struct http_pool *p = l->pool;

	l->call = NULL;
	loop_turn_stop(&l->working);
	l->kept = true;
	l->n = l->at = l->scanned = 0;
	l->since = loop_now(p->client->loop);
	if (l->cap > IN_KEEP) {
		uncount(l);
		free(l->in);
		l->in = NULL;
		l->cap = 0;
	}
	http_link_limit(l, l->idle_ms);
	list_add(&p->idle, &l->place);
	if (++p->idle_count > p->client->idle_per_origin)
		close_oldest(p);
}

void
http_link_limit(struct http_link *l, int64_t ms)
{
	if (ms < 0) {
		l->deadline = 0;
		return;
	}
	l->deadline = loop_now(l->pool->client->loop) + ms;
	if (l->timer.due == 0 || l->timer.due > l->deadline)
		loop_timer_set(&l->timer, ms);
}

static void
move_down(struct http_link *l)
{
	l->n -= l->at;
	memmove(l->in, l->in + l->at, l->n);
	l->at = 0;
}

bool
http_link_room(struct http_link *l, size_t max, bool keep, struct fault *f)
{
	size_t cap = l->cap == 0 ? IN_FIRST : l->cap * 2;
	char *in;

	if (l->n < l->cap && l->n < max)
		return true;
	if (!keep && l->at > 0) {
		move_down(l);
		return true;
	}
	if (l->n >= max)
		return fault_set(f, FAULT_PEER_HTTP, "the answer does not fit");
	if (cap > max)
		cap = max;
	if (!http_pool_keep(l->pool, l->cap, cap, f))
		return false;
	in = realloc(l->in, cap);
	if (in == NULL)
		die("out of memory");
	l->in = in;
	l->cap = cap;
	return true;
}
