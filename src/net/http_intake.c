/* http_intake: see http_intake.h. */
#include "net/http_intake.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/event.h"
#include "net/http_connection.h"
#include "net/http_service.h"

#include <stdlib.h>

#define INPUT_MIN  ((size_t)8 << 10)
#define INPUT_MAX  ((size_t)64 << 10)
#define CHUNK_ROOM ((size_t)1 << 10)
#define EXCESS_MAX ((size_t)64 << 10)
#define LINGER_MS  2000

/* ---- room ---- */

static void
grow(struct http_input *in)
{
	size_t cap = in->cap == 0 ? INPUT_MIN : 2 * in->cap;

	in->p = realloc(in->p, cap);
	if (in->p == NULL)
		die("out of memory");
	in->cap = cap;
}

/* What waits moves down to what is held. */
static void
compact(struct http_input *in)
{
	size_t n = in->to - in->from;

	if (n > 0)
		memmove(in->p + in->base, in->p + in->from, n);
	in->from = in->base;
	in->to = in->base + n;
}

/* Room for more bytes; none: so much waits that reading has to pause. */
static size_t
make_room(struct http_connection *c)
{
	struct http_input *in = &c->in;

	if (in->from == in->to || in->to == in->cap)
		compact(in);
	/* While a request points into it, it may not move. */
	if (in->to == in->cap && (!c->has_request || in->p == NULL) &&
		in->cap < INPUT_MAX)
		grow(in);
	return in->cap - in->to;
}

static enum stream_moved
read_body(struct http_connection *c)
{
	struct http_body *b = &c->body;
	size_t at = (size_t)(c->head->content_length - b->left), n;
	enum stream_moved moved =
		stream_read(c->stream, c->body_own + at, (size_t)b->left, &n);

	b->left -= n;
	b->done = b->left == 0;
	return moved;
}

static enum stream_moved
read_more(struct http_connection *c)
{
	enum stream_moved moved;
	size_t room, n;

	if (c->state == HTTP_STATE_BODY && c->body_own != NULL)
		return read_body(c);
	room = make_room(c);
	if (room == 0) {
		c->paused = true;
		stream_pause(c->stream);
		return STREAM_AGAIN;
	}
	moved = stream_read(c->stream, c->in.p + c->in.to, room, &n);
	c->in.to += n;
	return moved;
}

/* ---- heads ---- */

static void
ready_request(struct http_connection *c)
{
	struct http_request *r = &c->r;
	struct arena *arena = r->arena;

	if (arena == NULL) {
		arena = arena_new(ARENA_REQUEST_MAX);
		/* The first block, which every reset keeps, is a small one. */
		arena_bytes(arena, 1);
	}
	*r = (struct http_request){ .connection = c,
		.arena = arena,
		.head = c->head,
		.body = STR(""),
		.peer = str_from(c->peer),
		.over_tls = c->server->tls != NULL,
		.scope = { .n = 2,
			.fields = {
				EF_U64("request", ++c->server->counts.requests),
				EF_STR("peer", str_from(c->peer)) } } };
	c->has_request = true;
	c->close = c->head->close;
	c->continue_wanted = false;
	c->excess = 0;
	c->body_max = c->server->limits.body_max;
	http_body_init(&c->body, c->head);
}

/* RFC 9110 10.1.1. */
static bool
judge_expectation(struct http_connection *c, struct fault *f)
{
	struct str value = c->head->known[HTTP_FIELD_EXPECT];

	if (str_is_none(value) || c->head->minor == 0)
		return true;
	if (c->head->known_count[HTTP_FIELD_EXPECT] > 1 ||
		!str_eq_nocase(value, STR("100-continue")))
		return fault_set(f, FAULT_EXPECTATION,
			"the Expect field is not 100-continue");
	c->continue_wanted = !c->body.done;
	return true;
}

