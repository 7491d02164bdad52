/* The hall without servers: sessions, eras, scopes, what it answers itself. */
#include "hall/hall.h"

#include "back/back.h"
#include "base/arena.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "model/usage.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "net/tls.h"
#include "oauth/scope.h"

#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- a hall, a sink that remembers ---- */

struct heard {
	int status; /* 0: nothing yet; 202: accepted */
	bool finished;
	unsigned messages;
	struct buf text;
	struct buf session;
	struct str scope;
};

struct stage {
	struct arena *arena;
	struct loop *loop;
	struct tls_context *tls;
	struct http_client *http;
	struct back *back;
	struct seal_key *key;
	struct settings *settings;
	struct hall *hall;
	struct heard heard;
	struct principal ada, bob;
};

static void
on_refuse(void *with, const struct hall_refusal *why)
{
	struct heard *h = with;

	h->status = why->status;
	h->scope = why->scope;
	buf_str(&h->text, why->body);
}

static void
on_accept(void *with)
{
	struct heard *h = with;

	h->status = 202;
}

static void
on_answer(void *with, const struct hall_answer *answer)
{
	struct heard *h = with;

	h->status = answer->status;
	for (size_t i = 0; i < answer->n; i++)
		buf_str(&h->text, answer->parts[i]);
	if (!str_is_none(answer->session_id))
		buf_str(&h->session, answer->session_id);
}

static bool
on_message(void *with, const struct str *parts, size_t n)
{
	struct heard *h = with;

	h->messages++;
	for (size_t i = 0; i < n; i++)
		buf_str(&h->text, parts[i]);
	return true;
}

static void
on_finish(void *with)
{
	struct heard *h = with;

	h->finished = true;
}

static struct hall_sink
sink(struct stage *s)
{
	return (struct hall_sink){ on_refuse, on_accept, on_answer, on_message,
		on_finish, &s->heard };
}

static void
forget_heard(struct stage *s)
{
	buf_clear(&s->heard.text);
	buf_clear(&s->heard.session);
	s->heard = (struct heard){ 0 };
	buf_init(&s->heard.text, 1 << 20);
	buf_init(&s->heard.session, 256);
}

static struct settings *
settings_make(void)
{
	struct arena *a = arena_new(1 << 20);
	struct settings *s = arena_new_of(a, struct settings);

	s->arena = a;
	s->holders = 1;
	s->listen = STR("127.0.0.1:3000");
	s->public_url = STR("http://127.0.0.1:3000");
	s->calls = 4;
	s->streams = 3;
	return s;
}

static int
set_up(void **state)
{
	static const unsigned char bytes[SEAL_KEY_BYTES] = { 7 };
	struct stage *s = test_calloc(1, sizeof(*s));
	struct fault f = { 0 };

	digest_start();
	s->arena = arena_new(8 << 20);
	s->loop = loop_new();
	s->tls = tls_client_new(NULL, &f);
	s->http = http_client_new(
		s->loop, s->tls, &(struct http_client_settings){ 0 });
	s->settings = settings_make();
	s->key = seal_key_new(bytes);
	s->back = back_new(&(struct back_parts){
		.loop = s->loop, .http = s->http, .settings = s->settings });
	s->hall = hall_new(&(struct hall_parts){ .loop = s->loop,
		.back = s->back,
		.key = s->key,
		.settings = s->settings });
	hall_start(s->hall);
	s->ada = (struct principal){ .person_id = STR("p_ada"),
		.grant_id = STR("g_ada"),
		.usage = hall_usage(s->hall, STR("p_ada")),
		.scopes = scope_implied(SCOPE_MCP) };
	s->bob = s->ada;
	s->bob.person_id = STR("p_bob");
	s->bob.grant_id = STR("g_bob");
	s->bob.usage = hall_usage(s->hall, STR("p_bob"));
	forget_heard(s);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *s = *state;

	usage_drop(&s->ada.usage);
	usage_drop(&s->bob.usage);
	hall_free(&s->hall);
	back_free(&s->back);
	seal_key_free(&s->key);
	http_client_free(&s->http);
	tls_context_free(&s->tls);
	settings_drop(&s->settings);
	loop_free(&s->loop);
	buf_clear(&s->heard.text);
	buf_clear(&s->heard.session);
	arena_free(&s->arena);
	test_free(s);
	return 0;
}

static struct hall_request
request(struct stage *s, const struct principal *p, const char *session)
{
	forget_heard(s);
	return (struct hall_request){
		.principal = p,
		.endpoint = hall_endpoint(s->hall, STR("/mcp")),
		.fields = { .takes_json = true,
			.takes_stream = true,
			.session_id = str_from(session) },
		.arena = s->arena,
		.sink = sink(s),
	};
}

static void
post_as(struct stage *s, const struct principal *p, const char *session,
	const char *body)
{
	struct hall_request r = request(s, p, session);

	r.body = str_from(body);
	assert_null(hall_post(s->hall, &r));
}

static void
post(struct stage *s, const char *session, const char *body)
{
	post_as(s, &s->ada, session, body);
}

