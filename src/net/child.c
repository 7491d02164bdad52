/* child: see child.h. */
#include "net/child.h"

#include "base/die.h"
#include "net/child_feed.h"
#include "net/child_lines.h"
#include "net/child_said.h"
#include "net/child_spawn.h"
#include "net/loop.h"
#include "net/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_DEFAULT  ((size_t)4 << 20)
#define WRITE_MAX_DEFAULT ((size_t)8 << 20)
#define GRACE_MS_DEFAULT  2000
#define WATCH_MS          50  /* where the kernel has no pidfd */
#define DRAIN_MS          500 /* for what the dead have written */

/* Who moves it: child_stop() → CLOSING; on_ladder() → TERMINATING → KILLING;
 * look_for_exit() → EXITED. */
enum state { RUNNING, CLOSING, TERMINATING, KILLING, EXITED };

struct child {
	struct loop *loop;
	struct child_listener listener;
	void *with;
	pid_t pid;
	enum state state;
	struct stream *exit; /* a pidfd, readable when it has ended; or NULL */
	struct child_feed in;
	struct stream *out; /* NULL once it has ended */
	struct child_lines lines;
	struct child_said said;
	int64_t grace_ms;
	struct loop_timer ladder; /* next rung; after the exit: end of drain */
	struct loop_timer watch;  /* looks for the exit, without pidfd */
	struct loop_timer soon;   /* lines that wait since child_resume() */
	unsigned entered;
	bool paused;
	bool muted;   /* abandoned */
	bool drained; /* waited long enough for the pipes to end */
	bool is_deaf; /* closed its stdin */
	char why[128];
};

static void
child_free(struct child *c)
{
	stream_close(&c->exit);
	child_feed_close(&c->in);
	stream_close(&c->out);
	child_said_clear(&c->said);
	child_lines_clear(&c->lines);
	loop_timer_stop(&c->ladder);
	loop_timer_stop(&c->watch);
	loop_timer_stop(&c->soon);
	free(c);
}

static void
signal_group(const struct child *c, int signum)
{
	insist(c->state != EXITED && c->pid > 1);
	kill(-c->pid, signum);
}

/* ---- lines ---- */

static void
tell_lines(struct child *c)
{
	struct str line;

	while (!c->paused && child_lines_next(&c->lines, &line))
		if (!c->muted)
			c->listener.line(c->with, line);
}

static void
tell_last(struct child *c)
{
	struct str line;

	if (child_lines_last(&c->lines, &line) && !c->muted)
		c->listener.line(c->with, line);
	child_said_last(&c->said);
}

/* Nothing is left to tell, or the rest is not waited for. */
static bool
is_over(const struct child *c)
{
	if (c->state != EXITED || c->entered > 0)
		return false;
	if (c->muted || c->lines.is_broken)
		return true;
	return !c->paused &&
		(c->drained || (c->out == NULL && c->said.stream == NULL));
}

/* At the end of whatever happened: it may have been the last thing. */
static void
settle(struct child *c)
{
	if (!is_over(c))
		return;
	c->entered++;
	tell_last(c);
	if (!c->muted)
		c->listener.gone(c->with, str_from(c->why));
	child_free(c);
}

/* ---- the end ---- */

static void
explain(struct child *c, int status)
{
	if (c->why[0] != '\0')
		return;
	if (WIFEXITED(status))
		snprintf(c->why, sizeof(c->why), "exited with status %d",
			WEXITSTATUS(status));
	else if (c->is_deaf)
		snprintf(c->why, sizeof(c->why), "%s",
			"closed its input, and was stopped");
	else
		snprintf(c->why, sizeof(c->why), "killed by signal %d",
			WTERMSIG(status));
}

static bool
has_ended(const struct child *c)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		0)
		return info.si_pid == c->pid;
	return errno == ECHILD; /* somebody else has waited for it */
}

