/* Sealed values, and the master key's file. */
#include "base/arena.h"
#include "crypto/digest.h"
#include "crypto/seal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct world {
	struct arena *a;
	struct seal_key *k;
	struct fault f;
	char dir[32];
	char path[64];
};

static int
setup(void **state)
{
	static struct world w;
	unsigned char bytes[SEAL_KEY_BYTES];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	w = (struct world){ .a = arena_new(ARENA_SCRATCH_MAX),
		.k = seal_key_new(bytes) };
	memcpy(w.dir, "/tmp/ostiary-seal-XXXXXX", 25);
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/master.key", w.dir);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	unlink(w->path);
	assert_int_equal(rmdir(w->dir), 0); /* nothing else was left */
	seal_key_free(&w->k);
	assert_null(w->k);
	arena_free(&w->a);
	return 0;
}

static void
opens_what_was_sealed(void **state)
{
	struct world *w = *state;
	static char much[100000];
	const struct str plains[] = { STR(""), STR("x"), STR("with\0nul"),
		str_of(much, sizeof(much)) };
	struct str out;

	for (size_t i = 0; i < 4; i++) {
		struct str s = seal(w->a, w->k, STR("cursor"), plains[i]);

		assert_int_equal(s.n, plains[i].n + 33);
		assert_int_equal(s.p[0], 1);
		/* sha256 of the key begins with 630dcd29 */
		assert_memory_equal(s.p + 1, "\x63\x0d\xcd\x29", 4);
		out = seal_open(w->a, w->k, STR("cursor"), s, &w->f);
		assert_true(str_eq(out, plains[i]));
	}
}

static void
same_value_never_looks_the_same(void **state)
{
	struct world *w = *state;
	struct str x = seal(w->a, w->k, STR("c"), STR("value"));
	struct str y = seal(w->a, w->k, STR("c"), STR("value"));

	assert_false(str_eq(x, y));
	assert_int_equal(str_find(x, STR("value")), x.n);
}

static void
every_bit_counts(void **state)
{
	struct world *w = *state;
	struct str s = seal(w->a, w->k, STR("cursor"), STR("value"));
	struct str changed = str_dup(w->a, s);
	struct str out;

	for (size_t i = 0; i < s.n * 8; i++) {
		char *byte = (char *)(uintptr_t)changed.p + i / 8;

		*byte = (char)(*byte ^ (1 << (i % 8)));
		fault_clear(&w->f);
		out = seal_open(w->a, w->k, STR("cursor"), changed, &w->f);
		assert_int_equal(w->f.id, FAULT_SEALED);
		assert_true(str_is_none(out));
		*byte = s.p[i / 8];
	}
	for (size_t n = 0; n < s.n; n++)
		assert_true(str_is_none(seal_open(
			w->a, w->k, STR("cursor"), str_of(s.p, n), &w->f)));
	assert_true(str_is_none(
		seal_open(w->a, w->k, STR("cursor"), STR_NONE, &w->f)));
}

static void
context_and_key_count(void **state)
{
	struct world *w = *state;
	struct seal_key *other = seal_key_derive(w->k, STR("other"));
	struct str s = seal(w->a, w->k, STR("cursor"), STR("value"));

	assert_true(str_is_none(seal_open(w->a, w->k, STR("state"), s, &w->f)));
	assert_int_equal(w->f.id, FAULT_SEALED);
	assert_true(str_is_none(seal_open(w->a, w->k, STR(""), s, &w->f)));
	assert_true(
		str_is_none(seal_open(w->a, other, STR("cursor"), s, &w->f)));
	assert_string_equal(w->f.detail, "sealed by another key");
	seal_key_free(&other);
}

/* RFC 5869 without salt, checked with another implementation. */
static void
derive_known(void **state)
{
	struct world *w = *state;
	struct seal_key *k = seal_key_derive(w->k, STR("cursors"));
	struct digest d;

	seal_mac(k, STR("x"), &d);
	assert_string_equal(digest_hex(w->a, &d).p,
		"80aaae9f17b7e0b3cf3a7d9850eb88a8"
		"7c1ab93f6463ba1834c33624f9f17573");
	seal_key_free(&k);
}

