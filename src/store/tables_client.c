/* tables_client: clients; see tables.h.  Enums rest as words, so that their
 * order in C may change. */
#include "store/sql.h"
#include "store/tables.h"

#include "base/arena.h"
#include "base/buf.h"

#define REDIRECTS_MAX_BYTES ((size_t)256 << 10)

static const struct str origins[] = {
	[CLIENT_REGISTERED] = STR_INIT("registered"),
	[CLIENT_STATIC] = STR_INIT("static"),
	[CLIENT_DOCUMENT] = STR_INIT("document"),
};

static const struct str auths[] = {
	[CLIENT_AUTH_NONE] = STR_INIT("none"),
	[CLIENT_AUTH_BASIC] = STR_INIT("basic"),
	[CLIENT_AUTH_POST] = STR_INIT("post"),
};

/* The word's place among the words; false when it is none of them. */
static bool
word_read(const struct str *words, size_t n, struct str word, unsigned *at)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(words[i], word)) {
			*at = (unsigned)i;
			return true;
		}
	}
	return false;
}

static bool
redirects_write(struct buf *b, const struct client *c, struct fault *f)
{
	for (size_t i = 0; i < c->redirect_count; i++) {
		struct str one = c->redirects[i];

		if (one.n == 0 || str_find_char(one, '\n') < one.n)
			return fault_set(f, FAULT_BAD_TEXT,
				"a redirect is empty or holds a line end");
		if (i > 0)
			buf_char(b, '\n');
		buf_str(b, one);
	}
	return buf_ok(b) || fault_set(f, FAULT_TOO_LARGE, "redirects");
}

static bool
redirects_read(struct client *c, struct str rest)
{
	if (rest.n == 0)
		return true;
	while (!str_is_none(rest)) {
		if (c->redirect_count == CLIENT_REDIRECTS_MAX)
			return false;
		c->redirects[c->redirect_count++] = str_split(&rest, '\n');
	}
	return true;
}

/* False when the row holds what this program can't have written. */
static bool
read_client(struct sql_rows *r, struct arena *a, struct client *c)
{
	unsigned origin = 0, auth = 0;
	bool fine;

	c->id = sql_text(r, a);
	fine = word_read(origins, 3, sql_text(r, a), &origin);
	fine = word_read(auths, 3, sql_text(r, a), &auth) && fine;
	c->origin = (enum client_origin)origin;
	c->auth = (enum client_auth)auth;
	c->secret_digest = sql_text(r, a);
	c->name = sql_text(r, a);
	c->uri = sql_text(r, a);
	fine = redirects_read(c, sql_text(r, a)) && fine;
	c->may_refresh = sql_number(r) != 0;
	c->scope = sql_text(r, a);
	c->application_type = sql_text(r, a);
	c->registration_digest = sql_text(r, a);
	c->created = sql_number(r);
	c->last_used = sql_number(r);
	c->network = sql_text(r, a);
	return fine;
}

static bool
odd_row(struct fault *f)
{
	return fault_set(f, FAULT_STORE, "a client's row makes no sense");
}

bool
client_load(struct arena *a, struct store_txn *t, struct str id,
	struct client *c, struct fault *f)
{
	struct sql_rows r;
	bool found;
	bool fine = true;

	*c = (struct client){ 0 };
	sql_query(&r, t, SQL_CLIENT_LOAD, SQL_ARGS(SQL_TEXT(id)), f);
	found = sql_next(&r);
	if (found)
		fine = read_client(&r, a, c);
	return sql_end_found(&r, found) && (fine || odd_row(f));
}

bool
client_list(struct arena *a, struct store_txn *t, struct client **cs, size_t *n,
	struct fault *f)
{
	struct sql_list l = { .size = sizeof(**cs) };
	struct sql_rows r;
	struct client *c;
	bool fine = true;

	sql_query(&r, t, SQL_CLIENT_LIST, SQL_NO_ARGS, f);
	while (sql_next(&r)) {
		if ((c = sql_list_add(&r, a, &l)) != NULL)
			fine = read_client(&r, a, c) && fine;
	}
	*cs = l.p;
	*n = l.n;
	return sql_end(&r) && (fine || odd_row(f));
}

static bool
save_with(struct store_txn *t, const struct client *c, struct str redirects,
	struct fault *f)
{
	return sql_do(t, SQL_CLIENT_SAVE,
		SQL_ARGS(SQL_TEXT(c->id), SQL_TEXT(origins[c->origin]),
			SQL_TEXT(auths[c->auth]), SQL_TEXT(c->secret_digest),
			SQL_TEXT(c->name), SQL_TEXT(c->uri),
			SQL_TEXT(redirects), SQL_NUMBER(c->may_refresh),
			SQL_TEXT(c->scope), SQL_TEXT(c->application_type),
			SQL_TEXT(c->registration_digest),
			SQL_NUMBER(c->created), SQL_NUMBER(c->last_used),
			SQL_TEXT(c->network)),
		f);
}

bool
client_save(struct store_txn *t, const struct client *c, struct fault *f)
{
	struct buf b;
	bool saved;

	buf_init(&b, REDIRECTS_MAX_BYTES);
	saved = redirects_write(&b, c, f) && save_with(t, c, buf_view(&b), f);
	buf_clear(&b);
	return saved;
}

bool
client_remove(struct store_txn *t, struct str id, struct fault *f)
{
	return sql_do(t, SQL_CLIENT_REMOVE_GRANTS, SQL_ARGS(SQL_TEXT(id)), f) &&
		sql_do(t, SQL_CLIENT_REMOVE, SQL_ARGS(SQL_TEXT(id)), f);
}

bool
client_used(struct store_txn *t, struct str id, int64_t now, struct fault *f)
{
	return sql_do(
		t, SQL_CLIENT_USED, SQL_ARGS(SQL_NUMBER(now), SQL_TEXT(id)), f);
}

bool
client_reap(struct store_txn *t, const struct client_life *life, uint64_t *n,
	struct fault *f)
{
	struct sql_args used = SQL_ARGS(SQL_NUMBER(life->used_since));
	struct sql_args unused = SQL_ARGS(SQL_NUMBER(life->unused_since));

	*n = 0;
	if (!sql_do(t, SQL_CLIENT_REAP_GRANTS, used, f) ||
		!sql_do(t, SQL_CLIENT_REAP, used, f))
		return false;
	*n = sql_changed(t);
	if (!sql_do(t, SQL_CLIENT_REAP_UNUSED, unused, f))
		return false;
	*n += sql_changed(t);
	return true;
}

bool
client_make_room(
	struct store_txn *t, uint64_t max, uint64_t *n, struct fault *f)
{
	int64_t there;

	*n = 0;
	if (!sql_one(t, SQL_CLIENT_COUNT_UNUSED, SQL_NO_ARGS, &there, f))
		return false;
	if ((uint64_t)there < max)
		return true;
	if (!sql_do(t, SQL_CLIENT_REMOVE_UNUSED,
		    SQL_ARGS(SQL_NUMBER(there - (int64_t)max + 1)), f))
		return false;
	*n = sql_changed(t);
	return true;
}

bool
client_count_since(struct store_txn *t, struct str network, int64_t since,
	uint64_t *n, struct fault *f)
{
	int64_t count;
	bool fine = sql_one(t, SQL_CLIENT_COUNT_SINCE,
		SQL_ARGS(SQL_TEXT(network), SQL_NUMBER(since)), &count, f);

	*n = (uint64_t)count;
	return fine;
}
