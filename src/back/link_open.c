/*
 * link_open: which revision does it speak, and how do you do (TR-09, TR-12,
 * TR-68, TR-71..TR-73, V-07).
 *
 *	server/discover ──DiscoverResult──────────────────────▶ open, modern
 *	      │ any other answer, or silence (stdio); what tells nothing
 *	      │ (over HTTP 5xx, but not again and again, 429, a broken
 *	      │ connection) ends the link
 *	      ▼
 *	initialize ──InitializeResult──▶ notifications/initialized ──▶ open,
 *	      │                                                      legacy
 *	      └──anything else──▶ the link ends
 *
 * A server whose revision is pinned or known already is asked only what its
 * era asks for; one that is known to be modern ends the link if it is not.  A
 * child that was silent may still be starting: whichever of the two it answers
 * first decides.
 */
#include "back/link_wire.h"

#include "base/buf.h"
#include "mcp/message.h"

/* How long a child may be silent before it is also greeted the old way. */
#define QUIET_MS     ((int64_t)3000)
/* Links that failed before one that greets a server with 5xx the old way. */
#define BROKEN_TIMES 2u
#define HELLO_MAX    ((size_t)4096)

static const struct link_listener discover_listener;
static const struct link_listener initialize_listener;

static void
send_opening(struct link *l, struct link_call *c, enum method method,
	const struct buf *message)
{
	struct str text = buf_view(message);

	link_send(l, c,
		&(struct link_message){
			.method = method, .parts = &text, .part_count = 1 });
}

/* ---- server/discover ---- */

static void
discover_ask(struct link *l)
{
	struct buf out;

	l->doing = "asking which revision it speaks";
	l->asked_revision = true;
	l->server.revision = REVISION_LATEST;
	buf_init(&out, HELLO_MAX);
	link_call_init(&l->asking, l, &discover_listener);
	handshake_discover(&out, l->asking.id);
	send_opening(l, &l->asking, METHOD_DISCOVER, &out);
	buf_clear(&out);
	if (l->plan.entry->transport == SERVER_STDIO)
		loop_timer_set(&l->quiet, QUIET_MS);
}

/* ---- initialize ---- */

static void
initialize_ask(struct link *l, enum revision r)
{
	struct buf out;

	l->doing = "introducing ourselves";
	l->server.revision = r;
	buf_init(&out, HELLO_MAX);
	link_call_init(&l->introducing, l, &initialize_listener);
	handshake_initialize(&out, l->introducing.id, r);
	send_opening(l, &l->introducing, METHOD_INITIALIZE, &out);
	buf_clear(&out);
}

static enum revision
legacy_to_offer(const struct link *l)
{
	enum revision pinned;

	if (revision_parse(l->plan.entry->protocol, &pinned) &&
		!revision_is_modern(pinned))
		return pinned;
	return REVISION_LATEST_LEGACY;
}

static bool
is_pinned_modern(const struct link *l)
{
	enum revision pinned;

	return revision_parse(l->plan.entry->protocol, &pinned) &&
		revision_is_modern(pinned);
}

/* ---- what comes back ---- */

static struct link *
link_of_asking(struct link_call *c)
{
	return (struct link *)(void *)((char *)c -
		offsetof(struct link, asking));
}

static struct link *
link_of_introducing(struct link_call *c)
{
	return (struct link *)(void *)((char *)c -
		offsetof(struct link, introducing));
}

static void
opened_modern(struct link *l)
{
	link_open_stop(l);
	link_opened(l);
}

/* Whether an older revision is of no use. */
static bool
is_to_be_modern(const struct link *l)
{
	return is_pinned_modern(l) ||
		(l->is_known && revision_is_modern(l->server.revision));
}

/* It is no modern server, as far as this answer goes. */
static void
go_legacy(struct link *l, const struct fault *why)
{
	if (is_to_be_modern(l)) {
		link_end_soon(l, why);
		return;
	}
	loop_timer_stop(&l->quiet);
	if (l->introducing.on == NULL)
		initialize_ask(l, legacy_to_offer(l));
}

/* Some older servers answer 5xx to whatever they don't know.  One that went on
 * doing so is greeted the older way: should that be a mistake, it ends with the
 * verdict's age (upstream_era.c). */
static bool
is_broken_for_long(const struct link *l, const struct link_call *c)
{
	return c->status >= 500 && l->plan.failures >= BROKEN_TIMES;
}

