/*
 * reload: settings that are read again while the house runs.
 *
 * Asked for by a signal, or by the file itself when it changes.  They are
 * read beside the loop, for placeholders may read files and run commands.
 * One reading runs at a time; those asked for meanwhile are remembered as
 * one more, since what the running one has read may be stale already.
 *
 *	RESTING ──reload_ask()──▶ READING ──reload_ask()──▶ STALE
 *	   ▲                        │  ▲                      │
 *	   └───────── read ─────────┘  └──── read: once more ─┘
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "app/settings.h"
#include "app/settings_watch.h"

struct command_run;
struct loop;
struct settings;

enum reload_state { RELOAD_RESTING, RELOAD_READING, RELOAD_STALE };

struct reload_plan {
	struct loop *loop;
	/* The reader's own; the settings' path is filled in when a file
	 * appears later. */
	struct command_run *run;
	/* On the loop: takes over the holder of settings that are whole.
	 * Broken ones are told to the log and to nobody else. */
	void (*loaded)(void *with, struct settings *fresh);
	void *with;
};

struct reload {
	struct reload_plan plan;
	struct settings_watch watch;
	struct loop_timer again; /* after the pool was full */
	enum reload_state state;
	struct settings *fresh; /* what a reading gave */
	struct settings_findings found;
	struct fault fault;
};

/* Begins to watch the settings file. */
void reload_start(struct reload *r, const struct reload_plan *plan);

/* Has them read, now or after the reading that runs. */
void reload_ask(struct reload *r);

/* Watches no more and begins no reading; what a running one gives is
 * dropped. */
void reload_stop(struct reload *r);

/* Gives fresh settings the old values of what takes effect at a start only,
 * with a note of each that differs. */
void reload_keep_fixed(struct settings *fresh, const struct settings *old);

/* After loop_free(), which waits for a reading that runs. */
void reload_clear(struct reload *r);

#endif