/* The zombie still holds the group's number while the rest of the group is
 * killed, so nobody else can be hit. */
static bool
look_for_exit(struct child *c)
{
	int status = 0;

	if (!has_ended(c))
		return false;
	signal_group(c, SIGKILL);
	waitpid(c->pid, &status, 0);
	c->state = EXITED;
	explain(c, status);
	stream_close(&c->exit);
	child_feed_close(&c->in);
	child_said_hurry(&c->said);
	loop_timer_stop(&c->watch);
	loop_timer_set(&c->ladder, DRAIN_MS);
	return true;
}

static void
on_exit_seen(void *with)
{
	struct child *c = with;

	look_for_exit(c);
	settle(c);
}

static void
on_watch(void *with)
{
	struct child *c = with;

	if (!look_for_exit(c))
		loop_timer_set(&c->watch, WATCH_MS);
	settle(c);
}

static void
on_ladder(void *with)
{
	struct child *c = with;

	switch (c->state) {
	case RUNNING:
		return;
	case CLOSING:
		if (c->out == NULL && c->why[0] == '\0')
			snprintf(c->why, sizeof(c->why),
				"closed its output, and was stopped");
		c->state = TERMINATING;
		signal_group(c, SIGTERM);
		break;
	case TERMINATING:
		c->state = KILLING;
		signal_group(c, SIGKILL);
		return;
	case KILLING:
		return;
	case EXITED:
		c->drained = true;
		settle(c);
		return;
	}
	loop_timer_set(&c->ladder, c->grace_ms);
}

void
child_stop(struct child *c)
{
	if (c->state != RUNNING)
		return;
	c->state = CLOSING;
	child_feed_close(&c->in);
	loop_timer_set(&c->ladder, c->grace_ms);
}

/* No more rungs: it misbehaved. */
static void
kill_now(struct child *c, const char *why)
{
	if (c->why[0] == '\0')
		snprintf(c->why, sizeof(c->why), "%s", why);
	if (c->state == EXITED)
		return;
	child_stop(c);
	c->state = KILLING;
	loop_timer_stop(&c->ladder);
	signal_group(c, SIGKILL);
}

static void
line_too_long(struct child *c)
{
	char why[64];

	if (c->lines.max >= (size_t)1 << 20)
		snprintf(why, sizeof(why), "wrote a line of more than %zu MB",
			c->lines.max >> 20);
	else
		snprintf(why, sizeof(why),
			"wrote a line of more than %zu bytes", c->lines.max);
	stream_close(&c->out);
	kill_now(c, why);
}

/* ---- pipes ---- */

static void
on_out(void *with)
{
	struct child *c = with;

	size_t n;

	c->entered++;
	if (!child_lines_read(&c->lines, c->out, &n)) {
		stream_close(&c->out);
		child_stop(c);
	}
	tell_lines(c);
	if (c->lines.is_broken)
		line_too_long(c);
	c->entered--;
	settle(c);
}

static void
on_err(void *with)
{
	struct child *c = with;

	c->entered++;
	child_said_read(&c->said);
	c->entered--;
	settle(c);
}

static void
on_soon(void *with)
{
	struct child *c = with;

	c->entered++;
	tell_lines(c);
	if (c->lines.is_broken)
		line_too_long(c);
	c->entered--;
	settle(c);
}

static void
on_nothing(void *with)
{
	(void)with;
}

/* Its stdin takes bytes again. */
static void
on_in(void *with)
{
	struct child *c = with;

	if (!child_feed_flush(&c->in))
		child_stop(c);
}

/* ---- the outside ---- */

static struct stream *
open_stream(struct child *c, int fd, void (*readable)(void *),
	void (*writable)(void *))
{
	struct stream *s = stream_connected(c->loop, fd, NULL, NULL);

	if (s != NULL)
		stream_own(s,
			(struct stream_owner){ readable, writable, c, NULL });
	return s;
}

