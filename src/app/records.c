/*
 * records: "ostiary client list|show|revoke" and "ostiary grant list|revoke".
 *
 * A running daemon looks its tokens up again each second, so what is revoked
 * here ends there within that time.
 */
#include "app/command.h"
#include "app/table.h"
#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"
#include "store/tables.h"

#include <stdio.h>

struct records_job {
	struct store_job job; /* first: run() gets this */
	struct str word;      /* of the command line; STR_NONE */
	struct client *clients;
	size_t client_count;
	struct grants grants;
	struct person *people;
	size_t people_count;
};

static int
run_job(const struct command_run *run, struct records_job *j)
{
	struct store *store = NULL;
	struct fault f = { 0 };
	bool ok;

	j->job.arena = run->arena;
	if (run->options->word_count > 0)
		j->word = run->options->words[0];
	if (!command_store(run, &store, &f))
		return command_failed(&f);
	ok = store_run(store, &j->job);
	store_close(&store);
	return ok ? 0 : command_failed(&j->job.fault);
}

static struct records_job *
job_of(struct store_job *job)
{
	return (struct records_job *)job;
}

/* "There is no client x" instead of the table's own refusal. */
static bool
none_such(struct records_job *j, const char *what, struct fault *f)
{
	if (f->id == FAULT_NOT_FOUND)
		fault_set(f, FAULT_NO_SUCH, "there is no %s %.*s", what,
			STR_ARG(str_cut(j->word, 0, 100)));
	return false;
}

/* ---- clients ---- */

static bool
run_client_list(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct records_job *j = job_of(job);

	return client_list(job->arena, t, &j->clients, &j->client_count, f);
}

static struct str
origin_name(const struct client *c)
{
	static const struct str names[] = { STR_INIT("registered"),
		STR_INIT("static"), STR_INIT("document") };

	return names[c->origin];
}

int
command_client_list(const struct command_run *run)
{
	static const char *const columns[] = { "id", "name", "origin", "since",
		"used" };
	struct records_job j = { .job.run = run_client_list };
	int status = run_job(run, &j);
	struct table t;

	if (status != 0)
		return status;
	table_begin(&t, run, columns, 5);
	for (size_t i = 0; i < j.client_count; i++) {
		const struct client *c = &j.clients[i];

		table_row(&t,
			(struct str[]){ c->id, c->name, origin_name(c),
				table_time(run->arena, c->created),
				table_time(run->arena, c->last_used) });
	}
	table_end(&t);
	return 0;
}

static bool
run_client_show(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct records_job *j = job_of(job);

	j->clients = arena_new_of(job->arena, struct client);
	return client_load(job->arena, t, j->word, j->clients, f) ||
		none_such(j, "client", f);
}

static struct str
redirects_of(struct arena *a, const struct client *c)
{
	struct buf b;

	buf_in(&b, a, (size_t)1 << 20);
	for (size_t i = 0; i < c->redirect_count; i++) {
		if (i > 0)
			buf_char(&b, ' ');
		buf_str(&b, c->redirects[i]);
	}
	return buf_view(&b);
}

int
command_client_show(const struct command_run *run)
{
	static const char *const columns[] = { "what", "value" };
	struct records_job j = { .job.run = run_client_show };
	int status = run_job(run, &j);
	const struct client *c = j.clients;
	struct table t;

	if (status != 0)
		return status;
	table_begin(&t, run, columns, 2);
	table_row(&t, (struct str[]){ STR("id"), c->id });
	table_row(&t, (struct str[]){ STR("name"), c->name });
	table_row(&t, (struct str[]){ STR("uri"), c->uri });
	table_row(&t, (struct str[]){ STR("origin"), origin_name(c) });
	table_row(&t,
		(struct str[]){ STR("secret"),
			client_is_public(c) ? STR("none") : STR("yes") });
	table_row(&t,
		(struct str[]){
			STR("redirects"), redirects_of(run->arena, c) });
	table_row(&t, (struct str[]){ STR("scope"), c->scope });
	table_row(&t,
		(struct str[]){
			STR("since"), table_time(run->arena, c->created) });
	table_row(&t,
		(struct str[]){
			STR("used"), table_time(run->arena, c->last_used) });
	table_end(&t);
	return 0;
}

static bool
run_client_revoke(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct records_job *j = job_of(job);
	struct client c;

	if (!client_load(job->arena, t, j->word, &c, f))
		return none_such(j, "client", f);
	return client_remove(t, c.id, f);
}

int
command_client_revoke(const struct command_run *run)
{
	struct records_job j = { .job.run = run_client_revoke };
	int status = run_job(run, &j);

	if (status == 0)
		fprintf(stderr,
			"The client is gone, and its tokens with it.\n");
	return status;
}

/* ---- grants ---- */

static bool
run_grant_list(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct records_job *j = job_of(job);
	struct str whose = STR_NONE;
	struct person p;

	if (!str_is_none(j->word)) {
		if (!person_load_named(job->arena, t, j->word, &p, f))
			return none_such(j, "person", f);
		whose = p.id;
	}
	return person_list(job->arena, t, &j->people, &j->people_count, f) &&
		grant_list(job->arena, t, whose, &j->grants, f);
}

static struct str
person_name(const struct records_job *j, struct str id)
{
	for (size_t i = 0; i < j->people_count; i++)
		if (str_eq(j->people[i].id, id))
			return j->people[i].name;
	return STR("");
}

int
command_grant_list(const struct command_run *run)
{
	static const char *const columns[] = { "id", "person", "client",
		"resource", "scope", "since", "revoked" };
	struct records_job j = { .job.run = run_grant_list };
	int status = run_job(run, &j);
	struct table t;

	if (status != 0)
		return status;
	table_begin(&t, run, columns, 7);
	for (size_t i = 0; i < j.grants.n; i++) {
		const struct grant *g = &j.grants.all[i];

		table_row(&t,
			(struct str[]){ g->id, person_name(&j, g->person_id),
				g->client_id, g->resource, g->scope,
				table_time(run->arena, g->created),
				table_time(run->arena, g->revoked) });
	}
	table_end(&t);
	return 0;
}

static bool
run_grant_revoke(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct records_job *j = job_of(job);
	struct grant g;

	if (!grant_load(job->arena, t, j->word, &g, f))
		return none_such(j, "grant", f);
	return grant_revoke(t, g.id, time(NULL), f);
}

int
command_grant_revoke(const struct command_run *run)
{
	struct records_job j = { .job.run = run_grant_revoke };
	int status = run_job(run, &j);

	if (status == 0)
		fprintf(stderr, "The grant and its tokens end now.\n");
	return status;
}
