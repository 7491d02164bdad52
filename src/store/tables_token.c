/* tables_token: codes and tokens; see tables.h. */
#include "store/sql.h"
#include "store/tables.h"

bool
auth_code_load(struct arena *a, struct store_txn *t, struct str digest,
	struct auth_code *c, struct fault *f)
{
	struct sql_rows r;
	bool found;

	*c = (struct auth_code){ 0 };
	sql_query(&r, t, SQL_AUTH_CODE_LOAD, SQL_ARGS(SQL_TEXT(digest)), f);
	found = sql_next(&r);
	if (found) {
		c->digest = sql_text(&r, a);
		c->grant_id = sql_text(&r, a);
		c->client_id = sql_text(&r, a);
		c->redirect_uri = sql_text(&r, a);
		c->challenge = sql_text(&r, a);
		c->expires = sql_number(&r);
		c->spent = sql_number(&r);
	}
	return sql_end_found(&r, found);
}

bool
auth_code_save(struct store_txn *t, const struct auth_code *c, struct fault *f)
{
	return sql_do(t, SQL_AUTH_CODE_SAVE,
		SQL_ARGS(SQL_TEXT(c->digest), SQL_TEXT(c->grant_id),
			SQL_TEXT(c->client_id), SQL_TEXT(c->redirect_uri),
			SQL_TEXT(c->challenge), SQL_NUMBER(c->expires),
			SQL_NUMBER(c->spent)),
		f);
}

bool
access_token_load(struct arena *a, struct store_txn *t, struct str digest,
	struct access_token *k, struct fault *f)
{
	struct sql_rows r;
	bool found;

	*k = (struct access_token){ 0 };
	sql_query(&r, t, SQL_ACCESS_TOKEN_LOAD, SQL_ARGS(SQL_TEXT(digest)), f);
	found = sql_next(&r);
	if (found) {
		k->digest = sql_text(&r, a);
		k->grant_id = sql_text(&r, a);
		k->scope = sql_text(&r, a);
		k->expires = sql_number(&r);
	}
	return sql_end_found(&r, found);
}

bool
access_token_save(
	struct store_txn *t, const struct access_token *k, struct fault *f)
{
	return sql_do(t, SQL_ACCESS_TOKEN_SAVE,
		SQL_ARGS(SQL_TEXT(k->digest), SQL_TEXT(k->grant_id),
			SQL_TEXT(k->scope), SQL_NUMBER(k->expires)),
		f);
}

bool
access_token_remove(struct store_txn *t, struct str digest, struct fault *f)
{
	return sql_do(
		t, SQL_ACCESS_TOKEN_REMOVE, SQL_ARGS(SQL_TEXT(digest)), f);
}

bool
refresh_token_load(struct arena *a, struct store_txn *t, struct str digest,
	struct refresh_token *k, struct fault *f)
{
	struct sql_rows r;
	bool found;

	*k = (struct refresh_token){ 0 };
	sql_query(&r, t, SQL_REFRESH_TOKEN_LOAD, SQL_ARGS(SQL_TEXT(digest)), f);
	found = sql_next(&r);
	if (found) {
		k->digest = sql_text(&r, a);
		k->grant_id = sql_text(&r, a);
		k->expires = sql_number(&r);
		k->retired = sql_number(&r);
	}
	return sql_end_found(&r, found);
}

bool
refresh_token_save(
	struct store_txn *t, const struct refresh_token *k, struct fault *f)
{
	return sql_do(t, SQL_REFRESH_TOKEN_SAVE,
		SQL_ARGS(SQL_TEXT(k->digest), SQL_TEXT(k->grant_id),
			SQL_NUMBER(k->expires), SQL_NUMBER(k->retired)),
		f);
}

bool
tables_sweep(struct store_txn *t, int64_t now, struct fault *f)
{
	static const enum sql_id sweeps[] = { SQL_AUTH_CODE_SWEEP,
		SQL_ACCESS_TOKEN_SWEEP, SQL_REFRESH_TOKEN_SWEEP,
		SQL_WEB_SESSION_SWEEP, SQL_ANSWERED_SWEEP };

	for (size_t i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		if (!sql_do(t, sweeps[i], SQL_ARGS(SQL_NUMBER(now)), f))
			return false;
	}
	return sql_do(t, SQL_GRANT_SWEEP,
		SQL_ARGS(SQL_NUMBER(now - TABLES_GRANT_KEPT_S)), f);
}

bool
tables_mark(struct store_txn *t, int64_t *mark, struct fault *f)
{
	return sql_mark(t, mark, f);
}
