/* http_server: see http_server.h.  The server as a whole: its connections'
 * deadlines, what they do on a next turn, the date, the drain. */
#include "net/http_server.h"

#include "base/die.h"
#include "net/http_connection.h"
#include "net/http_listen.h"
#include "net/http_service.h"

#include <stdlib.h>
#include <time.h>

#define SWEEP_MS_MAX 500
#define SWEEP_MS_MIN 10
#define TRIM_MS      5000
#define LAST_HEAD_MS 1000 /* while draining */

const struct http_limits http_limits_default = {
	.body_max = (size_t)4 << 20,
	.head_ms = 15000,
	.body_ms = 60000,
	.idle_ms = 75000,
	.write_ms = 60000,
	.connections = 4096,
	.stream_buffer = (size_t)1 << 20,
};

/* ---- deadlines ---- */

/* Nobody waits for a limit to the millisecond: every so often, all of them
 * are looked at, and what is due has its turn. */
static int64_t
sweep_interval(const struct http_limits *limits)
{
	const int64_t all[] = { limits->head_ms, limits->body_ms,
		limits->idle_ms, limits->write_ms };
	int64_t ms = SWEEP_MS_MAX;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] > 0 && all[i] / 4 < ms)
			ms = all[i] / 4;
	return ms < SWEEP_MS_MIN ? SWEEP_MS_MIN : ms;
}

int64_t
http_service_head_ms(const struct http_server *s)
{
	int64_t ms = s->limits.head_ms;

	return s->draining && ms > LAST_HEAD_MS ? LAST_HEAD_MS : ms;
}

static bool
is_due(int64_t deadline, int64_t now)
{
	return deadline != 0 && now >= deadline;
}

static bool
is_long_idle(const struct http_connection *c, int64_t now)
{
	int64_t since = c->deadline - c->server->limits.idle_ms;

	return c->deadline != 0 && now - since >= TRIM_MS &&
		c->in.from == c->in.to;
}

static void
sweep(void *with)
{
	struct http_server *s = with;
	int64_t now = loop_now(s->loop);

	list_each(link, &s->idle) {
		struct http_connection *c =
			list_entry(link, struct http_connection, link);

		if (is_due(c->deadline, now))
			http_connection_later(c);
		else if (is_long_idle(c, now))
			http_connection_trim(c);
	}
	list_each(link, &s->busy) {
		struct http_connection *c =
			list_entry(link, struct http_connection, link);

		if (is_due(c->deadline, now) || is_due(c->write_deadline, now))
			http_connection_later(c);
	}
	if (s->counts.connections > 0)
		loop_timer_set(&s->sweep, s->sweep_ms);
}

/* Those that are put on the list meanwhile have the turn after this one. */
static void
run_later(void *with)
{
	struct http_server *s = with;
	struct list now;

	list_init(&now);
	while (!list_is_empty(&s->later)) {
		struct list *first = s->later.next;

		list_remove(first);
		list_add(&now, first);
	}
	while (!list_is_empty(&now)) {
		struct list *first = now.next;

		list_remove(first);
		http_connection_turn(
			list_entry(first, struct http_connection, later));
	}
}

/* ---- the date ---- */

/* IMF-fixdate (RFC 9110 5.6.7). */
static void
write_date(struct http_server *s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t wall = (time_t)loop_wall(s->loop);
	struct tm t;

	insist(gmtime_r(&wall, &t) != NULL);
	snprintf(s->date, sizeof(s->date),
		"Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
		days + (ptrdiff_t)3 * t.tm_wday, t.tm_mday,
		months + (ptrdiff_t)3 * t.tm_mon, (1900 + t.tm_year) % 10000,
		t.tm_hour, t.tm_min, t.tm_sec);
}

struct str
http_service_date(struct http_server *s)
{
	int64_t now = loop_now(s->loop);

	if (now >= s->date_until) {
		write_date(s);
		s->date_until = now + 1000;
	}
	return str_of(s->date,
		sizeof("Date: Sun, 06 Nov 1994 08:49:37 GMT"
		       "\r\n") -
			1);
}

/* ---- life ---- */

