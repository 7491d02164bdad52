/*
 * settings: from a file and a command line to one snapshot.
 *
 * Read, expand, check, keep, in this order: what a placeholder gives is
 * checked like anything else.  The snapshot owns all that it points at; it
 * has one holder, the caller (see model/settings.h).
 */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "app/expand.h"
#include "model/settings.h"

#define SETTINGS_FILE_MAX  ((size_t)1 << 20)
#define SETTINGS_ARENA_MAX ((size_t)64 << 20)
#define SETTINGS_DEPTH_MAX 24u

/* What the command line says; STR_NONE: nothing. */
struct settings_flags {
	struct str listen;
	struct str public_url;
	struct str log_level;
	struct str log_format;
};

struct settings_plan {
	struct str path; /* as messages name it; STR_NONE: no file */
	struct str exe;  /* our own executable, for the demo server */
	struct settings_flags flags;
	struct expand expand; /* inputs and folder are filled in here */
};

/* From the file's text; STR_NONE gives the defaults.  Opens nothing itself.
 * FAULT_SETTINGS ("mcp_settings.json:12:7: listen: expected host:port, got
 * 3000"), FAULT_USAGE for a flag, FAULT_TOO_LARGE. */
struct settings *settings_parse(
	const struct settings_plan *plan, struct str text, struct fault *f);

/* Reads the plan's file and parses it.  FAULT_SETTINGS when it can't be
 * read. */
struct settings *settings_load(
	const struct settings_plan *plan, struct fault *f);

#endif