/* Where the body will lie. */
static bool
ready_body(struct http_connection *c, struct fault *f)
{
	struct http_body *b = &c->body;
	size_t here = c->in.to - c->in.from, n;

	if (b->length == HTTP_LENGTH_CHUNKED)
		buf_init(&c->body_chunked, c->body_max);
	/* All at once: growing would leave copies behind. */
	if (b->length == HTTP_LENGTH_CHUNKED && c->secret)
		buf_room(&c->body_chunked, c->body_max);
	if (b->length != HTTP_LENGTH_GIVEN)
		return true;
	if (b->left > c->body_max)
		return fault_set(f, FAULT_TOO_LARGE,
			"the body has %llu bytes, %zu are allowed",
			(unsigned long long)b->left, c->body_max);
	n = (size_t)b->left;
	if (n <= c->in.cap - c->in.from)
		return true;
	c->body_own = arena_bytes(c->r.arena, n);
	if (c->body_own == NULL)
		return fault_set(f, FAULT_TOO_LARGE,
			"the body does not fit in the request's memory");
	memcpy(c->body_own, c->in.p + c->in.from, here);
	b->left -= here;
	c->in.from = c->in.to;
	return true;
}

static void
send_continue(struct http_connection *c)
{
	static char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct iovec parts[2] = { [1] = { line, sizeof(line) - 1 } };

	c->continue_wanted = false;
	/* A body that comes already needs no word (RFC 9110 10.1.1). */
	if (c->in.from == c->in.to)
		http_connection_send(c, parts, 2);
}

/* The head is read: the handler may answer, or a body follows. */
static void
begin(struct http_connection *c)
{
	const struct http_handler *h = &c->server->handler;
	struct fault *f = &c->server->fault;

	ready_request(c);
	http_connection_move(c, HTTP_STATE_BODY, c->server->limits.body_ms);
	if (!judge_expectation(c, f)) {
		c->has_request = false;
		http_connection_refuse(c, f);
		return;
	}
	if (h->head != NULL)
		h->head(h->with, &c->r);
	if (c->state != HTTP_STATE_BODY)
		return;
	if (!ready_body(c, f))
		http_connection_refuse(c, f);
	else if (c->continue_wanted)
		send_continue(c);
}

/* A chunked body is read through the room behind the head. */
static bool
lacks_room(const struct http_connection *c, size_t used)
{
	return c->head->length == HTTP_LENGTH_CHUNKED &&
		c->in.cap - c->in.from - used < CHUNK_ROOM;
}

static bool
head_is_here(struct http_connection *c, size_t used)
{
	struct http_input *in = &c->in;

	c->scanned = 0;
	if (lacks_room(c, used)) {
		if (in->from > 0)
			compact(in);
		else
			grow(in);
		return true; /* read it again, from where it lies now */
	}
	in->from += used;
	in->base = in->from;
	begin(c);
	return true;
}

static bool
take_head(struct http_connection *c)
{
	struct http_server *s = c->server;
	struct str bytes = str_of(c->in.p + c->in.from, c->in.to - c->in.from);
	size_t used;

	if (bytes.n == 0)
		return false;
	if (c->head == NULL && (c->head = malloc(sizeof(*c->head))) == NULL)
		die("out of memory");
	fault_clear(&s->fault);
	switch (http_head_request(
		c->head, bytes, &c->scanned, &used, &s->fault)) {
	case HTTP_INCOMPLETE:
		if (c->state == HTTP_STATE_IDLE)
			http_connection_move(
				c, HTTP_STATE_HEAD, http_service_head_ms(s));
		return false;
	case HTTP_PARSED:
		return head_is_here(c, used);
	case HTTP_REFUSED:
		break;
	}
	http_connection_refuse(c, &s->fault);
	return true;
}

/* ---- bodies ---- */

/* Decoded into memory of its own. */
static bool
take_chunks(struct http_connection *c, struct fault *f)
{
	struct http_input *in = &c->in;
	struct str content;
	size_t used;

	do {
		struct str rest = str_of(in->p + in->from, in->to - in->from);

		if (!http_body_feed(&c->body, rest, &content, &used, f))
			return false;
		buf_str(&c->body_chunked, content);
		in->from += used;
		if (!buf_ok(&c->body_chunked))
			return fault_set(f, FAULT_TOO_LARGE,
				"the body passes %zu bytes", c->body_max);
	} while (used > 0 && !c->body.done);
	c->r.body = buf_view(&c->body_chunked);
	return true;
}

/* Where it was read. */
static void
take_in_place(struct http_connection *c)
{
	struct http_input *in = &c->in;
	size_t n = (size_t)c->body.left;

	if (in->to - in->from < n)
		return;
	c->r.body = str_of(in->p + in->from, n);
	in->from += n;
	in->base = in->from;
	c->body.left = 0;
	c->body.done = true;
}

