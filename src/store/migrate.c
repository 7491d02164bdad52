/* migrate: see migrate.h. */
#include "store/migrate.h"

#include "base/event.h"
#include "store/sqlite.h"

#define IS_THERE                                                               \
	"SELECT COUNT(*) FROM sqlite_schema "                                  \
	"WHERE type = 'table' AND name = 'schema_version'"

/* 0 for a database that holds nothing yet. */
static bool
version_load(struct store_txn *t, int64_t *version, struct fault *f)
{
	int64_t there = 0;

	*version = 0;
	if (!sqlite_number(t->db, IS_THERE, &there, f))
		return false;
	return there == 0 ||
		sqlite_number(t->db, sql_statements[SQL_SCHEMA_VERSION].text,
			version, f);
}

static bool
version_save(struct store_txn *t, int64_t version, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(t->db,
		sql_statements[SQL_SCHEMA_VERSION_ADD].text, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, version);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_DONE)
		sqlite_fault(t->db, rc, f);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}

/* Within a transaction; *version is the one to leave. */
static bool
step(struct store_txn *t, int64_t version, struct fault *f)
{
	char id[64];

	snprintf(id, sizeof(id), "PRAGMA application_id = %d",
		SQLITE_APPLICATION_ID);
	return (version > 0 || sqlite_exec(t->db, id, f)) &&
		(sqlite_exec(t->db, sql_migrations[version].text, f) ||
			fault_within(f, "migration %s",
				sql_migrations[version].name)) &&
		version_save(t, version + 1, f);
}

static void
tell(int64_t version)
{
	event_log(NULL, EVENT_MIGRATED, EF_U64("version", (uint64_t)version),
		EF_TEXT("name", sql_migrations[version - 1].name));
}

/* One step, or none when another process has made it meanwhile.  Nobody is
 * told of those that make a database, from version 0. */
static bool
step_on(struct store_txn *t, int64_t from, struct fault *f)
{
	int64_t version;
	bool done;

	if (!sqlite_begin(t, f))
		return false;
	done = version_load(t, &version, f);
	if (done && version < SQL_VERSION) {
		done = step(t, version, f);
		if (done && from > 0)
			tell(version + 1);
	}
	if (done)
		done = sqlite_commit(t, f);
	sqlite_rollback(t);
	return done;
}

bool
migrate(struct store_txn *t, struct fault *f)
{
	int64_t version, from = -1;

	for (;;) {
		if (!version_load(t, &version, f))
			return false;
		if (from < 0)
			from = version;
		if (version == SQL_VERSION)
			return true;
		if (version > SQL_VERSION)
			return fault_set(f, FAULT_STORE_NEWER,
				"schema version %lld, this is for %d",
				(long long)version, SQL_VERSION);
		if (!step_on(t, from, f))
			return false;
	}
}
