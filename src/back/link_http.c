/*
 * link_http: a link over Streamable HTTP, every revision (TR-20..TR-34,
 * TR-51..TR-60).
 *
 * Each call is a POST of its own.  Its answer is one JSON message, or an event
 * stream that ends with it.  A legacy server may give a session id, which then
 * stands on everything, and a GET stream for what belongs to no call.
 */
#include "back/link_wire.h"

#include "base/attr.h"
#include "base/buf.h"
#include "base/die.h"
#include "mcp/headers.h"
#include "mcp/message.h"
#include "mcp/methods.h"
#include "text/sse.h"
#include "text/uri.h"

#include <stdio.h>
#include <stdlib.h>

#define ANSWER_MAX  ((size_t)16 << 20)
#define HEADERS_MAX 30u /* of the settings */
#define READY_MAX   ((size_t)1 << 20)
/* Before the listening stream is opened again: after it ended, after it
 * broke. */
#define RETRY_MS    ((int64_t)5000)
#define BROKEN_MS   ((int64_t)1000)
/* How long a stream may go on after its answer. */
#define LINGER_MS   ((int64_t)2000)
/* Notifications and answers to the server under way at a time. */
#define NOTES_MAX   256u
#define BYE_MS      ((int64_t)5000)

enum post_kind { POST_CALL, POST_NOTE, POST_LISTEN };

/* One HTTP request under way. */
struct post {
	struct list place; /* in the wire's posts, or its spares */
	struct link *link;
	enum post_kind kind;
	struct link_call *call; /* NULL: answered, given up, or no call */
	struct http_call *http;
	int status;
	bool streaming; /* an event stream comes */
	bool taken;     /* one JSON answer was taken */
	struct sse_reader sse;
	struct loop_timer linger; /* it was answered */
};

struct http_wire {
	struct link *link;
	struct uri uri;
	struct str origin;
	struct str target;
	struct str session;   /* Mcp-Session-Id; STR_NONE */
	bool session_is_lost; /* the server has forgotten it */
	struct http_credential credential;
	bool has_credential;
	struct str ready; /* the fields that never change, written */
	struct list posts;
	struct list spares;
	struct loop_timer relisten;
	bool listens;
	bool has_listened;      /* it had a stream once */
	struct loop_timer ears; /* open again, after it told too much */
	unsigned notes;         /* posts of that kind under way */
};

static void listen_again(void *with);
static void open_ears(void *with);
static void linger_over(void *with);

/* ---- setting up ---- */

/* Authorization of the settings becomes a credential of this origin: only
 * the HTTP client writes that field. */
static void
take_credential(struct http_wire *w, struct str value)
{
	size_t gap = str_find_char(value, ' ');

	w->has_credential = true;
	w->credential = (struct http_credential){
		.origin = w->origin,
		.scheme = str_cut(value, 0, gap),
		.value = str_trim(str_cut(value, gap, value.n)),
	};
}

static bool
is_ours(struct str name)
{
	static const struct str ours[] = { STR_INIT("host"),
		STR_INIT("content-length"), STR_INIT("transfer-encoding"),
		STR_INIT("connection"), STR_INIT("proxy-authorization"),
		STR_INIT("content-type"), STR_INIT("accept"),
		STR_INIT("mcp-session-id"), STR_INIT("mcp-protocol-version"),
		STR_INIT("mcp-method"), STR_INIT("mcp-name") };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (str_eq_nocase(name, ours[i]))
			return true;
	return false;
}

static bool
take_headers(struct http_wire *w, const struct server_entry *e, struct fault *f)
{
	struct field fixed[2 + HEADERS_MAX] = {
		{ STR("Content-Type"), STR("application/json") },
		{ STR("Accept"), STR("application/json, text/event-stream") },
	};
	struct buf out;
	size_t n = 2;

	for (size_t i = 0; i < e->header_count; i++) {
		struct field h = { e->headers[i].name, e->headers[i].value };

		if (!field_is_token(h.name) || !field_is_value(h.value) ||
			is_ours(h.name) || n == 2 + HEADERS_MAX)
			return fault_set(f, FAULT_SETTINGS,
				"header %.*s can't be set", STR_ARG(h.name));
		if (str_eq_nocase(h.name, STR("authorization")))
			take_credential(w, h.value);
		else
			fixed[n++] = h;
	}
	buf_in(&out, w->link->arena, READY_MAX);
	if (!http_fields_write(&out, fixed, n, f))
		return false;
	w->ready = buf_view(&out);
	return buf_ok(&out) ||
		fault_set(f, FAULT_SETTINGS, "the headers are too long");
}

