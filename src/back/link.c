/* link: see link.h. */
#include "back/link.h"

#include "back/link_wire.h"
#include "back/redact.h"
#include "base/buf.h"
#include "base/die.h"
#include "mcp/capability.h"
#include "mcp/message.h"

#include <stdlib.h>

/* ---- calls ---- */

static void
call_leave(struct link_call *c)
{
	if (c->on->ops->shares_way)
		map_remove(&c->on->by_id, link_call_id(c));
	c->on->call_count--;
	list_remove(&c->place);
	if (c->timer.loop != NULL)
		loop_timer_stop(&c->timer);
	if (c->wire != NULL)
		c->on->ops->detach(c);
	c->on = NULL;
}

/* The digits of the id, which is positive. */
static void
write_id(struct link_call *c)
{
	char digits[LINK_ID_TEXT];
	size_t at = sizeof(digits);

	for (int64_t v = c->id; v > 0; v /= 10)
		digits[--at] = (char)('0' + v % 10);
	c->id_length = sizeof(digits) - at;
	memcpy(c->id_text, digits + at, c->id_length);
}

void
link_call_init(struct link_call *c, struct link *l,
	const struct link_listener *listener)
{
	insist(c->on == NULL);
	*c = (struct link_call){ .listener = listener, .id = ++l->last_id };
	write_id(c);
	list_init(&c->place);
}

struct str
link_call_id(const struct link_call *c)
{
	return str_of(c->id_text, c->id_length);
}

void
link_send(struct link *l, struct link_call *c, const struct link_message *m)
{
	insist(c->on == NULL && l->state != LINK_CLOSED);
	c->on = l;
	c->began = loop_now(l->plan.loop);
	c->has_progress = m->has_progress;
	l->call_count++;
	list_add(&l->calls, &c->place);
	if (l->ops->shares_way)
		map_put(&l->by_id, link_call_id(c), c);
	l->ops->send(l, c, m);
}

void
link_cancel(struct link_call *c)
{
	struct link *l = c->on;

	if (l == NULL)
		return;
	l->ops->cancel(l, c);
	call_leave(c);
}

void
link_pause(struct link_call *c)
{
	if (c->on != NULL && c->wire != NULL && c->on->ops->pause != NULL)
		c->on->ops->pause(c);
}

void
link_resume(struct link_call *c)
{
	if (c->on != NULL && c->wire != NULL && c->on->ops->resume != NULL)
		c->on->ops->resume(c);
}

void
link_notify(struct link *l, struct str message)
{
	l->ops->notify(l, message);
}

void
link_call_fail(struct link_call *c, const struct fault *f, bool sent)
{
	const struct link_owner *owner = &c->on->plan.owner;
	struct fault safe = *f;

	redact_fault(c->on->plan.entry, &safe);
	/* What was lost before it was sent is tried again. */
	if (sent || f->id != FAULT_SERVER_LOST)
		owner->troubled(owner->with, c->on, &safe);
	call_leave(c);
	c->listener->failed(c, &safe, sent);
}

/* ---- logging/setLevel ---- */

static void
level_heard(struct link_call *c, const struct envelope *e)
{
	(void)c;
	(void)e;
}

static void
level_failed(struct link_call *c, const struct fault *f, bool sent)
{
	(void)c;
	(void)f;
	(void)sent;
}

static const struct link_listener level_listener = {
	.message = level_heard,
	.answer = level_heard,
	.failed = level_failed,
};

void
link_want_level(struct link *l, enum level level)
{
	struct buf out;
	struct str text;

	if (level >= l->level || revision_is_modern(l->server.revision) ||
		(l->server.capabilities & CAPABILITY_LOGGING) == 0 ||
		l->levelling.on != NULL || l->state != LINK_OPEN)
		return;
	l->level = level;
	buf_init(&out, 512);
	link_call_init(&l->levelling, l, &level_listener);
	message_set_level(&out, l->levelling.id, level);
	text = buf_view(&out);
	link_send(l, &l->levelling,
		&(struct link_message){ .method = METHOD_SET_LEVEL,
			.parts = &text,
			.part_count = 1 });
	buf_clear(&out);
}

/* ---- what arrives ---- */

