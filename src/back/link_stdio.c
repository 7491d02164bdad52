/* link_stdio: a link to a child that speaks lines (TR-65..TR-68). */
#include "back/child_env.h"
#include "back/link_wire.h"
#include "back/redact.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "mcp/message.h"
#include "net/child.h"

#include <stdlib.h>

struct stdio_wire {
	struct link *link;
	struct child *child;
	struct loop_timer ears; /* open again, after it told too much */
	unsigned noise;         /* lines in a row that were no message */
	char words[4096];       /* what it said last, as it came */
	size_t words_length;
	bool has_complained; /* words speak of an error */
};

#define NOISE_MAX      100u
#define WORDS_ROOM     ((size_t)64 << 10)
#define WORDS_MAX      160u
#define STDIO_PLAN_MAX ((size_t)1 << 20)

/* A flood is read at a bearable pace: its pipe fills, and it waits. */
static void
cover_ears(struct stdio_wire *w)
{
	int64_t ms = link_deaf_ms(w->link);

	if (ms == 0)
		return;
	child_pause(w->child);
	loop_timer_set(&w->ears, ms);
}

static void
open_ears(void *with)
{
	struct stdio_wire *w = with;

	if (w->child != NULL)
		child_resume(w->child);
}

static void
heard_line(void *with, struct str line)
{
	struct stdio_wire *w = with;
	const struct link_owner *owner = &w->link->plan.owner;
	struct fault f = { 0 };

	if (line.n == 0) {
		link_count_note(w->link);
		cover_ears(w);
		return;
	}
	if (link_take(w->link, NULL, line, &f)) {
		w->noise = 0;
		cover_ears(w);
		return;
	}
	owner->said(owner->with, w->link, line);
	fault_set(&f, FAULT_SERVER_ANSWER,
		"wrote a line to stdout that is no message; the log has it "
		"with --log-level debug");
	owner->troubled(owner->with, w->link, &f);
	if (++w->noise < NOISE_MAX)
		return;
	fault_set(&f, FAULT_SERVER_ANSWER,
		"wrote %u lines to stdout that are no messages", NOISE_MAX);
	link_end_soon(w->link, &f);
}

/* The last words, but an error before the rest: many programs end with an
 * empty farewell behind it. */
static void
said_line(void *with, struct str line)
{
	struct stdio_wire *w = with;
	const struct link_owner *owner = &w->link->plan.owner;
	bool complains = str_find(line, STR("rror")) < line.n;

	if (line.n > 0 && (complains || !w->has_complained)) {
		line = str_cut(line, 0, sizeof(w->words));
		memcpy(w->words, line.p, line.n);
		w->words_length = line.n;
		w->has_complained = complains;
	}
	owner->said(owner->with, w->link, line);
}

static void
flood(void *with, bool begins)
{
	struct stdio_wire *w = with;
	const struct link_owner *owner = &w->link->plan.owner;

	owner->flood(owner->with, w->link, begins);
}

/* Redacted before they are cut: a piece of a secret is hard to recognise. */
static void
say_why(struct stdio_wire *w, struct str why, struct fault *f)
{
	struct arena *a = arena_new(WORDS_ROOM);
	struct str words = redact_text(
		a, w->link->plan.entry, str_of(w->words, w->words_length));

	words = utf8_cut(words, WORDS_MAX);
	if (words.n > 0)
		fault_set(f, FAULT_SERVER_LOST, "%.*s, saying \"%.*s\"",
			STR_ARG(why), STR_ARG(words));
	else
		fault_set(f, FAULT_SERVER_LOST, "%.*s", STR_ARG(why));
	arena_free(&a);
}

static void
child_gone(void *with, struct str why)
{
	struct stdio_wire *w = with;
	struct link *l = w->link;
	struct fault f = { 0 };

	w->child = NULL;
	loop_timer_stop(&w->ears);
	/* Some servers exit when they are asked something they don't know. */
	if (l->state == LINK_OPENING && l->asked_revision &&
		!l->was_restarted && l->ops->restart(l, &f))
		return;
	say_why(w, why, &f);
	link_end(l, &f);
}

