/* sqlite_open: see sqlite_open.h. */
#include "store/sqlite_open.h"

#include "base/arena.h"
#include "base/die.h"
#include "crypto/place.h"
#include "store/migrate.h"
#include "store/sqlite.h"
#include "store/sqlite_check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define IN_MEMORY ":memory:"

/* Write-ahead logging, each commit on the disk, and no trust in what a schema
 * from elsewhere could make SQLite do. */
static bool
configure(struct store_txn *t, int busy_ms, struct fault *f)
{
	static const int off[] = { SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_DQS_DML,
		SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_TRUSTED_SCHEMA };
	static const int on[] = { SQLITE_DBCONFIG_ENABLE_FKEY,
		SQLITE_DBCONFIG_DEFENSIVE };

	sqlite3_extended_result_codes(t->db, 1);
	sqlite3_busy_timeout(t->db, busy_ms);
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		sqlite3_db_config(t->db, off[i], 0, NULL);
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		sqlite3_db_config(t->db, on[i], 1, NULL);
	return sqlite_exec(t->db,
		"PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY;"
		"PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL;",
		f);
}

/* On a file system without shared memory SQLite stays with what it has. */
static bool
is_logged_ahead(struct store_txn *t, struct fault *f)
{
	static const char ask[] =
		"SELECT journal_mode IN ('wal', 'memory') FROM "
		"pragma_journal_mode";
	int64_t fits = 0;

	return sqlite_number(t->db, ask, &fits, f) &&
		(fits != 0 ||
			fault_set(f, FAULT_STORE,
				"no write-ahead log on this file system"));
}

static bool
connect_to(struct store_txn **t, const char *path, int busy_ms, struct fault *f)
{
	struct store_txn *own = calloc(1, sizeof(*own));
	int rc;

	if (own == NULL)
		die("out of memory");
	rc = sqlite3_open_v2(path, &own->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		sqlite_fault(own->db, rc, f);
	if (rc == SQLITE_OK && configure(own, busy_ms, f) &&
		is_logged_ahead(own, f) && migrate(own, f)) {
		*t = own;
		return true;
	}
	sqlite_close(&own);
	return false;
}

/* An empty database of version SQL_VERSION, closed again.  SQLite gives its
 * helpers the mode of the database itself. */
static bool
make_at(const char *name, int busy_ms, struct fault *f)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct store_txn *t = NULL;
	bool made = fd >= 0 && fchmod(fd, 0600) == 0;

	if (!made)
		fault_set(f, FAULT_STORE, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	made = made && connect_to(&t, name, busy_ms, f);
	sqlite_close(&t);
	if (!made && fd >= 0)
		unlink(name);
	return made;
}

/* True also when another process was faster. */
static bool
make(const char *path, int busy_ms, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str name = place_name(a, path);
	bool made = !str_is_none(name) && make_at(name.p, busy_ms, f);

	if (made && !place_file(name, path))
		made = fault_set(f, FAULT_STORE, "%s", strerror(errno));
	arena_free(&a);
	return made;
}

/* The log of a database that is gone may hold what was in it. */
static bool
nothing_is_left(const char *path, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str wal = str_join(a, str_from(path), STR("-wal"));
	struct stat st;
	bool none =
		str_is_none(wal) || stat(wal.p, &st) != 0 || st.st_size == 0;

	arena_free(&a);
	return none ||
		fault_set(f, FAULT_STORE_DAMAGED,
			"the database is gone, but its -wal file is there");
}

static bool
open_file(struct store_txn **t, const char *path, int busy_ms, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) != 0 && errno != ENOENT)
		return fault_set(f, FAULT_STORE, "%s", strerror(errno));
	if (stat(path, &st) != 0 &&
		(!nothing_is_left(path, f) || !make(path, busy_ms, f)))
		return false;
	return sqlite_check(path, busy_ms, f) &&
		connect_to(t, path, busy_ms, f);
}

bool
sqlite_open(
	struct store_txn **t, const char *path, int busy_ms, struct fault *f)
{
	*t = NULL;
	if (strcmp(path, IN_MEMORY) == 0)
		return connect_to(t, path, busy_ms, f);
	return open_file(t, path, busy_ms, f) || fault_within(f, "%s", path);
}
