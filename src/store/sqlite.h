/*
 * sqlite: the connection, its transactions and its jobs.
 *
 * One connection belongs to one thread at a time; sqlite_open.h makes it.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "base/fault.h"
#include "store/sql_list.h"

#include <sqlite3.h>

/* "OSTI": says whose database it is. */
#define SQLITE_APPLICATION_ID 0x4f535449

/* What lasts as long as a transaction, and in truth as long as the connection:
 * a job gets it only while its transaction is open. */
struct store_txn {
	sqlite3 *db;
	sqlite3_stmt *cached[SQL_COUNT]; /* prepared when first used */
};

/* What went into the -wal file goes into the database.  *t may be NULL. */
void sqlite_close(struct store_txn **t);

/* Sets the fault that fits what SQLite last answered; false. */
bool sqlite_fault(sqlite3 *db, int rc, struct fault *f);

/* Runs fixed text of ours; not for statements of sql/. */
bool sqlite_exec(sqlite3 *db, const char *text, struct fault *f);

/* The one number that fixed text of ours gives. */
bool sqlite_number(
	sqlite3 *db, const char *text, int64_t *out, struct fault *f);

bool sqlite_begin(struct store_txn *t, struct fault *f);
bool sqlite_commit(struct store_txn *t, struct fault *f);
/* Does nothing when SQLite has undone the transaction already. */
void sqlite_rollback(struct store_txn *t);
bool sqlite_is_in_transaction(const struct store_txn *t);

/* A job's part of a transaction; keep says whether what it wrote stays. */
bool sqlite_job_begin(struct store_txn *t, struct fault *f);
bool sqlite_job_keep(struct store_txn *t, struct fault *f);
bool sqlite_job_undo(struct store_txn *t, struct fault *f);

#endif