static bool
http_start(struct link *l, struct fault *f)
{
	struct http_wire *w = arena_new_of(l->arena, struct http_wire);
	const struct server_entry *e = l->plan.entry;

	insist(w != NULL);
	w->link = l;
	list_init(&w->posts);
	list_init(&w->spares);
	loop_timer_init(&w->relisten, l->plan.loop, listen_again, w);
	loop_timer_init(&w->ears, l->plan.loop, open_ears, w);
	l->wire = w;
	if (!uri_parse(e->url, &w->uri, f))
		return fault_within(f, "url");
	w->origin = uri_origin(l->arena, &w->uri);
	w->target = uri_target(l->arena, &w->uri);
	if (str_is_none(w->origin) || str_is_none(w->target))
		return fault_set(
			f, FAULT_SETTINGS, "url is neither http nor https");
	return take_headers(w, e, f);
}

/* ---- one request ---- */

static struct post *
post_new(struct http_wire *w, enum post_kind kind, struct link_call *c)
{
	struct post *p;

	if (list_is_empty(&w->spares)) {
		p = calloc(1, sizeof(*p));
		if (p == NULL)
			die("out of memory");
	} else {
		p = list_entry(w->spares.next, struct post, place);
		list_remove(&p->place);
		*p = (struct post){ 0 };
	}
	p->link = w->link;
	p->kind = kind;
	p->call = c;
	loop_timer_init(&p->linger, w->link->plan.loop, linger_over, p);
	w->notes += kind == POST_NOTE;
	list_add(&w->posts, &p->place);
	if (c != NULL)
		c->wire = p;
	return p;
}

/* The call's part in it is over; the HTTP exchange may still go on. */
static void
http_detach(struct link_call *c)
{
	struct post *p = c->wire;

	p->call = NULL;
	c->wire = NULL;
}

static void
post_free(struct post *p)
{
	struct http_wire *w = p->link->wire;

	if (p->call != NULL)
		http_detach(p->call);
	if (p->streaming)
		sse_reader_clear(&p->sse);
	loop_timer_stop(&p->linger);
	w->notes -= p->kind == POST_NOTE;
	list_remove(&p->place);
	list_add(&w->spares, &p->place);
}

static void
post_fail(struct post *p, const struct fault *f, bool sent)
{
	if (p->call != NULL)
		link_call_fail(p->call, f, sent);
}

/* Ends it from our side; also from within what the HTTP client tells. */
static void
post_drop(struct post *p)
{
	http_call_cancel(&p->http);
	post_free(p);
}

static void
linger_over(void *with)
{
	post_drop(with);
}

/* Delivers one JSON message of this POST. */
static void
post_take(struct post *p, struct str text)
{
	struct fault f = { 0 };

	if (link_take(p->link, p->call, text, &f))
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
		post_take(p, event->data);
}

/* The answer to initialize gives it, and no other. */
static void
remember_session(struct post *p, const struct http_head *h)
{
	struct http_wire *w = p->link->wire;
	struct str id = h->known[HTTP_FIELD_MCP_SESSION_ID];

	if (p->call == &p->link->introducing && h->status == 200 &&
		!str_is_none(id) && id.n > 0 && id.n <= 1024)
		w->session = str_dup(w->link->arena, id);
}

