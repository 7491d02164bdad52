/*
 * settings_read: from JSON to structs, by the rows of settings.def.
 *
 * Objects and lists, down to the single values of settings_keep.  Keys that no
 * row knows become notes; they don't stop anything.
 */
#ifndef APP_SETTINGS_READ_H
#define APP_SETTINGS_READ_H

#include "app/settings_report.h"

/* Checks the value by its row and keeps it where the row's member is, if that
 * is in place->base.  OWN is only checked to be an object.  FAULT_SETTINGS. */
bool settings_read(struct settings_reader *r, const struct settings_place *p);

/* All members of an object, each by its row below p->row; unknown ones become
 * notes. */
bool settings_read_members(
	struct settings_reader *r, const struct settings_place *p);

/* An array of strings, copied.  FAULT_SETTINGS. */
bool settings_read_list(struct settings_reader *r,
	const struct settings_place *p, struct str **list, size_t *n);

#endif
