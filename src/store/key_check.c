/* key_check: see key_check.h. */
#include "store/key_check.h"

#include "base/secret.h"
#include "store/sqlite.h"
#include "store/sqlite_check.h"

#include <sys/stat.h>

#define IS_THERE                                                               \
	"SELECT COUNT(*) FROM sqlite_schema "                                  \
	"WHERE type = 'table' AND name = 'key_check'"

enum verdict { NONE_KEPT, FITS, OTHER, TROUBLE };

static enum verdict
compare(sqlite3 *db, struct str mac, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(
		db, sql_statements[SQL_KEY_CHECK_LOAD].text, -1, &s, NULL);
	enum verdict verdict = NONE_KEPT;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const char *kept = (const char *)sqlite3_column_text(s, 0);

		verdict = secret_eq(str_from(kept), mac) ? FITS : OTHER;
	} else if (rc != SQLITE_DONE) {
		sqlite_fault(db, rc, f);
		verdict = TROUBLE;
	}
	sqlite3_finalize(s);
	return verdict;
}

static bool
other(struct fault *f)
{
	return fault_set(f, FAULT_KEY_OTHER, "made with another master key");
}

/* Databases of the first version have no such table. */
static bool
judge(sqlite3 *db, const void *with, struct fault *f)
{
	const struct str *mac = with;
	int64_t there = 0;

	if (!sqlite_number(db, IS_THERE, &there, f))
		return false;
	if (there == 0)
		return true;
	switch (compare(db, *mac, f)) {
	case NONE_KEPT:
	case FITS:
		return true;
	case OTHER:
		return other(f);
	case TROUBLE:
		break;
	}
	return false;
}

bool
key_check_look(const char *path, int busy_ms, struct str mac, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return true;
	return sqlite_look(path, busy_ms, judge, &mac, f) ||
		fault_within(f, "%s", path);
}

static bool
save(struct store_txn *t, struct str mac, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(
		t->db, sql_statements[SQL_KEY_CHECK_SAVE].text, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 1, mac.p, (int)mac.n, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_DONE)
		sqlite_fault(t->db, rc, f);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}

/* Within a transaction: another process may start with another key. */
static bool
keep(struct store_txn *t, struct str mac, struct fault *f)
{
	switch (compare(t->db, mac, f)) {
	case NONE_KEPT:
		return save(t, mac, f);
	case FITS:
		return true;
	case OTHER:
		return other(f);
	case TROUBLE:
		break;
	}
	return false;
}

bool
key_check_keep(struct store_txn *t, struct str mac, struct fault *f)
{
	bool fine =
		sqlite_begin(t, f) && keep(t, mac, f) && sqlite_commit(t, f);

	sqlite_rollback(t);
	return fine;
}
