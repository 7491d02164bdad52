/* sqlite_check: see sqlite_check.h. */
#include "store/sqlite_check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "store/sqlite.h"

#include <sys/stat.h>

#define NAME_MAX_BYTES 4096u
#define PAGE_MIN       512

enum helper { HELPER_WAL, HELPER_JOURNAL };

static off_t
helper_size(const char *path, enum helper which)
{
	char name[NAME_MAX_BYTES];
	struct stat st;
	int n = snprintf(name, sizeof(name), "%s%s", path,
		which == HELPER_WAL ? "-wal" : "-journal");

	if (n < 0 || (size_t)n >= sizeof(name) || stat(name, &st) != 0)
		return 0;
	return st.st_size;
}

/* The path as a file: URI of which SQLite takes nothing for a parameter. */
static struct str
immutable_uri(struct arena *a, const char *path)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf b;

	buf_in(&b, a, (size_t)4 * NAME_MAX_BYTES);
	buf_lit(&b, "file:");
	for (const char *p = path; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		buf_char(&b, '%');
		buf_char(&b, digits[c >> 4]);
		buf_char(&b, digits[c & 15]);
	}
	buf_lit(&b, "?immutable=1");
	buf_char(&b, '\0');
	return buf_ok(&b) ? buf_view(&b) : STR_NONE;
}

static bool
is_whole(sqlite3 *db, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL);
	const char *said = "";

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		said = (const char *)sqlite3_column_text(s, 0);
	if (rc != SQLITE_ROW)
		sqlite_fault(db, rc, f);
	else if (strcmp(said, "ok") != 0)
		fault_set(f, FAULT_STORE_DAMAGED, "%s", said);
	else
		fault_clear(f);
	sqlite3_finalize(s);
	return !fault_is_set(f);
}

static bool
is_ours(sqlite3 *db, const void *with, struct fault *f)
{
	int64_t id, version = 0;

	(void)with;
	if (!sqlite_number(db, "PRAGMA application_id", &id, f))
		return false;
	if (id != SQLITE_APPLICATION_ID)
		return fault_set(f, FAULT_STORE_FOREIGN,
			"application id %08llx", (unsigned long long)id);
	if (!is_whole(db, f))
		return false;
	if (!sqlite_number(
		    db, "SELECT MAX(version) FROM schema_version", &version, f))
		return fault_set(f, FAULT_STORE_DAMAGED, "no schema version");
	if (version > SQL_VERSION)
		return fault_set(f, FAULT_STORE_NEWER,
			"schema version %lld, this is for %d",
			(long long)version, SQL_VERSION);
	if (version < 1)
		return fault_set(f, FAULT_STORE_DAMAGED, "no schema version");
	return true;
}

struct look {
	bool (*judge)(sqlite3 *db, const void *with, struct fault *f);
	const void *with;
	int busy_ms;
};

static bool
look(const struct look *l, const char *name, int flags, struct fault *f)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(name, &db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | flags, NULL);
	bool fine;

	if (rc != SQLITE_OK) {
		sqlite_fault(db, rc, f);
		sqlite3_close(db);
		return false;
	}
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, l->busy_ms);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	fine = sqlite_exec(db, "PRAGMA cell_size_check = ON", f) &&
		l->judge(db, l->with, f);
	sqlite3_close(db);
	return fine;
}

static bool
look_immutably(const struct look *l, const char *path, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str uri = immutable_uri(a, path);
	bool fine = str_is_none(uri)
		? fault_set(f, FAULT_STORE, "the path is too long")
		: look(l, uri.p, SQLITE_OPEN_URI, f);

	arena_free(&a);
	return fine;
}

bool
sqlite_look(const char *path, int busy_ms,
	bool (*judge)(sqlite3 *db, const void *with, struct fault *f),
	const void *with, struct fault *f)
{
	struct look l = { judge, with, busy_ms };

	if (strlen(path) > NAME_MAX_BYTES - 16)
		return fault_set(f, FAULT_STORE, "the path is too long");
	if (helper_size(path, HELPER_WAL) == 0 && look_immutably(&l, path, f))
		return true;
	/* Another process may have begun to write while we looked. */
	if (helper_size(path, HELPER_WAL) == 0)
		return false;
	return look(&l, path, 0, f);
}

bool
sqlite_check(const char *path, int busy_ms, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return fault_set(f, FAULT_STORE, "is no regular file");
	/* SQLite takes less than a page for a database that is new. */
	if (st.st_size < PAGE_MIN)
		return fault_set(f, FAULT_STORE_DAMAGED,
			st.st_size == 0 ? "is empty" : "is cut off");
	if (helper_size(path, HELPER_JOURNAL) > 0)
		return fault_set(f, FAULT_STORE_FOREIGN,
			"a -journal file lies beside it");
	return sqlite_look(path, busy_ms, is_ours, NULL, f);
}
