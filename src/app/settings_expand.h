/*
 * settings_expand: placeholders in all strings of a JSON tree.
 */
#ifndef APP_SETTINGS_EXPAND_H
#define APP_SETTINGS_EXPAND_H

#include "app/expand.h"
#include "app/settings_report.h"

/* Fills in the strings of v and below (keys stay as they are), before any of
 * them is checked.  p is v's place.  An error for each that can't be. */
bool settings_expand(struct settings_reader *r, const struct expand *e,
	struct json *v, const struct settings_place *p);

/* The tree as JSON text, as it stands now.  STR_NONE at the arena's cap. */
struct str settings_expand_write(struct arena *a, const struct json *v);

#endif
