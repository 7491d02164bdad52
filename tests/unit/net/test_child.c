/* Children: what they are given, what is heard of them, how they end. */
#include "net/child.h"

#include "base/buf.h"
#include "net/child_lines.h"
#include "net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* For lists that posix_spawn() wants without const. */
#define WORD(text) ((char *)(uintptr_t)(text))

static char *const plain_env[] = { WORD("PATH=/usr/bin:/bin"), NULL };

/* A child and what was heard of it. */
struct scene {
	struct loop *loop;
	struct child *child;
	int64_t pid;
	struct buf lines; /* each followed by '|' */
	struct buf said;
	size_t line_count;
	size_t longest;
	char why[128];
	unsigned floods;
	bool gone;
	/* what to do at a line */
	bool abandon;
	bool stop;
	unsigned pause_at; /* line number; resumed by a timer */
	struct loop_timer timer;
};

static void
on_line(void *with, struct str line)
{
	struct scene *s = with;

	s->line_count++;
	if (line.n > s->longest)
		s->longest = line.n;
	buf_str(&s->lines, line);
	buf_char(&s->lines, '|');
	if (s->stop)
		child_stop(s->child);
	if (s->abandon) {
		child_abandon(&s->child);
		loop_timer_set(&s->timer, 50);
	}
	if (s->line_count == s->pause_at) {
		child_pause(s->child);
		loop_timer_set(&s->timer, 30);
	}
}

static void
on_said(void *with, struct str line)
{
	struct scene *s = with;

	buf_str(&s->said, line);
	buf_char(&s->said, '|');
}

static void
on_flood(void *with, bool begins)
{
	struct scene *s = with;

	if (begins)
		s->floods++;
}

static void
on_gone(void *with, struct str why)
{
	struct scene *s = with;

	assert_false(s->gone);
	s->gone = true;
	s->child = NULL;
	snprintf(s->why, sizeof(s->why), "%.*s", STR_ARG(why));
	loop_stop(s->loop);
}

static void
on_timer(void *with)
{
	struct scene *s = with;

	if (s->pause_at != 0)
		child_resume(s->child);
	else
		loop_stop(s->loop);
}

static const struct child_listener listener = {
	.line = on_line, .said = on_said, .flood = on_flood, .gone = on_gone
};

static void
open_scene(struct scene *s)
{
	*s = (struct scene){ .loop = loop_new() };
	buf_init(&s->lines, 64 << 20);
	buf_init(&s->said, 1 << 20);
	loop_timer_init(&s->timer, s->loop, on_timer, s);
}

static void
close_scene(struct scene *s)
{
	buf_clear(&s->lines);
	buf_clear(&s->said);
	loop_free(&s->loop);
}

static void
begin(struct scene *s, struct child_plan plan)
{
	struct fault f = { 0 };

	if (plan.env == NULL)
		plan.env = plain_env;
	s->child = child_start(s->loop, &plan, listener, s, &f);
	if (s->child == NULL)
		fail_msg("%s", f.detail);
	s->pid = child_pid(s->child);
}

/* A shell script; the scene is opened by this. */
static void
begin_shell(struct scene *s, const char *script, struct child_plan plan)
{
	char *argv[] = { WORD("sh"), WORD("-c"), WORD(script), NULL };

	open_scene(s);
	plan.command = "sh";
	plan.argv = argv;
	begin(s, plan);
}

static const char *
text(struct buf *b)
{
	buf_char(b, '\0');
	return b->p;
}

static void
write_line(struct scene *s, const char *line)
{
	struct str parts[] = { STR(""), str_from(line) };
	struct fault f = { 0 };

	assert_true(child_write(s->child, parts, 2, &f));
}

/* ---- what it is given ---- */

static void
lesson_B18_the_environment_is_exactly_the_list_given(void **state)
{
	char *argv[] = { WORD("env"), NULL };
	char *env[] = { WORD("PATH=/usr/bin:/bin"), WORD("A=1"), WORD("EMPTY="),
		NULL };
	struct scene s;

	(void)state;
	setenv("OSTIARY_SECRET", "s3cret", 1);
	open_scene(&s);
	begin(&s,
		(struct child_plan){
			.command = "env", .argv = argv, .env = env });
	loop_run(s.loop);
	assert_string_equal(text(&s.lines), "PATH=/usr/bin:/bin|A=1|EMPTY=|");
	assert_string_equal(s.why, "exited with status 0");
	close_scene(&s);
	unsetenv("OSTIARY_SECRET");
}

