/*
 * link_http: a link over Streamable HTTP, every revision (TR-20..TR-34,
 * TR-51..TR-60).
 *
 * Each call is a POST of its own.  Its answer is one JSON message, or an event
 * stream that ends with it.  A legacy server may give a session id, which then
 * stands on everything, and a GET stream for what belongs to no call.
 */
#include "back/link_wire.h"

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
#define FIELDS_MAX  48u
#define RETRY_MS    ((int64_t)5000)
/* A call that reports progress may take this many times its timeout. */
#define CEILING     10

enum post_kind { POST_CALL, POST_NOTE, POST_LISTEN, POST_BYE };

/* One HTTP request under way. */
struct post {
	struct list place;       /* in the wire's posts, or its spares */
	struct link *link;
	enum post_kind kind;
	struct link_call *call;  /* NULL: answered, given up, or no call */
	struct http_call *http;
	int status;
	bool streaming;          /* an event stream comes */
	bool taken;              /* one JSON answer was taken */
	struct sse_reader sse;
};

struct http_wire {
	struct link *link;
	struct uri uri;
	struct str origin;
	struct str target;
	struct str session;      /* Mcp-Session-Id; STR_NONE */
	struct http_credential credential;
	bool has_credential;
	struct field fixed[FIELDS_MAX];
	size_t fixed_count;
	struct list posts;
	struct list spares;
	struct loop_timer relisten;
	bool listens;
};

static void listen_again(void *with);

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
		STR_INIT("connection"), STR_INIT("content-type"),
		STR_INIT("accept"), STR_INIT("mcp-session-id"),
		STR_INIT("mcp-protocol-version"), STR_INIT("mcp-method"),
		STR_INIT("mcp-name") };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (str_eq_nocase(name, ours[i]))
			return true;
	return false;
}

static bool
take_headers(struct http_wire *w, const struct server_entry *e,
	struct fault *f)
{
	w->fixed[w->fixed_count++] = (struct field){ STR("Content-Type"),
		STR("application/json") };
	w->fixed[w->fixed_count++] = (struct field){ STR("Accept"),
		STR("application/json, text/event-stream") };
	for (size_t i = 0; i < e->header_count; i++) {
		struct field h = { e->headers[i].name, e->headers[i].value };

		if (!field_is_token(h.name) || !field_is_value(h.value) ||
			is_ours(h.name) || w->fixed_count == FIELDS_MAX - 16)
			return fault_set(f, FAULT_SETTINGS,
				"header %.*s can't be set", STR_ARG(h.name));
		if (str_eq_nocase(h.name, STR("authorization")))
			take_credential(w, h.value);
		else
			w->fixed[w->fixed_count++] = h;
	}
	return true;
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
	l->wire = w;
	if (!uri_parse(e->url, &w->uri, f))
		return fault_within(f, "url");
	w->origin = uri_origin(l->arena, &w->uri);
	w->target = uri_target(l->arena, &w->uri);
	if (str_is_none(w->origin) || str_is_none(w->target))
		return fault_set(f, FAULT_SETTINGS, "url is neither http nor https");
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
	list_add(&w->posts, &p->place);
	if (c != NULL)
		c->wire = p;
	return p;
}

static void
post_free(struct post *p)
{
	struct http_wire *w = p->link->wire;

	if (p->call != NULL)
		p->call->wire = NULL;
	if (p->streaming)
		sse_reader_clear(&p->sse);
	list_remove(&p->place);
	list_add(&w->spares, &p->place);
}

/* The call's part in it is over; the HTTP exchange may still be. */
static struct link_call *
post_release_call(struct post *p)
{
	struct link_call *c = p->call;

	p->call = NULL;
	if (c != NULL)
		c->wire = NULL;
	return c;
}

static void
post_fail(struct post *p, const struct fault *f, bool sent)
{
	struct link_call *c = post_release_call(p);

	if (c != NULL && c->on != NULL)
		link_call_fail(c, f, sent);
}

/* Delivers one JSON message of this POST. */
static void
post_take(struct post *p, struct str text)
{
	struct link *l = p->link;
	struct link_call *c = p->call;
	struct fault f = { 0 };

	if (!link_take(l, c, text, &f)) {
		post_fail(p, &f, true);
		return;
	}
	/* Answered: link_take() has let go of the call. */
	if (c != NULL && p->call == c && c->on == NULL)
		post_release_call(p);
}

static void
sse_heard(void *with, const struct sse_event *event)
{
	struct post *p = with;

	if (event->data.n > 0 && str_eq_lit(event->type, "message"))
		post_take(p, event->data);
}

static void
remember_session(struct http_wire *w, const struct http_head *h)
{
	struct str id = h->known[HTTP_FIELD_MCP_SESSION_ID];

	if (w->link->state == LINK_OPENING && !str_is_none(id) && id.n > 0 &&
		id.n <= 1024)
		w->session = str_dup(w->link->arena, id);
}

static bool
post_head(void *with, const struct http_head *h)
{
	struct post *p = with;
	struct str type = h->known[HTTP_FIELD_CONTENT_TYPE];

	p->status = h->status;
	remember_session(p->link->wire, h);
	if (h->status == 200 && field_media_is(type, STR("text/event-stream"))) {
		p->streaming = true;
		sse_reader_init(&p->sse, ANSWER_MAX, sse_heard, p);
		return false;
	}
	return true;
}

