/* endpoint: see endpoint.h. */
#include "front/endpoint.h"

#include "front/call.h"
#include "front/guard.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/routes.h"
#include "mcp/message.h"

#define ERROR_MAX ((size_t)4 << 10)
#define PAGE_MAX  ((size_t)64 << 10)

#define JSON_TYPE   STR("application/json")
#define STREAM_TYPE STR("text/event-stream")

/* ---- refusals of our own ---- */

static bool
is_about_token(const struct fault *f)
{
	return f->id == FAULT_NO_TOKEN || f->id == FAULT_INVALID_TOKEN ||
		f->id == FAULT_REVOKED || f->id == FAULT_INVALID_REQUEST ||
		f->id == FAULT_INSUFFICIENT_SCOPE;
}

/* Somebody pasted the address into a browser; clients ask for streams. */
static bool
is_browser(const struct http_request *r)
{
	struct str accept = r->head->known[HTTP_FIELD_ACCEPT];

	return r->head->method == HTTP_GET && routes_wants_page(r) &&
		str_find(accept, STREAM_TYPE) == accept.n;
}

/* What the address is for. */
static void
show_page(struct http_request *r, const struct endpoint *e,
	const struct reply *how)
{
	struct page_endpoint page = {
		.name = e->kind == ENDPOINT_HUB ? STR("all servers") : e->name,
		.url = e->resource,
	};
	struct buf out;

	buf_in(&out, r->arena, PAGE_MAX);
	page_endpoint(&out, &page);
	reply_page(r, how, &out);
}

void
endpoint_refuse(
	struct http_request *r, const struct fault *f, const struct reply *how)
{
	const struct front *front = visit_of(r)->front;
	const struct endpoint *e = hall_endpoint(front->hall, r->head->path);
	struct reply with = *how;
	struct buf out;

	with.status = fault_row(f->id)->http;
	if (e != NULL && is_about_token(f))
		with.challenge =
			guard_challenge(r->arena, front, e, f, STR_NONE);
	if (is_browser(r) && str_is_none(with.challenge)) {
		reply_fault_page_with(r, f, &with);
		return;
	}
	event_fault(&r->scope, f);
	if (is_browser(r)) {
		show_page(r, e, &with);
		return;
	}
	buf_in(&out, r->arena, ERROR_MAX);
	message_fault(&out, STR_NONE, f, STR_NONE);
	reply_json(r, &with, buf_view(&out));
}

static void
refuse(struct http_request *r, const struct fault *f)
{
	endpoint_refuse(r, f, &(struct reply){ 0 });
}

/* ---- the fields ---- */

static bool
is_twice(const struct http_head *head, enum http_known which)
{
	return head->known_count[which] > 1;
}

static bool
check_fields(const struct http_head *head, struct fault *f)
{
	static const enum http_known once[] = { HTTP_FIELD_MCP_PROTOCOL_VERSION,
		HTTP_FIELD_MCP_SESSION_ID, HTTP_FIELD_MCP_METHOD,
		HTTP_FIELD_MCP_NAME, HTTP_FIELD_LAST_EVENT_ID };

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (is_twice(head, once[i]))
			return fault_set(f, FAULT_MCP_HEADER,
				"an MCP field stands twice");
	}
	return true;
}

static void
read_accept(const struct http_head *head, struct hall_fields *out)
{
	struct str accept = head->known[HTTP_FIELD_ACCEPT];

	/* What every SDK sends. */
	if (str_eq_lit(accept, "application/json, text/event-stream")) {
		out->takes_json = out->takes_stream = true;
		return;
	}
	out->takes_json = field_accepts(accept, JSON_TYPE);
	out->takes_stream = field_accepts(accept, STREAM_TYPE);
	if (!is_twice(head, HTTP_FIELD_ACCEPT))
		return;
	for (size_t i = 0; i < head->n; i++) {
		const struct field *x = &head->fields[i];

		if (!str_eq_nocase(x->name, STR("Accept")))
			continue;
		out->takes_json |= field_accepts(x->value, JSON_TYPE);
		out->takes_stream |= field_accepts(x->value, STREAM_TYPE);
	}
}

static void
read_fields(const struct http_head *head, struct hall_fields *out)
{
	const struct str *known = head->known;

	*out = (struct hall_fields){
		.protocol_version = known[HTTP_FIELD_MCP_PROTOCOL_VERSION],
		.method = known[HTTP_FIELD_MCP_METHOD],
		.name = known[HTTP_FIELD_MCP_NAME],
		.session_id = known[HTTP_FIELD_MCP_SESSION_ID],
		.all = head->fields,
		.n = head->n,
	};
	read_accept(head, out);
}