static void
at_the_cap(void **state)
{
	struct world *w = *state;
	struct arena *small = arena_new(24);
	struct str s = seal(w->a, w->k, STR("c"),
		STR("a value of some size, "
		    "more than the cap"));

	assert_true(
		str_is_none(seal(small, w->k, STR("c"), STR("twelve bytes"))));
	assert_true(str_is_none(seal_open(small, w->k, STR("c"), s, &w->f)));
	assert_int_equal(w->f.id, FAULT_TOO_LARGE);
	arena_free(&small);
}

static struct digest
mark(const struct seal_key *k)
{
	struct digest d;

	seal_mac(k, STR("mark"), &d);
	return d;
}

static void
load_makes_one_and_keeps_it(void **state)
{
	struct world *w = *state;
	struct seal_key *first, *second;
	struct digest x, y;
	struct stat st;
	mode_t old = umask(0777);

	first = seal_key_load(w->path, &w->f);
	umask(old);
	assert_non_null(first);
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_nlink, 1);
	second = seal_key_load(w->path, &w->f);
	assert_non_null(second);
	x = mark(first);
	y = mark(second);
	assert_true(digest_eq(&x, &y));
	seal_key_free(&first);
	seal_key_free(&second);
}

static void
find_makes_none(void **state)
{
	struct world *w = *state;
	struct seal_key *k;
	struct stat st;

	assert_true(seal_key_find(w->path, &k, &w->f));
	assert_null(k);
	assert_int_not_equal(stat(w->path, &st), 0);
	k = seal_key_load(w->path, &w->f);
	seal_key_free(&k);
	assert_true(seal_key_find(w->path, &k, &w->f));
	assert_non_null(k);
	seal_key_free(&k);
	assert_int_equal(chmod(w->path, 0644), 0);
	assert_false(seal_key_find(w->path, &k, &w->f));
	assert_null(k);
	assert_int_equal(w->f.id, FAULT_KEY_FILE);
}

static void
put_file(const struct world *w, size_t size, mode_t mode)
{
	int fd = open(w->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
expect_refused(struct world *w)
{
	fault_clear(&w->f);
	assert_null(seal_key_load(w->path, &w->f));
	assert_int_equal(w->f.id, FAULT_KEY_FILE);
	assert_non_null(strstr(w->f.detail, w->path));
}

static void
load_refuses(void **state)
{
	struct world *w = *state;
	struct seal_key *k;
	struct stat st;

	put_file(w, 31, 0600);
	expect_refused(w);
	put_file(w, 33, 0600);
	expect_refused(w);
	put_file(w, 0, 0600);
	expect_refused(w);
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_size, 0); /* never overwritten */
	put_file(w, 32, 0640);
	expect_refused(w);
	put_file(w, 32, 0604);
	expect_refused(w);
	put_file(w, 32, 0600);
	k = seal_key_load(w->path, &w->f);
	assert_non_null(k);
	seal_key_free(&k);
}

static void
load_refuses_what_is_no_file(void **state)
{
	struct world *w = *state;

	assert_int_equal(mkfifo(w->path, 0600), 0);
	expect_refused(w);
	unlink(w->path);
	assert_int_equal(mkdir(w->path, 0700), 0);
	expect_refused(w);
	rmdir(w->path);
	assert_int_equal(symlink("/nowhere", w->path), 0);
	expect_refused(w);
	unlink(w->path);
	snprintf(w->path, sizeof(w->path), "%s/none/master.key", w->dir);
	expect_refused(w);
}

/* Each child makes or reads the key and reports its mark. */
static void
processes_that_race_agree(void **state)
{
	enum { CHILDREN = 8 };
	struct world *w = *state;
	struct digest marks[CHILDREN];
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			struct seal_key *k = seal_key_load(w->path, &w->f);
			struct digest d = { { 0 } };

			if (k != NULL)
				d = mark(k);
			_exit(write(pipes[1], &d, sizeof(d)) != sizeof(d) ||
				k == NULL);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_int_equal(read(pipes[0], &marks[i], sizeof(marks[i])),
			sizeof(marks[i]));
		assert_true(digest_eq(&marks[0], &marks[i]));
	}
	close(pipes[0]);
	close(pipes[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opens_what_was_sealed),
		TEST(same_value_never_looks_the_same),
		TEST(every_bit_counts),
		TEST(context_and_key_count),
		TEST(derive_known),
		TEST(at_the_cap),
		TEST(load_makes_one_and_keeps_it),
		TEST(find_makes_none),
		TEST(load_refuses),
		TEST(load_refuses_what_is_no_file),
		TEST(processes_that_race_agree),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
