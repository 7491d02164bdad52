/* Jobs, shared commits, and what survives. */
#include "base/arena.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/token.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/tables.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define MANY 100

struct world {
	char dir[40];
	char path[64];
	struct store *s;
	struct arena *a;
	struct fault f;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	unsigned wakes;
	unsigned done;
	pthread_mutex_t gate; /* held: blocking jobs wait */
};

struct job {
	struct store_job base;
	struct world *w;
	struct str id;
	bool refuse;
	bool won;
	unsigned times_done;
	int odd;
};

static void
wake(void *with)
{
	struct world *w = with;

	pthread_mutex_lock(&w->lock);
	w->wakes++;
	pthread_cond_signal(&w->woken);
	pthread_mutex_unlock(&w->lock);
}

static void
open_store(struct world *w)
{
	struct store_plan plan = {
		.path = w->path, .wake = wake, .with = w, .busy_ms = 100
	};

	if (!store_open(&w->s, &plan, &w->f))
		fail_msg("%s", w->f.detail);
}

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ .a = arena_new(ARENA_REQUEST_MAX) };
	pthread_mutex_init(&w.lock, NULL);
	pthread_mutex_init(&w.gate, NULL);
	pthread_cond_init(&w.woken, NULL);
	snprintf(w.dir, sizeof(w.dir), "/tmp/ostiary-store-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/o.db", w.dir);
	open_store(&w);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	struct str helper;

	store_close(&w->s);
	assert_null(w->s);
	unlink(w->path);
	helper = str_join(w->a, str_from(w->path), STR("-wal"));
	unlink(helper.p);
	helper = str_join(w->a, str_from(w->path), STR("-shm"));
	unlink(helper.p);
	assert_int_equal(rmdir(w->dir), 0);
	arena_free(&w->a);
	pthread_mutex_destroy(&w->lock);
	pthread_mutex_destroy(&w->gate);
	pthread_cond_destroy(&w->woken);
	return 0;
}

static void
count_done(struct store_job *base)
{
	struct job *j = (struct job *)base;

	j->times_done++;
	j->w->done++;
}

/* Until that many jobs are done in all. */
static void
collect_until(struct world *w, unsigned done)
{
	unsigned seen = 0;

	store_collect(w->s);
	while (w->done < done) {
		pthread_mutex_lock(&w->lock);
		while (w->wakes == seen)
			pthread_cond_wait(&w->woken, &w->lock);
		seen = w->wakes;
		pthread_mutex_unlock(&w->lock);
		store_collect(w->s);
	}
}

static bool
wait_at_gate(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct job *j = (struct job *)base;

	(void)t;
	(void)f;
	pthread_mutex_lock(&j->w->gate);
	pthread_mutex_unlock(&j->w->gate);
	return true;
}

static bool
save_person(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct job *j = (struct job *)base;
	struct person p = { .id = j->id, .name = j->id };

	if (!person_save(t, &p, f))
		return false;
	return !j->refuse ||
		fault_set(f, FAULT_ACCESS_DENIED, "on second thought");
}

static bool
find_person(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct job *j = (struct job *)base;
	struct person p;

	return person_load(j->base.arena, t, j->id, &p, f);
}

static bool
is_there(struct world *w, struct str id)
{
	struct job j = {
		.base = { .run = find_person, .arena = w->a }, .w = w, .id = id
	};
	bool found = store_run(w->s, &j.base);

	assert_int_equal(j.base.fault.id, found ? FAULT_NONE : FAULT_NOT_FOUND);
	return found;
}

/* Holds the store thread in a batch of its own until the gate opens. */
static void
close_gate(struct world *w, struct job *blocker)
{
	*blocker = (struct job){
		.base = { .run = wait_at_gate, .done = count_done }, .w = w
	};
	pthread_mutex_lock(&w->gate);
	store_submit(w->s, &blocker->base);
	while (store_counts(w->s).waiting > 0)
		usleep(100);
}