static bool
said(struct stage *s, const char *text)
{
	struct str all = buf_view(&s->heard.text);

	return str_find(all, str_from(text)) < all.n;
}

#define INITIALIZE(version)                                                    \
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"  \
	"{\"protocolVersion\":\"" version                                      \
	"\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":"   \
	"\"1\"}}}"

static const char *
open_session(struct stage *s, const char *body)
{
	post(s, NULL, body);
	assert_int_equal(s->heard.status, 200);
	return str_dup(s->arena, buf_view(&s->heard.session)).p;
}

/* ---- sessions ---- */

static void
lesson_F19_session_is_bound_to_the_person(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));
	const char *ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

	assert_true(strlen(id) >= 32);
	post(s, id, ping);
	assert_int_equal(s->heard.status, 200);
	post_as(s, &s->bob, id, ping);
	assert_int_equal(s->heard.status, 404);
	post(s, "0123456789abcdef0123456789abcdef", ping);
	assert_int_equal(s->heard.status, 404);
	post(s, NULL, ping);
	assert_int_equal(s->heard.status, 400);
}

static void
session_ends_by_delete(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-06-18"));
	struct hall_request r = request(s, &s->bob, id);

	hall_delete(s->hall, &r);
	assert_int_equal(s->heard.status, 404);
	r = request(s, &s->ada, id);
	hall_delete(s->hall, &r);
	assert_int_equal(s->heard.status, 202);
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
	assert_int_equal(s->heard.status, 404);
}

/* GET and DELETE with a version field: the stream and the session of a legacy
 * revision, 400 for none that there is, 405 for a modern one. */
static void
get_and_delete_heed_the_version(void **state)
{
	static const struct {
		const char *version;
		int status; /* of a refusal; 0: served */
	} rows[] = { { "bogus", 400 }, { "2025-11-24", 400 }, { "", 400 },
		{ "2026-07-28", 405 }, { "2027-01-01", 405 },
		{ "2025-06-18", 0 } };
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));
	struct hall_listen *l;
	struct hall_request r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = request(s, &s->ada, id);
		r.fields.protocol_version = str_from(rows[i].version);
		l = hall_get(s->hall, &r);
		assert_int_equal(l == NULL, rows[i].status != 0);
		assert_int_equal(s->heard.status, rows[i].status);
		hall_unlisten(&l);
		r = request(s, &s->ada, id);
		r.fields.protocol_version = str_from(rows[i].version);
		hall_delete(s->hall, &r);
		assert_int_equal(s->heard.status,
			rows[i].status == 0 ? 202 : rows[i].status);
	}
	r = request(s, &s->ada, "no such session");
	r.fields.protocol_version = STR("2026-07-28");
	assert_null(hall_get(s->hall, &r));
	assert_int_equal(s->heard.status, 405);
}

static void
revoked_grant_ends_session_and_stream(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));
	struct hall_request r = request(s, &s->ada, id);

	assert_non_null(hall_get(s->hall, &r));
	hall_revoke_grant(s->hall, STR("g_bob"));
	assert_false(s->heard.finished);
	hall_revoke_grant(s->hall, STR("g_ada"));
	assert_true(s->heard.finished);
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
	assert_int_equal(s->heard.status, 404);
}

/* Over sessions and tokens; the end of one makes room for another. */
static void
streams_of_one_person_are_counted(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));
	struct hall_listen *open[3];
	struct hall_request r;

	for (size_t i = 0; i < 3; i++) {
		r = request(s, &s->ada, id);
		open[i] = hall_get(s->hall, &r);
		assert_non_null(open[i]);
	}
	r = request(s, &s->ada, id);
	assert_null(hall_get(s->hall, &r));
	assert_int_equal(s->heard.status, 429);
	assert_true(said(s, "-32603"));
	hall_unlisten(&open[1]);
	r = request(s, &s->ada, id);
	assert_non_null(hall_get(s->hall, &r));
	hall_revoke_grant(s->hall, STR("g_ada"));
	id = open_session(s, INITIALIZE("2025-11-25"));
	for (size_t i = 0; i < 3; i++) {
		r = request(s, &s->ada, id);
		assert_non_null(hall_get(s->hall, &r));
	}
	r = request(s, &s->ada, id);
	assert_null(hall_get(s->hall, &r));
	hall_revoke_grant(s->hall, STR("g_ada"));
}

static void
negotiates_the_revision(void **state)
{
	struct stage *s = *state;

	open_session(s, INITIALIZE("2025-03-26"));
	assert_true(said(s, "\"protocolVersion\":\"2025-03-26\""));
	open_session(s, INITIALIZE("2024-11-05"));
	assert_true(said(s, "\"protocolVersion\":\"2025-11-25\""));
	open_session(s, INITIALIZE("1999-01-01"));
	assert_true(said(s, "\"protocolVersion\":\"2025-11-25\""));
	open_session(s, INITIALIZE("2026-07-28"));
	assert_true(said(s, "\"protocolVersion\":\"2025-11-25\""));
}

