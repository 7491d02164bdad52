/*
 * demo_stdio: "ostiary demo": moves lines between demo.c and the pipes.
 *
 * Ends when stdin ends (what still runs is dropped: there is nobody to answer)
 * or when stdout is closed.
 */
#include "app/command.h"
#include "app/demo.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)
#define OUT_MAX    ((size_t)64 << 20)

struct pipes {
	struct demo *demo;
	struct buf in;
	struct buf out;
	bool skipping; /* the rest of a line that was too long */
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
write_out(struct pipes *p)
{
	struct str rest = buf_view(&p->out);

	while (rest.n > 0) {
		ssize_t n = write(STDOUT_FILENO, rest.p, rest.n);

		if (n < 0 && errno != EINTR)
			return false;
		rest = str_cut(rest, n < 0 ? 0 : (size_t)n, rest.n);
	}
	buf_clear(&p->out);
	return true;
}

static void
take_lines(struct pipes *p)
{
	struct str rest = buf_view(&p->in);
	size_t end;

	while ((end = str_find_char(rest, '\n')) < rest.n) {
		struct str line = str_cut(rest, 0, end);

		if (!p->skipping)
			demo_line(p->demo, line, now_ms(), &p->out);
		p->skipping = false;
		rest = str_cut(rest, end + 1, rest.n);
	}
	buf_drop(&p->in, p->in.n - rest.n);
	if (p->in.n <= DEMO_LINE_MAX)
		return;
	if (!p->skipping)
		demo_overlong(p->demo, &p->out);
	p->skipping = true;
	buf_clear(&p->in);
}

/* False at the end. */
static bool
read_in(struct pipes *p)
{
	char *to = buf_room(&p->in, READ_BYTES);
	ssize_t n;

	if (to == NULL)
		return false;
	n = read(STDIN_FILENO, to, READ_BYTES);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	buf_took(&p->in, (size_t)n);
	if (n > 0)
		take_lines(p);
	return n > 0;
}

/* Milliseconds until something is due; -1: nothing is. */
static int
wait_ms(const struct pipes *p)
{
	int64_t due = demo_due(p->demo);
	int64_t left = due < 0 ? -1 : due - now_ms();

	return due < 0 ? -1 : left < 0 ? 0 : (int)left;
}

static bool
turn(struct pipes *p)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready = poll(&in, 1, wait_ms(p));

	if (ready < 0 && errno != EINTR)
		return false;
	if (ready > 0 && !read_in(p))
		return false;
	demo_tick(p->demo, now_ms(), &p->out);
	return write_out(p);
}

int
command_demo(const struct command_run *run)
{
	struct pipes p = { .demo = demo_new() };

	(void)run;
	signal(SIGPIPE, SIG_IGN);
	if (isatty(STDIN_FILENO) == 1)
		fputs("This is an MCP server: it speaks JSON-RPC on stdin and "
		      "stdout, one message a line.\n",
			stderr);
	buf_init(&p.in, DEMO_LINE_MAX + READ_BYTES + 1);
	buf_init(&p.out, OUT_MAX);
	while (turn(&p))
		continue;
	write_out(&p);
	buf_clear(&p.in);
	buf_clear(&p.out);
	demo_free(&p.demo);
	return 0;
}
