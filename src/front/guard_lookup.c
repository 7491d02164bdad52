/* guard_lookup: see guard_lookup.h. */
#include "front/guard_lookup.h"

#include "base/arena.h"
#include "store/store.h"
#include "store/tables.h"

#define LOOKUP_MEMORY_MAX ((size_t)256 << 10)

struct lookup {
	struct store_job job;
	struct guard_question question;
	struct guard_found found;
};

static bool
missing(struct fault *f, const char *what)
{
	if (f->id != FAULT_NOT_FOUND)
		return false;
	return fault_set(f, FAULT_REVOKED, "%s is gone", what);
}

/* Tokens go with their grant; one that went alone has expired, or was given
 * back. */
static bool
missing_token(struct arena *a, struct store_txn *t, struct str grant_id,
	struct fault *f)
{
	struct grant grant;

	if (f->id != FAULT_NOT_FOUND)
		return false;
	if (!str_is_none(grant_id)) {
		fault_clear(f);
		if (!grant_load(a, t, grant_id, &grant, f))
			return missing(f, "the grant");
		if (grant.revoked != 0)
			return fault_set(f, FAULT_REVOKED, "revoked grant");
	}
	return fault_set(f, FAULT_INVALID_TOKEN, "the token is gone");
}

static bool
load(struct lookup *l, struct store_txn *t, struct fault *f)
{
	struct arena *a = l->job.arena;
	struct str digest = digest_hex(a, &l->question.digest);
	struct access_token token;
	struct grant grant;
	struct person person;

	if (!access_token_load(a, t, digest, &token, f))
		return missing_token(a, t, l->question.grant_id, f);
	if (!grant_load(a, t, token.grant_id, &grant, f))
		return missing(f, "the grant");
	if (!person_load(a, t, grant.person_id, &person, f))
		return missing(f, "the person");
	if (grant.revoked != 0)
		return fault_set(f, FAULT_REVOKED, "revoked grant");
	if (person.disabled != 0)
		return fault_set(f, FAULT_REVOKED, "disabled person");
	l->found = (struct guard_found){
		.person_id = person.id,
		.person_name = person.name,
		.client_id = grant.client_id,
		.grant_id = grant.id,
		.resource = grant.resource,
		.scope = token.scope,
		.expires = token.expires,
	};
	return true;
}

static bool
run(struct store_txn *t, struct store_job *job, struct fault *f)
{
	return load((struct lookup *)job, t, f);
}

static void
done(struct store_job *job)
{
	struct lookup *l = (struct lookup *)job;
	const struct guard_question *q = &l->question;
	struct arena *arena = job->arena;
	bool found = !fault_is_set(&job->fault);

	q->heard(q->with, found ? &l->found : NULL, &job->fault);
	arena_free(&arena);
}

void
guard_lookup(struct store *store, const struct guard_question *q)
{
	struct arena *arena = arena_new(LOOKUP_MEMORY_MAX);
	struct lookup *l = arena_new_of(arena, struct lookup);

	l->question = *q;
	l->question.grant_id = str_dup(arena, q->grant_id);
	l->job.arena = arena;
	l->job.run = run;
	l->job.done = done;
	store_submit(store, &l->job);
}
