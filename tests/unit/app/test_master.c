/* The master key and its database are used together or not at all. */
#include "app/master.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

struct world {
	char dir[40];
	char key[64];
	char aside[64];
	char db[64];
	struct fault f;
};

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ 0 };
	snprintf(w.dir, sizeof(w.dir), "/tmp/ostiary-master-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.key, sizeof(w.key), "%s/master.key", w.dir);
	snprintf(w.aside, sizeof(w.aside), "%s/aside.key", w.dir);
	snprintf(w.db, sizeof(w.db), "%s/ostiary.db", w.dir);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	unlink(w->key);
	unlink(w->aside);
	unlink(w->db);
	assert_int_equal(rmdir(w->dir), 0); /* nothing else was left */
	return 0;
}

static bool
open_both(struct world *w)
{
	struct store_plan plan = { .path = w->db };
	struct master m;
	bool fine;

	fault_clear(&w->f);
	fine = master_open(&m, w->key, &plan, &w->f);
	assert_int_equal(fine, m.store != NULL);
	store_close(&m.store);
	seal_key_free(&m.key);
	return fine;
}

static void
expect_refused(struct world *w, const char *why)
{
	assert_false(open_both(w));
	assert_int_equal(w->f.id, FAULT_KEY_OTHER);
	assert_non_null(strstr(w->f.detail, why));
	assert_non_null(strstr(w->f.detail, w->key));
	assert_non_null(strstr(w->f.detail, w->db));
}

static void
makes_both_and_opens_them_again(void **state)
{
	struct world *w = *state;

	assert_true(open_both(w));
	assert_int_equal(access(w->key, F_OK), 0);
	assert_int_equal(access(w->db, F_OK), 0);
	assert_true(open_both(w));
}

static void
a_lost_key_is_not_replaced(void **state)
{
	struct world *w = *state;

	assert_true(open_both(w));
	assert_int_equal(rename(w->key, w->aside), 0);
	expect_refused(w, "is missing");
	assert_int_not_equal(access(w->key, F_OK), 0);
	assert_int_equal(rename(w->aside, w->key), 0);
	assert_true(open_both(w));
}

static void
another_key_is_refused(void **state)
{
	struct world *w = *state;
	struct seal_key *other;

	assert_true(open_both(w));
	assert_int_equal(rename(w->key, w->aside), 0);
	other = seal_key_load(w->key, &w->f);
	assert_non_null(other);
	seal_key_free(&other);
	expect_refused(w, "does not fit");
	assert_int_equal(rename(w->aside, w->key), 0);
	assert_true(open_both(w));
}

static void
a_lost_database_is_made_anew(void **state)
{
	struct world *w = *state;

	assert_true(open_both(w));
	assert_int_equal(unlink(w->db), 0);
	assert_true(open_both(w));
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(makes_both_and_opens_them_again),
		TEST(a_lost_key_is_not_replaced),
		TEST(another_key_is_refused),
		TEST(a_lost_database_is_made_anew),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
