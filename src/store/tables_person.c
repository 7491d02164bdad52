/* tables_person: persons and their browsers' sessions; see tables.h. */
#include "store/sql.h"
#include "store/tables.h"

static void
read_person(struct sql_rows *r, struct arena *a, struct person *p)
{
	p->id = sql_text(r, a);
	p->name = sql_text(r, a);
	p->password_hash = sql_text(r, a);
	p->owner = sql_number(r) != 0;
	p->created = sql_number(r);
	p->disabled = sql_number(r);
}

static bool
load_person(struct sql_rows *r, struct arena *a, struct person *p)
{
	bool found = sql_next(r);

	*p = (struct person){ 0 };
	if (found)
		read_person(r, a, p);
	return sql_end_found(r, found);
}

bool
person_load(struct arena *a, struct store_txn *t, struct str id,
	struct person *p, struct fault *f)
{
	struct sql_rows r;

	sql_query(&r, t, SQL_PERSON_LOAD, SQL_ARGS(SQL_TEXT(id)), f);
	return load_person(&r, a, p);
}

bool
person_load_named(struct arena *a, struct store_txn *t, struct str name,
	struct person *p, struct fault *f)
{
	struct sql_rows r;

	sql_query(&r, t, SQL_PERSON_LOAD_NAMED, SQL_ARGS(SQL_TEXT(name)), f);
	return load_person(&r, a, p);
}

bool
person_save(struct store_txn *t, const struct person *p, struct fault *f)
{
	return sql_do(t, SQL_PERSON_SAVE,
		SQL_ARGS(SQL_TEXT(p->id), SQL_TEXT(p->name),
			SQL_TEXT(p->password_hash), SQL_NUMBER(p->owner),
			SQL_NUMBER(p->created), SQL_NUMBER(p->disabled)),
		f);
}

bool
person_count(struct store_txn *t, uint64_t *n, struct fault *f)
{
	int64_t count;
	bool fine = sql_one(t, SQL_PERSON_COUNT, SQL_NO_ARGS, &count, f);

	*n = (uint64_t)count;
	return fine;
}

bool
person_list(struct arena *a, struct store_txn *t, struct person **ps, size_t *n,
	struct fault *f)
{
	struct sql_list l = { .size = sizeof(**ps) };
	struct sql_rows r;
	struct person *p;

	sql_query(&r, t, SQL_PERSON_LIST, SQL_NO_ARGS, f);
	while (sql_next(&r)) {
		if ((p = sql_list_add(&r, a, &l)) != NULL)
			read_person(&r, a, p);
	}
	*ps = l.p;
	*n = l.n;
	return sql_end(&r);
}

bool
person_remove(struct store_txn *t, struct str id, struct fault *f)
{
	return sql_do(t, SQL_PERSON_REMOVE, SQL_ARGS(SQL_TEXT(id)), f);
}

bool
web_session_load(struct arena *a, struct store_txn *t, struct str digest,
	struct web_session *s, struct fault *f)
{
	struct sql_rows r;
	bool found;

	*s = (struct web_session){ 0 };
	sql_query(&r, t, SQL_WEB_SESSION_LOAD, SQL_ARGS(SQL_TEXT(digest)), f);
	found = sql_next(&r);
	if (found) {
		s->digest = sql_text(&r, a);
		s->person_id = sql_text(&r, a);
		s->created = sql_number(&r);
		s->expires = sql_number(&r);
	}
	return sql_end_found(&r, found);
}

bool
web_session_save(
	struct store_txn *t, const struct web_session *s, struct fault *f)
{
	return sql_do(t, SQL_WEB_SESSION_SAVE,
		SQL_ARGS(SQL_TEXT(s->digest), SQL_TEXT(s->person_id),
			SQL_NUMBER(s->created), SQL_NUMBER(s->expires)),
		f);
}

bool
web_session_remove(struct store_txn *t, struct str digest, struct fault *f)
{
	return sql_do(t, SQL_WEB_SESSION_REMOVE, SQL_ARGS(SQL_TEXT(digest)), f);
}

bool
web_session_remove_all(
	struct store_txn *t, struct str person_id, struct fault *f)
{
	return sql_do(t, SQL_WEB_SESSION_REMOVE_ALL,
		SQL_ARGS(SQL_TEXT(person_id)), f);
}
