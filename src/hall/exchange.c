/* exchange: see exchange.h. */
#include "hall/exchange.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "hall/session.h"
#include "mcp/message.h"

#include <math.h>
#include <stdlib.h>

#define ERROR_MAX ((size_t)256 << 10)

struct exchange *
exchange_new(struct hall *h, const struct hall_request *r)
{
	struct exchange *x;

	if (list_is_empty(&h->spare_exchanges)) {
		x = malloc(sizeof(*x));
		if (x == NULL)
			die("out of memory");
	} else {
		x = list_entry(h->spare_exchanges.next, struct exchange, place);
		list_remove(&x->place);
	}
	/* The envelope is cleared by its reader. */
	memset(x, 0, offsetof(struct exchange, e));
	memset((char *)x + offsetof(struct exchange, era), 0,
		sizeof(*x) - offsetof(struct exchange, era));
	x->hall = h;
	x->r = *r;
	x->progress = -INFINITY;
	list_init(&x->in_session);
	list_init(&x->in_settling);
	list_init(&x->wait.place);
	list_init(&x->list_wait.place);
	list_add(&h->exchanges, &x->place);
	return x;
}

void
exchange_end(struct exchange *x)
{
	batch_drop(x);
	usage_end(&x->usage, USAGE_CALL);
	list_remove(&x->in_session);
	list_remove(&x->in_settling);
	if (x->settle.loop != NULL)
		loop_timer_stop(&x->settle);
	x->ended = true;
	list_remove(&x->place);
	list_add(&x->hall->spare_exchanges, &x->place);
}

/* ---- answers ---- */

static void
last_message(struct exchange *x, const struct str *parts, size_t n)
{
	x->r.sink.message(x->r.sink.with, parts, n);
	x->r.sink.finish(x->r.sink.with);
}

void
exchange_answer_status(
	struct exchange *x, int status, const struct str *parts, size_t n)
{
	if (x->gone)
		; /* nobody hears it */
	else if (x->streaming)
		last_message(x, parts, n);
	else
		x->r.sink.answer(x->r.sink.with,
			&(struct hall_answer){
				.status = status,
				.parts = parts,
				.n = n,
				.session_id =
					x->e.method == METHOD_INITIALIZE &&
						x->session != NULL
					? session_id(x->session)
					: STR_NONE,
			});
	exchange_end(x);
}

void
exchange_answer(struct exchange *x, const struct str *parts, size_t n)
{
	exchange_answer_status(x, 200, parts, n);
}

void
exchange_answer_buf(struct exchange *x, const struct buf *message)
{
	struct str text = buf_view(message);
	struct fault f;

	if (buf_ok(message)) {
		exchange_answer(x, &text, 1);
		return;
	}
	fault_set(&f, FAULT_TOO_LARGE, "the answer is too long");
	exchange_refuse(x, &f);
}

static void
refuse(struct exchange *x, struct hall_refusal *why, struct str data)
{
	struct str id =
		x->e.kind == ENVELOPE_REQUEST ? x->e.id.value : STR_NONE;
	struct buf out;

	buf_in(&out, x->r.arena, ERROR_MAX);
	if (x->era == ERA_MODERN)
		message_fault(&out, id, &why->fault, data);
	else
		message_fault_legacy(&out, id, &why->fault, data);
	why->body = buf_ok(&out) ? buf_view(&out) : STR("{}");
	why->status = era_status(x->era, why->fault.id);
	if (x->streaming) {
		event_fault(x->r.scope, &why->fault);
		last_message(x, &why->body, 1);
	} else {
		x->r.sink.refuse(x->r.sink.with, why);
	}
}

void
exchange_refuse_with(struct exchange *x, const struct fault *f, struct str data)
{
	struct hall_refusal why = { .fault = *f };

	batch_drop(x); /* while its arena is there */
	if (!x->gone)
		refuse(x, &why, data);
	exchange_end(x);
}

void
exchange_refuse(struct exchange *x, const struct fault *f)
{
	exchange_refuse_with(x, f, STR_NONE);
}

void
exchange_refuse_scope(
	struct exchange *x, const struct fault *f, struct str scope)
{
	struct hall_refusal why = { .fault = *f, .scope = scope };

	batch_drop(x);
	if (!x->gone)
		refuse(x, &why, STR_NONE);
	exchange_end(x);
}

void
exchange_accept(struct exchange *x)
{
	x->r.sink.accept(x->r.sink.with);
	exchange_end(x);
}
