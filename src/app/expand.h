/*
 * expand: ${...} in the strings of the settings.
 *
 *	${NAME} ${env:NAME}      a variable of the environment
 *	${NAME:-default}         the default if it is unset or empty
 *	${file:path}             a file's text, trailing line ends cut
 *	${cmd:command}           what /bin/sh prints, only when allowed
 *	${input:id}              the default of one of VS Code's inputs
 *	${userHome} ${workspaceFolder} ${cwd} ${pathSeparator} ${/}
 *	$${                      a plain "${"
 *
 * Names, defaults, paths and commands may hold placeholders themselves, ten
 * deep; what a placeholder gives is never read again.  An unknown name is a
 * fault, never an empty string.
 */
#ifndef APP_EXPAND_H
#define APP_EXPAND_H

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct json;

#define EXPAND_DEPTH_MAX 10u
#define EXPAND_TEXT_MAX  ((size_t)256 << 10) /* of one expanded string */

struct expand {
	char *const *env;  /* "NAME=value", NULL-terminated */
	struct str home;   /* ${userHome}; STR_NONE: unknown */
	struct str folder; /* ${workspaceFolder}, base of ${file:} */
	struct str cwd;
	const struct json *inputs; /* VS Code's array, or NULL */
	/* What outer world there is; NULL: none.  Text in the arena, at most
	 * EXPAND_TEXT_MAX bytes; FAULT_SETTINGS_VARIABLE with the reason. */
	bool (*read_file)(struct arena *a, const struct expand *e,
		struct str path, struct str *text, struct fault *f);
	bool (*run)(struct arena *a, const struct expand *e, struct str command,
		struct str *text, struct fault *f);
};

/* The text with its placeholders filled in; the text itself when it has none.
 * FAULT_SETTINGS_VARIABLE ("${GITHUB_TOKEN}: the variable GITHUB_TOKEN is not
 * set"), FAULT_TOO_LARGE at EXPAND_TEXT_MAX or the arena's cap. */
bool expand_text(struct arena *a, const struct expand *e, struct str text,
	struct str *out, struct fault *f);

/* The value of a variable; false when it is not set. */
bool expand_env(char *const *env, struct str name, struct str *value);

#endif
