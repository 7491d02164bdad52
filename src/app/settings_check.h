/*
 * settings_check: what no single row can say: keys that depend on each other,
 * names that must not meet, and what follows from other settings.
 */
#ifndef APP_SETTINGS_CHECK_H
#define APP_SETTINGS_CHECK_H

#include "app/settings_report.h"

struct settings;

/* After everything was read; root is the file's object or NULL.  Fills in
 * publicUrl, custom schemes and the scopes that tools name. */
void settings_check(
	struct settings_reader *r, const struct json *root, struct settings *s);

#endif
