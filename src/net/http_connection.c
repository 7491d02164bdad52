/* http_connection: see http_connection.h.  Life and writing. */
#include "net/http_connection.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/event.h"
#include "base/secret.h"
#include "net/http_intake.h"
#include "net/http_reply.h"
#include "net/http_service.h"

#include <stdlib.h>

/* Up to so many bytes wait for the others of the turn. */
#define TOGETHER_MAX ((size_t)16 << 10)

static void on_readable(void *with);
static void on_writable(void *with);
static void on_hung_up(void *with);
static void on_work(void *with);
static void on_send(void *with);

void
http_connection_new(struct http_server *s, int fd, const char *peer)
{
	struct http_connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		die("out of memory");
	c->server = s;
	list_init(&c->later);
	loop_turn_init(&c->working, s->loop, on_work, c);
	loop_turn_init(&c->sending, s->loop, on_send, c);
	list_add(&s->idle, &c->link);
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	buf_init(&c->out, SIZE_MAX / 2);
	c->stream = stream_accepted(s->loop, fd, s->tls);
	if (c->stream == NULL) {
		list_remove(&c->link);
		free(c);
		return;
	}
	http_service_count(s, 1);
	http_connection_move(c, HTTP_STATE_IDLE, s->limits.head_ms);
	stream_own(c->stream,
		(struct stream_owner){ .readable = on_readable,
			.writable = on_writable,
			.hung_up = on_hung_up,
			.with = c });
}

void
http_connection_free_input(struct http_connection *c)
{
	free(c->in.p);
	c->in = (struct http_input){ 0 };
}

void
http_connection_trim(struct http_connection *c)
{
	if (c->in.from == c->in.to)
		http_connection_free_input(c);
	free(c->head);
	c->head = NULL;
	arena_free(&c->r.arena);
}

/* All but what waits: the next request, or the rest of a body that was refused,
 * which is read before the connection is idle. */
static void
wipe_secret(struct http_connection *c)
{
	struct http_input *in = &c->in;

	if (!c->secret)
		return;
	if (in->p != NULL) {
		secret_wipe(in->p, in->from);
		secret_wipe(in->p + in->to, in->cap - in->to);
	}
	if (c->body_chunked.n > 0)
		secret_wipe(c->body_chunked.p, c->body_chunked.n);
}

void
http_connection_close(struct http_connection *c)
{
	if (c->state == HTTP_STATE_CLOSED)
		return;
	c->state = HTTP_STATE_CLOSED;
	stream_close(&c->stream);
	list_remove(&c->link);
	list_remove(&c->later);
	loop_turn_stop(&c->working);
	loop_turn_stop(&c->sending);
	c->in.from = c->in.to;
	wipe_secret(c);
	http_connection_free_input(c);
	http_connection_trim(c);
	buf_clear(&c->body_chunked);
	buf_clear(&c->out);
	http_service_count(c->server, -1);
	if (c->inside == 0)
		free(c);
}

static void
tell_gone(struct http_connection *c)
{
	const struct http_handler *h = &c->server->handler;

	if (!c->has_request)
		return;
	c->has_request = false;
	if (h->gone != NULL)
		h->gone(h->with, &c->r);
}

void
http_connection_drop(struct http_connection *c)
{
	if (c->state == HTTP_STATE_CLOSED)
		return;
	http_connection_enter(c);
	tell_gone(c);
	http_connection_close(c);
	http_connection_leave(c);
}

void
http_connection_enter(struct http_connection *c)
{
	c->inside++;
}

void
http_connection_leave(struct http_connection *c)
{
	if (--c->inside == 0 && c->state == HTTP_STATE_CLOSED)
		free(c);
}

void
http_connection_move(
	struct http_connection *c, enum http_state state, int64_t ms)
{
	struct http_server *s = c->server;
	bool was_idle = c->state == HTTP_STATE_IDLE;
	bool is_idle = state == HTTP_STATE_IDLE;

	if (is_idle) {
		wipe_secret(c);
		c->secret = false;
	}
	if (was_idle != is_idle) {
		list_remove(&c->link);
		list_add(is_idle ? &s->idle : &s->busy, &c->link);
		if (is_idle)
			http_service_resume(s);
	}
	c->state = state;
	c->deadline = ms > 0 ? loop_now(s->loop) + ms : 0;
}