static void
test_no_other_descriptor_is_open(void **state)
{
	struct scene s;
	int leaky = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	int high = fcntl(leaky, F_DUPFD, 200);

	(void)state;
	begin_shell(&s, "exec ls /proc/self/fd", (struct child_plan){ 0 });
	loop_run(s.loop);
	/* The fourth is the directory that ls reads. */
	assert_string_equal(text(&s.lines), "0|1|2|3|");
	close_scene(&s);
	close(leaky);
	close(high);
}

static void
test_it_leads_a_group_and_has_default_signals(void **state)
{
	struct scene s;
	sigset_t blocked;
	char *at;

	(void)state;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	begin_shell(&s,
		"cut -d' ' -f5 /proc/$$/stat;"
		"grep -E 'Sig(Blk|Ign)' /proc/$$/status | cut -f2",
		(struct child_plan){ 0 });
	assert_int_not_equal(getpgrp(), child_pid(s.child));
	loop_run(s.loop);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	at = WORD(text(&s.lines));
	assert_int_equal(strtol(at, &at, 10), s.pid);
	assert_int_equal(strtoull(at + 1, &at, 16), 0);
	/* The C library keeps two above 31 to itself. */
	assert_int_equal(strtoull(at + 1, &at, 16) & 0x7fffffff, 0);
	close_scene(&s);
}

static void
test_the_directory_is_as_asked(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "pwd", (struct child_plan){ .cwd = "/usr" });
	loop_run(s.loop);
	assert_string_equal(text(&s.lines), "/usr|");
	close_scene(&s);
}

/* ---- what can't be started ---- */

static void
not_started(struct child_plan plan, const char *why)
{
	char *argv[] = { WORD("x"), NULL };
	struct loop *l = loop_new();
	struct fault f = { 0 };

	plan.argv = argv;
	if (plan.env == NULL)
		plan.env = plain_env;
	assert_null(child_start(l, &plan, listener, NULL, &f));
	assert_int_equal(f.id, FAULT_SPAWN);
	assert_string_equal(f.detail, why);
	loop_free(&l);
}

static void
test_what_can_not_be_started_says_why(void **state)
{
	char dir[] = "/tmp/ostiary-child-XXXXXX", path[64], want[128];
	char *env[2] = { path, NULL }, *no_env[1] = { NULL };
	char *relative[2] = { WORD("PATH=:.:bin"), NULL };
	char file[64];
	FILE *out;

	(void)state;
	not_started((struct child_plan){ .command = "no-such-program" },
		"no-such-program: not found in PATH");
	not_started((struct child_plan){ .command = "no-such", .env = no_env },
		"no-such: not found in PATH");
	not_started((struct child_plan){ .command = "" }, "no command");
	not_started((struct child_plan){ .command = "/no/such" },
		"/no/such: No such file or directory");
	not_started((struct child_plan){ .command = "/usr" },
		"/usr: Permission denied");
	not_started((struct child_plan){ .command = "sh", .cwd = "/no" },
		"directory /no: No such file or directory");
	not_started(
		(struct child_plan){ .command = "sh", .cwd = "/etc/passwd" },
		"/etc/passwd is no directory");
	/* PATH is the child's. */
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "PATH=%s", dir);
	snprintf(file, sizeof(file), "%s/tool", dir);
	not_started((struct child_plan){ .command = "sh", .env = env },
		"sh: not found in PATH");
	out = fopen(file, "w");
	fputs("echo\n", out);
	fclose(out);
	not_started((struct child_plan){ .command = "tool", .env = env },
		"tool: found in PATH, but it may not be run");
	chmod(file, 0755);
	snprintf(want, sizeof(want), "tool: %s", strerror(ENOEXEC));
	not_started((struct child_plan){ .command = "tool", .env = env }, want);
	/* Where the relative ones lead is nobody's word. */
	assert_int_equal(chdir(dir), 0);
	not_started((struct child_plan){ .command = "tool", .env = relative },
		"tool: not found in PATH");
	assert_int_equal(chdir("/"), 0);
	unlink(file);
	rmdir(dir);
}

