/* http_call: see http_call.h and http_client.h. */
#include "net/http_call.h"

#include "base/die.h"
#include "base/secret.h"
#include "net/http_answer.h"
#include "net/http_dial.h"
#include "net/http_link.h"
#include "net/http_request.h"
#include "net/stream.h"

#include <inttypes.h>
#include <stdlib.h>

#define ANSWER_MAX   ((size_t)4 << 20)
#define CONNECT_MS   (10 * 1000)
#define HEAD_MS      (60 * 1000)
#define IDLE_MS      (60 * 1000)
#define REQUEST_MAX  ((size_t)1 << 30)
#define SPARE_MAX    64u
#define OUT_KEEP     ((size_t)16 << 10) /* of a spare call's memory */
#define PARTS_MAX    15                 /* body parts of one writev() */
/* Up to so many bytes wait for the others of the turn (loop.h). */
#define TOGETHER_MAX ((size_t)16 << 10)

static void on_timer(void *with);
static void on_send(void *with);
static void on_dialed(void *with, struct stream *s, const struct fault *f);

/* ---- birth and death ---- */

static struct http_call *
call_take(struct http_client *c)
{
	struct http_call *call;

	if (!list_is_empty(&c->spare)) {
		call = list_entry(c->spare.next, struct http_call, place);
		list_remove(&call->place);
		c->spare_count--;
	} else {
		call = calloc(1, sizeof(*call));
		if (call == NULL)
			die("out of memory");
		list_init(&call->place);
		call->client = c;
		buf_init(&call->out, REQUEST_MAX);
		call->out.secret = true;
		loop_timer_init(&call->timer, c->loop, on_timer, call);
		loop_turn_init(&call->sending, c->loop, on_send, call);
	}
	list_add(&c->calls, &call->place);
	return call;
}

/* Forgets what the call was, but for its memory. */
static void
call_reset(struct http_call *call)
{
	struct http_client *c = call->client;
	struct buf out = call->out;

	if (out.cap > OUT_KEEP)
		buf_clear(&out);
	else if (out.p != NULL)
		secret_wipe(out.p, out.n);
	out.n = 0;
	out.failed = false;
	*call = (struct http_call){ .client = c, .out = out };
	list_init(&call->place);
	loop_timer_init(&call->timer, c->loop, on_timer, call);
	loop_turn_init(&call->sending, c->loop, on_send, call);
}

static void
call_drop(struct http_call *call)
{
	struct http_client *c = call->client;

	list_remove(&call->place);
	loop_timer_stop(&call->timer);
	loop_turn_stop(&call->sending);
	http_dial_cancel(&call->dial);
	http_link_close(&call->link);
	if (call->kept > 0)
		http_pool_keep(call->pool, call->kept, 0, NULL);
	if (call->pool != NULL)
		http_pool_leave(call->pool);
	if (c->spare_count >= SPARE_MAX) {
		buf_clear(&call->out);
		free(call);
		return;
	}
	call_reset(call);
	list_add(&c->spare, &call->place);
	c->spare_count++;
}

void
http_call_fail(struct http_call *call, const struct fault *f)
{
	struct http_listener listener = call->listener;
	struct fault told = *f;
	void *with = call->with;
	bool sent = call->sent;

	call_drop(call);
	listener.done(with, &told, sent);
}

void
http_call_complete(struct http_call *call)
{
	struct http_listener listener = call->listener;
	struct http_link *link = call->link;
	void *with = call->with;
	bool keep = call->keep && !call->unwritable && !call->paused &&
		call->out_at == call->out.n;

	if (keep) {
		call->link = NULL;
		http_link_release(link);
	}
	call_drop(call);
	listener.done(with, NULL, true);
}

/* ---- time ---- */

/* Armed for the end of the total time, and for "soon": a fault that could not
 * be told at once, or bytes that wait since the call was resumed. */
static void
on_timer(void *with)
{
	struct http_call *call = with;
	int64_t now = loop_now(call->client->loop);
	struct fault f = { 0 };

	if (fault_is_set(&call->fault)) {
		http_call_fail(call, &call->fault);
		return;
	}
	if (call->total_due != 0 && now >= call->total_due) {
		fault_set(&f, FAULT_TIMEOUT, "%s: no end in the time given",
			call->pool->origin.host);
		http_call_fail(call, &f);
		return;
	}
	if (call->total_due != 0)
		loop_timer_set(&call->timer, call->total_due - now);
	if (call->link != NULL)
		http_answer_go_on(call->link);
}

