/*
 * child: a program that we run and talk to in lines (stdio servers).
 *
 * Its environment is exactly what is given.  It runs in a process group of its
 * own, with all other descriptors closed.  Lines longer than line_max kill it.
 * The stop ladder: close its stdin, wait; SIGTERM to the group, wait; SIGKILL.
 *
 *	running ──▶ closing ──▶ terminating ──▶ killing
 *	   └───────────┴──────────────┴────────────┴──▶ exited ──▶ gone()
 *
 * A child that floods its stderr is made to wait.  When it ends, whatever is
 * left of its group is killed, and what it wrote before is still told.  A child
 * that closes its stdout is stopped.
 */
#ifndef NET_CHILD_H
#define NET_CHILD_H

#include "base/fault.h"
#include "base/str.h"

struct loop;
struct child;

struct child_plan {
	const char *command; /* looked up in the child's PATH */
	char *const *argv;   /* argv[0] included, NULL-terminated */
	char *const *env;    /* "NAME=value", NULL-terminated */
	const char *cwd;     /* NULL or "": ours */
	size_t line_max;     /* bytes of one stdout line; 0: 4 MB */
	size_t write_max;    /* bytes waiting for its stdin; 0: 8 MB */
	size_t said_max;     /* of stderr in a second, as child_said.h counts;
			      * 0: 16 MB */
	int64_t grace_ms;    /* between the ladder's steps; 0: 2 s */
};

struct child_listener {
	/* One line of stdout, without its end.  The last one may have had no
	 * end. */
	void (*line)(void *with, struct str line);
	/* One line of stderr, cut at 4 KB.  May be NULL. */
	void (*said)(void *with, struct str line);
	/* It says more on stderr than we read in a second, and is made to wait;
	 * or that is over since a while.  May be NULL; must not end the child. */
	void (*flood)(void *with, bool begins);
	/* It is gone; why is a sentence for people: "exited with status 1", "killed by
	 * signal 9", "wrote a line of more than 4 MB".  The struct child is dead
	 * when this returns. */
	void (*gone)(void *with, struct str why);
};

/* NULL: FAULT_SPAWN with the reason ("npx: not found in PATH").  Nothing is
 * told before this returns.  The plan may go once it has returned. */
struct child *child_start(struct loop *l, const struct child_plan *plan,
	struct child_listener listener, void *with, struct fault *f);

/* Queues the parts and a newline.  False (FAULT_UNAVAILABLE) when write_max
 * is passed, or when it has closed its stdin: then it is being stopped, and
 * gone() tells how it ended. */
bool child_write(
	struct child *c, const struct str *parts, size_t n, struct fault *f);

/* Holds line() back, and with it the child once its pipe is full.  gone() of a
 * child that ends meanwhile waits for child_resume() as well. */
void child_pause(struct child *c);
void child_resume(struct child *c);

/* Begins the ladder; gone() comes later. */
void child_stop(struct child *c);

/* As child_stop(), but nobody is told: the ladder is walked in the
 * background; *c is NULL at once. */
void child_abandon(struct child **c);

/* False once it is being stopped: gone() is on its way. */
bool child_is_running(const struct child *c);

int64_t child_pid(const struct child *c);

#endif
