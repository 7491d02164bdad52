/* Every value of model/ goes in and comes out the same. */
#include "base/arena.h"
#include "crypto/digest.h"
#include "store/sqlite.h"
#include "store/sqlite_open.h"
#include "store/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct world {
	struct store_txn *t;
	struct arena *a;
	struct fault f;
};

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ .a = arena_new(ARENA_SCRATCH_MAX) };
	assert_true(sqlite_open(&w.t, ":memory:", 100, &w.f));
	assert_true(sqlite_begin(w.t, &w.f));
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	assert_true(sqlite_commit(w->t, &w->f));
	sqlite_close(&w->t);
	arena_free(&w->a);
	return 0;
}

static void
expect_fault(struct world *w, bool answer, enum fault_id id)
{
	assert_false(answer);
	assert_int_equal(w->f.id, id);
	fault_clear(&w->f);
}

static void
assert_str(struct str is, struct str want)
{
	assert_int_equal(str_is_none(is), str_is_none(want));
	assert_true(str_eq(is, want));
}

static struct person
anna(void)
{
	return (struct person){ .id = STR("p_1"),
		.name = STR("anna"),
		.password_hash = STR("$argon2id$x"),
		.owner = true,
		.created = 1700000000,
		.disabled = 0 };
}

static struct grant
a_grant(const char *id, const char *client)
{
	return (struct grant){ .id = str_from(id),
		.person_id = STR("p_1"),
		.client_id = str_from(client),
		.resource = STR("https://x.example/mcp"),
		.scope = STR("mcp offline_access"),
		.created = 10,
		.last_used = 20 };
}

static void
save_anna_and_grant(struct world *w)
{
	struct person p = anna();
	struct grant g = a_grant("g_1", "c_1");

	assert_true(person_save(w->t, &p, &w->f));
	assert_true(grant_save(w->t, &g, &w->f));
}

static void
persons(void **state)
{
	struct world *w = *state;
	struct person p = anna(), q, *all;
	uint64_t n;
	size_t count;

	expect_fault(
		w, person_load(w->a, w->t, p.id, &q, &w->f), FAULT_NOT_FOUND);
	assert_true(person_save(w->t, &p, &w->f));
	assert_true(person_load(w->a, w->t, p.id, &q, &w->f));
	assert_str(q.id, p.id);
	assert_str(q.name, p.name);
	assert_str(q.password_hash, p.password_hash);
	assert_true(q.owner);
	assert_int_equal(q.created, p.created);
	assert_int_equal(q.disabled, 0);
	p.disabled = INT64_MAX;
	p.owner = false;
	p.password_hash = STR_NONE;
	assert_true(person_save(w->t, &p, &w->f));
	assert_true(person_load_named(w->a, w->t, STR("anna"), &q, &w->f));
	assert_str(q.password_hash, STR_NONE);
	assert_true(q.disabled == INT64_MAX);
	assert_false(q.owner);
	expect_fault(w, person_load_named(w->a, w->t, STR("Anna"), &q, &w->f),
		FAULT_NOT_FOUND);
	assert_true(person_count(w->t, &n, &w->f));
	assert_int_equal(n, 1);
	assert_true(person_list(w->a, w->t, &all, &count, &w->f));
	assert_int_equal(count, 1);
	assert_str(all[0].name, STR("anna"));
}

static void
names_are_taken_once(void **state)
{
	struct world *w = *state;
	struct person p = anna();

	assert_true(person_save(w->t, &p, &w->f));
	p.id = STR("p_2");
	expect_fault(w, person_save(w->t, &p, &w->f), FAULT_STORE);
}