/* ---- talking ---- */

static void
test_lines_go_both_ways(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s,
		"while read -r x; do echo \"<$x>\"; echo \"e$x\" >&2; done",
		(struct child_plan){ 0 });
	write_line(&s, "one");
	write_line(&s, "");
	write_line(&s, "three");
	child_stop(s.child);
	loop_run(s.loop);
	assert_string_equal(text(&s.lines), "<one>|<>|<three>|");
	assert_string_equal(text(&s.said), "eone|e|ethree|");
	assert_string_equal(s.why, "exited with status 0");
	close_scene(&s);
}

static void
test_line_ends_and_a_last_line_without(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "printf 'a\\r\\n\\nb\\rc\\nlast'; printf 'oops' >&2",
		(struct child_plan){ 0 });
	loop_run(s.loop);
	assert_string_equal(text(&s.lines), "a||b\rc|last|");
	assert_string_equal(text(&s.said), "oops|");
	close_scene(&s);
}

static void
test_everything_written_before_the_end_is_heard(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "seq 100000; exit 7", (struct child_plan){ 0 });
	loop_run(s.loop);
	assert_int_equal(s.line_count, 100000);
	assert_string_equal(text(&s.lines) + s.lines.n - 8, "100000|");
	assert_string_equal(s.why, "exited with status 7");
	close_scene(&s);
}

static void
test_pause_holds_lines_back_and_loses_none(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "seq 50000", (struct child_plan){ 0 });
	s.pause_at = 10;
	loop_run(s.loop);
	assert_int_equal(s.line_count, 50000);
	close_scene(&s);
}

static void
test_a_large_line_each_way(void **state)
{
	size_t n = 3 << 20;
	struct str part = { calloc(1, n), n };
	struct fault f = { 0 };
	struct scene s;

	(void)state;
	memset((char *)(uintptr_t)part.p, 'x', n);
	begin_shell(&s, "exec cat", (struct child_plan){ 0 });
	assert_true(child_write(s.child, &part, 1, &f));
	write_line(&s, "after");
	s.stop = true; /* at the first line that comes back */
	loop_run(s.loop);
	assert_int_equal(s.longest, n);
	assert_string_equal(s.why, "exited with status 0");
	close_scene(&s);
	free((char *)(uintptr_t)part.p);
}

static void
test_many_parts_are_one_line(void **state)
{
	struct str parts[40];
	struct fault f = { 0 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		parts[i] = STR("ab");
	begin_shell(&s, "exec cat", (struct child_plan){ 0 });
	s.stop = true;
	assert_true(child_write(s.child, parts, 40, &f));
	loop_run(s.loop);
	assert_int_equal(s.longest, 80);
	assert_int_equal(s.line_count, 1);
	close_scene(&s);
}

/* ---- bad children ---- */

static void
test_too_long_a_line_kills_it(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "echo fine; head -c 100000 /dev/zero; sleep 60",
		(struct child_plan){ .line_max = 1000 });
	loop_run(s.loop);
	assert_string_equal(text(&s.lines), "fine|");
	assert_string_equal(s.why, "wrote a line of more than 1000 bytes");
	close_scene(&s);
}

static void
test_stderr_is_cut_not_refused(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s,
		"head -c 100000 /dev/zero | tr '\\0' x >&2;"
		"echo >&2; echo next >&2",
		(struct child_plan){ 0 });
	loop_run(s.loop);
	assert_int_equal(s.said.n, 4096 + 1 + 5);
	assert_string_equal(text(&s.said) + 4096, "|next|");
	close_scene(&s);
}

/* One read of a pipe at a time, 64 KB at most, then it waits. */
static void
test_a_flood_of_stderr_waits(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "yes >&2; true",
		(struct child_plan){ .said_max = 1000, .grace_ms = 10 });
	loop_timer_set(&s.timer, 300);
	loop_run(s.loop);
	assert_int_equal(s.floods, 1);
	assert_true(s.said.n > 0);
	assert_true(s.said.n < 400000);
	child_stop(s.child);
	loop_run(s.loop);
	assert_true(s.gone);
	close_scene(&s);
}

