/*
 * people: "ostiary user add|list|passwd|remove".
 *
 * Each is one job of the store, so it may run beside a daemon, which sees the
 * change within a second.
 */
#include "app/command.h"
#include "app/password_ask.h"
#include "app/table.h"
#include "base/arena.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "store/store.h"
#include "store/tables.h"

#include <stdio.h>

struct people_job {
	struct store_job job; /* first: run() gets this */
	struct str name;
	struct str hash;
	bool owner;
	struct person *all;
	size_t n;
	bool (*open)(const struct command_run *run, struct store **s,
		struct fault *f); /* NULL: command_store() */
};

/* Opens the store, runs the job, closes.  Says what went wrong. */
static int
run_job(const struct command_run *run, struct people_job *j)
{
	struct store *store = NULL;
	struct fault f = { 0 };
	bool ok;

	j->job.arena = run->arena;
	ok = (j->open == NULL ? command_store : j->open)(run, &store, &f);
	if (!ok)
		return command_failed(&f);
	ok = store_run(store, &j->job);
	store_close(&store);
	return ok ? 0 : command_failed(&j->job.fault);
}

static struct people_job *
job_of(struct store_job *job)
{
	return (struct people_job *)job;
}

/* FAULT_NO_SUCH instead of the table's own when nobody has that name. */
static bool
load_named(struct store_txn *t, struct people_job *j, struct person *p,
	struct fault *f)
{
	if (person_load_named(j->job.arena, t, j->name, p, f))
		return true;
	if (f->id == FAULT_NOT_FOUND)
		fault_set(f, FAULT_NO_SUCH, "nobody is called %.*s",
			STR_ARG(j->name));
	return false;
}

/* The password's hash; the password is wiped. */
static bool
ask_hash(const struct command_run *run, struct str *hash, struct fault *f)
{
	struct secret password = { 0 };
	bool from_stdin = (run->options->given & OPTION_PASSWORD_STDIN) != 0;
	bool ok = from_stdin ? password_ask_stdin(&password, f)
			     : password_ask_person(&password, f);

	if (ok)
		*hash = password_hash(run->arena, secret_reveal(&password));
	secret_clear(&password);
	if (ok && str_is_none(*hash))
		return fault_set(f, FAULT_INTERNAL,
			"not enough memory to hash a password");
	return ok;
}

/* ---- add ---- */

static bool
run_add(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct people_job *j = job_of(job);
	struct person there,
		p = {
			.id = str_join(job->arena, STR("p_"),
				random_text(job->arena, 16)),
			.name = j->name,
			.password_hash = j->hash,
			.owner = j->owner,
			.created = time(NULL),
		};

	if (person_load_named(job->arena, t, j->name, &there, f))
		return fault_set(f, FAULT_NAME_TAKEN,
			"somebody is called %.*s already", STR_ARG(j->name));
	if (f->id != FAULT_NOT_FOUND)
		return false;
	fault_clear(f);
	return person_save(t, &p, f);
}

int
command_user_add(const struct command_run *run)
{
	struct people_job j = {
		.job.run = run_add,
		.open = command_store_new,
		.name = run->options->words[0],
		.owner = (run->options->given & OPTION_OWNER) != 0,
	};
	struct fault f = { 0 };
	int status;

	if (!person_name_is_valid(j.name)) {
		fault_set(&f, FAULT_USAGE,
			"expected a name of 1 to 64 letters, digits and "
			"\".\", \"_\", \"-\", \"@\", \"+\"");
		return command_failed(&f);
	}
	if (!ask_hash(run, &j.hash, &f))
		return command_failed(&f);
	status = run_job(run, &j);
	if (status == 0)
		fprintf(stderr, "%.*s can log in now.\n", STR_ARG(j.name));
	return status;
}

/* ---- passwd ---- */

/* Whoever knew the old one may have logged in and allowed things (AS-48). */
static bool
run_passwd(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct people_job *j = job_of(job);
	struct person p;

	if (!load_named(t, j, &p, f))
		return false;
	p.password_hash = j->hash;
	return person_save(t, &p, f) && web_session_remove_all(t, p.id, f) &&
		grant_revoke_all(t, p.id, time(NULL), f);
}

int
command_user_passwd(const struct command_run *run)
{
	struct people_job j = { .job.run = run_passwd,
		.name = run->options->words[0] };
	struct fault f = { 0 };
	int status;

	if (!ask_hash(run, &j.hash, &f))
		return command_failed(&f);
	status = run_job(run, &j);
	if (status == 0)
		fprintf(stderr,
			"%.*s has a new password; the logins and grants so far "
			"have ended.\n",
			STR_ARG(j.name));
	return status;
}

/* ---- remove ---- */

static bool
run_remove(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct people_job *j = job_of(job);
	struct person p;

	return load_named(t, j, &p, f) && person_remove(t, p.id, f);
}

int
command_user_remove(const struct command_run *run)
{
	struct people_job j = { .job.run = run_remove,
		.name = run->options->words[0] };
	int status = run_job(run, &j);

	if (status == 0)
		fprintf(stderr, "%.*s is gone.\n", STR_ARG(j.name));
	return status;
}

/* ---- list ---- */

static bool
run_list(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct people_job *j = job_of(job);

	return person_list(job->arena, t, &j->all, &j->n, f);
}

int
command_user_list(const struct command_run *run)
{
	static const char *const columns[] = { "name", "role", "since",
		"state" };
	struct people_job j = { .job.run = run_list };
	int status = run_job(run, &j);
	struct table t;

	if (status != 0)
		return status;
	table_begin(&t, run, columns, 4);
	for (size_t i = 0; i < j.n; i++) {
		const struct person *p = &j.all[i];

		table_row(&t,
			(struct str[]){ p->name,
				p->owner ? STR("owner") : STR("person"),
				table_time(run->arena, p->created),
				p->disabled != 0 ? STR("disabled")
						 : STR("active") });
	}
	table_end(&t);
	return 0;
}
