/* tables_grant: grants; see tables.h. */
#include "store/sql.h"
#include "store/tables.h"

static void
read_grant(struct sql_rows *r, struct arena *a, struct grant *g)
{
	g->id = sql_text(r, a);
	g->person_id = sql_text(r, a);
	g->client_id = sql_text(r, a);
	g->resource = sql_text(r, a);
	g->scope = sql_text(r, a);
	g->created = sql_number(r);
	g->last_used = sql_number(r);
	g->revoked = sql_number(r);
}

bool
grant_load(struct arena *a, struct store_txn *t, struct str id, struct grant *g,
	struct fault *f)
{
	struct sql_rows r;
	bool found;

	*g = (struct grant){ 0 };
	sql_query(&r, t, SQL_GRANT_LOAD, SQL_ARGS(SQL_TEXT(id)), f);
	found = sql_next(&r);
	if (found)
		read_grant(&r, a, g);
	return sql_end_found(&r, found);
}

bool
grant_save(struct store_txn *t, const struct grant *g, struct fault *f)
{
	return sql_do(t, SQL_GRANT_SAVE,
		SQL_ARGS(SQL_TEXT(g->id), SQL_TEXT(g->person_id),
			SQL_TEXT(g->client_id), SQL_TEXT(g->resource),
			SQL_TEXT(g->scope), SQL_NUMBER(g->created),
			SQL_NUMBER(g->last_used), SQL_NUMBER(g->revoked)),
		f);
}

bool
grant_list(struct arena *a, struct store_txn *t, struct str person_id,
	struct grants *out, struct fault *f)
{
	struct sql_list l = { .size = sizeof(*out->all) };
	struct sql_rows r;
	struct grant *g;

	if (str_is_none(person_id))
		sql_query(&r, t, SQL_GRANT_LIST_ALL, SQL_NO_ARGS, f);
	else
		sql_query(&r, t, SQL_GRANT_LIST, SQL_ARGS(SQL_TEXT(person_id)),
			f);
	while (sql_next(&r)) {
		if ((g = sql_list_add(&r, a, &l)) != NULL)
			read_grant(&r, a, g);
	}
	*out = (struct grants){ l.p, l.n };
	return sql_end(&r);
}

bool
grant_revoke(struct store_txn *t, struct str id, int64_t now, struct fault *f)
{
	struct sql_args one = SQL_ARGS(SQL_TEXT(id));

	return sql_do(t, SQL_GRANT_REVOKE,
		       SQL_ARGS(SQL_NUMBER(now), SQL_TEXT(id)), f) &&
		sql_do(t, SQL_AUTH_CODE_REMOVE_ALL, one, f) &&
		sql_do(t, SQL_ACCESS_TOKEN_REMOVE_ALL, one, f) &&
		sql_do(t, SQL_REFRESH_TOKEN_REMOVE_ALL, one, f);
}

bool
grant_revoke_all(
	struct store_txn *t, struct str person_id, int64_t now, struct fault *f)
{
	struct sql_args whose = SQL_ARGS(SQL_TEXT(person_id));

	return sql_do(t, SQL_GRANT_REVOKE_PERSON,
		       SQL_ARGS(SQL_NUMBER(now), SQL_TEXT(person_id)), f) &&
		sql_do(t, SQL_AUTH_CODE_REMOVE_PERSON, whose, f) &&
		sql_do(t, SQL_ACCESS_TOKEN_REMOVE_PERSON, whose, f) &&
		sql_do(t, SQL_REFRESH_TOKEN_REMOVE_PERSON, whose, f);
}

bool
grant_answer(struct store_txn *t, struct str page_digest, int64_t expires,
	bool *first, struct fault *f)
{
	bool done = sql_do(t, SQL_ANSWERED_ADD,
		SQL_ARGS(SQL_TEXT(page_digest), SQL_NUMBER(expires)), f);

	*first = done && sql_changed(t) == 1;
	return done;
}