static bool
spawn(struct stdio_wire *w, struct fault *f)
{
	const struct server_entry *e = w->link->plan.entry;
	struct arena *a = arena_new(STDIO_PLAN_MAX);
	struct child_plan plan = { .argv = child_argv_make(a, e),
		.env = child_env_make(a, e),
		.cwd = str_is_none(e->cwd) ? NULL : str_dup(a, e->cwd).p };

	w->words_length = 0;
	w->has_complained = false;
	if (plan.argv == NULL || plan.env == NULL) {
		fault_set(f, FAULT_SPAWN, "its arguments are too long");
	} else {
		plan.command = plan.argv[0];
		w->child = child_start(w->link->plan.loop, &plan,
			(struct child_listener){ .line = heard_line,
				.said = said_line,
				.flood = flood,
				.gone = child_gone },
			w, f);
	}
	arena_free(&a);
	return w->child != NULL;
}

static bool
stdio_start(struct link *l, struct fault *f)
{
	struct stdio_wire *w = calloc(1, sizeof(*w));

	if (w == NULL)
		die("out of memory");
	w->link = l;
	loop_timer_init(&w->ears, l->plan.loop, open_ears, w);
	l->wire = w;
	return spawn(w, f);
}

static void
call_overdue(void *with)
{
	struct link_call *c = with;
	struct link *l = c->on;
	int64_t ms = loop_now(l->plan.loop) - c->began;
	struct fault f;

	if (ms < 10000)
		fault_set(&f, FAULT_SERVER_TIMEOUT, "no answer within %d ms",
			(int)ms);
	else
		fault_set(&f, FAULT_SERVER_TIMEOUT, "no answer within %lld s",
			(long long)(ms / 1000));
	l->ops->cancel(l, c);
	link_call_fail(c, &f, true);
}

/* A program that is ending tells why in child_gone(), better than we can. */
static void
could_not_write(struct stdio_wire *w, const struct fault *why)
{
	if (w->child == NULL || child_is_running(w->child))
		link_end_soon(w->link, why);
}

static void
stdio_send(struct link *l, struct link_call *c, const struct link_message *m)
{
	struct stdio_wire *w = l->wire;
	struct fault f = { 0 };

	loop_timer_init(&c->timer, l->plan.loop, call_overdue, c);
	loop_timer_set(&c->timer, l->plan.entry->timeout_ms);
	if (w->child != NULL &&
		child_write(w->child, m->parts, m->part_count, &f))
		return;
	if (w->child == NULL)
		fault_set(&f, FAULT_SERVER_LOST, "the program has ended");
	could_not_write(w, &f);
}

/* Progress gives it its timeout anew, up to the ceiling (TR-35). */
static void
stdio_progressed(struct link *l, struct link_call *c)
{
	int64_t timeout = l->plan.entry->timeout_ms;
	int64_t left =
		c->began + timeout * LINK_CEILING - loop_now(l->plan.loop);

	if (left > 0)
		loop_timer_set(&c->timer, left < timeout ? left : timeout);
}

static void
stdio_notify(struct link *l, struct str message)
{
	struct stdio_wire *w = l->wire;
	struct fault f;

	if (w->child != NULL && !child_write(w->child, &message, 1, &f))
		could_not_write(w, &f);
}

static void
stdio_cancel(struct link *l, struct link_call *c)
{
	struct buf out;

	loop_timer_stop(&c->timer);
	if (l->state == LINK_CLOSED || c == &l->introducing)
		return; /* an initialize is never cancelled */
	buf_init(&out, 512);
	message_cancelled(&out, c->id, STR("no longer wanted"));
	stdio_notify(l, buf_view(&out));
	buf_clear(&out);
}

/* Calls of a child have no wire of their own. */
static void
stdio_detach(struct link_call *c)
{
	c->wire = NULL;
}

static void
stdio_opened(struct link *l)
{
	(void)l;
}

static void
stdio_stop(struct link *l)
{
	struct stdio_wire *w = l->wire;

	if (w == NULL)
		return;
	loop_timer_stop(&w->ears);
	if (w->child != NULL)
		child_abandon(&w->child);
	l->wire = NULL;
	secret_wipe(w->words, sizeof(w->words));
	free(w);
}

static bool
stdio_restart(struct link *l, struct fault *f)
{
	l->was_restarted = true;
	link_open_stop(l);
	l->is_known = true;
	l->server.revision = REVISION_LATEST_LEGACY;
	if (!spawn(l->wire, f))
		return false;
	link_open_start(l);
	return true;
}

const struct link_ops link_stdio_ops = {
	.shares_way = true,
	.start = stdio_start,
	.send = stdio_send,
	.progressed = stdio_progressed,
	.cancel = stdio_cancel,
	.notify = stdio_notify,
	.detach = stdio_detach,
	.opened = stdio_opened,
	.stop = stdio_stop,
	.restart = stdio_restart,
};