/* The call of that raw id, among all or known by the way that it came. */
static struct link_call *
call_of_id(struct link *l, struct link_call *c, struct str id)
{
	if (l->ops->shares_way)
		return id.n > 0 ? map_get(&l->by_id, id) : NULL;
	return c != NULL && str_eq(link_call_id(c), id) ? c : NULL;
}

/* The only call that runs, our own about the level aside; or NULL. */
static struct link_call *
only_call(struct link *l)
{
	struct link_call *only = NULL;

	if (l->call_count > 2)
		return NULL;
	list_each(at, &l->calls) {
		struct link_call *c = list_entry(at, struct link_call, place);

		if (c == &l->levelling)
			continue;
		if (only != NULL)
			return NULL;
		only = c;
	}
	return only;
}

/* Logs belong to the call whose way they came, or to the only one that
 * runs; progress to the call whose token it names. */
static struct link_call *
call_of_notification(
	struct link *l, struct link_call *c, const struct envelope *e)
{
	if (e->method == METHOD_PROGRESS) {
		c = call_of_id(l, c, e->progress_token.value);
		return c != NULL && c->has_progress ? c : NULL;
	}
	if (e->method != METHOD_MESSAGE)
		return NULL; /* concerns more than a call */
	return c != NULL ? c : only_call(l);
}

void
link_count_note(struct link *l)
{
	int64_t now = loop_now(l->plan.loop);

	if (now - l->notes_since >= 1000) {
		l->notes_since = now;
		l->notes = 0;
	}
	l->notes++;
}

int64_t
link_deaf_ms(const struct link *l)
{
	int64_t age = loop_now(l->plan.loop) - l->notes_since;

	return l->notes < LINK_NOTES_MAX || age >= 1000 ? 0 : 1000 - age;
}

static void
take_notification(struct link *l, struct link_call *c, const struct envelope *e)
{
	link_count_note(l);
	c = call_of_notification(l, c, e);
	if (c != NULL && e->method == METHOD_PROGRESS &&
		l->ops->progressed != NULL)
		l->ops->progressed(l, c);
	if (c != NULL)
		c->listener->message(c, e);
	else if (l->state == LINK_OPEN && e->method != METHOD_PROGRESS)
		l->plan.owner.heard(l->plan.owner.with, l, e);
}

static bool
take_response(struct link *l, struct link_call *c, const struct envelope *e,
	struct fault *f)
{
	struct link_call *named = call_of_id(l, c, e->id.value);

	if (named == NULL && c == NULL) {
		link_count_note(l); /* late, or never asked */
		return true;
	}
	if (named == NULL)
		return fault_set(f, FAULT_SERVER_ANSWER,
			"answered with the id %.*s instead of %.*s",
			STR_ARG(str_cut(e->id.value, 0, 40)),
			STR_ARG(link_call_id(c)));
	l->answers++;
	call_leave(named);
	named->listener->answer(named, e);
	return true;
}

