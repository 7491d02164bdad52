/*
 * dispatch: from a message's bytes to the way that it goes.
 *
 * The order is TR-31's: the envelope, the era, its checks, the session, the
 * method, the scope, and only then anything that costs.
 */
#include "hall/exchange.h"

#include "base/arena.h"
#include "hall/session.h"
#include "mcp/capability.h"

static struct era_fields
fields_of(const struct exchange *x)
{
	const struct hall_fields *f = &x->r.fields;

	return (struct era_fields){ .version = f->protocol_version,
		.method = f->method,
		.name = f->name,
		.session_id = f->session_id };
}

/* ---- settling ---- */

static void
settle_over(struct exchange *x)
{
	list_remove(&x->in_settling);
	loop_timer_stop(&x->settle);
	exchange_dispatch(x);
}

static void
settle_long_enough(void *with)
{
	settle_over(with);
}

bool
exchange_settle(struct exchange *x)
{
	int64_t ms = place_settle_ms(x->hall, place_of(x->r.endpoint));

	if (x->settled || ms == 0)
		return false;
	x->settled = true;
	loop_timer_init(&x->settle, x->hall->parts.loop, settle_long_enough, x);
	loop_timer_set(&x->settle, ms);
	list_add(&x->hall->settling, &x->in_settling);
	return true;
}

void
exchange_settled(struct hall *h)
{
	struct list ready;

	list_init(&ready);
	list_each(at, &h->settling) {
		struct exchange *x =
			list_entry(at, struct exchange, in_settling);

		if (place_settle_ms(h, place_of(x->r.endpoint)) > 0)
			continue;
		list_remove(at);
		list_add(&ready, at);
	}
	while (!list_is_empty(&ready))
		settle_over(
			list_entry(ready.next, struct exchange, in_settling));
}

/* A single server's endpoint offers what the server does, so it has to have
 * been heard once. */
static bool
server_is_known(struct exchange *x)
{
	const struct place *p = place_of(x->r.endpoint);
	struct upstream *u;
	struct fault f;

	if (place_is_hub(p))
		return true;
	u = place_upstream(x->hall, p, 0);
	if (u != NULL && upstream_server(u) != NULL)
		return true;
	if (u != NULL && exchange_settle(x))
		return false;
	if (u == NULL) {
		fault_set(&f, FAULT_SERVER_DOWN, "%.*s is gone",
			STR_ARG(p->endpoint.name));
	} else {
		upstream_say_why(u, &f);
		upstream_wanted(u);
	}
	exchange_refuse(x, &f);
	return false;
}

/* ---- legacy ---- */

static struct exchange *
running(struct session *s, struct str id)
{
	list_each(at, &s->exchanges) {
		struct exchange *x =
			list_entry(at, struct exchange, in_session);

		if (!x->gone && str_eq(x->e.id.value, id))
			return x;
	}
	return NULL;
}

/* notifications/cancelled: the request gets no answer any more, but its POST
 * has to end. */
static void
cancel_named(struct exchange *x)
{
	struct exchange *named = running(x->session, x->e.request_id.value);
	struct fault f;

	if (named == NULL || named->e.method == METHOD_INITIALIZE)
		return;
	forward_stop(named);
	fault_set(&f, FAULT_MCP_CANCELLED, "the client cancelled it");
	exchange_refuse(named, &f);
}

static void
take_note(struct exchange *x)
{
	if (x->e.method == METHOD_CANCELLED && x->session != NULL)
		cancel_named(x);
	exchange_accept(x);
}

static bool
legacy_session(struct exchange *x, struct fault *f)
{
	struct era_fields fields = fields_of(x);

	if (!era_check_legacy(&fields, f))
		return false;
	if (x->e.method == METHOD_INITIALIZE && x->e.kind == ENVELOPE_REQUEST)
		return true;
	x->session = session_find(x->hall, fields.session_id, &x->r, f);
	if (x->session == NULL)
		return false;
	x->revision = x->session->revision;
	if (x->e.kind == ENVELOPE_REQUEST && running(x->session, x->e.id.value))
		return fault_set(f, FAULT_MCP_INVALID,
			"the id of a running request is used again");
	return true;
}

