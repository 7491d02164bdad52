/* expand_io: see expand_io.h. */
#include "app/expand_io.h"

#include "app/file.h"
#include "base/arena.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
refuse(struct fault *f, struct str what, const char *why)
{
	return fault_set(f, FAULT_SETTINGS_VARIABLE, "%.*s: %s",
		STR_ARG(str_cut(what, 0, 120)), why);
}

bool
expand_io_file(struct arena *a, const struct expand *e, struct str path,
	struct str *text, struct fault *f)
{
	struct str full = path.n > 0 && path.p[0] == '/'
		? str_dup(a, path)
		: str_join(a, e->folder, STR("/"), path);
	const char *why;

	if (str_is_none(full) || strlen(full.p) != full.n)
		return refuse(f, path, "is no path");
	why = file_read(a, full.p, EXPAND_TEXT_MAX, text);
	return why == NULL || refuse(f, path, why);
}

/* Starts the shell in a process group of its own; -1 with errno. */
static pid_t
start(const struct expand *e, const char *command, int out)
{
	char sh[] = "/bin/sh", c[] = "-c";
	union {
		const char *in;
		char *out;
	} text = { .in = command };
	char *argv[] = { sh, c, text.out, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, usual;
	pid_t pid = -1;
	int rc;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(
		&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setflags(&attr,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
			POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(&pid, sh, &files, &attr, argv, e->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	errno = rc;
	return rc == 0 ? pid : -1;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What it prints until it closes its stdout; NULL, or why not. */
static const char *
listen_to(int fd, struct buf *out, int64_t end)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - now_ms();
		char *to;
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return "took too long";
		if ((to = buf_room(out, 4096)) == NULL)
			return "printed too much";
		n = read(fd, to, 4096);
		if (n == 0)
			return NULL;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return strerror(errno);
		buf_took(out, n < 0 ? 0 : (size_t)n);
	}
}

/* Its end, by force when why is set or it comes too late. */
static const char *
reap(pid_t pid, const char *why, int64_t end)
{
	int status = 0;
	pid_t done;

	while ((done = waitpid(pid, &status, WNOHANG)) <= 0) {
		struct timespec moment = { .tv_nsec = 5000000 };

		if (done < 0 && errno != EINTR)
			return "the command can't be waited for";
		if (why == NULL && now_ms() > end)
			why = "took too long";
		if (why != NULL)
			kill(-pid, SIGKILL);
		nanosleep(&moment, NULL);
	}
	if (why == NULL && status != 0)
		why = "the command failed";
	return why;
}

bool
expand_io_run(struct arena *a, const struct expand *e, struct str command,
	struct str *text, struct fault *f)
{
	struct str line = str_dup(a, command);
	int64_t end = now_ms() + EXPAND_COMMAND_MS;
	const char *why;
	struct buf b;
	int ends[2];
	pid_t pid;

	if (str_is_none(line) || pipe2(ends, O_CLOEXEC) != 0)
		return refuse(f, command, "can't be run");
	pid = start(e, line.p, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return refuse(f, command, strerror(errno));
	}
	buf_in(&b, a, EXPAND_TEXT_MAX);
	why = listen_to(ends[0], &b, end);
	close(ends[0]);
	why = reap(pid, why, end);
	*text = buf_view(&b);
	return why == NULL || refuse(f, command, why);
}