struct str
link_answer_for(struct arena *a, const struct envelope *e)
{
	struct buf out;
	struct fault f;

	buf_in(&out, a, 4096);
	if (e->method == METHOD_PING) {
		message_result(&out, e->id.value, STR("{}"));
	} else {
		fault_set(&f, FAULT_MCP_METHOD, "%.*s",
			STR_ARG(str_cut(e->method_name, 0, 60)));
		message_fault(&out, e->id.value, &f, STR_NONE);
	}
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static void
answer_request(struct link *l, const struct envelope *e)
{
	struct arena *a = arena_new(16384);
	struct str answer = link_answer_for(a, e);

	link_count_note(l);
	if (!str_is_none(answer))
		l->ops->notify(l, answer);
	arena_free(&a);
}

/* An array, as 2025-03-26 allows (TR-03).  After its response the call is
 * over. */
static bool
take_batch(
	struct link *l, struct link_call *c, struct str text, struct fault *f)
{
	struct envelope_batch walk;
	struct str message;
	uint64_t answers;

	if (l->server.revision != REVISION_2025_03_26)
		return fault_set(
			f, FAULT_SERVER_ANSWER, "sent an array of messages");
	if (!envelope_batch_check(text, f))
		return false;
	envelope_batch_begin(&walk, text);
	while (envelope_batch_next(&walk, &message)) {
		answers = l->answers;
		if (!link_take(l, c, message, f))
			return false;
		if (l->answers != answers)
			c = NULL;
	}
	return true;
}

bool
link_take(struct link *l, struct link_call *c, struct str text, struct fault *f)
{
	struct envelope e;

	if (!envelope_read(text, &e, f)) {
		f->id = FAULT_SERVER_ANSWER;
		return false;
	}
	switch (e.kind) {
	case ENVELOPE_NOTIFICATION:
		take_notification(l, c, &e);
		return true;
	case ENVELOPE_REQUEST:
		answer_request(l, &e);
		return true;
	case ENVELOPE_RESULT:
	case ENVELOPE_ERROR:
		return take_response(l, c, &e, f);
	case ENVELOPE_BATCH:
		break;
	}
	if (take_batch(l, c, e.body, f))
		return true;
	f->id = FAULT_SERVER_ANSWER;
	return false;
}

/* ---- the link ---- */

static void
tell_soon(void *with)
{
	struct link *l = with;
	struct fault why = l->why;

	link_end(l, &why);
}

static void
begin(void *with)
{
	struct link *l = with;
	struct fault f = { 0 };

	l->later.fire = tell_soon;
	if (l->ops->start(l, &f))
		link_open_start(l);
	else
		link_end(l, &f);
}

/* Links are made on the loop's thread alone. */
static uint64_t last_serial;

struct link *
link_new(const struct link_plan *plan)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		die("out of memory");
	l->plan = *plan;
	l->serial = ++last_serial;
	l->ops = plan->entry->transport == SERVER_STDIO ? &link_stdio_ops
							: &link_http_ops;
	l->arena = arena_new(LINK_ARENA_MAX);
	l->doing = "starting";
	l->level = LEVEL_OFF;
	if (plan->known != NULL) {
		l->is_known = true;
		l->server.revision = *plan->known;
	}
	list_init(&l->calls);
	map_init(&l->by_id);
	/* Starts on the next turn, so that the owner has the link by then. */
	loop_timer_init(&l->later, plan->loop, begin, l);
	loop_timer_set(&l->later, 0);
	return l;
}

static void
fail_all(struct link *l, const struct fault *f)
{
	while (!list_is_empty(&l->calls))
		link_call_fail(
			list_entry(l->calls.next, struct link_call, place), f,
			true);
}

static void
shut(struct link *l, const struct fault *lost)
{
	l->state = LINK_CLOSED;
	link_open_stop(l);
	link_cancel(&l->levelling);
	fail_all(l, lost);
	loop_timer_stop(&l->later);
	l->ops->stop(l);
	map_clear(&l->by_id);
}

static void
release(struct link *l)
{
	arena_free(&l->arena);
	free(l);
}

void
link_close(struct link **lp)
{
	struct link *l = *lp;
	struct fault lost = { .id = FAULT_SERVER_LOST,
		.detail = "the link was closed" };

	if (l == NULL)
		return;
	*lp = NULL;
	shut(l, &lost);
	release(l);
}

void
link_end(struct link *l, const struct fault *why)
{
	struct fault lost = *why, safe = *why;

	redact_fault(l->plan.entry, &safe);
	if (lost.id != FAULT_SERVER_NEEDS_LOGIN)
		lost.id = FAULT_SERVER_LOST;
	shut(l, &lost);
	l->plan.owner.closed(l->plan.owner.with, l, &safe);
	release(l);
}

void
link_end_soon(struct link *l, const struct fault *why)
{
	if (l->later.due != 0)
		return;
	l->why = *why;
	loop_timer_set(&l->later, 0);
}

void
link_opened(struct link *l)
{
	l->state = LINK_OPEN;
	l->doing = "";
	l->ops->opened(l);
	l->plan.owner.opened(l->plan.owner.with, l);
}

const struct handshake_server *
link_server(const struct link *l)
{
	return &l->server;
}

bool
link_is_open(const struct link *l)
{
	return l->state == LINK_OPEN && l->later.due == 0;
}

uint64_t
link_serial(const struct link *l)
{
	return l->serial;
}

bool
link_is_busy(const struct link *l)
{
	return l->call_count > 0;
}

uint64_t
link_answers(const struct link *l)
{
	return l->answers;
}

const char *
link_doing(const struct link *l)
{
	return l->doing;
}
