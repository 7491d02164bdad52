/* Which files are opened, and that the others keep their bytes. */
#include "base/arena.h"
#include "crypto/digest.h"
#include "store/sqlite.h"
#include "store/sqlite_open.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define BUSY_MS 50

struct world {
	char dir[40];
	char path[64];
	char wal[72];
	char shm[72];
	char journal[72];
	struct arena *a;
	struct store_txn *t;
	struct fault f;
};

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ .a = arena_new(ARENA_REQUEST_MAX) };
	snprintf(w.dir, sizeof(w.dir), "/tmp/ostiary store %%3F?-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/o#.db", w.dir);
	snprintf(w.wal, sizeof(w.wal), "%s-wal", w.path);
	snprintf(w.shm, sizeof(w.shm), "%s-shm", w.path);
	snprintf(w.journal, sizeof(w.journal), "%s-journal", w.path);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	sqlite_close(&w->t);
	unlink(w->path);
	unlink(w->wal);
	unlink(w->shm);
	unlink(w->journal);
	assert_int_equal(rmdir(w->dir), 0); /* nothing else was left */
	arena_free(&w->a);
	return 0;
}

static struct str
bytes_of(struct world *w, const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *p;

	if (fd < 0)
		return STR_NONE;
	assert_int_equal(fstat(fd, &st), 0);
	p = arena_alloc(w->a, (size_t)st.st_size + 1);
	assert_non_null(p);
	assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
	close(fd);
	return str_of(p, (size_t)st.st_size);
}

