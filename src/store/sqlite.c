/* sqlite: see sqlite.h. */
#include "store/sqlite.h"

#include "base/die.h"

bool
sqlite_fault(sqlite3 *db, int rc, struct fault *f)
{
	const char *why = sqlite3_errmsg(db);

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		die("out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fault_set(f, FAULT_STORE_BUSY, "%s", why);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fault_set(f, FAULT_STORE_DAMAGED, "%s", why);
	default:
		return fault_set(f, FAULT_STORE, "%s (%d)", why, rc);
	}
}

bool
sqlite_exec(sqlite3 *db, const char *text, struct fault *f)
{
	int rc = sqlite3_exec(db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK || sqlite_fault(db, rc, f);
}

bool
sqlite_number(sqlite3 *db, const char *text, int64_t *out, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, text, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	else
		sqlite_fault(db, rc, f);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW;
}

bool
sqlite_begin(struct store_txn *t, struct fault *f)
{
	return sqlite_exec(t->db, "BEGIN IMMEDIATE", f);
}

bool
sqlite_commit(struct store_txn *t, struct fault *f)
{
	return sqlite_exec(t->db, "COMMIT", f);
}

bool
sqlite_is_in_transaction(const struct store_txn *t)
{
	return sqlite3_get_autocommit(t->db) == 0;
}

void
sqlite_rollback(struct store_txn *t)
{
	if (sqlite_is_in_transaction(t))
		sqlite_exec(t->db, "ROLLBACK", NULL);
}

bool
sqlite_job_begin(struct store_txn *t, struct fault *f)
{
	return sqlite_exec(t->db, "SAVEPOINT job", f);
}

bool
sqlite_job_keep(struct store_txn *t, struct fault *f)
{
	return sqlite_exec(t->db, "RELEASE job", f);
}

bool
sqlite_job_undo(struct store_txn *t, struct fault *f)
{
	return sqlite_exec(t->db, "ROLLBACK TO job; RELEASE job", f);
}

void
sqlite_close(struct store_txn **tp)
{
	struct store_txn *t = *tp;

	if (t == NULL)
		return;
	*tp = NULL;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(t->cached[i]);
	insist(sqlite3_close(t->db) == SQLITE_OK);
	free(t);
}