static void
begin_stream(struct post *p)
{
	struct link *l = p->link;
	struct http_wire *w = l->wire;

	p->streaming = true;
	sse_reader_init(&p->sse, ANSWER_MAX, sse_heard, p);
	if (p->kind != POST_LISTEN)
		return;
	if (w->has_listened)
		l->plan.owner.missed(l->plan.owner.with, l);
	w->has_listened = true;
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
post_head(void *with, const struct http_head *h)
{
	struct post *p = with;
	struct str type = h->known[HTTP_FIELD_CONTENT_TYPE];

	p->status = h->status;
	remember_session(p, h);
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

/* A status that says something about our hop, not about the call.  403 does
 * so while we introduce ourselves; later it is about what was asked. */
static bool
status_ends_link(struct post *p, struct fault *f)
{
	struct http_wire *w = p->link->wire;
	bool opening = p->link->state == LINK_OPENING;

	if (p->status == 401 || (p->status == 403 && opening))
		fault_set(f, FAULT_SERVER_NEEDS_LOGIN,
			"it answered %d: it wants a login", p->status);
	else if (p->status == 404 && !str_is_none(w->session))
		w->session_is_lost = !fault_set(
			f, FAULT_SERVER_LOST, "it ended the session");
	else
		return false;
	return true;
}

/* A flood is read at a bearable pace: the connection fills, and it waits. */
static void
cover_ears(struct post *p)
{
	struct http_wire *w = p->link->wire;
	int64_t ms = link_deaf_ms(p->link);

	if (ms == 0)
		return;
	http_call_pause(p->http);
	loop_timer_set(&w->ears, ms);
}

static void
open_ears(void *with)
{
	struct http_wire *w = with;

	list_each(at, &w->posts)
		http_call_resume(list_entry(at, struct post, place)->http);
}

static void
give_up_stream(struct post *p)
{
	struct http_wire *w = p->link->wire;

	if (p->kind == POST_LISTEN) {
		w->listens = false;
		loop_timer_set(&w->relisten, RETRY_MS);
	}
	post_drop(p);
}

static void
stream_body(struct post *p, struct str bytes)
{
	unsigned notes = p->link->notes;
	struct fault f = { 0 };

	if (!sse_feed(&p->sse, bytes, &f)) {
		f.id = FAULT_SERVER_ANSWER;
		post_fail(p, &f, true);
		give_up_stream(p);
		return;
	}
	if (p->kind == POST_CALL && p->call == NULL && p->linger.due == 0)
		loop_timer_set(&p->linger, LINGER_MS);
	if (p->link->notes != notes)
		cover_ears(p);
}

static void
post_body(void *with, struct str bytes)
{
	struct post *p = with;
	struct fault f = { 0 };

	if (p->streaming) {
		stream_body(p, bytes);
		return;
	}
	if (p->call == NULL || status_ends_link(p, &f))
		return;
	p->taken = bytes.n > 0;
	if (p->taken && p->status < 500)
		post_take(p, bytes);
}

static void
say_status(struct post *p, struct fault *f)
{
	if (p->streaming)
		fault_set(f, FAULT_SERVER_LOST,
			"its stream ended without an answer");
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
	else
		f->id = FAULT_SERVER_ANSWER;
}

/* Without the stream that it had, a server that can't be reached any more, or
 * has forgotten us, is noticed here; 405 and its like: it has none to offer. */
static void
listen_done(struct post *p, const struct fault *f)
{
	struct http_wire *w = p->link->wire;
	struct fault why = { 0 };

	w->listens = false;
	if (p->link->state != LINK_OPEN)
		; /* it closes */
	else if (p->streaming)
		loop_timer_set(&w->relisten, f == NULL ? RETRY_MS : BROKEN_MS);
	else if (f != NULL && w->has_listened)
		link_end_soon(p->link, f);
	else if (p->status == 404 && status_ends_link(p, &why))
		link_end_soon(p->link, &why);
	post_free(p);
}

static void
post_done(void *with, const struct fault *f, bool sent)
{
	struct post *p = with;
	struct link *l = p->link;
	struct fault why UNINITIALIZED;
	bool ends;

	p->http = NULL;
	fault_clear(&why);
	if (f != NULL) {
		why = *f;
		translate(&why, sent);
	}
	if (p->kind == POST_LISTEN) {
		listen_done(p, f == NULL ? NULL : &why);
		return;
	}
	ends = f == NULL ? status_ends_link(p, &why)
			 : why.id == FAULT_SERVER_DOWN;
	if (ends)
		link_end_soon(l, &why);
	else if (f == NULL && p->call != NULL)
		say_status(p, &why);
	/* A session that is gone did nothing (BR-12). */
	post_fail(p, &why, f == NULL && ends ? false : sent);
	post_free(p);
}

static const struct http_listener posts = {
	.head = post_head,
	.body = post_body,
	.done = post_done,
};

#define POST_FIELDS_MAX 64u

/* The fields that stand on every request once they are known, then more. */
static size_t
fill_fields(const struct http_wire *w, const struct field *more, size_t count,
	struct field out[POST_FIELDS_MAX])
{
	enum revision r = w->link->server.revision;
	size_t n = 0;

	/* An initialize is what agrees on it (TR-56). */
	if (r >= REVISION_2025_06_18 && w->link->introducing.on == NULL)
		out[n++] = (struct field){ STR("MCP-Protocol-Version"),
			revision_name(r) };
	if (!str_is_none(w->session))
		out[n++] = (struct field){ STR("Mcp-Session-Id"), w->session };
	for (size_t i = 0; i < count && n < POST_FIELDS_MAX; i++)
		out[n++] = more[i];
	return n;
}

/* What goes out with a post. */
struct load {
	enum http_method method;
	const struct field *more;
	size_t more_count;
	const struct str *parts;
	size_t part_count;
};

static void
post_start(struct post *p, const struct load *load)
{
	struct http_wire *w = p->link->wire;
	struct field fields[POST_FIELDS_MAX] UNINITIALIZED;
	int64_t ms = p->link->plan.entry->timeout_ms;
	bool endless = p->kind == POST_LISTEN;

	p->http = http_call_start(p->link->plan.http,
		&(struct http_ask){
			.method = load->method,
			.origin = w->origin,
			.target = w->target,
			.ready = w->ready,
			.fields = fields,
			.n = fill_fields(
				w, load->more, load->more_count, fields),
			.credential = w->has_credential ? &w->credential : NULL,
			.parts = load->parts,
			.part_count = load->part_count,
			.vet = VET_CONFIGURED,
			.answer_max = ANSWER_MAX,
			.head_ms = ms,
			.idle_ms = endless ? -1 : ms,
			.total_ms = endless ? 0 : ms * LINK_CEILING,
			.listener = posts,
			.with = p,
		});
}

/* ---- goodbye ---- */

static bool
bye_head(void *with, const struct http_head *h)
{
	(void)with;
	(void)h;
	return true;
}

static void
bye_body(void *with, struct str bytes)
{
	(void)with;
	(void)bytes;
}

static void
bye_done(void *with, const struct fault *f, bool sent)
{
	(void)with;
	(void)f;
	(void)sent;
}

/* Ends the session at the server (TR-55).  Nobody waits for the answer, and
 * the link may be gone by then. */
static void
say_goodbye(struct link *l)
{
	struct http_wire *w = l->wire;
	struct field fields[POST_FIELDS_MAX];

	if (str_is_none(w->session) || w->session_is_lost)
		return;
	http_call_start(l->plan.http,
		&(struct http_ask){
			.method = HTTP_DELETE,
			.origin = w->origin,
			.target = w->target,
			.ready = w->ready,
			.fields = fields,
			.n = fill_fields(w, NULL, 0, fields),
			.credential = w->has_credential ? &w->credential : NULL,
			.vet = VET_CONFIGURED,
			.total_ms = BYE_MS,
			.listener = { bye_head, bye_body, bye_done },
		});
}

/* ---- what link.c asks for ---- */

static void
http_send(struct link *l, struct link_call *c, const struct link_message *m)
{
	struct post *p = post_new(l->wire, POST_CALL, c);
	struct field more[60] UNINITIALIZED;
	size_t n = 0;

	if (revision_is_modern(l->server.revision)) {
		more[n++] = (struct field){ STR("Mcp-Method"),
			methods_name(m->method) };
		if (!str_is_none(m->name))
			more[n++] = (struct field){ STR("Mcp-Name"), m->name };
		for (size_t i = 0; i < m->param_count && n < 60; i++)
			more[n++] = m->params[i];
	}
	post_start(p,
		&(struct load){ HTTP_POST, more, n, m->parts, m->part_count });
}

static void
http_notify(struct link *l, struct str message)
{
	struct http_wire *w = l->wire;
	struct post *p;

	if (w->notes >= NOTES_MAX)
		return; /* it asks more than it takes answers */
	p = post_new(w, POST_NOTE, NULL);
	post_start(p, &(struct load){ HTTP_POST, NULL, 0, &message, 1 });
}

static void
http_cancel(struct link *l, struct link_call *c)
{
	struct post *p = c->wire;
	struct buf out;

	if (p == NULL)
		return;
	http_detach(c);
	post_drop(p);
	if (revision_is_modern(l->server.revision) || l->state != LINK_OPEN)
		return; /* the closed stream says it (TR-33) */
	buf_init(&out, 512);
	message_cancelled(&out, c->id, STR("no longer wanted"));
	http_notify(l, buf_view(&out));
	buf_clear(&out);
}

/* The stream for what belongs to no call (TR-52). */
static void
listen_now(struct http_wire *w)
{
	struct post *p = post_new(w, POST_LISTEN, NULL);

	w->listens = true;
	post_start(p, &(struct load){ .method = HTTP_GET });
}

static void
listen_again(void *with)
{
	struct http_wire *w = with;

	if (w->link->state == LINK_OPEN && !w->listens)
		listen_now(w);
}

static void
http_opened(struct link *l)
{
	struct http_wire *w = l->wire;

	if (!revision_is_modern(l->server.revision))
		listen_now(w);
}

static void
http_stop(struct link *l)
{
	struct http_wire *w = l->wire;

	if (w == NULL)
		return;
	loop_timer_stop(&w->relisten);
	loop_timer_stop(&w->ears);
	say_goodbye(l);
	while (!list_is_empty(&w->posts))
		post_drop(list_entry(w->posts.next, struct post, place));
	while (!list_is_empty(&w->spares)) {
		struct list *at = w->spares.next;

		list_remove(at);
		free(list_entry(at, struct post, place));
	}
	l->wire = NULL;
}

static void
http_pause(struct link_call *c)
{
	struct post *p = c->wire;

	if (p->http != NULL)
		http_call_pause(p->http);
}

static void
http_resume(struct link_call *c)
{
	struct post *p = c->wire;

	if (p->http != NULL)
		http_call_resume(p->http);
}

const struct link_ops link_http_ops = {
	.start = http_start,
	.send = http_send,
	.cancel = http_cancel,
	.notify = http_notify,
	.pause = http_pause,
	.resume = http_resume,
	.detach = http_detach,
	.opened = http_opened,
	.stop = http_stop,
	.restart = NULL,
};