static struct job *
many_jobs(struct world *w, size_t n,
	bool (*run)(struct store_txn *, struct store_job *, struct fault *))
{
	struct job *jobs = arena_array(w->a, n, sizeof(*jobs));

	for (size_t i = 0; i < n; i++)
		jobs[i] = (struct job){ .base = { .run = run,
						.done = count_done,
						.arena = w->a },
			.w = w,
			.id = str_fmt(w->a, "p_%zu", i) };
	return jobs;
}

static void
jobs_that_wait_together_share_a_commit(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, MANY, save_person);
	struct job blocker;
	struct store_counts before = store_counts(w->s), after;

	close_gate(w, &blocker);
	for (int i = 0; i < MANY; i++)
		store_submit(w->s, &jobs[i].base);
	assert_int_equal(store_counts(w->s).waiting, MANY);
	assert_int_equal(w->done, 0);
	pthread_mutex_unlock(&w->gate);
	collect_until(w, MANY + 1);
	after = store_counts(w->s);
	assert_int_equal(after.jobs - before.jobs, MANY + 1);
	assert_int_equal(after.commits - before.commits, 2);
	assert_int_equal(after.failed, 0);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(jobs[i].times_done, 1);
		assert_false(fault_is_set(&jobs[i].base.fault));
		assert_true(is_there(w, jobs[i].id));
	}
	store_close(&w->s);
	assert_int_equal(w->wakes, 2); /* once a commit */
}

static void
a_refusal_undoes_its_own_alone(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, MANY, save_person);
	struct job blocker;

	close_gate(w, &blocker);
	for (int i = 0; i < MANY; i++) {
		jobs[i].refuse = i % 3 == 0;
		store_submit(w->s, &jobs[i].base);
	}
	pthread_mutex_unlock(&w->gate);
	collect_until(w, MANY + 1);
	assert_int_equal(store_counts(w->s).commits, 2);
	for (int i = 0; i < MANY; i++) {
		enum fault_id want =
			i % 3 == 0 ? FAULT_ACCESS_DENIED : FAULT_NONE;

		assert_int_equal(jobs[i].base.fault.id, want);
		assert_int_equal(is_there(w, jobs[i].id), i % 3 != 0);
	}
}

/* A commit that the disk refuses: nobody is told that it worked. */
static bool
ruin_the_transaction(
	struct store_txn *t, struct store_job *base, struct fault *f)
{
	(void)base;
	return sqlite_exec(t->db, "PRAGMA defer_foreign_keys = ON", f) &&
		sqlite_exec(t->db,
			"INSERT INTO web_session VALUES ('x', 'nobody', 0, 0)",
			f);
}

static void
a_failed_commit_fails_all_of_it(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, 10, save_person);
	struct job blocker;

	jobs[5].base.run = ruin_the_transaction;
	jobs[7].refuse = true;
	close_gate(w, &blocker);
	for (int i = 0; i < 10; i++)
		store_submit(w->s, &jobs[i].base);
	pthread_mutex_unlock(&w->gate);
	collect_until(w, 11);
	assert_int_equal(store_counts(w->s).commits, 1);
	assert_int_equal(store_counts(w->s).failed, 1);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(jobs[i].base.fault.id, FAULT_STORE);
		assert_int_equal(jobs[i].times_done, 1);
		assert_false(is_there(w, jobs[i].id));
	}
}

static bool
end_the_transaction(
	struct store_txn *t, struct store_job *base, struct fault *f)
{
	(void)base;
	sqlite_rollback(t); /* as SQLite does itself when a disk is full */
	return fault_set(f, FAULT_STORE, "the disk is full");
}

static void
a_lost_transaction_fails_all_of_it(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, 10, save_person);
	struct job blocker;

	jobs[5].base.run = end_the_transaction;
	close_gate(w, &blocker);
	for (int i = 0; i < 10; i++)
		store_submit(w->s, &jobs[i].base);
	pthread_mutex_unlock(&w->gate);
	collect_until(w, 11);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(jobs[i].base.fault.id, FAULT_STORE);
		assert_string_equal(
			jobs[i].base.fault.detail, "the disk is full");
		assert_false(is_there(w, jobs[i].id));
	}
}

