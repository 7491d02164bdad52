/*
 * store: what lasts.
 *
 * One thread owns the database.  Work reaches it as jobs: load, decide, save,
 * in one transaction.  Jobs that wait together share one commit, each within
 * a savepoint of its own; done() runs on the loop only after that commit, so
 * whatever a reply promises is on the disk.
 *
 *	submit (loop) ──▶ queue ──▶ run (store thread) ──▶ commit
 *	                                                     │ wake
 *	done (loop) ◀── store_collect() ◀────────────────────┘
 *
 * SQLite, WAL, synchronous=FULL.  A database that is damaged, of a newer
 * version, or made with another master key is refused at opening and left as
 * it is.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/fault.h"

struct arena;
struct store;
struct store_txn; /* within a job's run() */

struct store_job {
	/* On the store thread, once at most, and not at all when the store is in
	 * trouble.  False undoes what this job wrote, and *f is kept for
	 * done(); so a refusal that has something to save (a family to revoke)
	 * answers true and tells done() in a way of its own.  Allocates in
	 * job->arena, which the loop must leave alone meanwhile. */
	bool (*run)(
		struct store_txn *t, struct store_job *job, struct fault *f);
	/* On the loop, always, exactly once; job->fault says how it went.  Owns
	 * the job from here on. */
	void (*done)(struct store_job *job);
	struct arena *arena;
	struct fault fault;
	struct store_job *next; /* the queue's */
};

struct store_plan {
	const char *path; /* file; ":memory:" for tests */
	/* Called from any thread when results wait: make the loop call
	 * store_collect(), later, not from within.  NULL: only store_run() is
	 * used. */
	void (*wake)(void *with);
	void *with;
	/* What the master key makes of a fixed text, for the database to know it
	 * again: 64 hexadecimal digits.  STR_NONE: no key is at work, as on the
	 * command line. */
	struct str key_check;
	unsigned busy_ms; /* how long another process's lock is waited for; 0:
			   * STORE_BUSY_MS */
};

#define STORE_BUSY_MS 5000u

/* More jobs than these don't wait: see store_submit(). */
#define STORE_WAITING_MAX 10000u

struct store_counts {
	uint64_t jobs;    /* that were run */
	uint64_t commits; /* that they shared */
	uint64_t failed;  /* commits that did not succeed */
	uint64_t waiting; /* jobs, now */
};

/* Makes the file (0600) if there is none, opens, checks, migrates, starts the
 * thread.  A database that knows no key yet takes the plan's for its own.
 * FAULT_STORE_DAMAGED, FAULT_STORE_FOREIGN, FAULT_STORE_NEWER, FAULT_KEY_OTHER,
 * FAULT_STORE_BUSY, FAULT_STORE; what is refused keeps its bytes. */
bool store_open(
	struct store **s, const struct store_plan *plan, struct fault *f);

/* Whether the plan's database, if there is one, knows another key than the
 * plan's (STR(""): any); opens nothing for writing.  FAULT_KEY_OTHER, trouble
 * as in store_open(). */
bool store_look(const struct store_plan *plan, struct fault *f);

/* Finishes queued jobs, stops the thread, closes.  done() of finished jobs has
 * been called when it returns; what they submit fails with
 * FAULT_UNAVAILABLE.  *s may be NULL. */
void store_close(struct store **s);

/* Never blocks.  With STORE_WAITING_MAX jobs waiting, the job fails with
 * FAULT_UNAVAILABLE.  A commit that does not succeed fails all the jobs that
 * shared it, with the store's fault, whatever each had decided: what one of
 * them saw another write has not happened. */
void store_submit(struct store *s, struct store_job *job);

/* Runs done() of what is finished. */
void store_collect(struct store *s);

/* For start-up and the command line: submits, waits, and leaves done()
 * uncalled (it may be NULL).  True when the job's fault is clear. */
bool store_run(struct store *s, struct store_job *job);

/* Since store_open(). */
struct store_counts store_counts(struct store *s);

#endif
