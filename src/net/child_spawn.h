/*
 * child_spawn: finds a program and starts it with three pipes.
 */
#ifndef NET_CHILD_SPAWN_H
#define NET_CHILD_SPAWN_H

#include "net/child.h"

#include <sys/types.h>

struct child_process {
	pid_t pid;
	int in; /* our ends of its stdin, stdout, stderr; close-on-exec */
	int out;
	int err;
};

/* FAULT_SPAWN.  The process leads a group of its own, has the plan's
 * environment, default signal handling, and no descriptor but the three. */
bool child_spawn(const struct child_plan *plan, struct child_process *p,
	struct fault *f);

#endif