static void
test_last_words_after_a_flood_are_heard(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s,
		"head -c 50000 /dev/zero | tr '\\0' '\\n' >&2;"
		"echo last words >&2; exit 3",
		(struct child_plan){ .said_max = 1000 });
	loop_run(s.loop);
	assert_int_equal(s.floods, 1);
	assert_int_equal(s.said.n, 50000 + 11);
	assert_string_equal(text(&s.said) + 50000, "last words|");
	assert_string_equal(s.why, "exited with status 3");
	close_scene(&s);
}

static void
test_one_that_does_not_read_is_refused_more(void **state)
{
	static char block[4096];
	struct str part = { block, sizeof(block) };
	struct fault f = { 0 };
	struct scene s;
	unsigned taken = 0;

	(void)state;
	begin_shell(&s, "exec sleep 60",
		(struct child_plan){ .write_max = 100000, .grace_ms = 10 });
	while (child_write(s.child, &part, 1, &f))
		assert_true(++taken < 1000);
	assert_int_equal(f.id, FAULT_UNAVAILABLE);
	assert_true(taken >= 24);
	child_stop(s.child);
	assert_false(child_write(s.child, &part, 1, &f));
	loop_run(s.loop);
	assert_string_equal(s.why, "killed by signal 15");
	close_scene(&s);
}

static void
test_writing_to_a_dead_child_is_a_fault_and_no_signal(void **state)
{
	struct str part = STR("x");
	struct fault f = { 0 };
	struct scene s;

	(void)state;
	begin_shell(&s, "exec 0<&-; echo ready; sleep 60",
		(struct child_plan){ .grace_ms = 10 });
	while (s.line_count == 0) {
		loop_timer_set(&s.timer, 5);
		loop_run(s.loop);
	}
	assert_false(child_write(s.child, &part, 1, &f));
	assert_int_equal(f.id, FAULT_UNAVAILABLE);
	assert_string_equal(f.detail, "it has closed its input");
	assert_false(child_is_running(s.child));
	loop_run(s.loop);
	assert_true(s.gone);
	assert_string_equal(s.why, "closed its input, and was stopped");
	close_scene(&s);
}

static void
test_one_that_closes_its_output_is_stopped(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "exec 1>&-; exec sleep 60",
		(struct child_plan){ .grace_ms = 10 });
	loop_run(s.loop);
	assert_string_equal(s.why, "closed its output, and was stopped");
	close_scene(&s);
}

/* ---- the ladder ---- */

static void
test_each_rung_of_the_ladder(void **state)
{
	static const struct {
		const char *script, *why;
	} rungs[] = {
		{ "echo; read x; exit 3", "exited with status 3" },
		{ "echo; exec sleep 60", "killed by signal 15" },
		{ "trap 'exit 4' TERM; echo; while :; do sleep 0.01; done",
			"exited with status 4" },
		{ "trap '' TERM; echo; while :; do sleep 0.01; done",
			"killed by signal 9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rungs) / sizeof(*rungs); i++) {
		struct scene s;

		begin_shell(&s, rungs[i].script,
			(struct child_plan){ .grace_ms = 40 });
		s.stop = true; /* when its traps are set */
		loop_run(s.loop);
		assert_string_equal(s.why, rungs[i].why);
		close_scene(&s);
	}
}

static bool
is_alive(long pid)
{
	char path[64], stat[256] = { 0 };
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	in = fopen(path, "r");
	if (in == NULL)
		return false;
	(void)!fread(stat, 1, sizeof(stat) - 1, in);
	fclose(in);
	return strstr(stat, ") Z ") == NULL && strstr(stat, ") X ") == NULL;
}

static void
test_grandchildren_go_with_it(void **state)
{
	struct scene s;
	long pid;

	(void)state;
	begin_shell(&s, "sleep 60 & echo $!; exit 0", (struct child_plan){ 0 });
	loop_run(s.loop);
	pid = strtol(text(&s.lines), NULL, 10);
	assert_true(pid > 1);
	for (int i = 0; i < 200 && is_alive(pid); i++)
		usleep(1000);
	assert_false(is_alive(pid));
	close_scene(&s);
}

/* A grandchild of another session keeps the pipe open: no reason to wait. */
static void
test_an_escaped_grandchild_delays_nothing_for_long(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "setsid sleep 3 & echo $!; sleep 0.05; exit 0",
		(struct child_plan){ 0 });
	loop_run(s.loop);
	assert_string_equal(s.why, "exited with status 0");
	kill((pid_t)strtol(text(&s.lines), NULL, 10), SIGKILL);
	close_scene(&s);
}