static void
another_process_holds_the_lock(void **state)
{
	struct world *w = *state;
	struct job *j = many_jobs(w, 1, save_person);
	sqlite3 *other;

	assert_int_equal(sqlite3_open(w->path, &other), SQLITE_OK);
	assert_true(sqlite_exec(other, "BEGIN IMMEDIATE", &w->f));
	j->base.done = NULL;
	assert_false(store_run(w->s, &j->base));
	assert_int_equal(j->base.fault.id, FAULT_STORE_BUSY);
	assert_true(sqlite_exec(other, "ROLLBACK", &w->f));
	assert_true(store_run(w->s, &j->base));
	sqlite3_close(other);
}

static void
too_many_are_turned_away(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, STORE_WAITING_MAX + 5, save_person);
	struct job blocker;

	close_gate(w, &blocker);
	for (unsigned i = 0; i < STORE_WAITING_MAX + 5; i++)
		store_submit(w->s, &jobs[i].base);
	store_collect(w->s);
	assert_int_equal(w->done, 5);
	for (unsigned i = STORE_WAITING_MAX; i < STORE_WAITING_MAX + 5; i++)
		assert_int_equal(jobs[i].base.fault.id, FAULT_UNAVAILABLE);
	pthread_mutex_unlock(&w->gate);
	collect_until(w, STORE_WAITING_MAX + 6);
	assert_true(is_there(w, jobs[STORE_WAITING_MAX - 1].id));
	assert_false(is_there(w, jobs[STORE_WAITING_MAX].id));
}

static void
closing_finishes_what_waits(void **state)
{
	struct world *w = *state;
	struct job *jobs = many_jobs(w, MANY, save_person);

	for (int i = 0; i < MANY; i++)
		store_submit(w->s, &jobs[i].base);
	store_close(&w->s);
	assert_int_equal(w->done, MANY);
	for (int i = 0; i < MANY; i++)
		assert_false(fault_is_set(&jobs[i].base.fault));
	open_store(w);
	assert_true(is_there(w, jobs[MANY - 1].id));
}

static void
submit_again(struct store_job *base)
{
	struct job *j = (struct job *)base;

	j->base.done = count_done;
	store_submit(j->w->s, &j->base);
}

static void
closing_turns_away_what_comes_late(void **state)
{
	struct world *w = *state;
	struct job *j = many_jobs(w, 1, save_person);

	j->base.done = submit_again;
	store_submit(w->s, &j->base);
	store_close(&w->s);
	assert_int_equal(w->done, 1);
	assert_int_equal(j->base.fault.id, FAULT_UNAVAILABLE);
}

static void
chains_go_on(void **state)
{
	struct world *w = *state;
	struct job *j = many_jobs(w, 1, save_person);

	j->base.done = submit_again;
	store_submit(w->s, &j->base);
	collect_until(w, 1);
	assert_false(fault_is_set(&j->base.fault));
	assert_int_equal(store_counts(w->s).jobs, 2);
}

/* Load, decide, save, in one job: what oauth/ does with a code. */
static bool
redeem(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct job *j = (struct job *)base;
	struct auth_code c;
	struct access_token k;

	if (!auth_code_load(j->base.arena, t, STR("code"), &c, f))
		return false;
	if (c.spent != 0)
		return fault_set(f, FAULT_INVALID_GRANT, "spent");
	c.spent = 42;
	k = (struct access_token){ .digest = j->id,
		.grant_id = c.grant_id,
		.scope = STR("mcp"),
		.expires = 100 };
	j->won = auth_code_save(t, &c, f) && access_token_save(t, &k, f);
	return j->won;
}

static bool
put_code(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct person p = { .id = STR("p"), .name = STR("anna") };
	struct grant g = { .id = STR("g"),
		.person_id = STR("p"),
		.client_id = STR("c"),
		.resource = STR("r"),
		.scope = STR("mcp") };
	struct auth_code c = { .digest = STR("code"),
		.grant_id = STR("g"),
		.client_id = STR("c"),
		.redirect_uri = STR("u"),
		.challenge = STR("ch"),
		.expires = 100 };

	(void)base;
	return person_save(t, &p, f) && grant_save(t, &g, f) &&
		auth_code_save(t, &c, f);
}

