/*
 * sqlite_check: looking at a database without touching it.
 *
 * A database that was closed well has no -wal file, and all that it holds is
 * in its one file: it is opened as immutable, which leaves no trace.  With a
 * -wal file (after a crash, or while another process runs) it is opened for
 * reading, which takes locks in the -shm file but writes to neither of the
 * others.
 */
#ifndef STORE_SQLITE_CHECK_H
#define STORE_SQLITE_CHECK_H

#include <stdbool.h>

struct fault;
struct sqlite3;

/* Whether the file at path, which exists, is a database of ours that can be
 * opened.  FAULT_STORE_DAMAGED, FAULT_STORE_FOREIGN, FAULT_STORE_NEWER,
 * FAULT_STORE_BUSY after busy_ms, FAULT_STORE. */
bool sqlite_check(const char *path, int busy_ms, struct fault *f);

/* Has judge(db, with, f) look at the database at path, which exists, and
 * answers what it says.  Faults as above. */
bool sqlite_look(const char *path, int busy_ms,
	bool (*judge)(struct sqlite3 *db, const void *with, struct fault *f),
	const void *with, struct fault *f);

#endif
