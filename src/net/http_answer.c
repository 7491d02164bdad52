/* http_answer: see http_answer.h. */
#include "net/http_answer.h"

#include "base/attr.h"
#include "net/http_call.h"
#include "net/http_link.h"
#include "net/stream.h"
#include "text/field.h"

/* Bytes that may wait in the buffer beside a gathered body. */
#define SLACK             ((size_t)64 << 10)
#define INFORMATIONAL_MAX 8u

enum turn {
	GO,   /* there may be more to do at once */
	WAIT, /* for bytes */
	OVER  /* the call is done, dead or paused: touch it no more */
};

static enum turn
refuse(struct http_link *l, enum fault_id id, const char *why)
{
	struct fault f = { 0 };

	fault_set(&f, id, "%s: %s", l->pool->origin.host, why);
	http_call_fail(l->call, &f);
	return OVER;
}

/* ---- head ---- */

/* "Keep-Alive: timeout=5" (RFC 2068 19.7.1): leave before the peer does. */
static void
heed_keep_alive(struct http_link *l, const struct http_head *h)
{
	struct str value = field_get(h->fields, h->n, STR("keep-alive"), NULL);
	struct str element;
	uint64_t seconds;

	while (!str_is_none(value) && field_list_next(&value, &element)) {
		int64_t ms;

		if (!str_starts_nocase(element, STR("timeout=")) ||
			!str_to_u64(str_cut(element, 8, element.n), &seconds) ||
			seconds > 3600)
			continue;
		ms = seconds > 1 ? (int64_t)seconds * 1000 - 1000 : 500;
		if (ms < l->idle_ms)
			l->idle_ms = ms;
	}
}

static enum turn
skip_informational(struct http_link *l, int status)
{
	if (status == 101)
		return refuse(
			l, FAULT_PEER_HTTP, "it switches protocols unasked");
	if (++l->call->informational > INFORMATIONAL_MAX)
		return refuse(l, FAULT_PEER_HTTP, "too many 1xx answers");
	return GO;
}

static enum turn
begin_gathering(struct http_link *l, const struct http_head *h)
{
	struct http_call *call = l->call;

	call->gather = true;
	call->body_at = l->at;
	call->body_n = 0;
	if (h->length == HTTP_LENGTH_GIVEN &&
		h->content_length > call->answer_max)
		return refuse(l, FAULT_TOO_LARGE, "the answer is too large");
	return GO;
}

static enum turn
begin_body(struct http_link *l, const struct http_head *h)
{
	struct http_call *call = l->call;

	if (!l->kept)
		heed_keep_alive(l, h);
	http_body_init(&call->body, h);
	call->keep = !h->close && h->length != HTTP_LENGTH_CLOSE;
	call->in_body = true;
	if (call->paused)
		stream_pause(l->stream);
	else
		http_link_limit(l, call->idle_ms);
	if (call->listener.head(call->with, h) && !l->dead)
		return begin_gathering(l, h);
	return l->dead ? OVER : GO;
}

static enum turn
take_head(struct http_link *l)
{
	struct http_head *h = &l->pool->client->head;
	struct http_call *call = l->call;
	struct fault f = { 0 };
	size_t used;

	if (l->at == l->n)
		return WAIT;
	switch (http_head_response(h, str_of(l->in + l->at, l->n - l->at),
		call->method == HTTP_HEAD, &l->scanned, &used, &f)) {
	case HTTP_INCOMPLETE:
		return WAIT;
	case HTTP_REFUSED:
		return refuse(l, FAULT_PEER_HTTP, f.detail);
	case HTTP_PARSED:
		break;
	}
	l->at += used;
	l->scanned = 0;
	if (h->status / 100 == 1)
		return skip_informational(l, h->status);
	return begin_body(l, h);
}

/* ---- body ---- */

/* Moves the content to the end of what was gathered, which never lies behind
 * it. */
static enum turn
gather(struct http_link *l, struct str content)
{
	struct http_call *call = l->call;
	char *to = l->in + call->body_at + call->body_n;

	if (content.n > call->answer_max - call->body_n)
		return refuse(l, FAULT_TOO_LARGE, "the answer is too large");
	if (to != content.p)
		memmove(to, content.p, content.n);
	call->body_n += content.n;
	return GO;
}