void
http_call_late(struct http_call *call)
{
	struct fault f = { 0 };

	fault_set(&f, FAULT_TIMEOUT, "%s: %s for %" PRId64 " ms",
		call->pool->origin.host,
		call->in_body ? "no more of the body" : "no answer",
		call->in_body ? call->idle_ms : call->head_ms);
	http_call_fail(call, &f);
}

/* ---- sending ---- */

static void
dial(struct http_call *call)
{
	struct http_pool *p = call->pool;
	struct http_dial_plan plan = { .to = &p->origin,
		.proxy = p->proxy,
		.tls = p->client->tls,
		.vet = call->vet,
		.ms = call->connect_ms };

	call->dial = http_dial_start(p->client->loop, &plan, on_dialed, call);
}

static bool
is_idempotent(enum http_method m)
{
	switch (m) {
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_PUT:
	case HTTP_DELETE:
	case HTTP_OPTIONS:
		return true;
	case HTTP_POST:
	case HTTP_PATCH:
	case HTTP_OTHER:
		break;
	}
	return false;
}

/* A kept connection may have been closed just as we wrote (RFC 9110 9.2.2,
 * RFC 9112 9.3.1).  The second attempt is on a fresh one, and the last. */
static bool
may_repeat(const struct http_call *call)
{
	return call->link->kept && call->whole && !call->in_body &&
		call->informational == 0 && call->link->n == 0 &&
		(!call->sent || is_idempotent(call->method));
}

void
http_call_lost(struct http_call *call, const struct fault *f)
{
	if (!may_repeat(call)) {
		http_call_fail(call, f);
		return;
	}
	http_link_close(&call->link);
	loop_turn_stop(&call->sending);
	call->unwritable = false;
	call->out_at = 0;
	dial(call);
}

/* What came back from a write of the request's rest. */
static void
wrote(struct http_call *call, enum stream_moved moved, size_t n)
{
	switch (moved) {
	case STREAM_MOVED:
		call->sent = true;
		call->out_at += n;
		if (call->out_at < call->out.n)
			stream_want_write(call->link->stream);
		return;
	case STREAM_AGAIN:
		stream_want_write(call->link->stream);
		return;
	case STREAM_END:
	case STREAM_BROKEN:
		break;
	}
	/* There may be an answer to read all the same. */
	call->unwritable = true;
	loop_timer_set(&call->timer, 0);
}

void
http_call_flush(struct http_call *call)
{
	struct iovec part = { call->out.p + call->out_at,
		call->out.n - call->out_at };
	enum stream_moved moved;
	size_t n;

	if (part.iov_len == 0 || call->unwritable)
		return;
	moved = stream_write(call->link->stream, &part, 1, &n);
	wrote(call, moved, n);
}

static void
on_send(void *with)
{
	http_call_flush(with);
}

static void
on_dialed(void *with, struct stream *s, const struct fault *f)
{
	struct http_call *call = with;

	call->dial = NULL;
	if (f != NULL) {
		http_call_fail(call, f);
		return;
	}
	call->link = http_link_new(call->pool, s, call->vet, call);
	http_link_limit(call->link, call->head_ms);
	http_call_flush(call);
}

static bool
keep_parts(struct http_call *call, const struct http_ask *ask)
{
	for (size_t i = 0; i < ask->part_count; i++)
		buf_str(&call->out, ask->parts[i]);
	call->whole = true;
	if (buf_ok(&call->out))
		return true;
	return fault_set(
		&call->fault, FAULT_TOO_LARGE, "the request is too large");
}

/* Head and body from where they are, in one writev(); what is left, or must be
 * there for a second attempt, is copied. */
