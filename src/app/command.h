/*
 * command: what each "ostiary <command>" gets and gives back.
 *
 * A command answers with the exit status of the process: 0, EXIT_FAILED, or
 * EXIT_USAGE for a wrong command line or wrong settings.  Data goes to stdout,
 * all else to stderr.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/options.h"
#include "app/places.h"
#include "model/settings.h"

struct arena;
struct settings_findings;
struct store;
struct store_job;

#define EXIT_FAILED 1
#define EXIT_USAGE  2

struct command_run {
	struct arena *arena; /* the process's */
	const struct options *options;
	struct places places;
	struct str exe; /* our own executable */
	char *const *env;
};

/* Says on stderr what went wrong and what can be done; the exit status. */
int command_failed(const struct fault *f);

/* The settings that the command line leads to.  found (NULL: nobody asks)
 * gets all that is wrong in them, f the first of it. */
struct settings *command_settings(const struct command_run *run,
	struct settings_findings *found, struct fault *f);

/* As command_failed(), for settings: all that was found. */
int command_settings_failed(
	const struct settings_findings *found, const struct fault *f);

/* Opens the store that the settings name; FAULT_STATE_FOLDER when it isn't
 * there, and as store_open().  Settings in which something else is wrong are
 * used with a note. */
bool command_store(
	const struct command_run *run, struct store **s, struct fault *f);

/* The same, but makes the state folder and the store if need be, and says on
 * stderr that it did. */
bool command_store_new(
	const struct command_run *run, struct store **s, struct fault *f);

/* Whether text to that descriptor may have colours. */
bool command_has_colours(const struct command_run *run, int fd);

/* ---- the commands ---- */
int command_serve(const struct command_run *run);
int command_check(const struct command_run *run);
int command_demo(const struct command_run *run);
int command_version(const struct command_run *run);
int command_user_add(const struct command_run *run);
int command_user_list(const struct command_run *run);
int command_user_passwd(const struct command_run *run);
int command_user_remove(const struct command_run *run);
int command_client_list(const struct command_run *run);
int command_client_show(const struct command_run *run);
int command_client_revoke(const struct command_run *run);
int command_grant_list(const struct command_run *run);
int command_grant_revoke(const struct command_run *run);

#endif
