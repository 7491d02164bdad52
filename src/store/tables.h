/*
 * tables: loading and saving the model's values, one transaction's worth.
 *
 * For use within a job's run().  x_load answers false with FAULT_NOT_FOUND
 * when there is no such row (no detail is logged for that), FAULT_STORE for
 * trouble.  What is loaded lives in the arena.  Saving inserts or replaces by
 * primary key unless said otherwise; a text with a NUL or that is no UTF-8
 * is FAULT_BAD_TEXT.  Removing what isn't there succeeds.
 *
 * A session needs its person, a code or token its grant, a grant its person
 * (or STR_NONE): saving one without is FAULT_STORE.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "base/fault.h"
#include "model/client.h"
#include "model/grant.h"
#include "model/person.h"

struct arena;
struct store_txn;

/* persons */
bool person_load(struct arena *a, struct store_txn *t, struct str id,
	struct person *p, struct fault *f);
bool person_load_named(struct arena *a, struct store_txn *t, struct str name,
	struct person *p, struct fault *f);
bool person_save(struct store_txn *t, const struct person *p, struct fault *f);
bool person_count(struct store_txn *t, uint64_t *n, struct fault *f);
bool person_list(struct arena *a, struct store_txn *t, struct person **ps,
	size_t *n, struct fault *f);
/* With their sessions and grants, and all codes and tokens of these. */
bool person_remove(struct store_txn *t, struct str id, struct fault *f);

/* browser sessions */
bool web_session_load(struct arena *a, struct store_txn *t, struct str digest,
	struct web_session *s, struct fault *f);
bool web_session_save(
	struct store_txn *t, const struct web_session *s, struct fault *f);
bool web_session_remove(
	struct store_txn *t, struct str digest, struct fault *f);
bool web_session_remove_all(
	struct store_txn *t, struct str person_id, struct fault *f);

/* clients */
bool client_load(struct arena *a, struct store_txn *t, struct str id,
	struct client *c, struct fault *f);
bool client_save(struct store_txn *t, const struct client *c, struct fault *f);
bool client_list(struct arena *a, struct store_txn *t, struct client **cs,
	size_t *n, struct fault *f);
/* With its grants, and all codes and tokens of these. */
bool client_remove(struct store_txn *t, struct str id, struct fault *f);
bool client_used(
	struct store_txn *t, struct str id, int64_t now, struct fault *f);
/* Until when a registered client lasts: one that was used by its last use, one
 * that never was by its making. */
struct client_life {
	int64_t used_since;
	int64_t unused_since;
};
/* Removes, as client_remove() does, the registered ones that are older; *n gets
 * how many. */
bool client_reap(struct store_txn *t, const struct client_life *life,
	uint64_t *n, struct fault *f);
/* Removes the oldest registered ones that were never used, until there are
 * fewer than max; *n gets how many. */
bool client_make_room(
	struct store_txn *t, uint64_t max, uint64_t *n, struct fault *f);
/* How many registered from that network since then. */
bool client_count_since(struct store_txn *t, struct str network, int64_t since,
	uint64_t *n, struct fault *f);

/* grants */
bool grant_load(struct arena *a, struct store_txn *t, struct str id,
	struct grant *g, struct fault *f);
bool grant_save(struct store_txn *t, const struct grant *g, struct fault *f);
struct grants {
	struct grant *all;
	size_t n;
};

/* The newest first; of everybody when person_id is STR_NONE. */
bool grant_list(struct arena *a, struct store_txn *t, struct str person_id,
	struct grants *out, struct fault *f);
/* Marks it revoked (the first time stays) and removes its codes and tokens.
 * Its row remains, without any use. */
bool grant_revoke(
	struct store_txn *t, struct str id, int64_t now, struct fault *f);

/* The same for all that a person allowed. */
bool grant_revoke_all(struct store_txn *t, struct str person_id, int64_t now,
	struct fault *f);

/* Keeps that a consent page was answered, until that time; *first says whether
 * it had not been before. */
bool grant_answer(struct store_txn *t, struct str page_digest, int64_t expires,
	bool *first, struct fault *f);

/* codes */
bool auth_code_load(struct arena *a, struct store_txn *t, struct str digest,
	struct auth_code *c, struct fault *f);
bool auth_code_save(
	struct store_txn *t, const struct auth_code *c, struct fault *f);

/* tokens */
bool access_token_load(struct arena *a, struct store_txn *t, struct str digest,
	struct access_token *k, struct fault *f);
bool access_token_save(
	struct store_txn *t, const struct access_token *k, struct fault *f);
bool access_token_remove(
	struct store_txn *t, struct str digest, struct fault *f);
bool refresh_token_load(struct arena *a, struct store_txn *t, struct str digest,
	struct refresh_token *k, struct fault *f);
bool refresh_token_save(
	struct store_txn *t, const struct refresh_token *k, struct fault *f);

/* A number that is another one than before when another process has written
 * meanwhile. */
bool tables_mark(struct store_txn *t, int64_t *mark, struct fault *f);

/* Removes what expired before now: codes, tokens, sessions,
 * answered consent pages; and grants of which nothing is left, so long after
 * their last use. */
#define TABLES_GRANT_KEPT_S ((int64_t)30 * 24 * 3600)
bool tables_sweep(struct store_txn *t, int64_t now, struct fault *f);

#endif
