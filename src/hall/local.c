/* local: what the hall answers by itself. */
#include "hall/exchange.h"

#include "base/arena.h"
#include "base/buf.h"
#include "hall/session.h"
#include "mcp/capability.h"
#include "mcp/handshake.h"
#include "mcp/message.h"

#define ANSWER_MAX ((size_t)256 << 10)

static unsigned
offered(const struct exchange *x, enum revision to)
{
	const struct place *p = place_of(x->r.endpoint);

	return capability_offer(
		place_capabilities(x->hall, p) | place_subscribe(x->hall, p),
		to);
}

/* A single server's own words; a hub has none. */
static struct str
instructions(const struct exchange *x)
{
	const struct place *p = place_of(x->r.endpoint);
	const struct handshake_server *s = NULL;
	struct upstream *u;

	if (!place_is_hub(p) && (u = place_upstream(x->hall, p, 0)) != NULL)
		s = upstream_server(u);
	return s == NULL ? STR_NONE : s->instructions;
}

static void
initialize(struct exchange *x)
{
	struct handshake_offer offer = { .id = x->e.id.value };
	struct buf out;
	struct fault f;

	if (!handshake_negotiate(
		    x->r.arena, &x->e, REVISION_OLDEST_HTTP, &offer.to, &f)) {
		exchange_refuse(x, &f);
		return;
	}
	offer.offered = offered(x, offer.to);
	offer.instructions = instructions(x);
	buf_in(&out, x->r.arena, ANSWER_MAX);
	handshake_initialized(&out, &offer);
	x->session =
		session_open(x->hall, x->r.principal, x->r.endpoint, offer.to);
	exchange_answer_buf(x, &out);
}

static void
discover(struct exchange *x)
{
	struct buf out;

	buf_in(&out, x->r.arena, ANSWER_MAX);
	handshake_discovered(&out,
		&(struct handshake_offer){
			.id = x->e.id.value,
			.to = x->revision,
			.offered = offered(x, x->revision),
			.instructions = instructions(x),
		});
	exchange_answer_buf(x, &out);
}

static void
empty(struct exchange *x)
{
	struct buf out;

	buf_in(&out, x->r.arena, 1024);
	message_empty(&out, x->e.id.value, x->revision);
	exchange_answer_buf(x, &out);
}

static void
set_level(struct exchange *x)
{
	struct fault f;

	if (!level_parse(envelope_text(x->r.arena, x->e.level),
		    &x->session->level)) {
		fault_set(&f, FAULT_MCP_PARAMS, "level is none of the eight");
		exchange_refuse(x, &f);
		return;
	}
	empty(x);
}

bool
local_answer(struct exchange *x)
{
	enum lists_kind kind;

	if (lists_kind_of(x->e.method, &kind)) {
		list_answer(x, kind);
		return true;
	}
	if (x->e.method == METHOD_INITIALIZE)
		initialize(x);
	else if (x->e.method == METHOD_DISCOVER)
		discover(x);
	else if (x->e.method == METHOD_PING)
		empty(x);
	else if (x->e.method == METHOD_SET_LEVEL)
		set_level(x);
	else
		return false;
	return true;
}