static void
watch_exit(struct child *c)
{
	int fd = (int)syscall(SYS_pidfd_open, c->pid, 0);

	if (fd >= 0)
		c->exit = open_stream(c, fd, on_exit_seen, on_nothing);
	if (c->exit == NULL)
		loop_timer_set(&c->watch, WATCH_MS);
}

static struct child *
child_new(struct loop *l, const struct child_plan *plan)
{
	struct child *c = calloc(1, sizeof(*c));

	if (c == NULL)
		die("out of memory");
	c->loop = l;
	c->grace_ms = plan->grace_ms != 0 ? plan->grace_ms : GRACE_MS_DEFAULT;
	child_lines_init(&c->lines,
		plan->line_max != 0 ? plan->line_max : LINE_MAX_DEFAULT,
		CHILD_LINES_REFUSE);
	child_said_init(&c->said, l, plan->said_max);
	child_feed_init(&c->in,
		plan->write_max != 0 ? plan->write_max : WRITE_MAX_DEFAULT);
	loop_timer_init(&c->ladder, l, on_ladder, c);
	loop_timer_init(&c->watch, l, on_watch, c);
	loop_timer_init(&c->soon, l, on_soon, c);
	return c;
}

struct child *
child_start(struct loop *l, const struct child_plan *plan,
	struct child_listener listener, void *with, struct fault *f)
{
	struct child_process p;
	struct child *c;

	if (!child_spawn(plan, &p, f))
		return NULL;
	c = child_new(l, plan);
	c->listener = listener;
	c->with = with;
	c->pid = p.pid;
	c->in.stream = open_stream(c, p.in, on_nothing, on_in);
	c->out = open_stream(c, p.out, on_out, on_nothing);
	c->said.stream = open_stream(c, p.err, on_err, on_nothing);
	c->said.line = listener.said;
	c->said.flood = listener.flood;
	c->said.with = with;
	watch_exit(c);
	if (c->in.stream == NULL || c->out == NULL || c->said.stream == NULL) {
		fault_set(f, FAULT_SPAWN, "%s: its pipes can't be watched",
			plan->command);
		kill_now(c, "");
		child_abandon(&c);
		return NULL;
	}
	/* Nothing is ever read from it. */
	stream_pause(c->in.stream);
	return c;
}

bool
child_write(struct child *c, const struct str *parts, size_t n, struct fault *f)
{
	if (c->state != RUNNING)
		return fault_set(f, FAULT_UNAVAILABLE, "it is being stopped");
	switch (child_feed_line(&c->in, parts, n)) {
	case CHILD_FED:
		return true;
	case CHILD_FULL:
		return fault_set(
			f, FAULT_UNAVAILABLE, "it does not read its input");
	case CHILD_CLOSED:
		break;
	}
	c->is_deaf = true;
	child_stop(c);
	return fault_set(f, FAULT_UNAVAILABLE, "it has closed its input");
}

void
child_pause(struct child *c)
{
	c->paused = true;
	if (c->out != NULL)
		stream_pause(c->out);
}

void
child_resume(struct child *c)
{
	if (!c->paused)
		return;
	c->paused = false;
	if (c->out != NULL)
		stream_resume(c->out);
	if (c->state == EXITED) {
		c->drained = false;
		loop_timer_set(&c->ladder, DRAIN_MS);
	}
	loop_timer_set(&c->soon, 0);
}

void
child_abandon(struct child **cp)
{
	struct child *c = *cp;

	if (c == NULL)
		return;
	*cp = NULL;
	c->muted = true;
	c->said.line = NULL;
	c->said.flood = NULL;
	c->paused = false;
	if (c->out != NULL)
		stream_resume(c->out);
	child_stop(c);
	settle(c);
}

bool
child_is_running(const struct child *c)
{
	return c->state == RUNNING;
}

int64_t
child_pid(const struct child *c)
{
	return c->pid;
}