static bool
count_tokens(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct job *j = (struct job *)base;
	int64_t n;

	if (!sqlite_number(t->db, "SELECT COUNT(*) FROM access_token", &n, f))
		return false;
	j->odd = (int)n;
	return true;
}

struct redeemer {
	pthread_t thread;
	struct world *w;
	struct job *jobs;
};

static void *
redeem_ten(void *with)
{
	struct redeemer *r = with;

	for (int i = 0; i < 10; i++)
		store_submit(r->w->s, &r->jobs[i].base);
	return NULL;
}

static void
lesson_F13_a_code_is_spent_once(void **state)
{
	enum { THREADS = 5, JOBS = THREADS * 10 };
	struct world *w = *state;
	struct job *jobs = many_jobs(w, JOBS, redeem);
	struct job first = { .base = { .run = put_code } };
	struct job last = { .base = { .run = count_tokens } };
	struct redeemer r[THREADS];
	unsigned won = 0;

	assert_true(store_run(w->s, &first.base));
	for (int i = 0; i < JOBS; i++)
		jobs[i].base.arena = arena_new(ARENA_SCRATCH_MAX);
	for (int i = 0; i < THREADS; i++) {
		r[i].w = w;
		r[i].jobs = jobs + 10 * i;
		assert_int_equal(
			pthread_create(&r[i].thread, NULL, redeem_ten, &r[i]),
			0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(r[i].thread, NULL);
	collect_until(w, JOBS);
	for (int i = 0; i < JOBS; i++) {
		won += jobs[i].won;
		assert_int_equal(jobs[i].base.fault.id,
			jobs[i].won ? FAULT_NONE : FAULT_INVALID_GRANT);
		arena_free(&jobs[i].base.arena);
	}
	assert_int_equal(won, 1);
	assert_true(store_run(w->s, &last.base));
	assert_int_equal(last.odd, 1);
}

/* Two connections, as two processes have: the lock decides. */
static void
lesson_F13_also_across_processes(void **state)
{
	enum { EACH = 25 };
	struct world *w = *state;
	struct job *mine = many_jobs(w, EACH, redeem);
	struct job first = { .base = { .run = put_code } };
	unsigned won = 0;
	unsigned char theirs = 0;
	int go[2], back[2];
	pid_t pid;

	assert_true(store_run(w->s, &first.base));
	store_close(&w->s);
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(back), 0);
	pid = fork();
	assert_true(pid >= 0);
	open_store(w);
	if (pid == 0 && read(go[0], &theirs, 1) != 1)
		_exit(1);
	if (pid != 0)
		assert_int_equal(write(go[1], "g", 1), 1);
	for (int i = 0; i < EACH; i++) {
		mine[i].id = str_fmt(w->a, "%d-%d", (int)pid, i);
		store_run(w->s, &mine[i].base);
		won += mine[i].won && !fault_is_set(&mine[i].base.fault);
	}
	if (pid == 0) {
		theirs = (unsigned char)won;
		_exit(write(back[1], &theirs, 1) != 1);
	}
	assert_int_equal(read(back[0], &theirs, 1), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(won + theirs, 1);
	close(go[0]);
	close(go[1]);
	close(back[0]);
	close(back[1]);
}

static void
expect_absent(struct world *w, const char *tail, struct str needle)
{
	struct str name = str_join(w->a, str_from(w->path), str_from(tail));
	int fd = open(name.p, O_RDONLY);
	struct stat st;
	char *p;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	p = malloc((size_t)st.st_size + 1);
	assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
	assert_int_equal(
		str_find(str_of(p, (size_t)st.st_size), needle), st.st_size);
	free(p);
	close(fd);
}

struct secrets_job {
	struct store_job base;
	struct str hex[4];
};

static bool
save_digests(struct store_txn *t, struct store_job *base, struct fault *f)
{
	struct secrets_job *j = (struct secrets_job *)base;
	struct auth_code c = { .digest = j->hex[0],
		.grant_id = STR("g"),
		.client_id = STR("c"),
		.redirect_uri = STR("u"),
		.challenge = STR("ch"),
		.expires = 100 };
	struct access_token k = { .digest = j->hex[1],
		.grant_id = STR("g"),
		.scope = STR("mcp"),
		.expires = 100 };
	struct refresh_token r = {
		.digest = j->hex[2], .grant_id = STR("g"), .expires = 100
	};
	struct web_session s = {
		.digest = j->hex[3], .person_id = STR("p"), .expires = 100
	};

	return auth_code_save(t, &c, f) && access_token_save(t, &k, f) &&
		refresh_token_save(t, &r, f) && web_session_save(t, &s, f);
}

/* What is saved for a token finds it again and says nothing of it. */
static void
lesson_F14_only_digests_rest(void **state)
{
	static const enum token_kind kinds[] = { TOKEN_CODE, TOKEN_ACCESS,
		TOKEN_REFRESH, TOKEN_SESSION };
	struct world *w = *state;
	struct job first = { .base = { .run = put_code } };
	struct secrets_job j = { .base = { .run = save_digests } };
	struct str tokens[4];

	for (unsigned i = 0; i < 4; i++) {
		unsigned char bits[32] = { (unsigned char)(i + 1), 0x5a };
		struct digest d;

		tokens[i] = token_make(w->a, kinds[i], bits);
		d = token_digest(tokens[i]);
		j.hex[i] = digest_hex(w->a, &d);
	}
	assert_true(store_run(w->s, &first.base));
	assert_true(store_run(w->s, &j.base));
	for (unsigned i = 0; i < 4; i++) {
		expect_absent(w, "", tokens[i]);
		expect_absent(w, "-wal", tokens[i]);
		expect_absent(w, "-wal", str_cut(tokens[i], 7, 40));
	}
	store_close(&w->s);
	for (unsigned i = 0; i < 4; i++)
		expect_absent(w, "", str_cut(tokens[i], 7, 40));
	open_store(w);
}

/* Commits one after the other and tells of each that was promised. */
static void
commit_and_tell(struct world *w, int out)
{
	for (unsigned i = 0;; i++) {
		struct job j = { .base = { .run = save_person },
			.w = w,
			.id = str_fmt(w->a, "p_%u", i) };

		if (!store_run(w->s, &j.base) ||
			write(out, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

static void
what_was_promised_survives_a_kill(void **state)
{
	struct world *w = *state;
	unsigned last = 0, next;
	int pipes[2];
	pid_t pid;

	store_close(&w->s);
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pipes[0]);
		open_store(w);
		commit_and_tell(w, pipes[1]);
	}
	close(pipes[1]);
	while (last < 60) {
		assert_int_equal(
			read(pipes[0], &next, sizeof(next)), sizeof(next));
		last = next;
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(pipes[0], &next, sizeof(next)) == sizeof(next))
		last = next;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(pipes[0]);
	open_store(w);
	for (unsigned i = 0; i <= last; i++)
		assert_true(is_there(w, str_fmt(w->a, "p_%u", i)));
}

static void
a_store_in_memory_works(void **state)
{
	struct world *w = *state;
	struct store_plan plan = { .path = ":memory:" };
	struct job j = { .base = { .run = put_code } };
	struct store *s;

	assert_true(store_open(&s, &plan, &w->f));
	assert_true(store_run(s, &j.base));
	store_close(&s);
	store_close(&s);
	plan.path = "/nowhere/at/all";
	assert_false(store_open(&s, &plan, &w->f));
	assert_null(s);
	assert_false(store_open(&s, &plan, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(jobs_that_wait_together_share_a_commit),
		TEST(a_refusal_undoes_its_own_alone),
		TEST(a_failed_commit_fails_all_of_it),
		TEST(a_lost_transaction_fails_all_of_it),
		TEST(another_process_holds_the_lock),
		TEST(too_many_are_turned_away),
		TEST(closing_finishes_what_waits),
		TEST(closing_turns_away_what_comes_late),
		TEST(chains_go_on),
		TEST(lesson_F13_a_code_is_spent_once),
		TEST(lesson_F13_also_across_processes),
		TEST(lesson_F14_only_digests_rest),
		TEST(what_was_promised_survives_a_kill),
		TEST(a_store_in_memory_works),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
