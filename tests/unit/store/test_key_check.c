/* A database knows the key that it was made with. */
#include "base/arena.h"
#include "store/sqlite.h"
#include "store/sqlite_open.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define MINE  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe"

struct world {
	char dir[40];
	char path[64];
	struct store *s;
	struct fault f;
};

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ 0 };
	snprintf(w.dir, sizeof(w.dir), "/tmp/ostiary-key-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/o.db", w.dir);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	store_close(&w->s);
	unlink(w->path);
	assert_int_equal(rmdir(w->dir), 0); /* nothing else was left */
	return 0;
}

static struct store_plan
plan_of(const struct world *w, struct str mac)
{
	return (struct store_plan){ .path = w->path, .key_check = mac };
}

static bool
open_with(struct world *w, struct str mac)
{
	struct store_plan plan = plan_of(w, mac);

	store_close(&w->s);
	fault_clear(&w->f);
	return store_open(&w->s, &plan, &w->f);
}

static bool
look_with(struct world *w, struct str mac)
{
	struct store_plan plan = plan_of(w, mac);

	fault_clear(&w->f);
	return store_look(&plan, &w->f);
}

static struct timespec
written(const struct world *w)
{
	struct stat st;

	assert_int_equal(stat(w->path, &st), 0);
	return st.st_mtim;
}

static void
expect_other(const struct world *w)
{
	assert_int_equal(w->f.id, FAULT_KEY_OTHER);
	assert_non_null(strstr(w->f.detail, w->path));
	assert_null(w->s);
}

static void
keeps_the_first_key(void **state)
{
	struct world *w = *state;
	struct timespec before, after;

	assert_true(look_with(w, STR(""))); /* nothing is there */
	assert_true(open_with(w, STR(MINE)));
	assert_true(open_with(w, STR(MINE)));
	store_close(&w->s);
	before = written(w);
	assert_false(open_with(w, STR(OTHER)));
	expect_other(w);
	assert_false(look_with(w, STR(OTHER)));
	expect_other(w);
	assert_false(look_with(w, STR("")));
	expect_other(w);
	after = written(w);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(look_with(w, STR(MINE)));
	assert_true(open_with(w, STR(MINE)));
}

static void
asks_nobody_without_a_key(void **state)
{
	struct world *w = *state;

	assert_true(open_with(w, STR_NONE));
	assert_true(look_with(w, STR(""))); /* no key yet */
	assert_true(open_with(w, STR(OTHER)));
	assert_true(open_with(w, STR_NONE));
	assert_false(open_with(w, STR(MINE)));
	expect_other(w);
}

static void
alter(struct world *w, const char *text)
{
	struct store_txn *t;

	assert_true(sqlite_open(&t, w->path, 100, &w->f));
	assert_true(sqlite_exec(t->db, text, &w->f));
	sqlite_close(&t);
}

static void
takes_a_key_where_none_was_known(void **state)
{
	struct world *w = *state;

	assert_true(open_with(w, STR(OTHER)));
	store_close(&w->s);
	alter(w, "DELETE FROM key_check");
	assert_true(look_with(w, STR("")));
	assert_true(look_with(w, STR(MINE)));
	assert_true(open_with(w, STR(MINE)));
	assert_false(open_with(w, STR(OTHER)));
	expect_other(w);
	alter(w, "DROP TABLE key_check"); /* as the first versions had it */
	assert_true(look_with(w, STR("")));
	assert_true(look_with(w, STR(OTHER)));
}

static void
sees_the_key_in_the_log(void **state)
{
	struct world *w = *state;
	struct store_plan other = plan_of(w, STR(OTHER));
	struct store *second = NULL;

	assert_true(open_with(w, STR(MINE)));
	assert_false(store_open(&second, &other, &w->f));
	assert_null(second);
	assert_int_equal(w->f.id, FAULT_KEY_OTHER);
}

static void
leaves_trouble_to_the_opening(void **state)
{
	struct world *w = *state;

	assert_int_equal(mkdir(w->path, 0700), 0);
	assert_true(look_with(w, STR(MINE)));
	assert_false(open_with(w, STR(MINE)));
	assert_int_equal(w->f.id, FAULT_STORE);
	assert_int_equal(rmdir(w->path), 0);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(keeps_the_first_key),
		TEST(asks_nobody_without_a_key),
		TEST(takes_a_key_where_none_was_known),
		TEST(sees_the_key_in_the_log),
		TEST(leaves_trouble_to_the_opening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