/* A status that says something about our hop, not about the call. */
static bool
status_ends_link(struct post *p, struct fault *f)
{
	struct http_wire *w = p->link->wire;

	if (p->status == 401 || p->status == 403)
		fault_set(f, FAULT_SERVER_NEEDS_LOGIN,
			"it answered %d: it wants a login", p->status);
	else if (p->status == 404 && !str_is_none(w->session))
		fault_set(f, FAULT_SERVER_LOST, "it ended the session");
	else
		return false;
	return true;
}

static void
post_body(void *with, struct str bytes)
{
	struct post *p = with;
	struct fault f = { 0 };

	if (p->streaming) {
		if (!sse_feed(&p->sse, bytes, &f)) {
			f.id = FAULT_SERVER_ANSWER;
			post_fail(p, &f, true);
		}
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

static void
listen_done(struct post *p)
{
	struct http_wire *w = p->link->wire;

	w->listens = false;
	/* 405: it has none to offer. */
	if (p->status == 200 && p->link->state == LINK_OPEN)
		loop_timer_set(&w->relisten, RETRY_MS);
	post_free(p);
}

static void
post_done(void *with, const struct fault *f, bool sent)
{
	struct post *p = with;
	struct link *l = p->link;
	struct fault why = { 0 };
	bool ends;

	p->http = NULL;
	if (p->kind == POST_LISTEN) {
		listen_done(p);
		return;
	}
	ends = f == NULL && status_ends_link(p, &why);
	if (ends)
		; /* said already */
	else if (f != NULL)
		why = *f;
	else
		say_status(p, &why);
	/* A session that is gone did nothing (BR-12). */
	post_fail(p, &why, ends ? false : sent);
	post_free(p);
	if (ends)
		link_end_soon(l, &why);
}

static const struct http_listener posts = {
	.head = post_head,
	.body = post_body,
	.done = post_done,
};

static void
post_start(struct post *p, enum http_method method,
	const struct field *more, size_t more_count, const struct str *parts,
	size_t part_count)
{
	struct http_wire *w = p->link->wire;
	struct link *l = p->link;
	struct field fields[FIELDS_MAX + 64];
	size_t n = w->fixed_count;
	int64_t ms = l->plan.entry->timeout_ms;

	memcpy(fields, w->fixed, n * sizeof(fields[0]));
	if (l->server.revision >= REVISION_2025_06_18)
		fields[n++] = (struct field){ STR("MCP-Protocol-Version"),
			revision_name(l->server.revision) };
	if (!str_is_none(w->session))
		fields[n++] =
			(struct field){ STR("Mcp-Session-Id"), w->session };
	for (size_t i = 0; i < more_count && i < 60; i++)
		fields[n++] = more[i];
	p->http = http_call_start(l->plan.http, &(struct http_ask){
		.method = method,
		.origin = w->origin,
		.target = w->target,
		.fields = fields,
		.n = n,
		.credential = w->has_credential ? &w->credential : NULL,
		.parts = parts,
		.part_count = part_count,
		.vet = VET_CONFIGURED,
		.answer_max = ANSWER_MAX,
		.head_ms = ms,
		.idle_ms = p->kind == POST_LISTEN ? -1 : ms,
		.total_ms = p->kind == POST_LISTEN ? 0 : ms * CEILING,
		.listener = posts,
		.with = p,
	});
}

/* ---- what link.c asks for ---- */

static void
http_send(struct link *l, struct link_call *c, const struct link_message *m)
{
	struct post *p = post_new(l->wire, POST_CALL, c);
	struct field more[60];
	size_t n = 0;

	if (revision_is_modern(l->server.revision)) {
		more[n++] = (struct field){ STR("Mcp-Method"),
			methods_name(m->method) };
		if (!str_is_none(m->name))
			more[n++] = (struct field){ STR("Mcp-Name"), m->name };
		for (size_t i = 0; i < m->param_count && n < 60; i++)
			more[n++] = m->params[i];
	}
	post_start(p, HTTP_POST, more, n, m->parts, m->part_count);
}

static void
http_notify(struct link *l, struct str message)
{
	struct post *p = post_new(l->wire, POST_NOTE, NULL);

	post_start(p, HTTP_POST, NULL, 0, &message, 1);
}

static void
http_cancel(struct link *l, struct link_call *c)
{
	struct post *p = c->wire;
	struct buf out;

	if (p == NULL)
		return;
	post_release_call(p);
	http_call_cancel(&p->http);
	post_free(p);
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
	post_start(p, HTTP_GET, NULL, 0, NULL, 0);
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

/* Says goodbye to the session; nobody waits for the answer. */
static void
end_session(struct http_wire *w)
{
	(void)w;
}

static void
http_stop(struct link *l)
{
	struct http_wire *w = l->wire;

	if (w == NULL)
		return;
	loop_timer_stop(&w->relisten);
	end_session(w);
	while (!list_is_empty(&w->posts)) {
		struct post *p = list_entry(w->posts.next, struct post, place);

		http_call_cancel(&p->http);
		post_free(p);
	}
	while (!list_is_empty(&w->spares)) {
		struct list *at = w->spares.next;

		list_remove(at);
		free(list_entry(at, struct post, place));
	}
	l->wire = NULL;
}

const struct link_ops link_http_ops = {
	.start = http_start,
	.send = http_send,
	.cancel = http_cancel,
	.notify = http_notify,
	.opened = http_opened,
	.stop = http_stop,
	.restart = NULL,
};