void
http_service_count(struct http_server *s, int by)
{
	s->counts.connections += (unsigned)by;
	if (by > 0 && s->sweep.place == 0)
		loop_timer_set(&s->sweep, s->sweep_ms);
	if (by < 0)
		http_service_resume(s);
	if (s->draining && s->counts.connections == 0 && s->drained != NULL)
		loop_timer_set(&s->drain_end, 0);
}

void
http_service_resume(struct http_server *s)
{
	if (s->listen != NULL)
		http_listen_resume(s->listen);
}

static bool
waits_for_peer(const struct http_connection *c)
{
	switch (c->state) {
	case HTTP_STATE_HEAD:
	case HTTP_STATE_BODY:
	case HTTP_STATE_LINGERING:
		return true;
	case HTTP_STATE_FINISHING:
		return c->writing || !c->body.done;
	case HTTP_STATE_IDLE:
	case HTTP_STATE_SERVING:
	case HTTP_STATE_CLOSED:
		break;
	}
	return false;
}

struct http_connection *
http_service_spare(const struct http_server *s)
{
	if (!list_is_empty(&s->idle))
		return list_entry(s->idle.next, struct http_connection, link);
	list_each(link, &s->busy) {
		struct http_connection *c =
			list_entry(link, struct http_connection, link);

		if (waits_for_peer(c))
			return c;
	}
	return NULL;
}

static void
drain_ended(void *with)
{
	struct http_server *s = with;
	void (*done)(void *) = s->drained;

	s->drained = NULL;
	if (done != NULL)
		done(s->drained_with);
}

struct http_server *
http_server_new(
	struct loop *l, const struct http_server_plan *plan, struct fault *f)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		die("out of memory");
	insist(plan->handler.serve != NULL);
	s->loop = l;
	s->tls = plan->tls;
	s->limits = plan->limits != NULL ? *plan->limits : http_limits_default;
	s->handler = plan->handler;
	s->sweep_ms = sweep_interval(&s->limits);
	list_init(&s->idle);
	list_init(&s->busy);
	list_init(&s->later);
	loop_timer_init(&s->later_timer, l, run_later, s);
	loop_timer_init(&s->sweep, l, sweep, s);
	loop_timer_init(&s->drain_end, l, drain_ended, s);
	s->listen = http_listen_new(s, plan->listen, f);
	if (s->listen == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

struct str
http_server_address(const struct http_server *s)
{
	return str_from(s->address);
}

void
http_server_set_limits(struct http_server *s, const struct http_limits *limits)
{
	s->limits = *limits;
	s->sweep_ms = sweep_interval(limits);
	if (s->sweep.place != 0)
		loop_timer_set(&s->sweep, s->sweep_ms);
	http_service_resume(s);
}

static void
hurry(struct http_connection *c)
{
	int64_t due = loop_now(c->server->loop) + LAST_HEAD_MS;

	if (c->state == HTTP_STATE_HEAD && c->deadline > due)
		c->deadline = due;
}

void
http_server_drain(
	struct http_server *s, int64_t ms, void (*done)(void *with), void *with)
{
	s->draining = true;
	s->drained = done;
	s->drained_with = with;
	http_listen_free(&s->listen);
	loop_timer_set(&s->drain_end, ms);
	list_each(link, &s->idle) {
		struct http_connection *c =
			list_entry(link, struct http_connection, link);

		if (c->in.from == c->in.to)
			http_connection_close(c);
	}
	list_each(link, &s->busy)
		hurry(list_entry(link, struct http_connection, link));
	if (s->counts.connections == 0)
		loop_timer_set(&s->drain_end, 0);
}

static void
drop_all(struct list *connections)
{
	while (!list_is_empty(connections))
		http_connection_drop(list_entry(
			connections->next, struct http_connection, link));
}

void
http_server_free(struct http_server **sp)
{
	struct http_server *s = *sp;

	if (s == NULL)
		return;
	*sp = NULL;
	s->drained = NULL;
	http_listen_free(&s->listen);
	drop_all(&s->idle);
	drop_all(&s->busy);
	loop_timer_stop(&s->later_timer);
	loop_timer_stop(&s->sweep);
	loop_timer_stop(&s->drain_end);
	free(s);
}

struct http_server_counts
http_server_counts(const struct http_server *s)
{
	return s->counts;
}
