/*
 * settings_keep: single values, from text to the struct that a row names.
 *
 * What each kind of value looks like is settings_value's; here is where it
 * goes, within which bounds, and what is there when the file says nothing.
 */
#ifndef APP_SETTINGS_KEEP_H
#define APP_SETTINGS_KEEP_H

#include "app/settings_report.h"

/* Checks a string, number or switch by its row and keeps it where the row's
 * member is, if that is in place->base.  null and "" say nothing.
 * FAULT_SETTINGS. */
bool settings_keep(struct settings_reader *r, const struct settings_place *p);

/* Keeps a value that was given as text; where says whence ("--listen").
 * FAULT_USAGE. */
bool settings_keep_text(struct settings_reader *r,
	const struct setting_row *row, struct str text, const char *where,
	void *base);

/* Fills in every row's fallback of that struct. */
void settings_keep_fallbacks(
	struct settings_reader *r, enum setting_base which, void *base);

/* Whether C can hold it: there is no NUL inside. */
bool settings_keep_is_text(struct str text);

#endif