static bool
take_body(struct http_connection *c)
{
	const struct http_handler *h = &c->server->handler;
	struct fault *f = &c->server->fault;

	fault_clear(f);
	if (c->body_own != NULL) {
		c->r.body =
			str_of(c->body_own, (size_t)c->head->content_length);
	} else if (c->body.length == HTTP_LENGTH_GIVEN && !c->body.done) {
		take_in_place(c);
	} else if (c->body.length == HTTP_LENGTH_CHUNKED &&
		!take_chunks(c, f)) {
		http_connection_refuse(c, f);
		return true;
	}
	if (!c->body.done)
		return false;
	http_connection_move(c, HTTP_STATE_SERVING, 0);
	h->serve(h->with, &c->r);
	return true;
}

/* ---- after the answer ---- */

/* The rest of a body that nobody wants, as far as it is short. */
static void
discard_body(struct http_connection *c)
{
	struct http_input *in = &c->in;
	struct str content;
	size_t used = 1;

	while (used > 0 && !c->body.done && !c->close) {
		if (!http_body_feed(&c->body,
			    str_of(in->p + in->from, in->to - in->from),
			    &content, &used, NULL))
			c->close = true;
		in->from += used;
		c->excess += used;
		if (c->excess > EXCESS_MAX)
			c->close = true;
	}
}

/* Closing with bytes unread would reset the connection, and the peer might
 * lose the answer (RFC 9112 9.6). */
static void
linger(struct http_connection *c)
{
	stream_shut(c->stream);
	c->excess = 0;
	http_connection_move(c, HTTP_STATE_LINGERING, LINGER_MS);
}

static bool
take_excess(struct http_connection *c)
{
	c->excess += c->in.to - c->in.from;
	c->in.from = c->in.to;
	if (c->excess > EXCESS_MAX)
		http_connection_close(c);
	return false;
}

static void
become_idle(struct http_connection *c)
{
	if (c->server->draining)
		http_connection_close(c);
	else
		http_connection_move(
			c, HTTP_STATE_IDLE, c->server->limits.idle_ms);
}

bool
http_intake_finish(struct http_connection *c)
{
	if (c->broken) {
		http_connection_close(c);
		return false;
	}
	if (http_connection_waiting(c) > 0)
		return false;
	if (!c->close && !c->body.done)
		discard_body(c);
	if (c->close && c->ended)
		http_connection_close(c);
	else if (c->close)
		linger(c);
	else if (c->body.done)
		become_idle(c);
	else
		return false;
	return true;
}

/* ---- both ---- */

static void
proceed(struct http_connection *c)
{
	bool more = true;

	while (more) {
		switch (c->state) {
		case HTTP_STATE_IDLE:
		case HTTP_STATE_HEAD:
			more = take_head(c);
			break;
		case HTTP_STATE_BODY:
			more = take_body(c);
			break;
		case HTTP_STATE_FINISHING:
			more = http_intake_finish(c);
			break;
		case HTTP_STATE_LINGERING:
			more = take_excess(c);
			break;
		case HTTP_STATE_SERVING:
		case HTTP_STATE_CLOSED:
			more = false;
			break;
		}
	}
}

/* While an answer is being written, the end of what the peer sends does not
 * matter; in any other state nobody waits for us any more. */
static void
peer_left(struct http_connection *c, enum stream_moved moved)
{
	if (c->state == HTTP_STATE_FINISHING && moved == STREAM_END) {
		c->ended = c->close = c->paused = true;
		stream_pause(c->stream);
		proceed(c);
	} else {
		http_connection_drop(c);
	}
}

void
http_intake_read(struct http_connection *c)
{
	enum stream_moved moved = read_more(c);

	if (moved == STREAM_MOVED)
		loop_turn_set(&c->working, LOOP_WORK);
	else if (moved == STREAM_END || moved == STREAM_BROKEN)
		peer_left(c, moved);
	else if (c->in.to == 0)
		http_connection_free_input(c); /* it was made in vain */
}

bool
http_intake_waits(const struct http_connection *c)
{
	return c->in.from != c->in.to || stream_has_pending(c->stream);
}

void
http_intake_go_on(struct http_connection *c)
{
	proceed(c);
	if (c->state != HTTP_STATE_CLOSED && !c->paused &&
		stream_has_pending(c->stream))
		http_intake_read(c);
}