static void
arrays_only_in_2025_03_26(void **state)
{
	struct stage *s = *state;
	const char *two = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
			  "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}]";
	const char *id = open_session(s, INITIALIZE("2025-03-26"));
	struct hall_request r;

	post(s, id, two);
	assert_int_equal(s->heard.status, 200);
	assert_true(said(s, "\"id\":1") && said(s, "\"id\":2"));
	post(s, id, "[{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}]");
	assert_int_equal(s->heard.status, 202);
	id = open_session(s, INITIALIZE("2025-06-18"));
	post(s, id, two);
	assert_int_equal(s->heard.status, 400);
	assert_true(said(s, "mcp_batch"));
	r = request(s, &s->ada, NULL);
	r.fields.protocol_version = STR("2026-07-28");
	r.body = str_from(two);
	assert_null(hall_post(s->hall, &r));
	assert_int_equal(s->heard.status, 400);
	assert_true(said(s, "-32600") && said(s, "no arrays of messages"));
}

static void
initialize_has_what_its_schema_asks_for(void **state)
{
	struct stage *s = *state;

	post(s, NULL,
		"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\","
		"\"params\":{\"protocolVersion\":\"2025-11-25\"}}");
	assert_int_equal(s->heard.status, 200);
	assert_true(said(s, "-32602"));
	assert_int_equal(s->heard.session.n, 0);
}

/* ---- eras ---- */

#define META                                                                   \
	"\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"              \
	"\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}"

static void
post_modern(struct stage *s, const struct principal *p, const char *method,
	const char *body)
{
	struct hall_request r = request(s, p, NULL);

	r.fields.protocol_version = STR("2026-07-28");
	r.fields.method = str_from(method);
	r.body = str_from(body);
	assert_null(hall_post(s->hall, &r));
}

static void
both_eras_at_one_endpoint(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));

	post_modern(s, &s->ada, "server/discover",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\","
		"\"params\":{" META "}}");
	assert_int_equal(s->heard.status, 200);
	assert_true(said(s, "supportedVersions") && said(s, "ttlMs"));
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
	assert_true(said(s, "\"tools\":[]"));
	assert_false(said(s, "resultType"));
	post_modern(s, &s->ada, "tools/list",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\","
		"\"params\":{" META "}}");
	assert_true(said(s, "\"resultType\":\"complete\""));
	post_modern(s, &s->ada, "ping",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{" META
		"}}");
	assert_int_equal(s->heard.status, 404);
	assert_true(said(s, "-32601"));
}

static void
refuses_in_the_right_words(void **state)
{
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));

	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":1,");
	assert_int_equal(s->heard.status, 400);
	assert_true(said(s, "-32700"));
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}");
	assert_true(said(s, "-32600"));
	post(s, id,
		"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"no/such\"}");
	assert_true(said(s, "-32601") && said(s, "\"id\":\"x\""));
	post(s, id,
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\","
		"\"params\":{\"cursor\":\"bm90IG91cnM\"}}");
	assert_true(said(s, "-32602"));
	post(s, id,
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"nobody__nothing\"}}");
	assert_true(said(s, "-32602"));
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\"}");
	assert_true(said(s, "-32602"));
}

/* ---- scopes ---- */

static void
lesson_F09_scopes_are_enforced(void **state)
{
	static const struct {
		const char *method;
		uint64_t enough;
		const char *needed;
	} rows[] = {
		{ "tools/list", SCOPE_TOOLS_READ, "mcp:tools:read" },
		{ "prompts/list", SCOPE_PROMPTS_READ, "mcp:prompts:read" },
		{ "resources/list", SCOPE_RESOURCES_READ,
			"mcp:resources:read" },
	};
	struct stage *s = *state;
	const char *id = open_session(s, INITIALIZE("2025-11-25"));

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char body[200];

		snprintf(body, sizeof(body),
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"}",
			rows[i].method);
		s->ada.scopes = SCOPE_BASIC & ~rows[i].enough &
			~SCOPE_TOOLS_EXECUTE; /* implies reading */
		post(s, id, body);
		assert_int_equal(s->heard.status, 403);
		assert_true(str_eq(s->heard.scope, str_from(rows[i].needed)));
		s->ada.scopes = rows[i].enough;
		post(s, id, body);
		assert_int_equal(s->heard.status, 200);
	}
	s->ada.scopes = scope_implied(SCOPE_TOOLS_EXECUTE);
	post(s, id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
	assert_int_equal(s->heard.status, 200);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(lesson_F19_session_is_bound_to_the_person),
		T(session_ends_by_delete),
		T(get_and_delete_heed_the_version),
		T(revoked_grant_ends_session_and_stream),
		T(streams_of_one_person_are_counted),
		T(negotiates_the_revision),
		T(arrays_only_in_2025_03_26),
		T(initialize_has_what_its_schema_asks_for),
		T(both_eras_at_one_endpoint),
		T(refuses_in_the_right_words),
		T(lesson_F09_scopes_are_enforced),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
