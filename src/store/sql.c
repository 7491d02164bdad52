/* sql: see sql.h; on SQLite. */
#include "store/sql.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/utf8.h"
#include "store/sqlite.h"

/* The prepared statement, made when it is first asked for. */
static sqlite3_stmt *
statement(struct store_txn *t, enum sql_id id, struct fault *f)
{
	const struct sql_statement *s = &sql_statements[id];
	int rc;

	if (t->cached[id] != NULL) {
		insist(!sqlite3_stmt_busy(t->cached[id]));
		return t->cached[id];
	}
	rc = sqlite3_prepare_v3(t->db, s->text, -1, SQLITE_PREPARE_PERSISTENT,
		&t->cached[id], NULL);
	if (rc != SQLITE_OK) {
		sqlite_fault(t->db, rc, f);
		fault_within(f, "%s", s->name);
		return NULL;
	}
	insist(sqlite3_bind_parameter_count(t->cached[id]) == (int)s->params);
	return t->cached[id];
}

static bool
bind(sqlite3_stmt *s, int at, const struct sql_arg *arg, struct fault *f)
{
	int rc;

	if (arg->is_number)
		rc = sqlite3_bind_int64(s, at, arg->number);
	else if (str_is_none(arg->text))
		rc = sqlite3_bind_null(s, at);
	else if (str_find_char(arg->text, '\0') < arg->text.n ||
		!utf8_is_valid(arg->text))
		return fault_set(f, FAULT_BAD_TEXT,
			"a text for the store holds a NUL or is not UTF-8");
	else
		rc = sqlite3_bind_text64(s, at, arg->text.p, arg->text.n,
			SQLITE_STATIC, SQLITE_UTF8);
	return rc == SQLITE_OK || sqlite_fault(sqlite3_db_handle(s), rc, f);
}

/* Ready to step; NULL with the fault set when it can't be. */
static sqlite3_stmt *
prepare(struct store_txn *t, enum sql_id id, struct sql_args args,
	struct fault *f)
{
	sqlite3_stmt *s = statement(t, id, f);

	if (s == NULL)
		return NULL;
	insist(args.n == sql_statements[id].params);
	for (size_t i = 0; i < args.n; i++) {
		if (!bind(s, (int)i + 1, &args.p[i], f)) {
			sqlite3_clear_bindings(s);
			fault_within(f, "%s", sql_statements[id].name);
			return NULL;
		}
	}
	return s;
}

/* Bound texts are the caller's: they are let go before it can free them. */
static void
let_go(sqlite3_stmt *s)
{
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

bool
sql_do(struct store_txn *t, enum sql_id id, struct sql_args args,
	struct fault *f)
{
	sqlite3_stmt *s = prepare(t, id, args, f);
	int rc;

	if (s == NULL)
		return false;
	rc = sqlite3_step(s);
	insist(rc != SQLITE_ROW);
	if (rc != SQLITE_DONE) {
		sqlite_fault(t->db, rc, f);
		fault_within(f, "%s", sql_statements[id].name);
	}
	let_go(s);
	return rc == SQLITE_DONE;
}

uint64_t
sql_changed(struct store_txn *t)
{
	return (uint64_t)sqlite3_changes64(t->db);
}

void
sql_query(struct sql_rows *r, struct store_txn *t, enum sql_id id,
	struct sql_args args, struct fault *f)
{
	*r = (struct sql_rows){ .t = t, .f = f };
	r->statement = prepare(t, id, args, f);
	r->failed = r->statement == NULL;
}

bool
sql_next(struct sql_rows *r)
{
	int rc;

	if (r->statement == NULL || r->failed)
		return false;
	r->column = 0;
	rc = sqlite3_step(r->statement);
	if (rc == SQLITE_ROW)
		return true;
	r->failed = rc != SQLITE_DONE;
	if (r->failed)
		sqlite_fault(r->t->db, rc, r->f);
	let_go(r->statement);
	r->statement = NULL;
	return false;
}

static void
too_large(struct sql_rows *r)
{
	if (!r->failed)
		fault_set(r->f, FAULT_TOO_LARGE,
			"what was loaded passes the arena's cap");
	r->failed = true;
}

struct str
sql_text(struct sql_rows *r, struct arena *a)
{
	int at = r->column++;
	const unsigned char *p;
	struct str text;
	size_t n;

	insist(at < sqlite3_column_count(r->statement));
	if (sqlite3_column_type(r->statement, at) == SQLITE_NULL)
		return STR_NONE;
	p = sqlite3_column_text(r->statement, at);
	if (p == NULL)
		die("out of memory");
	n = (size_t)sqlite3_column_bytes(r->statement, at);
	text = str_dup(a, str_of((const char *)p, n));
	if (str_is_none(text))
		too_large(r);
	return text;
}

int64_t
sql_number(struct sql_rows *r)
{
	int at = r->column++;

	insist(at < sqlite3_column_count(r->statement));
	return sqlite3_column_int64(r->statement, at);
}

bool
sql_end(struct sql_rows *r)
{
	if (r->statement != NULL)
		let_go(r->statement);
	r->statement = NULL;
	return !r->failed;
}

bool
sql_end_found(struct sql_rows *r, bool found)
{
	if (!sql_end(r))
		return false;
	return found || fault_set(r->f, FAULT_NOT_FOUND, "%s", "");
}

/* Doubled whenever n is a power of two. */
void *
sql_list_add(struct sql_rows *r, struct arena *a, struct sql_list *l)
{
	char *p = l->p;

	if ((l->n & (l->n - 1)) == 0) {
		p = arena_array(a, l->n == 0 ? 1 : 2 * l->n, l->size);
		if (p == NULL) {
			too_large(r);
			return NULL;
		}
		if (l->n > 0)
			memcpy(p, l->p, l->n * l->size);
		l->p = p;
	}
	return p + l->n++ * l->size;
}

bool
sql_one(struct store_txn *t, enum sql_id id, struct sql_args args,
	int64_t *number, struct fault *f)
{
	struct sql_rows r;

	*number = 0;
	sql_query(&r, t, id, args, f);
	if (sql_next(&r))
		*number = sql_number(&r);
	return sql_end(&r);
}

bool
sql_mark(struct store_txn *t, int64_t *mark, struct fault *f)
{
	return sqlite_number(t->db, "PRAGMA data_version", mark, f);
}
