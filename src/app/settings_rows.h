/*
 * settings_rows: the table of settings.def, and finding one's way in it.
 *
 * A row's path is a pattern: "mcpServers.*.tools.*.scope" is the setting
 * "scope" of any tool of any server, "clients.static[].scope" that of any
 * element of an array.  Static; nothing here allocates.
 */
#ifndef APP_SETTINGS_ROWS_H
#define APP_SETTINGS_ROWS_H

#include "base/str.h"

enum setting_kind {
	SETTING_GROUP,   /* an object whose keys are the rows below it */
	SETTING_MAP,     /* an object of any keys, each as the row "<path>.*" */
	SETTING_ROWS,    /* an array, each element as the row "<path>[]" */
	SETTING_OWN,     /* an object that code of its own walks */
	SETTING_TEXT,    /* a string without NUL */
	SETTING_LIST,    /* an array of strings */
	SETTING_PAIRS,   /* an object of strings */
	SETTING_SWITCH,  /* true or false */
	SETTING_MILLIS,  /* "500ms", "60s", kept as milliseconds */
	SETTING_SECONDS, /* "60s", "1h", "30d", kept as seconds */
	SETTING_SIZE,    /* "4MB", or a number of bytes */
	SETTING_COUNT,   /* a whole number */
	SETTING_CHOICE,  /* one of some words, kept as its place among them */
	SETTING_ADDRESS, /* host:port */
	SETTING_ORIGIN,  /* scheme://host[:port]: https, or http on loopback */
	SETTING_URL,     /* http or https, without user, fragment */
	SETTING_ANY      /* not looked into */
};

/* Which struct a row's member is in. */
enum setting_base {
	SETTING_NOWHERE,
	SETTING_IN_ROOT,   /* struct settings */
	SETTING_IN_SERVER, /* struct server_entry */
	SETTING_IN_TOOL    /* struct tool_rule */
};

enum setting_served { SETTING_SERVED, SETTING_LATER };

struct setting_row {
	const char *path;
	enum setting_kind kind;
	enum setting_base base;
	size_t at;    /* offset of the member */
	size_t count; /* of LIST and PAIRS: offset of their number */
	const char *fallback;
	int64_t low;
	int64_t high;
	const char *choices;
	enum setting_served served;
	const char *sentence;
};

size_t settings_row_count(void);
const struct setting_row *settings_row_at(size_t i);

/* By its pattern; NULL. */
const struct setting_row *settings_row_find(struct str path);

/* The row of a key below a row (NULL: at the top); NULL when unknown. */
const struct setting_row *settings_row_below(
	const struct setting_row *parent, struct str key);

/* The known key below the parent that is nearest to one that is unknown, or
 * STR_NONE when none is near. */
struct str settings_row_nearest(
	const struct setting_row *parent, struct str key);

/* The last part of the row's path. */
struct str settings_row_key(const struct setting_row *row);

/* Whether the row stands directly below the parent (NULL: at the top). */
bool settings_row_is_below(
	const struct setting_row *row, const struct setting_row *parent);

/* The place of a word among "a|b|c", or -1. */
int settings_choice_of(const char *choices, struct str word);

/* Of how many single changes the shorter way from one word to the other
 * consists, letters' case apart; more than SETTINGS_FAR is not counted.  Words
 * of more than 64 bytes are SETTINGS_FAR from everything. */
#define SETTINGS_FAR 4u
unsigned settings_distance(struct str a, struct str b);

#endif