static void
many_persons_in_order(void **state)
{
	struct world *w = *state;
	struct person p = anna(), *all;
	size_t count;

	for (int i = 999; i >= 0; i--) {
		p.id = str_fmt(w->a, "p_%d", i);
		p.name = str_fmt(w->a, "n%03d", i);
		assert_true(person_save(w->t, &p, &w->f));
	}
	assert_true(person_list(w->a, w->t, &all, &count, &w->f));
	assert_int_equal(count, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_str(all[i].name, str_fmt(w->a, "n%03zu", i));
}

static void
loading_ends_at_the_cap(void **state)
{
	struct world *w = *state;
	struct arena *small = arena_new(300);
	struct person p = anna(), *all;
	size_t count;

	for (int i = 0; i < 20; i++) {
		p.id = str_fmt(w->a, "p_%d", i);
		p.name = str_fmt(w->a, "name-%d", i);
		assert_true(person_save(w->t, &p, &w->f));
	}
	expect_fault(w, person_list(small, w->t, &all, &count, &w->f),
		FAULT_TOO_LARGE);
	assert_true(person_list(w->a, w->t, &all, &count, &w->f));
	assert_int_equal(count, 20);
	arena_free(&small);
}

static void
texts_are_bound_not_spliced(void **state)
{
	struct world *w = *state;
	struct person p = anna(), q;
	struct str evil = STR("x'); DROP TABLE person; --");

	p.name = evil;
	assert_true(person_save(w->t, &p, &w->f));
	assert_true(person_load_named(w->a, w->t, evil, &q, &w->f));
	assert_str(q.name, evil);
	p.name = STR("");
	assert_true(person_save(w->t, &p, &w->f));
	assert_true(person_load(w->a, w->t, p.id, &q, &w->f));
	assert_str(q.name, STR(""));
	p.name = STR("a\0b");
	expect_fault(w, person_save(w->t, &p, &w->f), FAULT_BAD_TEXT);
	p.name = STR("a\xff");
	expect_fault(w, person_save(w->t, &p, &w->f), FAULT_BAD_TEXT);
	p.name = STR_NONE;
	expect_fault(w, person_save(w->t, &p, &w->f), FAULT_STORE);
}

static void
web_sessions(void **state)
{
	struct world *w = *state;
	struct web_session s = { .digest = STR("d1"),
		.person_id = STR("p_1"),
		.created = 5,
		.expires = 100 };
	struct web_session q;

	expect_fault(w, web_session_save(w->t, &s, &w->f), FAULT_STORE);
	save_anna_and_grant(w);
	assert_true(web_session_save(w->t, &s, &w->f));
	s.digest = STR("d2");
	assert_true(web_session_save(w->t, &s, &w->f));
	assert_true(web_session_load(w->a, w->t, STR("d1"), &q, &w->f));
	assert_str(q.digest, STR("d1"));
	assert_str(q.person_id, STR("p_1"));
	assert_int_equal(q.created, 5);
	assert_int_equal(q.expires, 100);
	assert_true(web_session_remove(w->t, STR("d1"), &w->f));
	assert_true(web_session_remove(w->t, STR("d1"), &w->f));
	expect_fault(w, web_session_load(w->a, w->t, STR("d1"), &q, &w->f),
		FAULT_NOT_FOUND);
	assert_true(web_session_remove_all(w->t, STR("p_1"), &w->f));
	expect_fault(w, web_session_load(w->a, w->t, STR("d2"), &q, &w->f),
		FAULT_NOT_FOUND);
}

static struct client
a_client(const char *id, int64_t created, int64_t used)
{
	struct client c = { .id = str_from(id),
		.origin = CLIENT_REGISTERED,
		.auth = CLIENT_AUTH_POST,
		.secret_digest = STR("aa"),
		.name = STR("<b>\n& \"Ж\""),
		.uri = STR("https://c.example/"),
		.redirect_count = 2,
		.may_refresh = true,
		.scope = STR("mcp"),
		.application_type = STR("native"),
		.registration_digest = STR("bb"),
		.created = created,
		.last_used = used,
		.network = STR("192.0.2.0/24") };

	c.redirects[0] = STR("http://127.0.0.1/cb");
	c.redirects[1] = STR("cursor://x?a=1");
	return c;
}

static void
clients(void **state)
{
	struct world *w = *state;
	struct client c = a_client("c_1", 50, 60), q;

	assert_true(client_save(w->t, &c, &w->f));
	assert_true(client_load(w->a, w->t, c.id, &q, &w->f));
	assert_str(q.id, c.id);
	assert_int_equal(q.origin, c.origin);
	assert_int_equal(q.auth, c.auth);
	assert_str(q.secret_digest, c.secret_digest);
	assert_str(q.name, c.name);
	assert_str(q.uri, c.uri);
	assert_int_equal(q.redirect_count, 2);
	assert_str(q.redirects[0], c.redirects[0]);
	assert_str(q.redirects[1], c.redirects[1]);
	assert_true(q.may_refresh);
	assert_str(q.scope, c.scope);
	assert_str(q.application_type, c.application_type);
	assert_str(q.registration_digest, c.registration_digest);
	assert_int_equal(q.created, 50);
	assert_int_equal(q.last_used, 60);
	assert_str(q.network, c.network);
	assert_true(client_used(w->t, c.id, 70, &w->f));
	assert_true(client_used(w->t, c.id, 65, &w->f));
	assert_true(client_load(w->a, w->t, c.id, &q, &w->f));
	assert_int_equal(q.last_used, 70);
}

static void
clients_at_the_edges(void **state)
{
	struct world *w = *state;
	struct client c = { .id = STR("https://c.example/doc"),
		.origin = CLIENT_DOCUMENT };
	struct client q;

	assert_true(client_save(w->t, &c, &w->f));
	assert_true(client_load(w->a, w->t, c.id, &q, &w->f));
	assert_int_equal(q.origin, CLIENT_DOCUMENT);
	assert_int_equal(q.auth, CLIENT_AUTH_NONE);
	assert_int_equal(q.redirect_count, 0);
	assert_str(q.secret_digest, STR_NONE);
	for (size_t i = 0; i < CLIENT_REDIRECTS_MAX; i++)
		c.redirects[c.redirect_count++] = STR("https://c.example/cb");
	assert_true(client_save(w->t, &c, &w->f));
	assert_true(client_load(w->a, w->t, c.id, &q, &w->f));
	assert_int_equal(q.redirect_count, CLIENT_REDIRECTS_MAX);
	c.redirects[3] = STR("https://c.example/\nhttps://evil.example/");
	expect_fault(w, client_save(w->t, &c, &w->f), FAULT_BAD_TEXT);
	c.redirects[3] = STR("");
	expect_fault(w, client_save(w->t, &c, &w->f), FAULT_BAD_TEXT);
	assert_true(sqlite_exec(
		w->t->db, "UPDATE client SET origin = 'elsewhere'", &w->f));
	expect_fault(w, client_load(w->a, w->t, c.id, &q, &w->f), FAULT_STORE);
}

static void
clients_are_counted_and_reaped(void **state)
{
	struct world *w = *state;
	struct client c[] = { a_client("old", 10, 10), a_client("made", 100, 0),
		a_client("used", 10, 100), a_client("static", 10, 10) };
	struct client *all, q;
	struct grant g;
	struct client_life life = { .used_since = 100, .unused_since = 50 };
	uint64_t n;
	size_t count;

	c[3].origin = CLIENT_STATIC;
	for (int i = 0; i < 4; i++)
		assert_true(client_save(w->t, &c[i], &w->f));
	save_anna_and_grant(w);
	g = a_grant("g_old", "old");
	assert_true(grant_save(w->t, &g, &w->f));
	assert_true(
		client_count_since(w->t, STR("192.0.2.0/24"), 100, &n, &w->f));
	assert_int_equal(n, 1);
	assert_true(client_count_since(w->t, STR("192.0.2.0"), 0, &n, &w->f));
	assert_int_equal(n, 0);
	assert_true(client_reap(w->t, &life, &n, &w->f));
	assert_int_equal(n, 1);
	expect_fault(w, client_load(w->a, w->t, STR("old"), &q, &w->f),
		FAULT_NOT_FOUND);
	expect_fault(w, grant_load(w->a, w->t, STR("g_old"), &g, &w->f),
		FAULT_NOT_FOUND);
	assert_true(grant_load(w->a, w->t, STR("g_1"), &g, &w->f));
	assert_true(client_list(w->a, w->t, &all, &count, &w->f));
	assert_int_equal(count, 3);
	assert_str(all[0].id, STR("made"));
	assert_int_equal(all[1].redirect_count, 2);
	life.unused_since = 101;
	assert_true(client_reap(w->t, &life, &n, &w->f));
	assert_int_equal(n, 1);
	expect_fault(w, client_load(w->a, w->t, STR("made"), &q, &w->f),
		FAULT_NOT_FOUND);
}

static void
the_oldest_that_nobody_used_gives_way(void **state)
{
	struct world *w = *state;
	struct client c[] = { a_client("used", 1, 2), a_client("a", 10, 0),
		a_client("b", 20, 0), a_client("c", 30, 0),
		a_client("static", 1, 0) };
	struct client *all;
	size_t count;
	uint64_t n;

	c[4].origin = CLIENT_STATIC;
	for (int i = 0; i < 5; i++)
		assert_true(client_save(w->t, &c[i], &w->f));
	assert_true(client_make_room(w->t, 4, &n, &w->f));
	assert_int_equal(n, 0);
	assert_true(client_make_room(w->t, 2, &n, &w->f));
	assert_int_equal(n, 2);
	assert_true(client_list(w->a, w->t, &all, &count, &w->f));
	assert_int_equal(count, 3);
	assert_str(all[0].id, STR("c"));
	assert_str(all[1].id, STR("static"));
	assert_str(all[2].id, STR("used"));
}

static void
save_tokens(struct world *w, int64_t expires)
{
	struct auth_code c = { .digest = STR("c"),
		.grant_id = STR("g_1"),
		.client_id = STR("c_1"),
		.redirect_uri = STR("http://x/"),
		.challenge = STR("ch"),
		.expires = expires };
	struct access_token k = { .digest = STR("a"),
		.grant_id = STR("g_1"),
		.scope = STR("mcp"),
		.expires = expires };
	struct refresh_token r = {
		.digest = STR("r"), .grant_id = STR("g_1"), .expires = expires
	};

	assert_true(auth_code_save(w->t, &c, &w->f));
	assert_true(access_token_save(w->t, &k, &w->f));
	assert_true(refresh_token_save(w->t, &r, &w->f));
}

static bool
tokens_are_there(struct world *w)
{
	struct auth_code c;
	struct access_token k;
	struct refresh_token r;
	bool code = auth_code_load(w->a, w->t, STR("c"), &c, &w->f);
	bool access = access_token_load(w->a, w->t, STR("a"), &k, &w->f);
	bool refresh = refresh_token_load(w->a, w->t, STR("r"), &r, &w->f);

	fault_clear(&w->f);
	assert_int_equal(code, access);
	assert_int_equal(code, refresh);
	return code;
}

static void
codes_and_tokens(void **state)
{
	struct world *w = *state;
	struct auth_code c;
	struct access_token k;
	struct refresh_token r;

	save_anna_and_grant(w);
	save_tokens(w, 100);
	assert_true(auth_code_load(w->a, w->t, STR("c"), &c, &w->f));
	assert_str(c.redirect_uri, STR("http://x/"));
	assert_str(c.challenge, STR("ch"));
	assert_str(c.client_id, STR("c_1"));
	assert_str(c.grant_id, STR("g_1"));
	assert_int_equal(c.expires, 100);
	assert_int_equal(c.spent, 0);
	c.spent = 7;
	assert_true(auth_code_save(w->t, &c, &w->f));
	assert_true(auth_code_load(w->a, w->t, STR("c"), &c, &w->f));
	assert_int_equal(c.spent, 7);
	assert_true(access_token_load(w->a, w->t, STR("a"), &k, &w->f));
	assert_str(k.scope, STR("mcp"));
	assert_str(k.grant_id, STR("g_1"));
	assert_int_equal(k.expires, 100);
	assert_true(refresh_token_load(w->a, w->t, STR("r"), &r, &w->f));
	r.retired = 9;
	assert_true(refresh_token_save(w->t, &r, &w->f));
	assert_true(refresh_token_load(w->a, w->t, STR("r"), &r, &w->f));
	assert_int_equal(r.retired, 9);
	assert_int_equal(r.expires, 100);
	assert_true(access_token_remove(w->t, STR("a"), &w->f));
	expect_fault(w, access_token_load(w->a, w->t, STR("a"), &k, &w->f),
		FAULT_NOT_FOUND);
}

static void
a_token_needs_its_grant(void **state)
{
	struct world *w = *state;
	struct access_token k = { .digest = STR("a"),
		.grant_id = STR("none"),
		.scope = STR("mcp"),
		.expires = 1 };

	expect_fault(w, access_token_save(w->t, &k, &w->f), FAULT_STORE);
}

static void
revoking_ends_the_family(void **state)
{
	struct world *w = *state;
	struct grants all;
	struct grant g;

	save_anna_and_grant(w);
	save_tokens(w, 100);
	assert_true(tokens_are_there(w));
	assert_true(grant_revoke(w->t, STR("g_1"), 55, &w->f));
	assert_false(tokens_are_there(w));
	assert_true(grant_revoke(w->t, STR("g_1"), 66, &w->f));
	assert_true(grant_load(w->a, w->t, STR("g_1"), &g, &w->f));
	assert_int_equal(g.revoked, 55);
	assert_str(g.resource, STR("https://x.example/mcp"));
	assert_str(g.scope, STR("mcp offline_access"));
	assert_int_equal(g.last_used, 20);
	assert_true(grant_list(w->a, w->t, STR("p_1"), &all, &w->f));
	assert_int_equal(all.n, 1);
	assert_true(grant_list(w->a, w->t, STR("p_2"), &all, &w->f));
	assert_int_equal(all.n, 0);
	assert_true(grant_list(w->a, w->t, STR_NONE, &all, &w->f));
	assert_int_equal(all.n, 1);
}

static void
removing_takes_all_that_hangs_on_it(void **state)
{
	struct world *w = *state;
	struct web_session s = { .digest = STR("d"),
		.person_id = STR("p_1"),
		.created = 5,
		.expires = 100 };

	save_anna_and_grant(w);
	save_tokens(w, 100);
	assert_true(web_session_save(w->t, &s, &w->f));
	assert_true(person_remove(w->t, STR("p_1"), &w->f));
	assert_false(tokens_are_there(w));
	expect_fault(w, web_session_load(w->a, w->t, STR("d"), &s, &w->f),
		FAULT_NOT_FOUND);
	save_anna_and_grant(w);
	save_tokens(w, 100);
	assert_true(client_remove(w->t, STR("c_1"), &w->f));
	assert_false(tokens_are_there(w));
}

static void
grants_of_which_nothing_is_left_go(void **state)
{
	struct world *w = *state;
	int64_t end = 20 + TABLES_GRANT_KEPT_S;
	struct grant g = a_grant("g_2", "c_1");

	save_anna_and_grant(w);
	save_tokens(w, end + 100);
	assert_true(grant_save(w->t, &g, &w->f));
	assert_true(tables_sweep(w->t, end, &w->f));
	assert_true(grant_load(w->a, w->t, STR("g_2"), &g, &w->f));
	assert_true(tables_sweep(w->t, end + 1, &w->f));
	expect_fault(w, grant_load(w->a, w->t, STR("g_2"), &g, &w->f),
		FAULT_NOT_FOUND);
	assert_true(tokens_are_there(w));
	assert_true(grant_revoke(w->t, STR("g_1"), end, &w->f));
	assert_true(tables_sweep(w->t, end + 1, &w->f));
	expect_fault(w, grant_load(w->a, w->t, STR("g_1"), &g, &w->f),
		FAULT_NOT_FOUND);
}

static void
all_that_a_person_allowed_ends_together(void **state)
{
	struct world *w = *state;
	struct person other = anna();
	struct grant g = a_grant("g_other", "c_1");

	save_anna_and_grant(w);
	save_tokens(w, 100);
	other.id = STR("p_2");
	other.name = STR("bert");
	g.person_id = other.id;
	assert_true(person_save(w->t, &other, &w->f));
	assert_true(grant_save(w->t, &g, &w->f));
	assert_true(grant_revoke_all(w->t, STR("p_2"), 50, &w->f));
	assert_true(tokens_are_there(w));
	assert_true(grant_load(w->a, w->t, STR("g_other"), &g, &w->f));
	assert_int_equal(g.revoked, 50);
	assert_true(grant_revoke_all(w->t, STR("p_1"), 60, &w->f));
	assert_false(tokens_are_there(w));
	assert_true(grant_revoke_all(w->t, STR("p_2"), 70, &w->f));
	assert_true(grant_load(w->a, w->t, STR("g_other"), &g, &w->f));
	assert_int_equal(g.revoked, 50);
}

static void
a_page_is_answered_once(void **state)
{
	struct world *w = *state;
	bool first;

	assert_true(grant_answer(w->t, STR("aa"), 100, &first, &w->f));
	assert_true(first);
	assert_true(grant_answer(w->t, STR("bb"), 100, &first, &w->f));
	assert_true(first);
	assert_true(grant_answer(w->t, STR("aa"), 200, &first, &w->f));
	assert_false(first);
	assert_true(tables_sweep(w->t, 100, &w->f));
	assert_true(grant_answer(w->t, STR("aa"), 100, &first, &w->f));
	assert_false(first);
	assert_true(tables_sweep(w->t, 101, &w->f));
	assert_true(grant_answer(w->t, STR("aa"), 300, &first, &w->f));
	assert_true(first);
}

static void
sweeping_keeps_what_is_not_yet_over(void **state)
{
	struct world *w = *state;
	struct web_session s = { .digest = STR("d"),
		.person_id = STR("p_1"),
		.created = 5,
		.expires = 100 };

	save_anna_and_grant(w);
	save_tokens(w, 100);
	assert_true(web_session_save(w->t, &s, &w->f));
	assert_true(tables_sweep(w->t, 100, &w->f));
	assert_true(tokens_are_there(w));
	assert_true(web_session_load(w->a, w->t, STR("d"), &s, &w->f));
	assert_true(tables_sweep(w->t, 101, &w->f));
	assert_false(tokens_are_there(w));
	expect_fault(w, web_session_load(w->a, w->t, STR("d"), &s, &w->f),
		FAULT_NOT_FOUND);
}

/* Each of sql/ can be prepared, with its parameters under their numbers. */
static void
every_statement_is_understood(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		const struct sql_statement *s = &sql_statements[i];
		sqlite3_stmt *p = NULL;

		assert_int_equal(
			sqlite3_prepare_v2(w->t->db, s->text, -1, &p, NULL),
			SQLITE_OK);
		assert_int_equal(sqlite3_bind_parameter_count(p), s->params);
		for (int k = 1; k <= (int)s->params; k++)
			assert_string_equal(sqlite3_bind_parameter_name(p, k),
				str_fmt(w->a, "$%d", k).p);
		sqlite3_finalize(p);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(persons),
		TEST(names_are_taken_once),
		TEST(many_persons_in_order),
		TEST(loading_ends_at_the_cap),
		TEST(texts_are_bound_not_spliced),
		TEST(web_sessions),
		TEST(clients),
		TEST(clients_at_the_edges),
		TEST(clients_are_counted_and_reaped),
		TEST(the_oldest_that_nobody_used_gives_way),
		TEST(codes_and_tokens),
		TEST(a_token_needs_its_grant),
		TEST(revoking_ends_the_family),
		TEST(removing_takes_all_that_hangs_on_it),
		TEST(grants_of_which_nothing_is_left_go),
		TEST(all_that_a_person_allowed_ends_together),
		TEST(a_page_is_answered_once),
		TEST(sweeping_keeps_what_is_not_yet_over),
		TEST(every_statement_is_understood),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
