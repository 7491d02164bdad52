/*
 * master: the master key, and the database that was made with it.
 *
 * What the key seals or signs rests in the database, so they go together:
 * the database knows its key again by what the key makes of a fixed text.  A
 * key that is missing is made only where the database knows none.
 */
#ifndef APP_MASTER_H
#define APP_MASTER_H

#include "base/fault.h"

struct seal_key;
struct store;
struct store_plan;

struct master {
	struct seal_key *key;
	struct store *store;
};

/* Loads or makes the key file, opens or makes the plan's database.  Both are
 * the caller's, also those of a false answer (or NULL).  FAULT_KEY_OTHER, which
 * names both files and leaves them as they are; FAULT_KEY_FILE; faults of
 * store_open(). */
bool master_open(struct master *m, const char *key_path,
	const struct store_plan *plan, struct fault *f);

#endif
