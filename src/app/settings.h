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

#define SETTINGS_FILE_MAX   ((size_t)1 << 20)
#define SETTINGS_ARENA_MAX  ((size_t)64 << 20)
#define SETTINGS_DEPTH_MAX  24u
/* So many errors are told of one reading; the rest is counted. */
#define SETTINGS_ERRORS_MAX 20u

/* All that was wrong, in the order of the file, and all that was noted. */
struct settings_findings {
	struct arena *arena; /* the caller's; takes what follows */
	struct str errors[SETTINGS_ERRORS_MAX];
	size_t error_count;
	size_t more; /* errors, past those that are kept */
	struct str *notes;
	size_t note_count;
};

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
	/* The file is read as if nothing but "store" stood in it. */
	bool store_alone;
	/* Filled in when settings are refused; may be NULL. */
	struct settings_findings *findings;
};

/* From the file's text; STR_NONE gives the defaults.  Opens nothing itself.
 * FAULT_SETTINGS ("mcp_settings.json:12:7: listen: expected host:port, got
 * 3000"), FAULT_USAGE for a flag, FAULT_TOO_LARGE: the fault is the first of
 * the errors. */
struct settings *settings_parse(
	const struct settings_plan *plan, struct str text, struct fault *f);

/* Reads the plan's file and parses it.  FAULT_SETTINGS when it can't be
 * read. */
struct settings *settings_load(
	const struct settings_plan *plan, struct fault *f);

#endif