static void
send_now(struct http_call *call, const struct http_ask *ask)
{
	struct iovec parts[1 + PARTS_MAX];
	size_t total = call->out.n, n;
	enum stream_moved moved;

	parts[0] = (struct iovec){ call->out.p, call->out.n };
	for (size_t i = 0; i < ask->part_count; i++) {
		parts[i + 1].iov_base = (char *)(uintptr_t)ask->parts[i].p;
		parts[i + 1].iov_len = ask->parts[i].n;
		total += ask->parts[i].n;
	}
	moved = stream_write(
		call->link->stream, parts, (int)ask->part_count + 1, &n);
	if (moved == STREAM_MOVED && n == total) {
		call->sent = true;
		call->out_at = call->out.n;
		call->whole = ask->part_count == 0;
	} else if (keep_parts(call, ask)) {
		wrote(call, moved, n);
	}
}

/* Whether the body is worth sending from where it lies.  What may have to be
 * sent twice is kept in any case. */
static bool
is_large(const struct http_ask *ask)
{
	size_t sum = 0;

	for (size_t i = 0; i < ask->part_count; i++)
		sum += ask->parts[i].n;
	return sum > TOGETHER_MAX && ask->part_count <= PARTS_MAX &&
		!is_idempotent(ask->method);
}

static void
send_on_kept(struct http_call *call, const struct http_ask *ask)
{
	http_link_limit(call->link, call->head_ms);
	if (is_large(ask))
		send_now(call, ask);
	else if (keep_parts(call, ask))
		loop_turn_set(&call->sending, LOOP_SEND);
}

/* ---- the outside ---- */

static int64_t
or_default(int64_t ms, int64_t otherwise)
{
	return ms == 0 ? otherwise : ms;
}

static void
take_ask(struct http_call *call, const struct http_ask *ask)
{
	call->listener = ask->listener;
	call->with = ask->with;
	call->method = ask->method;
	call->vet = ask->vet;
	call->answer_max = ask->answer_max != 0 ? ask->answer_max : ANSWER_MAX;
	call->connect_ms = or_default(ask->connect_ms, CONNECT_MS);
	call->head_ms = or_default(ask->head_ms, HEAD_MS);
	call->idle_ms = or_default(ask->idle_ms, IDLE_MS);
	if (ask->total_ms <= 0)
		return;
	call->total_due = loop_now(call->client->loop) + ask->total_ms;
	loop_timer_set(&call->timer, ask->total_ms);
}

struct http_call *
http_call_start(struct http_client *c, const struct http_ask *ask)
{
	struct http_call *call = call_take(c);

	take_ask(call, ask);
	call->pool = http_pool_join(c, ask->origin, &call->fault);
	if (call->pool != NULL &&
		http_request_write(&call->out, ask, call->pool, &call->fault)) {
		call->link = http_link_take(call->pool, ask->vet, call);
		if (call->link != NULL)
			send_on_kept(call, ask);
		else if (keep_parts(call, ask))
			dial(call);
	}
	if (fault_is_set(&call->fault))
		loop_timer_set(&call->timer, 0);
	return call;
}

void
http_call_cancel(struct http_call **call)
{
	if (*call == NULL)
		return;
	call_drop(*call);
	*call = NULL;
}

void
http_call_pause(struct http_call *call)
{
	call->paused = true;
	if (call->link == NULL || !call->in_body)
		return;
	stream_pause(call->link->stream);
	http_link_limit(call->link, -1);
}

void
http_call_resume(struct http_call *call)
{
	if (!call->paused)
		return;
	call->paused = false;
	if (call->link == NULL || !call->in_body)
		return;
	stream_resume(call->link->stream);
	http_link_limit(call->link, call->idle_ms);
	loop_timer_set(&call->timer, 0);
}

bool
http_call_keeps(struct http_call *call, size_t bytes, struct fault *f)
{
	if (bytes == call->kept)
		return true;
	if (!http_pool_keep(call->pool, call->kept, bytes, f))
		return false;
	call->kept = bytes;
	return true;
}

void
http_client_free(struct http_client **cp)
{
	struct http_client *c = *cp;
	struct http_pool *p;
	size_t at = 0;

	if (c == NULL)
		return;
	*cp = NULL;
	list_each(link, &c->calls)
		call_drop(list_entry(link, struct http_call, place));
	while ((p = map_next(&c->pools, &at)) != NULL) {
		http_link_close_idle(p);
		at = 0;
	}
	list_each(link, &c->spare) {
		struct http_call *call =
			list_entry(link, struct http_call, place);

		buf_clear(&call->out);
		free(call);
	}
	http_pool_client_free(c);
}
