/*
 * settings_report: what is said about the settings while they are read.
 *
 * A place is one value of the file with the row that rules it and the way
 * that led there, which messages name: "mcp_settings.json:12:7: tokens.access:
 * expected a duration such as "60s", got 60".
 *
 * Errors gather, so that one reading finds all of them; a value in which
 * something was refused is not refused again for what follows from it.  Notes
 * stop nothing.  All is kept in the reader's arena.
 */
#ifndef APP_SETTINGS_REPORT_H
#define APP_SETTINGS_REPORT_H

#include "app/settings.h"
#include "app/settings_rows.h"
#include "base/fault.h"
#include "text/json.h"

#define SETTINGS_NOTES_MAX 200u

struct settings_error {
	struct str text;
	const char *at; /* in the file's text, or NULL */
	enum fault_id id;
};

struct settings_reader {
	struct arena *arena;
	struct str file; /* as messages name it */
	struct str text; /* for line and column */
	struct str *notes;
	size_t note_count;
	struct settings_error errors[SETTINGS_ERRORS_MAX];
	size_t error_count; /* those past the array were only counted */
	bool later;         /* below something that has no effect anyway */
};

struct settings_place {
	const struct settings_place *up; /* NULL: the whole file */
	const struct setting_row *row;   /* NULL: the whole file */
	struct str key;                  /* STR_NONE in arrays */
	const struct json *v;
	enum setting_base which; /* what base points at */
	void *base;
};

/* Has the arena take what the reader points at.  No file: STR_NONE twice. */
void settings_report_init(struct settings_reader *r, struct arena *a,
	struct str file, struct str text);

/* Adds an error, FAULT_SETTINGS, with file, line, column and way before the
 * text; false. */
bool settings_report_error(struct settings_reader *r,
	const struct settings_place *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds one that has no place in the file; the text is all that is said of
 * it. */
bool settings_report_other(struct settings_reader *r, enum fault_id id,
	const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Whether something in that value, which may be NULL, was refused. */
bool settings_report_has_error(
	const struct settings_reader *r, const struct json *v);

/* Takes back the errors from the nth on; gives the first of them, or
 * STR_NONE. */
struct str settings_report_take_back(struct settings_reader *r, size_t n);

/* Puts the errors in the order of the file. */
void settings_report_sort(struct settings_reader *r);

/* The error that the value is not what its row expects. */
bool settings_report_unexpected(
	struct settings_reader *r, const struct settings_place *p);

/* Adds a note, with the place before it. */
void settings_report_note(struct settings_reader *r,
	const struct settings_place *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "mcpServers.github.url", in the arena. */
struct str settings_report_way(struct arena *a, const struct settings_place *p);

/* "an object", "a number"; static. */
const char *settings_report_kind(const struct json *v);

#endif