/* What only the request held. */
static void
release(struct http_connection *c)
{
	c->has_request = c->streaming = c->full = false;
	wipe_secret(c);
	if (c->r.arena != NULL)
		arena_reset(c->r.arena);
	buf_clear(&c->body_chunked);
	c->body_own = NULL;
	c->in.base = 0;
	if (c->paused) {
		c->paused = false;
		stream_resume(c->stream);
	}
}

static void
log_refusal(struct http_connection *c, const struct fault *f)
{
	struct event_scope scope = { .n = 1,
		.fields = { EF_TEXT("peer", c->peer) } };

	if (c->has_request)
		event_fault(&c->r.scope, f);
	else
		event_fault(&scope, f);
}

void
http_connection_refuse(struct http_connection *c, const struct fault *f)
{
	struct http_server *s = c->server;

	s->counts.refused++;
	log_refusal(c, f);
	tell_gone(c);
	c->close = true;
	http_reply_refusal(c, f->id);
	release(c);
	http_connection_move(c, HTTP_STATE_FINISHING, s->limits.body_ms);
}

static void
finish(struct http_connection *c)
{
	http_connection_enter(c);
	while (c->state == HTTP_STATE_FINISHING && http_intake_finish(c))
		;
	/* The next request does not begin inside the handler's call. */
	if (c->state != HTTP_STATE_CLOSED && http_intake_waits(c))
		http_connection_later(c);
	http_connection_leave(c);
}

void
http_connection_answered(struct http_connection *c)
{
	release(c);
	http_connection_move(c, HTTP_STATE_FINISHING,
		c->body.done ? 0 : c->server->limits.body_ms);
	if (c->inside == 0)
		finish(c);
}

void
http_connection_later(struct http_connection *c)
{
	struct http_server *s = c->server;

	if (list_is_empty(&c->later))
		list_add(&s->later, &c->later);
	if (s->later_timer.place == 0)
		loop_timer_set(&s->later_timer, 0);
}

void
http_allow_body(struct http_request *r, size_t max)
{
	struct http_connection *c = r->connection;

	c->body_max = max != 0 ? max : c->server->limits.body_max;
}

void
http_hold_secret(struct http_request *r)
{
	r->connection->secret = true;
	arena_hold_secret(r->arena);
}

void
http_abort(struct http_request *r)
{
	struct http_connection *c = r->connection;

	insist(c->has_request);
	c->has_request = false;
	http_connection_flush(c);
	http_connection_close(c);
}

/* ---- writing ---- */

static void
break_off(struct http_connection *c)
{
	c->broken = true;
	http_connection_later(c);
}

/* After an attempt to write. */
static void
settle_out(struct http_connection *c, bool moved)
{
	if (http_connection_waiting(c) == 0) {
		buf_clear(&c->out);
		c->out_from = 0;
		c->writing = false;
		c->write_deadline = 0;
		return;
	}
	if (moved || !c->writing)
		c->write_deadline =
			loop_now(c->server->loop) + c->server->limits.write_ms;
	c->writing = true;
	stream_want_write(c->stream);
}

static void
keep(struct http_connection *c, const char *p, size_t n)
{
	if (c->out_from > c->out.n / 2) {
		buf_drop(&c->out, c->out_from);
		c->out_from = 0;
	}
	buf_add(&c->out, p, n);
}

/* What of the parts the kernel did not take. */
static void
keep_rest(struct http_connection *c, const struct iovec *parts, int n,
	size_t done)
{
	for (int i = 0; i < n; i++) {
		size_t took = done < parts[i].iov_len ? done : parts[i].iov_len;

		done -= took;
		if (took < parts[i].iov_len)
			keep(c, (const char *)parts[i].iov_base + took,
				parts[i].iov_len - took);
	}
}