static enum turn
hand_over(struct http_link *l, struct str content)
{
	struct http_call *call = l->call;

	if (call->gather)
		return gather(l, content);
	call->listener.body(call->with, content);
	return l->dead ? OVER : GO;
}

static enum turn
complete(struct http_link *l)
{
	struct http_call *call = l->call;

	if (call->gather)
		call->listener.body(call->with,
			str_of(l->in + call->body_at, call->body_n));
	if (l->dead)
		return OVER;
	if (l->at != l->n || stream_has_pending(l->stream))
		call->keep = false;
	http_call_complete(call);
	return OVER;
}

/* All that came was dealt with: its room is free again. */
static enum turn
settle(struct http_link *l)
{
	if (l->at == l->n) {
		struct http_call *call = l->call;

		l->n = call->gather ? call->body_at + call->body_n : 0;
		l->at = l->n;
	}
	return WAIT;
}

static enum turn
take_body(struct http_link *l)
{
	struct http_call *call = l->call;
	struct str content = STR_NONE;
	struct fault f = { 0 };
	enum turn turn = GO;
	size_t used = 0;

	if (call->paused)
		return OVER;
	if (call->body.done)
		return complete(l);
	if (!http_body_feed(&call->body, str_of(l->in + l->at, l->n - l->at),
		    &content, &used, &f))
		return refuse(l, FAULT_PEER_HTTP, f.detail);
	l->at += used;
	if (content.n > 0)
		turn = hand_over(l, content);
	if (turn == GO && used == 0 && !call->body.done)
		return settle(l);
	return turn;
}

/* ---- bytes ---- */

/* True: everything is dealt with, more may come. */
static bool
process(struct http_link *l)
{
	enum turn turn = GO;

	while (turn == GO)
		turn = l->call->in_body ? take_body(l) : take_head(l);
	return turn == WAIT;
}

static void
ended(struct http_link *l, bool broken)
{
	struct http_call *call = l->call;
	const char *why = stream_why(l->stream);
	struct fault f = { 0 };

	if (call->in_body && !broken &&
		call->body.length == HTTP_LENGTH_CLOSE) {
		complete(l);
		return;
	}
	fault_set(&f, FAULT_PEER_CLOSED, "%s: the connection ended %s%s%s",
		l->pool->origin.host,
		call->in_body          ? "within the body"
			: l->n > l->at ? "within the head"
				       : "before an answer",
		why[0] != '\0' ? ": " : "", why);
	http_call_lost(call, &f);
}

/* The most that the buffer may hold at this point. */
static size_t
most(const struct http_call *call)
{
	if (call->in_body && call->gather)
		return call->body_at + call->answer_max + SLACK;
	return SLACK;
}

/* True: bytes came. */
static bool
read_some(struct http_link *l)
{
	struct http_call *call = l->call;
	bool gathering = call->in_body && call->gather;
	struct fault f UNINITIALIZED;
	size_t n;

	if (!http_link_room(l, most(call), gathering, &f)) {
		refuse(l, f.id, f.detail);
		return false;
	}
	switch (stream_read(l->stream, l->in + l->n, l->cap - l->n, &n)) {
	case STREAM_MOVED:
		l->n += n;
		if (call->in_body)
			http_link_limit(l, call->idle_ms);
		return true;
	case STREAM_AGAIN:
		return false;
	case STREAM_END:
		ended(l, false);
		return false;
	case STREAM_BROKEN:
		break;
	}
	ended(l, true);
	return false;
}

void
http_answer_read(struct http_link *l)
{
	http_link_enter(l);
	if (read_some(l))
		loop_turn_set(&l->working, LOOP_WORK);
	http_link_leave(l);
}

/* A plain stream announces what is left; TLS may hold bytes that no poll
 * knows of. */
void
http_answer_go_on(struct http_link *l)
{
	http_link_enter(l);
	while (process(l) && stream_has_pending(l->stream) && read_some(l))
		;
	http_link_leave(l);
}
