/* child_said: see child_said.h. */
#include "net/child_said.h"

#include "net/stream.h"

#define LINE_MAX_BYTES ((size_t)4096)
#define SECOND_MS      ((int64_t)1000)
#define CALM_MS        ((int64_t)10000)
/* What a read and a line cost, in bytes. */
#define READ_COST      ((size_t)1024)
#define LINE_COST      ((size_t)256)

static void
tell_flood(struct child_said *s, bool begins)
{
	s->is_flood = begins;
	if (s->flood != NULL)
		s->flood(s->with, begins);
}

static void
let_go(struct child_said *s)
{
	s->is_held = false;
	if (s->stream != NULL)
		stream_resume(s->stream);
}

static void
on_timer(void *with)
{
	struct child_said *s = with;

	if (!s->is_held) {
		tell_flood(s, false);
		return;
	}
	let_go(s);
	loop_timer_set(&s->timer, CALM_MS);
}

void
child_said_init(struct child_said *s, struct loop *l, size_t allowance)
{
	*s = (struct child_said){
		.allowance = allowance != 0 ? allowance : CHILD_SAID_ALLOWANCE,
		.since = loop_now(l),
	};
	child_lines_init(&s->lines, LINE_MAX_BYTES, CHILD_LINES_CUT);
	loop_timer_init(&s->timer, l, on_timer, s);
}

void
child_said_clear(struct child_said *s)
{
	stream_close(&s->stream);
	child_lines_clear(&s->lines);
	loop_timer_stop(&s->timer);
}

static void
spend(struct child_said *s, size_t cost)
{
	int64_t now = loop_now(s->timer.loop);

	if (now - s->since >= SECOND_MS) {
		s->since = now;
		s->spent = 0;
	}
	s->spent += cost;
}

static void
hold_back(struct child_said *s)
{
	stream_pause(s->stream);
	s->is_held = true;
	loop_timer_set(
		&s->timer, s->since + SECOND_MS - loop_now(s->timer.loop));
	if (!s->is_flood)
		tell_flood(s, true);
}

static void
tell(struct child_said *s, struct str line)
{
	if (s->line != NULL)
		s->line(s->with, line);
}

void
child_said_read(struct child_said *s)
{
	struct str line;
	size_t n = 0;

	if (!child_lines_read(&s->lines, s->stream, &n))
		stream_close(&s->stream);
	spend(s, READ_COST + n);
	while (child_lines_next(&s->lines, &line)) {
		spend(s, LINE_COST);
		tell(s, line);
	}
	if (s->stream != NULL && s->spent > s->allowance)
		hold_back(s);
}

void
child_said_hurry(struct child_said *s)
{
	s->allowance = SIZE_MAX;
	if (!s->is_held)
		return;
	loop_timer_stop(&s->timer);
	let_go(s);
}

void
child_said_last(struct child_said *s)
{
	struct str line;

	if (child_lines_last(&s->lines, &line))
		tell(s, line);
}
