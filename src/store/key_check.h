/*
 * key_check: which master key a database was made with.
 *
 * What the key seals or signs rests in the database, so another key would
 * find nothing but values that were "changed".  The database keeps what the
 * key makes of a fixed text (mac: 64 hexadecimal digits); one that keeps
 * nothing yet takes the first.
 */
#ifndef STORE_KEY_CHECK_H
#define STORE_KEY_CHECK_H

#include "base/fault.h"

struct store_txn;

/* Whether the database at path may be used with the key that makes mac;
 * writes nothing.  What is no file, or keeps nothing, may be.
 * FAULT_KEY_OTHER; trouble with the database as in sqlite_open(). */
bool key_check_look(
	const char *path, int busy_ms, struct str mac, struct fault *f);

/* The same of an open one, outside of a transaction; it keeps mac if it keeps
 * nothing. */
bool key_check_keep(struct store_txn *t, struct str mac, struct fault *f);

#endif
