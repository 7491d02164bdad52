/*
 * child_env: the environment of a child, and nothing else of ours.
 *
 * A child gets what its entry says and a short fixed list that programs need
 * to run at all: PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, LC_CTYPE,
 * TZ, TERM, TMPDIR.  An entry's name wins over the list's.
 */
#ifndef BACK_CHILD_ENV_H
#define BACK_CHILD_ENV_H

#include "model/settings.h"

struct arena;

/* "NAME=value" strings, NULL-terminated; NULL at the arena's cap. */
char **child_env_make(struct arena *a, const struct server_entry *e);

/* argv of the entry: its command and arguments, NULL-terminated. */
char **child_argv_make(struct arena *a, const struct server_entry *e);

#endif
