/*
 * sql: running the statements of sql/ within a transaction.
 *
 * What tables_*.c stand on, and all that they know of the database.  Values
 * are texts (STR_NONE is NULL) and 64-bit numbers; columns are read from left
 * to right.
 *
 *	sql_query(&r, t, SQL_PERSON_LOAD, SQL_ARGS(SQL_TEXT(id)), f);
 *	if (sql_next(&r)) {
 *		p->id = sql_text(&r, a);
 *		p->created = sql_number(&r);
 *	}
 *	return sql_end(&r);
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/fault.h"
#include "store/sql_list.h"

struct arena;
struct sqlite3_stmt;
struct store_txn;

struct sql_arg {
	bool is_number;
	struct str text;
	int64_t number;
};

struct sql_args {
	const struct sql_arg *p;
	size_t n;
};

#define SQL_TEXT(s)   ((struct sql_arg){ .text = (s) })
#define SQL_NUMBER(v) ((struct sql_arg){ .is_number = true, .number = (v) })
#define SQL_ARGS(...)                                                          \
	((struct sql_args){ (struct sql_arg[]){ __VA_ARGS__ },                 \
		sizeof((struct sql_arg[]){ __VA_ARGS__ }) /                    \
			sizeof(struct sql_arg) })
#define SQL_NO_ARGS ((struct sql_args){ NULL, 0 })

struct sql_rows {
	struct store_txn *t;
	struct sqlite3_stmt *statement; /* NULL: nothing more comes */
	struct fault *f;
	bool failed;
	int column; /* the next one to read */
};

/* Runs a statement that gives no rows.  FAULT_BAD_TEXT for a text that holds
 * a NUL or is not UTF-8 (PostgreSQL takes neither); FAULT_STORE,
 * FAULT_STORE_BUSY, FAULT_STORE_DAMAGED. */
bool sql_do(struct store_txn *t, enum sql_id id, struct sql_args args,
	struct fault *f);

/* How many rows the last sql_do() inserted, changed or deleted itself. */
uint64_t sql_changed(struct store_txn *t);

/* Begins a query.  Trouble is kept until sql_end(), which always follows. */
void sql_query(struct sql_rows *r, struct store_txn *t, enum sql_id id,
	struct sql_args args, struct fault *f);

/* Whether there is another row, which can then be read. */
bool sql_next(struct sql_rows *r);

/* The next column: NULL gives STR_NONE and 0.  A text that passes the arena's
 * cap makes sql_end() fail with FAULT_TOO_LARGE. */
struct str sql_text(struct sql_rows *r, struct arena *a);
int64_t sql_number(struct sql_rows *r);

/* False, with the fault set, when something went wrong since sql_query(). */
bool sql_end(struct sql_rows *r);

/* As sql_end(); FAULT_NOT_FOUND, without detail, when nothing was found. */
bool sql_end_found(struct sql_rows *r, bool found);

/* Objects that are loaded one after the other. */
struct sql_list {
	void *p;
	size_t n;
	size_t size; /* of one */
};

/* The next one, zeroed; NULL at the arena's cap, which sql_end() then tells.
 * Those before it may move. */
void *sql_list_add(struct sql_rows *r, struct arena *a, struct sql_list *l);

/* A number that is another one than before when somebody else's connection has
 * written meanwhile; what this one writes does not change it. */
bool sql_mark(struct store_txn *t, int64_t *mark, struct fault *f);

/* Runs a query that gives one number. */
bool sql_one(struct store_txn *t, enum sql_id id, struct sql_args args,
	int64_t *number, struct fault *f);

#endif
