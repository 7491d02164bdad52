/*
 * settings_servers: the entries below "mcpServers" (and VS Code's "servers").
 *
 * An entry whose placeholders can't be filled in stays in the list with its
 * trouble; the others don't suffer.  Anything else that is wrong in an entry
 * is an error.
 */
#ifndef APP_SETTINGS_SERVERS_H
#define APP_SETTINGS_SERVERS_H

#include "app/settings_expand.h"

struct settings;

/* Reads both lists of the file into s. */
void settings_servers_read(struct settings_reader *r, const struct expand *e,
	struct json *root, struct settings *s);

/* The built-in server: exe, run as "<exe> demo". */
void settings_servers_demo(
	struct settings_reader *r, struct settings *s, struct str exe);

#endif