/* With what waits: the kernel takes it, or it is kept. */
static void
send_now(struct http_connection *c, struct iovec *parts, int n)
{
	size_t waiting = http_connection_waiting(c), done = 0, took;
	int first = 0;

	parts[0] = (struct iovec){ c->out.p + c->out_from, waiting };
	while (first < n && parts[first].iov_len == 0)
		first++;
	if (!c->writing && first < n &&
		stream_write(c->stream, parts + first, n - first, &done) ==
			STREAM_BROKEN) {
		break_off(c);
		return;
	}
	took = done < waiting ? done : waiting;
	c->out_from += took;
	keep_rest(c, parts + 1, n - 1, done - took);
	settle_out(c, done > 0);
}

void
http_connection_send(struct http_connection *c, struct iovec *parts, int n)
{
	size_t sum = http_connection_waiting(c);

	if (c->broken)
		return;
	for (int i = 1; i < n; i++)
		sum += parts[i].iov_len;
	if (sum > TOGETHER_MAX) {
		send_now(c, parts, n);
		return;
	}
	keep_rest(c, parts + 1, n - 1, 0);
	if (!c->writing)
		loop_turn_set(&c->sending, LOOP_SEND);
}

void
http_connection_flush(struct http_connection *c)
{
	struct iovec out = { c->out.p + c->out_from,
		http_connection_waiting(c) };
	size_t done;

	if (out.iov_len == 0 || c->broken)
		return;
	if (stream_write(c->stream, &out, 1, &done) == STREAM_BROKEN) {
		break_off(c);
		return;
	}
	c->out_from += done;
	settle_out(c, done > 0);
}

static void
tell_drained(struct http_connection *c)
{
	size_t most = c->server->limits.stream_buffer;

	if (!c->full || !c->has_request ||
		http_connection_waiting(c) > most / 2)
		return;
	c->full = false;
	if (c->r.drained != NULL)
		c->r.drained(&c->r);
}

/* ---- what the loop tells ---- */

static void
on_readable(void *with)
{
	struct http_connection *c = with;

	http_connection_enter(c);
	http_intake_read(c);
	http_connection_leave(c);
}

static void
on_work(void *with)
{
	struct http_connection *c = with;

	http_connection_enter(c);
	http_intake_go_on(c);
	http_connection_leave(c);
}

static void
on_send(void *with)
{
	struct http_connection *c = with;

	http_connection_enter(c);
	http_connection_flush(c);
	tell_drained(c);
	finish(c);
	http_connection_leave(c);
}

static void
on_writable(void *with)
{
	struct http_connection *c = with;

	http_connection_enter(c);
	http_connection_flush(c);
	if (c->broken)
		http_connection_drop(c);
	else
		tell_drained(c);
	http_intake_go_on(c);
	http_connection_leave(c);
}

/* Only while reading is paused. */
static void
on_hung_up(void *with)
{
	struct http_connection *c = with;

	c->ended = c->close = true;
	if (c->state != HTTP_STATE_FINISHING)
		http_connection_drop(c);
}

static void
expire(struct http_connection *c)
{
	struct fault *f = &c->server->fault;

	fault_clear(f);
	switch (c->state) {
	case HTTP_STATE_HEAD:
		/* An answer would have to linger. */
		if (c->server->draining) {
			http_connection_close(c);
			break;
		}
		fault_set(f, FAULT_REQUEST_TIMEOUT, "the head took too long");
		http_connection_refuse(c, f);
		break;
	case HTTP_STATE_BODY:
		fault_set(f, FAULT_REQUEST_TIMEOUT, "the body took too long");
		http_connection_refuse(c, f);
		break;
	case HTTP_STATE_IDLE:
	case HTTP_STATE_SERVING:
	case HTTP_STATE_FINISHING:
	case HTTP_STATE_LINGERING:
		http_connection_drop(c);
		break;
	case HTTP_STATE_CLOSED:
		break;
	}
}

void
http_connection_turn(struct http_connection *c)
{
	int64_t now = loop_now(c->server->loop);

	http_connection_enter(c);
	if (c->broken || (c->write_deadline != 0 && now >= c->write_deadline))
		http_connection_drop(c);
	else if (c->deadline != 0 && now >= c->deadline)
		expire(c);
	http_intake_go_on(c);
	http_connection_leave(c);
}
