/*
 * settings_report: what is said about the settings while they are read.
 *
 * A place is one value of the file with the row that rules it and the way
 * that led there, which messages name: "mcp_settings.json:12:7: tokens.access:
 * expected a duration such as "60s", got 60".  Notes stop nothing.  All is
 * kept in the reader's arena.
 */
#ifndef APP_SETTINGS_REPORT_H
#define APP_SETTINGS_REPORT_H

#include "app/settings_rows.h"
#include "base/fault.h"
#include "text/json.h"

#define SETTINGS_NOTES_MAX 200u

struct settings_reader {
	struct arena *arena;
	struct str file; /* as messages name it */
	struct str text; /* for line and column */
	struct str *notes;
	size_t note_count;
	struct fault *f;
	bool later; /* below something that has no effect anyway */
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

/* Sets FAULT_SETTINGS with file, line, column and way before the text;
 * false. */
bool settings_report_error(struct settings_reader *r,
	const struct settings_place *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

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