static void
discover_heard(struct link_call *c, const struct envelope *e)
{
	struct link *l = link_of_asking(c);
	struct handshake_reply reply = { c->status, e->body };
	struct fault f = { 0 };

	switch (handshake_judge(l->arena, &reply, &l->server, &f)) {
	case HANDSHAKE_MODERN:
		opened_modern(l);
		return;
	case HANDSHAKE_AGAIN:
	case HANDSHAKE_UNKNOWN:
		if (is_broken_for_long(l, c))
			go_legacy(l, &f);
		else
			link_end_soon(l, &f);
		return;
	case HANDSHAKE_LEGACY:
		if (!fault_is_set(&f))
			fault_set(&f, FAULT_SERVER_ANSWER,
				"it does not speak %s",
				revision_name(REVISION_LATEST).p);
		go_legacy(l, &f);
	}
}

/* Whether no message at all is an answer to server/discover.  A child's
 * silence or end is one (TR-68); over HTTP a status is, unless it speaks of the
 * moment, but no broken connection and no timeout (TR-72). */
static bool
is_evidence(
	const struct link *l, const struct link_call *c, const struct fault *f)
{
	struct handshake_reply reply = { c->status, STR("") };
	struct handshake_server s;
	struct fault ignored = { 0 };

	if (l->plan.entry->transport == SERVER_STDIO)
		return f->id == FAULT_SERVER_ANSWER ||
			f->id == FAULT_SERVER_LOST ||
			f->id == FAULT_SERVER_TIMEOUT;
	return f->id == FAULT_SERVER_ANSWER && c->status != 0 &&
		handshake_judge(l->arena, &reply, &s, &ignored) ==
		HANDSHAKE_LEGACY;
}

static void
discover_failed(struct link_call *c, const struct fault *f, bool sent)
{
	struct link *l = link_of_asking(c);

	(void)sent;
	if (l->state != LINK_OPENING)
		return;
	if (is_evidence(l, c, f) || is_broken_for_long(l, c))
		go_legacy(l, f);
	else
		link_end_soon(l, f);
}

static void
quiet_so_far(void *with)
{
	struct link *l = with;

	if (l->introducing.on == NULL && !is_to_be_modern(l))
		initialize_ask(l, legacy_to_offer(l));
}

static void
say_initialized(struct link *l)
{
	struct buf out;

	buf_init(&out, HELLO_MAX);
	message_notification(&out, METHOD_INITIALIZED, STR_NONE);
	link_notify(l, buf_view(&out));
	buf_clear(&out);
}

static void
initialize_heard(struct link_call *c, const struct envelope *e)
{
	struct link *l = link_of_introducing(c);
	struct fault f = { 0 };

	if (e->kind != ENVELOPE_RESULT) {
		fault_set(&f, FAULT_SERVER_ANSWER, "initialize answered %.*s",
			STR_ARG(str_cut(e->error.value, 0, 150)));
		if (l->asking.on == NULL)
			link_end_soon(l, &f);
		return; /* else discover may still be answered */
	}
	if (!handshake_initialize_read(
		    l->arena, e->result.value, &l->server, &f)) {
		link_end_soon(l, &f);
		return;
	}
	link_open_stop(l);
	say_initialized(l);
	link_opened(l);
}

static void
initialize_failed(struct link_call *c, const struct fault *f, bool sent)
{
	struct link *l = link_of_introducing(c);

	(void)sent;
	if (l->state == LINK_OPENING)
		link_end_soon(l, f);
}

static void
ignored(struct link_call *c, const struct envelope *e)
{
	(void)c;
	(void)e;
}

static const struct link_listener discover_listener = {
	.message = ignored,
	.answer = discover_heard,
	.failed = discover_failed,
};

static const struct link_listener initialize_listener = {
	.message = ignored,
	.answer = initialize_heard,
	.failed = initialize_failed,
};

void
link_open_start(struct link *l)
{
	bool legacy_known =
		l->is_known && !revision_is_modern(l->server.revision);
	enum revision pinned;
	bool is_pinned = revision_parse(l->plan.entry->protocol, &pinned);

	loop_timer_init(&l->quiet, l->plan.loop, quiet_so_far, l);
	if (is_pinned ? !revision_is_modern(pinned) : legacy_known)
		initialize_ask(l, legacy_to_offer(l));
	else
		discover_ask(l);
}

void
link_open_stop(struct link *l)
{
	if (l->quiet.loop != NULL)
		loop_timer_stop(&l->quiet);
	link_cancel(&l->asking);
	link_cancel(&l->introducing);
}