static bool
check_post(const struct http_head *head, const struct hall_fields *fields,
	struct fault *f)
{
	if (str_is_none(head->known[HTTP_FIELD_CONTENT_TYPE]) ||
		!field_media_is(
			head->known[HTTP_FIELD_CONTENT_TYPE], JSON_TYPE))
		return fault_set(f, FAULT_MEDIA_TYPE, "not application/json");
	if (!fields->takes_json && !fields->takes_stream)
		return fault_set(f, FAULT_NOT_ACCEPTABLE, "Accept");
	return true;
}

/* ---- requests ---- */

/* Fills what the hall gets; false when a field is refused.  The token may have
 * ended while the body came. */
static bool
prepare(struct call *c, struct hall_request *out, struct fault *f)
{
	struct http_request *r = c->r;

	*out = (struct hall_request){
		.principal = guard_principal(c->key),
		.endpoint = c->ask.endpoint,
		.body = r->body,
		.arena = r->arena,
		.scope = &r->scope,
		.sink = call_sink(c),
	};
	read_fields(r->head, &out->fields);
	return guard_holds(c->key, out->endpoint, f) &&
		check_fields(r->head, f);
}

static void
refuse_call(struct call *c, const struct fault *f)
{
	struct http_request *r = c->r;

	call_end(&c);
	refuse(r, f);
}

static void
post(struct call *c)
{
	struct hall_request request;
	struct exchange *x;
	struct fault f;

	if (!prepare(c, &request, &f) ||
		!check_post(c->r->head, &request.fields, &f)) {
		refuse_call(c, &f);
		return;
	}
	/* When it was answered already, the call is no more. */
	x = hall_post(c->front->hall, &request);
	if (x != NULL)
		c->exchange = x;
}

static void
get(struct call *c)
{
	struct hall_request request;
	struct hall_listen *l;
	struct fault f;

	c = call_to_heap(c);
	if (!prepare(c, &request, &f)) {
		refuse_call(c, &f);
		return;
	}
	l = hall_get(c->front->hall, &request);
	if (l == NULL)
		return;
	c->listen = l;
	call_slim(c);
}

static void
end_session(struct call *c)
{
	struct hall_request request;
	struct fault f;

	if (!prepare(c, &request, &f)) {
		refuse_call(c, &f);
		return;
	}
	hall_delete(c->front->hall, &request);
}

static void
go_on(struct call *c)
{
	enum http_method method = c->r->head->method;

	if (method == HTTP_POST)
		post(c);
	else if (method == HTTP_GET)
		get(c);
	else
		end_session(c);
}

/* The guard's late answer; the body may be here already. */
static void
admitted(struct guard_ask *ask, struct guard_key *key, const struct fault *f)
{
	struct call *c = call_of_ask(ask);

	c->asking = false;
	if (key == NULL) {
		refuse_call(c, f);
		return;
	}
	c->key = key;
	if (c->served)
		go_on(c);
}

static void
gone(struct front *front, struct http_request *r)
{
	struct call *c = visit_of(r)->with;

	(void)front;
	call_leave(&c);
}

void
endpoint_head(struct front *front, struct http_request *r)
{
	const struct endpoint *e = hall_endpoint(front->hall, r->head->path);
	struct visit *v = visit_of(r);
	struct call *c;
	struct fault f;

	if (e == NULL) {
		fault_set(&f, FAULT_NOT_FOUND, "no such endpoint");
		refuse(r, &f);
		return;
	}
	c = call_new(front, r, e);
	c->ask.then = admitted;
	v->with = c;
	v->gone = gone;
	switch (guard_check(front->guard, r->head, &c->ask, &c->key, &f)) {
	case GUARD_PASS:
		break;
	case GUARD_WAIT:
		c->asking = true;
		break;
	case GUARD_REFUSED:
		refuse_call(c, &f);
		return;
	}
	http_allow_body(r, front->settings->body_max);
}

static void
serve(struct http_request *r)
{
	struct call *c = visit_of(r)->with;

	c->served = true;
	if (!c->asking)
		go_on(c);
}

void
endpoint_post(struct front *front, struct http_request *r)
{
	(void)front;
	serve(r);
}

void
endpoint_get(struct front *front, struct http_request *r)
{
	(void)front;
	serve(r);
}

void
endpoint_delete(struct front *front, struct http_request *r)
{
	(void)front;
	serve(r);
}
