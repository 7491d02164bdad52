/*
 * table: rows of text on stdout, for people (aligned) or as JSON.
 *
 * For people, control characters are shown as '?': what strangers chose must
 * not steer a terminal.
 */
#ifndef APP_TABLE_H
#define APP_TABLE_H

#include "base/str.h"

struct arena;
struct command_run;

#define TABLE_COLUMNS_MAX 8u

struct table_line {
	struct str cells[TABLE_COLUMNS_MAX];
	struct table_line *next;
};

struct table {
	const struct command_run *run;
	const char *const *columns;
	size_t column_count;
	struct table_line *first;
	struct table_line **tail;
};

/* columns are names; they live until table_end(). */
void table_begin(struct table *t, const struct command_run *run,
	const char *const *columns, size_t n);

/* One cell for each column; STR_NONE is empty.  The bytes live until
 * table_end(). */
void table_row(struct table *t, const struct str *cells);

/* Prints all. */
void table_end(struct table *t);

/* "2026-07-28 12:00Z", in UTC; "never" for 0. */
struct str table_time(struct arena *a, int64_t when);

#endif
