/* child_spawn: see child_spawn.h.
 *
 * posix_spawn() suits: glibc's runs the child on our memory until exec, with
 * all signals held, and brings back the errno of whatever failed there. */
#include "net/child_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a child without PATH looks. */
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

enum { CHILD_IN, CHILD_OUT, CHILD_ERR, CHILD_FDS };

static struct str
path_of(char *const *env)
{
	for (size_t i = 0; env[i] != NULL; i++)
		if (strncmp(env[i], "PATH=", 5) == 0)
			return str_from(env[i] + 5);
	return STR(DEFAULT_PATH);
}

/* 0, or why it can't be run. */
static int
try_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/* Relative entries of PATH are passed over: where they lead depends on a
 * directory that others may write to. */
static bool
search_path(const struct child_plan *plan, char to[PATH_MAX], struct fault *f)
{
	struct str rest = path_of(plan->env);
	bool is_forbidden = false;

	while (!str_is_none(rest)) {
		struct str dir = str_split(&rest, ':');
		int n, why;

		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		n = snprintf(
			to, PATH_MAX, "%.*s/%s", STR_ARG(dir), plan->command);
		if (n < 0 || n >= PATH_MAX)
			continue;
		why = try_program(to);
		if (why == 0)
			return true;
		is_forbidden = is_forbidden || why == EACCES;
	}
	return fault_set(f, FAULT_SPAWN, "%s: %s", plan->command,
		is_forbidden ? "found in PATH, but it may not be run"
			     : "not found in PATH");
}

static bool
find_program(const struct child_plan *plan, char to[PATH_MAX], struct fault *f)
{
	int n;

	if (plan->command[0] == '\0')
		return fault_set(f, FAULT_SPAWN, "no command");
	if (strchr(plan->command, '/') == NULL)
		return search_path(plan, to, f);
	n = snprintf(to, PATH_MAX, "%s", plan->command);
	if (n < 0 || n >= PATH_MAX)
		return fault_set(f, FAULT_SPAWN, "the command is too long");
	return true;
}

static bool
check_cwd(const struct child_plan *plan, struct fault *f)
{
	struct stat st;

	if (plan->cwd == NULL || plan->cwd[0] == '\0')
		return true;
	if (stat(plan->cwd, &st) != 0)
		return fault_set(f, FAULT_SPAWN, "directory %s: %s", plan->cwd,
			strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fault_set(
			f, FAULT_SPAWN, "%s is no directory", plan->cwd);
	return true;
}

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Clear of 0, 1 and 2, which the child's ends are moved to. */
static bool
lift(int *fd)
{
	int high;

	if (*fd > STDERR_FILENO)
		return true;
	high = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (high < 0)
		return false;
	close(*fd);
	*fd = high;
	return true;
}

/* ends[i] are the reading ends, ends[CHILD_FDS + i] the writing ones. */
static bool
make_pipes(int ends[2 * CHILD_FDS], struct fault *f)
{
	for (size_t i = 0; i < 2 * CHILD_FDS; i++)
		ends[i] = -1;
	for (size_t i = 0; i < CHILD_FDS; i++) {
		int pair[2];

		if (pipe2(pair, O_CLOEXEC) != 0)
			return fault_set(
				f, FAULT_SPAWN, "pipe: %s", strerror(errno));
		ends[i] = pair[0];
		ends[CHILD_FDS + i] = pair[1];
		if (!lift(&ends[i]) || !lift(&ends[CHILD_FDS + i]))
			return fault_set(
				f, FAULT_SPAWN, "pipe: %s", strerror(errno));
	}
	return true;
}

/* theirs: the child's ends of its stdin, stdout and stderr. */
static int
set_actions(posix_spawn_file_actions_t *actions, const struct child_plan *plan,
	const int theirs[CHILD_FDS])
{
	int error = 0;

	for (int i = 0; i < CHILD_FDS && error == 0; i++)
		error = posix_spawn_file_actions_adddup2(actions, theirs[i], i);
	if (error == 0 && plan->cwd != NULL && plan->cwd[0] != '\0')
		error = posix_spawn_file_actions_addchdir_np(
			actions, plan->cwd);
	if (error == 0)
		error = posix_spawn_file_actions_addclosefrom_np(
			actions, STDERR_FILENO + 1);
	return error;
}

static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	error = posix_spawnattr_setflags(attributes,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
			POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawnattr_setpgroup(attributes, 0);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attributes, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(attributes, &all);
	return error;
}

/* 0, or an errno. */
static int
spawn(const struct child_plan *plan, const char *path,
	const int theirs[CHILD_FDS], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = set_actions(&actions, plan, theirs);
		if (error == 0)
			error = set_attributes(&attributes);
		if (error == 0)
			error = posix_spawn(pid, path, &actions, &attributes,
				plan->argv, plan->env);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

bool
child_spawn(
	const struct child_plan *plan, struct child_process *p, struct fault *f)
{
	int ends[2 * CHILD_FDS], *reads = ends, *writes = ends + CHILD_FDS;
	char path[PATH_MAX];
	int error;

	if (!check_cwd(plan, f) || !find_program(plan, path, f))
		return false;
	if (!make_pipes(ends, f)) {
		close_all(ends, 2 * CHILD_FDS);
		return false;
	}
	error = spawn(plan, path,
		(const int[]){
			reads[CHILD_IN], writes[CHILD_OUT], writes[CHILD_ERR] },
		&p->pid);
	if (error != 0) {
		close_all(ends, 2 * CHILD_FDS);
		return fault_set(f, FAULT_SPAWN, "%s: %s", plan->command,
			strerror(error));
	}
	close(reads[CHILD_IN]);
	close(writes[CHILD_OUT]);
	close(writes[CHILD_ERR]);
	p->in = writes[CHILD_IN];
	p->out = reads[CHILD_OUT];
	p->err = reads[CHILD_ERR];
	return true;
}
