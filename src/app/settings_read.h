/*
 * settings_read: from JSON to structs, by the rows of settings.def.
 *
 * A place is one value of the file with the row that rules it and the way
 * that led there, which messages name: "mcp_settings.json:12:7: tokens.access:
 * expected a duration such as "60s", got 60".  Keys that no row knows become
 * notes; they don't stop anything.  Everything is kept in the reader's arena.
 */
#ifndef APP_SETTINGS_READ_H
#define APP_SETTINGS_READ_H

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
void settings_read_init(struct settings_reader *r, struct arena *a,
	struct str file, struct str text);

/* Checks the value by its row and keeps it where the row's member is, if that
 * is in place->base.  OWN is only checked to be an object.  FAULT_SETTINGS. */
bool settings_read(struct settings_reader *r, const struct settings_place *p);

/* All members of an object, each by its row below p->row; unknown ones become
 * notes. */
bool settings_read_members(
	struct settings_reader *r, const struct settings_place *p);

/* Keeps a value that was given as text; where says whence ("--listen"). */
bool settings_read_text(struct settings_reader *r,
	const struct setting_row *row, struct str text, const char *where,
	void *base);

/* Fills in every row's fallback of that struct. */
void settings_read_fallbacks(
	struct settings_reader *r, enum setting_base which, void *base);

/* An array of strings, copied.  FAULT_SETTINGS. */
bool settings_read_list(struct settings_reader *r,
	const struct settings_place *p, struct str **list, size_t *n);

/* Sets FAULT_SETTINGS with file, line, column and way before the text;
 * false. */
bool settings_read_refuse(struct settings_reader *r,
	const struct settings_place *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds a note, with the place before it. */
void settings_read_note(struct settings_reader *r,
	const struct settings_place *p, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "mcpServers.github.url", in the arena. */
struct str settings_read_way(struct arena *a, const struct settings_place *p);

#endif
