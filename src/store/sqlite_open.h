/*
 * sqlite_open: from a path to a database that can be worked with.
 *
 * A database is made under another name and linked to its own when it is
 * whole, so a file that is there is either complete or not ours.  One that is
 * there is checked by a connection that can't write before any other touches
 * it: what is refused keeps its bytes, and so does its -wal file.
 */
#ifndef STORE_SQLITE_OPEN_H
#define STORE_SQLITE_OPEN_H

#include <stdbool.h>

struct fault;
struct store_txn;

/* The caller's, for sqlite_close().  path may be ":memory:".
 * FAULT_STORE_DAMAGED, FAULT_STORE_FOREIGN, FAULT_STORE_NEWER,
 * FAULT_STORE_BUSY after busy_ms, FAULT_STORE. */
bool sqlite_open(
	struct store_txn **t, const char *path, int busy_ms, struct fault *f);

#endif