static void
write_bytes(const char *path, struct str bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

static bool
open_it(struct world *w)
{
	fault_clear(&w->f);
	return sqlite_open(&w->t, w->path, BUSY_MS, &w->f);
}

/* Refused for that reason, with database, log and journal as they were. */
static void
expect_refused(struct world *w, enum fault_id id)
{
	struct str db = bytes_of(w, w->path);
	struct str wal = bytes_of(w, w->wal);
	struct str journal = bytes_of(w, w->journal);

	assert_false(open_it(w));
	assert_null(w->t);
	assert_int_equal(w->f.id, id);
	assert_non_null(strstr(w->f.detail, w->path));
	assert_true(str_eq(db, bytes_of(w, w->path)));
	assert_int_equal(str_is_none(wal), str_is_none(bytes_of(w, w->wal)));
	assert_true(str_eq(wal, bytes_of(w, w->wal)));
	assert_true(str_eq(journal, bytes_of(w, w->journal)));
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
put_person(struct world *w, const char *id)
{
	struct str text = str_fmt(w->a,
		"INSERT INTO person VALUES ('%s', 'n%s', NULL, 0, 0, 0)", id,
		id);

	assert_true(sqlite_exec(w->t->db, text.p, &w->f));
}

static int64_t
count_persons(struct world *w)
{
	int64_t n;

	assert_true(sqlite_number(
		w->t->db, "SELECT COUNT(*) FROM person", &n, &w->f));
	return n;
}

static void
make_good(struct world *w)
{
	assert_true(open_it(w));
	for (int i = 0; i < 200; i++)
		put_person(w, str_fmt(w->a, "p_%d", i).p);
	sqlite_close(&w->t);
	assert_true(str_is_none(bytes_of(w, w->wal)));
}

static void
makes_private_files(void **state)
{
	struct world *w = *state;
	int64_t id, version;
	mode_t old = umask(0);

	assert_true(open_it(w));
	put_person(w, "p_1");
	umask(old);
	assert_int_equal(mode_of(w->path), 0600);
	assert_int_equal(mode_of(w->wal), 0600);
	assert_int_equal(mode_of(w->shm), 0600);
	assert_true(
		sqlite_number(w->t->db, "PRAGMA application_id", &id, &w->f));
	assert_int_equal(id, 0x4f535449);
	assert_true(sqlite_number(w->t->db,
		"SELECT MAX(version) FROM schema_version", &version, &w->f));
	assert_int_equal(version, SQL_VERSION);
}

static void
is_set_up_for_safety(void **state)
{
	static const struct {
		const char *ask;
		int64_t want;
	} rows[] = {
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA busy_timeout", BUSY_MS },
		{ "PRAGMA trusted_schema", 0 },
		{ "PRAGMA cell_size_check", 1 },
		{ "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1 },
	};
	struct world *w = *state;
	int64_t is;

	assert_true(open_it(w));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(sqlite_number(w->t->db, rows[i].ask, &is, &w->f));
		assert_int_equal(is, rows[i].want);
	}
}

static void
opens_again(void **state)
{
	struct world *w = *state;

	make_good(w);
	assert_true(open_it(w));
	assert_int_equal(count_persons(w), 200);
}

static void
lesson_B14_damaged_is_refused_and_kept(void **state)
{
	struct world *w = *state;
	struct str good;
	char *bad;

	make_good(w);
	good = bytes_of(w, w->path);
	bad = arena_alloc(w->a, good.n);

	memcpy(bad, good.p, good.n); /* no database at all */
	memcpy(bad, "{\"json\": true}", 14);
	write_bytes(w->path, str_of(bad, good.n));
	expect_refused(w, FAULT_STORE_DAMAGED);

	memcpy(bad, good.p, good.n); /* pages of noise */
	for (size_t i = 4096; i < good.n; i += 64)
		memset(bad + i, 0xa5, 32);
	write_bytes(w->path, str_of(bad, good.n));
	expect_refused(w, FAULT_STORE_DAMAGED);

	write_bytes(w->path, str_cut(good, 0, good.n / 2));
	expect_refused(w, FAULT_STORE_DAMAGED);
	write_bytes(w->path, str_cut(good, 0, 50));
	expect_refused(w, FAULT_STORE_DAMAGED);
	write_bytes(w->path, STR(""));
	expect_refused(w, FAULT_STORE_DAMAGED);

	write_bytes(w->path, good);
	assert_true(open_it(w));
}

/* A page in the middle, and the log of a crash beside it. */
static void
lesson_B14_damaged_with_a_log(void **state)
{
	struct world *w = *state;
	struct str db, wal;
	char *bad;

	make_good(w);
	assert_true(open_it(w));
	put_person(w, "p_new");
	db = bytes_of(w, w->path);
	wal = bytes_of(w, w->wal);
	sqlite_close(&w->t);
	assert_true(wal.n > 0);
	bad = arena_alloc(w->a, db.n);
	memcpy(bad, db.p, db.n);
	for (size_t i = 4096; i < db.n; i += 64)
		memset(bad + i, 0xa5, 32);
	write_bytes(w->path, str_of(bad, db.n));
	write_bytes(w->wal, wal);
	expect_refused(w, FAULT_STORE_DAMAGED);

	/* The same log with the good database holds what was committed. */
	write_bytes(w->path, db);
	write_bytes(w->wal, wal);
	assert_true(open_it(w));
	assert_int_equal(count_persons(w), 201);
}

static void
lesson_B14_a_log_without_its_database(void **state)
{
	struct world *w = *state;
	struct str wal;

	assert_true(open_it(w));
	put_person(w, "p_1");
	wal = bytes_of(w, w->wal);
	sqlite_close(&w->t);
	unlink(w->path);
	write_bytes(w->wal, wal);
	expect_refused(w, FAULT_STORE_DAMAGED);
}

static void
alter(struct world *w, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_true(sqlite_exec(db, text, &w->f));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
newer_is_refused_and_kept(void **state)
{
	struct world *w = *state;

	make_good(w);
	alter(w, "INSERT INTO schema_version VALUES (1000)");
	expect_refused(w, FAULT_STORE_NEWER);
}

/* As an older program sees it after a newer one was killed. */
static void
newer_in_the_log_is_refused_and_kept(void **state)
{
	struct world *w = *state;
	struct str db, wal;

	make_good(w);
	assert_true(open_it(w));
	assert_true(sqlite_exec(
		w->t->db, "INSERT INTO schema_version VALUES (1000)", &w->f));
	db = bytes_of(w, w->path);
	wal = bytes_of(w, w->wal);
	sqlite_close(&w->t);
	write_bytes(w->path, db);
	write_bytes(w->wal, wal);
	expect_refused(w, FAULT_STORE_NEWER);
}

static void
foreign_is_refused_and_kept(void **state)
{
	struct world *w = *state;
	struct str journal;

	alter(w, "CREATE TABLE cookies (a); INSERT INTO cookies VALUES (1)");
	expect_refused(w, FAULT_STORE_FOREIGN);
	alter(w, "PRAGMA journal_mode = WAL");
	expect_refused(w, FAULT_STORE_FOREIGN);
	alter(w, "PRAGMA application_id = 0x4f535449");
	expect_refused(w, FAULT_STORE_DAMAGED); /* no version */
	journal = STR("some journal");
	write_bytes(w->journal, journal);
	expect_refused(w, FAULT_STORE_FOREIGN);
}

static void
no_file_is_refused(void **state)
{
	struct world *w = *state;
	char path[sizeof(w->path)];

	assert_int_equal(mkdir(w->path, 0700), 0);
	assert_false(open_it(w));
	assert_int_equal(w->f.id, FAULT_STORE);
	rmdir(w->path);
	memcpy(path, w->path, sizeof(path));
	snprintf(w->path, sizeof(w->path), "%s/none/x.db", w->dir);
	assert_false(open_it(w));
	assert_int_equal(w->f.id, FAULT_STORE);
	memcpy(w->path, path, sizeof(path));
}

/* The command line works beside the daemon; both are checked alike. */
static void
two_connections_take_turns(void **state)
{
	struct world *w = *state;
	struct store_txn *other;

	make_good(w);
	assert_true(open_it(w));
	put_person(w, "p_a");
	assert_true(sqlite_open(&other, w->path, BUSY_MS, &w->f));
	assert_true(sqlite_begin(w->t, &w->f));
	assert_false(sqlite_begin(other, &w->f));
	assert_int_equal(w->f.id, FAULT_STORE_BUSY);
	put_person(w, "p_b");
	assert_true(sqlite_commit(w->t, &w->f));
	assert_true(sqlite_begin(other, &w->f));
	sqlite_rollback(other);
	sqlite_close(&other);
	assert_int_equal(count_persons(w), 202);
}

/* A writer that holds its lock does not keep others from opening. */
static void
opens_beside_a_writer(void **state)
{
	struct world *w = *state;
	struct store_txn *other;

	make_good(w);
	assert_true(open_it(w));
	assert_true(sqlite_begin(w->t, &w->f));
	put_person(w, "p_a");
	assert_true(sqlite_open(&other, w->path, BUSY_MS, &w->f));
	sqlite_close(&other);
	assert_true(sqlite_commit(w->t, &w->f));
}

static void
processes_that_make_it_at_once_agree(void **state)
{
	enum { CHILDREN = 6 };
	struct world *w = *state;

	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			bool fine = sqlite_open(&w->t, w->path, 5000, &w->f);

			if (!fine) {
				fprintf(stderr, "%s\n", w->f.detail);
				_exit(1);
			}
			put_person(w, str_fmt(w->a, "p_%d", i).p);
			sqlite_close(&w->t);
			_exit(0);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_true(open_it(w));
	assert_int_equal(count_persons(w), CHILDREN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(makes_private_files),
		TEST(is_set_up_for_safety),
		TEST(opens_again),
		TEST(lesson_B14_damaged_is_refused_and_kept),
		TEST(lesson_B14_damaged_with_a_log),
		TEST(lesson_B14_a_log_without_its_database),
		TEST(newer_is_refused_and_kept),
		TEST(newer_in_the_log_is_refused_and_kept),
		TEST(foreign_is_refused_and_kept),
		TEST(no_file_is_refused),
		TEST(two_connections_take_turns),
		TEST(opens_beside_a_writer),
		TEST(processes_that_make_it_at_once_agree),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
