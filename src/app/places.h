/*
 * places: where the settings and the state are.
 *
 *	settings  --config, else ./mcp_settings.json, else
 *	          $XDG_CONFIG_HOME/ostiary/mcp_settings.json, else none
 *	state     --home, else $OSTIARY_HOME, else $XDG_DATA_HOME/ostiary:
 *	          ostiary.db and master.key, in a folder that is ours alone
 */
#ifndef APP_PLACES_H
#define APP_PLACES_H

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct options;
struct settings;

struct places {
	struct str settings; /* STR_NONE: there is none */
	struct str state;    /* folder */
	struct str key;      /* master.key */
};

/* Looks; makes nothing.  FAULT_USAGE when there is no home to look in. */
bool places_find(struct arena *a, const struct options *o, char *const *env,
	struct places *p, struct fault *f);

/* Makes the state folder (0700) with all above it.  FAULT_STATE_FOLDER when
 * that can't be, or when it is somebody else's or open to others. */
bool places_make_state(const struct places *p, struct fault *f);

/* Holds the state folder for this process until *fd, set here, is closed;
 * children don't inherit it.  -1 where the file system knows no locks.
 * FAULT_STORE_BUSY when another process holds it. */
bool places_hold_state(const struct places *p, int *fd, struct fault *f);

/* Makes nothing: FAULT_STATE_FOLDER when the database isn't there, or when the
 * state folder, if there is one, is somebody else's or open to others. */
bool places_look(const struct places *p, struct str database, struct fault *f);

/* The database that "store" names: "sqlite:" is ostiary.db in the state
 * folder, a relative path is below it. */
struct str places_database(
	struct arena *a, const struct places *p, const struct settings *s);

#endif
