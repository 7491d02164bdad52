/* call: see call.h. */
#include "front/call.h"

#include "base/die.h"
#include "front/reply.h"
#include "front/watch.h"

#include <stdlib.h>

#define FIELDS_MAX 8u
#define PARTS_MAX  64u /* a message is one write */

/* ---- the life of a call ---- */

struct call *
call_new(struct front *front, struct http_request *r,
	const struct endpoint *endpoint)
{
	struct call *c = arena_new_of(r->arena, struct call);

	list_init(&c->link);
	list_init(&c->ask.link);
	c->front = front;
	c->r = r;
	c->ask.endpoint = endpoint;
	return c;
}

struct call *
call_of_ask(struct guard_ask *ask)
{
	return (struct call *)(void *)((char *)ask -
		offsetof(struct call, ask));
}

struct call *
call_to_heap(struct call *c)
{
	struct call *h = calloc(1, sizeof(*h));

	if (h == NULL)
		die("out of memory");
	insist(!c->asking && !c->on_heap);
	*h = *c;
	list_init(&h->link);
	list_init(&h->ask.link);
	h->on_heap = true;
	visit_of(h->r)->with = h;
	return h;
}

void
call_slim(struct call *c)
{
	insist(c->on_heap);
	routes_forget_head(c->r);
	c->visit = *visit_of(c->r);
	c->r->user = &c->visit;
	c->slim = true;
	http_stream_slim(c->r);
}

void
call_end(struct call **cp)
{
	struct call *c = *cp;

	*cp = NULL;
	list_remove(&c->link);
	guard_give_up(&c->ask);
	guard_drop(&c->key);
	visit_of(c->r)->gone = NULL;
	if (c->slim)
		c->r->user = NULL;
	if (c->on_heap)
		free(c);
}

void
call_leave(struct call **cp)
{
	struct call *c = *cp;

	hall_gone(&c->exchange);
	hall_unlisten(&c->listen);
	call_end(cp);
}

/* ---- the sink ---- */

static size_t
put_cors(const struct call *c, struct field *out)
{
	const struct visit *v = visit_of(c->r);

	return doors_cors(v->door, v->origin, out);
}

static void
caught_up(struct http_request *r)
{
	const struct call *c = visit_of(r)->with;

	if (c != NULL && c->exchange != NULL)
		hall_drained(c->exchange);
}

static void
begin_stream(struct call *c)
{
	struct field fields[FIELDS_MAX] = {
		{ STR("Content-Type"), STR("text/event-stream") },
		{ STR("Cache-Control"), STR("no-cache, no-transform") },
		{ STR("X-Accel-Buffering"), STR("no") },
	};
	size_t n = 3;

	n += put_cors(c, fields + n);
	http_stream_begin(c->r,
		&(struct http_answer){
			.status = 200, .fields = fields, .n = n });
	c->r->drained = caught_up;
	watch_add(c->front->watch, c);
}

/* A line break, which may stand between tokens of JSON, would end the event's
 * line. */
static bool
has_break(const struct str *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n > 0 &&
			(memchr(parts[i].p, '\n', parts[i].n) != NULL ||
				memchr(parts[i].p, '\r', parts[i].n) != NULL))
			return true;
	}
	return false;
}

static bool
write_parts(struct call *c, const struct str *parts, size_t n)
{
	struct str out[PARTS_MAX] = { STR("event: message\ndata: ") };
	size_t at = 1;

	for (size_t i = 0; i < n; i++) {
		out[at++] = parts[i];
		if (at == PARTS_MAX) {
			http_stream_write(c->r, out, at);
			at = 0;
		}
	}
	out[at++] = STR("\n\n");
	return http_stream_write(c->r, out, at);
}

static bool
write_on_one_line(struct call *c, const struct str *parts, size_t n)
{
	struct buf line;
	struct str whole;
	bool more;

	buf_init(&line, SIZE_MAX / 2);
	for (size_t i = 0; i < n; i++)
		buf_str(&line, parts[i]);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\n' || line.p[i] == '\r')
			line.p[i] = ' ';
	}
	whole = buf_view(&line);
	more = write_parts(c, &whole, 1);
	buf_clear(&line);
	return more;
}

static bool
sink_message(void *with, const struct str *parts, size_t n)
{
	struct call *c = with;

	if (!http_is_streaming(c->r))
		begin_stream(c);
	if (n == 0)
		return true;
	return has_break(parts, n) ? write_on_one_line(c, parts, n)
				   : write_parts(c, parts, n);
}

static void
sink_finish(void *with)
{
	struct call *c = with;
	struct http_request *r = c->r;

	if (!http_is_streaming(r))
		begin_stream(c);
	call_end(&c);
	http_stream_end(r);
}

static void
sink_refuse(void *with, const struct hall_refusal *why)
{
	struct call *c = with;
	struct http_request *r = c->r;
	struct reply how = { .status = why->status, .allow = why->allow };
	const struct endpoint *e = c->ask.endpoint;

	if (http_is_streaming(r)) {
		sink_message(c, &why->body, 1);
		sink_finish(c);
		return;
	}
	event_fault(&r->scope, &why->fault);
	if (e->served &&
		(why->fault.id == FAULT_INSUFFICIENT_SCOPE ||
			why->fault.id == FAULT_INVALID_TOKEN))
		how.challenge = guard_challenge(
			r->arena, c->front, e, &why->fault, why->scope);
	call_end(&c);
	reply_json(r, &how, why->body);
}

static void
sink_accept(void *with)
{
	struct call *c = with;
	struct http_request *r = c->r;
	struct field fields[FIELDS_MAX];
	size_t n = put_cors(c, fields);

	call_end(&c);
	http_answer(r,
		&(struct http_answer){
			.status = 202, .fields = fields, .n = n });
}

static void
sink_answer(void *with, const struct hall_answer *answer)
{
	struct call *c = with;
	struct http_request *r = c->r;
	struct field fields[FIELDS_MAX] = {
		{ STR("Content-Type"), STR("application/json") },
	};
	size_t n = 1;

	if (!str_is_none(answer->session_id))
		fields[n++] = (struct field){ STR("Mcp-Session-Id"),
			answer->session_id };
	n += put_cors(c, fields + n);
	call_end(&c);
	http_answer(r,
		&(struct http_answer){
			.status = answer->status,
			.fields = fields,
			.n = n,
			.parts = answer->parts,
			.part_count = answer->n,
		});
}

struct hall_sink
call_sink(struct call *c)
{
	return (struct hall_sink){
		.refuse = sink_refuse,
		.accept = sink_accept,
		.answer = sink_answer,
		.message = sink_message,
		.finish = sink_finish,
		.with = c,
	};
}