static void
test_abandoned_ones_are_heard_no_more(void **state)
{
	struct scene s;

	(void)state;
	begin_shell(&s, "echo a; echo b; echo c >&2; read x; echo d",
		(struct child_plan){ .grace_ms = 20 });
	s.abandon = true;
	loop_run(s.loop);
	assert_null(s.child);
	assert_false(s.gone);
	assert_string_equal(text(&s.lines), "a|");
	assert_false(is_alive((long)s.pid));
	child_abandon(&s.child);
	close_scene(&s);
}

/* ---- the framing alone ---- */

static struct child_lines
fed(size_t max, enum child_lines_long when_long)
{
	struct child_lines l;

	child_lines_init(&l, max, when_long);
	return l;
}

static void
feed(struct child_lines *l, const char *bytes)
{
	size_t room, n = strlen(bytes);
	char *to = child_lines_room(l, &room);

	assert_true(room >= n);
	memcpy(to, bytes, n);
	child_lines_took(l, n);
}

static void
gives(struct child_lines *l, const char *expected)
{
	struct str line;

	assert_true(child_lines_next(l, &line));
	assert_int_equal(line.n, strlen(expected));
	assert_memory_equal(line.p, expected, line.n);
}

static void
test_bounds_of_a_line(void **state)
{
	struct child_lines l = fed(4, CHILD_LINES_REFUSE);
	struct str line;

	(void)state;
	feed(&l, "abcd\nab");
	gives(&l, "abcd");
	assert_false(child_lines_next(&l, &line));
	feed(&l, "cd");
	assert_false(child_lines_next(&l, &line));
	assert_false(l.is_broken);
	feed(&l, "e");
	assert_false(child_lines_next(&l, &line));
	assert_true(l.is_broken);
	feed(&l, "\nx\n");
	assert_false(child_lines_next(&l, &line));
	assert_false(child_lines_last(&l, &line));
	child_lines_clear(&l);
	l = fed(4, CHILD_LINES_CUT);
	feed(&l, "abcdefg");
	gives(&l, "abcd");
	feed(&l, "hij");
	assert_false(child_lines_next(&l, &line));
	assert_false(child_lines_last(&l, &line));
	feed(&l, "k\nxy\n12345\nlast");
	gives(&l, "xy");
	gives(&l, "1234");
	assert_false(child_lines_next(&l, &line));
	assert_true(child_lines_last(&l, &line));
	assert_memory_equal(line.p, "last", 4);
	child_lines_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			lesson_B18_the_environment_is_exactly_the_list_given),
		cmocka_unit_test(test_no_other_descriptor_is_open),
		cmocka_unit_test(test_it_leads_a_group_and_has_default_signals),
		cmocka_unit_test(test_the_directory_is_as_asked),
		cmocka_unit_test(test_what_can_not_be_started_says_why),
		cmocka_unit_test(test_lines_go_both_ways),
		cmocka_unit_test(test_line_ends_and_a_last_line_without),
		cmocka_unit_test(
			test_everything_written_before_the_end_is_heard),
		cmocka_unit_test(test_pause_holds_lines_back_and_loses_none),
		cmocka_unit_test(test_a_large_line_each_way),
		cmocka_unit_test(test_many_parts_are_one_line),
		cmocka_unit_test(test_too_long_a_line_kills_it),
		cmocka_unit_test(test_stderr_is_cut_not_refused),
		cmocka_unit_test(test_a_flood_of_stderr_waits),
		cmocka_unit_test(test_last_words_after_a_flood_are_heard),
		cmocka_unit_test(test_one_that_does_not_read_is_refused_more),
		cmocka_unit_test(
			test_writing_to_a_dead_child_is_a_fault_and_no_signal),
		cmocka_unit_test(test_one_that_closes_its_output_is_stopped),
		cmocka_unit_test(test_each_rung_of_the_ladder),
		cmocka_unit_test(test_grandchildren_go_with_it),
		cmocka_unit_test(
			test_an_escaped_grandchild_delays_nothing_for_long),
		cmocka_unit_test(test_abandoned_ones_are_heard_no_more),
		cmocka_unit_test(test_bounds_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
