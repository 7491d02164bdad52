/*
 * post_answer: what comes back of a post: a status, one JSON message, or an
 * event stream.
 */
#include "back/post.h"

#include "base/attr.h"

/* How long a stream may go on after its answer. */
#define LINGER_MS ((int64_t)2000)

/* Delivers one JSON message of this POST. */
static void
take(struct post *p, struct str text)
{
	struct fault f = { 0 };

	if (link_take(p->wire->link, p->call, text, &f))
		return;
	if (p->status >= 300)
		fault_set(&f, FAULT_SERVER_ANSWER, "it answered HTTP %d",
			p->status);
	post_fail(p, &f, true);
}

static void
sse_heard(void *with, const struct sse_event *event)
{
	struct post *p = with;

	if (event->data.n > 0 && str_eq_lit(event->type, "message"))
		take(p, event->data);
}

static void
begin_stream(struct post *p)
{
	p->streaming = true;
	sse_reader_init(&p->sse, POST_ANSWER_MAX, sse_heard, p);
	if (p->kind == POST_LISTEN)
		post_listen_begun(p);
}

/* Neither JSON nor a stream: there is nothing to read in it. */
static void
refuse_type(struct post *p, struct str type)
{
	struct fault f;

	fault_set(&f, FAULT_SERVER_ANSWER, "it answered %.*s",
		STR_ARG(str_cut(type, 0, 60)));
	post_fail(p, &f, true);
	post_drop(p);
}

static bool
heard_head(void *with, const struct http_head *h)
{
	struct post *p = with;
	struct str type = h->known[HTTP_FIELD_CONTENT_TYPE];

	p->status = h->status;
	if (p->call != NULL)
		p->call->status = h->status;
	/* The answer to initialize gives a session, and no other. */
	if (p->call == &p->wire->link->introducing)
		http_wire_remember(p->wire, h);
	if (h->status != 200 || p->kind == POST_NOTE)
		return true;
	if (field_media_is(type, STR("text/event-stream"))) {
		begin_stream(p);
		return false;
	}
	if (p->kind == POST_LISTEN || str_is_none(type) ||
		field_media_is(type, STR("application/json")))
		return true;
	refuse_type(p, type);
	return false;
}

static void
stream_body(struct post *p, struct str bytes)
{
	unsigned notes = p->wire->link->notes;
	struct fault f = { 0 };

	if (!sse_feed(&p->sse, bytes, &f))
		f.id = FAULT_SERVER_ANSWER;
	else
		http_call_keeps(p->http, sse_reader_size(&p->sse), &f);
	if (fault_is_set(&f)) {
		post_fail(p, &f, true);
		if (p->kind == POST_LISTEN)
			post_listen_broken(p);
		else
			post_drop(p);
		return;
	}
	if (p->kind == POST_CALL && p->call == NULL && p->linger.due == 0)
		loop_timer_set(&p->linger, LINGER_MS);
	if (p->wire->link->notes != notes)
		post_cover_ears(p);
}

static void
heard_body(void *with, struct str bytes)
{
	struct post *p = with;
	struct fault f = { 0 };

	if (p->streaming) {
		stream_body(p, bytes);
		return;
	}
	if (p->call == NULL || p->status == 403 ||
		http_wire_is_refused(p->wire, p->status, &f))
		return; /* what a 403 says is meant for us (BR-11) */
	p->taken = bytes.n > 0;
	if (p->taken && p->status < 500)
		take(p, bytes);
}

static void
say_status(struct post *p, struct fault *f)
{
	if (p->streaming)
		fault_set(f, FAULT_SERVER_LOST,
			"its stream ended without an answer");
	else if (p->status == 403)
		fault_set(f, FAULT_SERVER_REFUSED, "it answered HTTP 403");
	else
		fault_set(f, FAULT_SERVER_ANSWER, "it answered HTTP %d%s",
			p->status, p->taken ? "" : " without a message");
}

/* What the HTTP client says of the connection, as said of a server. */
static void
translate(struct fault *f, bool sent)
{
	if (f->id == FAULT_TIMEOUT)
		f->id = FAULT_SERVER_TIMEOUT;
	else if (f->id == FAULT_PEER_CLOSED)
		f->id = sent ? FAULT_SERVER_LOST : FAULT_SERVER_DOWN;
	else if (f->id == FAULT_DIAL || f->id == FAULT_DIAL_FORBIDDEN ||
		f->id == FAULT_TLS)
		f->id = FAULT_SERVER_DOWN;
	else if (f->id != FAULT_CROWDED)
		f->id = FAULT_SERVER_ANSWER;
}

static void
heard_done(void *with, const struct fault *f, bool sent)
{
	struct post *p = with;
	struct fault why UNINITIALIZED;
	bool ends;

	p->http = NULL;
	fault_clear(&why);
	if (f != NULL) {
		why = *f;
		translate(&why, sent);
	}
	if (p->kind == POST_LISTEN) {
		post_listen_done(p, f == NULL ? NULL : &why);
		return;
	}
	ends = f == NULL ? http_wire_is_refused(p->wire, p->status, &why)
			 : why.id == FAULT_SERVER_DOWN;
	if (ends)
		link_end_soon(p->wire->link, &why);
	else if (f == NULL && p->call != NULL)
		say_status(p, &why);
	if (why.id == FAULT_SERVER_TIMEOUT && p->call != NULL && !ends)
		post_say_cancelled(p->wire, p->call);
	/* A session that is gone did nothing (BR-12). */
	post_fail(p, &why, f == NULL && ends ? false : sent);
	post_free(p);
}

const struct http_listener post_listener = {
	.head = heard_head,
	.body = heard_body,
	.done = heard_done,
};