static bool
legacy_method(struct exchange *x, struct fault *f)
{
	const struct place *p = place_of(x->r.endpoint);
	unsigned has = place_capabilities(x->hall, p), offered;

	if (x->e.method == METHOD_RESOURCES_SUBSCRIBE ||
		x->e.method == METHOD_RESOURCES_UNSUBSCRIBE)
		has |= place_subscribe(x->hall, p);
	offered = capability_offer(has, x->revision);
	if (methods_for_server(x->e.method, x->revision) &&
		capability_serves(offered, x->e.method))
		return true;
	return fault_set(f, FAULT_MCP_METHOD, "%.*s in %s",
		STR_ARG(str_cut(x->e.method_name, 0, 60)),
		revision_name(x->revision).p);
}

static bool
legacy_check(struct exchange *x, struct fault *f)
{
	x->revision = REVISION_ASSUMED;
	if (!legacy_session(x, f))
		return false;
	return x->e.kind != ENVELOPE_REQUEST ||
		x->e.method == METHOD_INITIALIZE || legacy_method(x, f);
}

static bool
modern_check(struct exchange *x, struct str *data, struct fault *f)
{
	struct era_ask ask = { .e = &x->e, .fields = fields_of(x) };

	x->revision = REVISION_LATEST;
	ask.offered = capability_offer(
		place_capabilities(x->hall, place_of(x->r.endpoint)),
		x->revision);
	return era_check_modern(x->r.arena, &ask, data, f);
}

/* ---- the way ---- */

static void
go(struct exchange *x)
{
	struct str scope = STR_NONE;
	struct fault f = { 0 };

	if (x->e.kind != ENVELOPE_REQUEST) {
		take_note(x);
		return;
	}
	if (x->session != NULL && list_is_empty(&x->in_session))
		list_add(&x->session->exchanges, &x->in_session);
	if (methods_has(x->e.method, METHOD_ROUTED) &&
		!methods_has(x->e.method, METHOD_LISTS)) {
		forward(x);
		return;
	}
	if (!policy_check(x, &scope, &f))
		exchange_refuse_scope(x, &f, scope);
	else if (!local_answer(x))
		forward(x);
}

void
exchange_dispatch(struct exchange *x)
{
	struct str data = STR_NONE;
	struct fault f = { 0 };
	bool ok;

	if (x->generation != x->hall->generation) {
		fault_set(&f, FAULT_UNAVAILABLE, "the settings were reloaded");
		exchange_refuse(x, &f);
		return;
	}
	if (x->e.kind == ENVELOPE_REQUEST && !server_is_known(x))
		return;
	list_remove(&x->in_session);
	ok = x->era == ERA_MODERN ? modern_check(x, &data, &f)
				  : legacy_check(x, &f);
	if (ok)
		go(x);
	else
		exchange_refuse_with(x, &f, data);
}

/* A person who has as many requests running as allowed may still ask whether
 * we are there, and cancel some. */
static bool
count_call(struct exchange *x, struct fault *f)
{
	unsigned most = x->hall->settings->calls;

	if (x->e.kind != ENVELOPE_REQUEST || x->e.method == METHOD_PING)
		return true;
	if (!usage_begin(x->r.principal->usage, USAGE_CALL, most))
		return fault_set(f, FAULT_MCP_CALLS, "%u are running", most);
	x->usage = x->r.principal->usage;
	return true;
}

/* An array is outlined as a whole, whoever may send one: what is no JSON is a
 * parse error to everybody. */
static bool
read_message(struct exchange *x, struct fault *f)
{
	return envelope_read(x->r.body, &x->e, f) &&
		(x->e.kind != ENVELOPE_BATCH ||
			envelope_batch_check(x->e.body, f));
}

struct exchange *
hall_post(struct hall *h, const struct hall_request *r)
{
	struct exchange *x = exchange_new(h, r);
	struct fault f = { 0 };
	struct era_fields fields = fields_of(x);
	bool read;

	x->generation = h->generation;
	read = read_message(x, &f);
	x->era = era_decide(&x->e, &fields);
	x->ended = false;
	if (!read || !count_call(x, &f))
		exchange_refuse(x, &f);
	else if (x->e.kind == ENVELOPE_BATCH && x->era == ERA_LEGACY)
		batch_post(x);
	else
		exchange_dispatch(x);
	return x->ended ? NULL : x;
}

void
hall_gone(struct exchange **xp)
{
	struct exchange *x = *xp;

	if (x == NULL)
		return;
	*xp = NULL;
	x->gone = true;
	if (x->batch != NULL) {
		exchange_end(x);
		return;
	}
	/* A legacy call goes on without its client (TR-59). */
	if (x->era == ERA_LEGACY && x->call.on != NULL)
		return;
	forward_stop(x);
	exchange_end(x);
}
