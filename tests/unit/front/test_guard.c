/* Tokens at the MCP endpoints. */
#include "ground.h"

#include "front/guard.h"

#define HUB   GROUND_URL "/mcp"
#define ALPHA GROUND_URL "/mcp/alpha"
#define JSON                                                                   \
	"Content-Type: application/json\r\n"                                   \
	"Accept: application/json, text/event-stream\r\n"
#define INITIALIZE                                                             \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"  \
	"{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"             \
	"\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"

static const char *
bearer(struct ground *g, struct str token)
{
	return str_fmt(
		g->arena, JSON "Authorization: Bearer %.*s\r\n", STR_ARG(token))
		.p;
}

static const char *
initialize(struct ground *g, const char *path, struct str token)
{
	return ground_request(g, str_fmt(g->arena, "POST %s", path).p,
		bearer(g, token), INITIALIZE);
}

static void
a_token_opens_its_endpoint(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer = initialize(g, "/mcp", token);

	assert_int_equal(ground_status(answer), 200);
	assert_non_null(ground_field(g, answer, "Mcp-Session-Id"));
	assert_non_null(strstr(answer, "\"protocolVersion\":\"2025-06-18\""));
	/* Now from memory. */
	answer = initialize(g, "/mcp", token);
	assert_int_equal(ground_status(answer), 200);
}

static void
lesson_F10_a_token_opens_no_other_endpoint(void **state)
{
	struct ground *g = *state;
	static const char *const paths[] = { "/mcp", "/mcp/alpha",
		"/mcp/beta" };
	struct str tokens[3];

	for (unsigned char i = 0; i < 3; i++)
		tokens[i] = ground_token(g, i, str_fmt(g->arena, "g_%u", i).p,
			str_fmt(g->arena, GROUND_URL "%s", paths[i]).p);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			const char *answer = initialize(g, paths[i], tokens[k]);

			assert_int_equal(
				ground_status(answer), i == k ? 200 : 401);
		}
	}
}

static void
lesson_F11_the_challenge_names_the_endpoints_document(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(g, "POST /mcp/alpha", JSON, "{}");
	const char *challenge = ground_field(g, answer, "WWW-Authenticate");

	assert_int_equal(ground_status(answer), 401);
	assert_non_null(challenge);
	assert_true(strncmp(challenge, "Bearer ", 7) == 0);
	assert_non_null(strstr(challenge,
		"resource_metadata=\"" GROUND_URL
		"/.well-known/oauth-protected-resource/mcp/alpha\""));
	assert_non_null(strstr(challenge, "mcp:tools:execute"));
	assert_null(strstr(challenge, "offline_access"));
	/* RS-09: nothing was sent, so nothing was wrong. */
	assert_null(strstr(challenge, "error="));
	answer = ground_request(g, "POST /mcp",
		JSON "Authorization: Bearer nonsense\r\n", "{}");
	challenge = ground_field(g, answer, "WWW-Authenticate");
	assert_int_equal(ground_status(answer), 401);
	assert_non_null(strstr(challenge, "error=\"invalid_token\""));
}

static void
lesson_F07_tokens_elsewhere_never_count(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer = ground_request(g,
		str_fmt(g->arena, "POST /mcp?access_token=%.*s", STR_ARG(token))
			.p,
		JSON, INITIALIZE);

	assert_int_equal(ground_status(answer), 401);
	answer = ground_request(g, "POST /mcp",
		"Content-Type: application/x-www-form-urlencoded\r\n",
		str_fmt(g->arena, "access_token=%.*s", STR_ARG(token)).p);
	assert_int_equal(ground_status(answer), 401);
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena, JSON "Cookie: access_token=%.*s\r\n",
			STR_ARG(token))
			.p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 401);
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena, "%sAuthorization: Bearer %.*s\r\n",
			bearer(g, token), STR_ARG(token))
			.p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 400);
}

static void
lesson_F08_tokens_end_on_time(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);

	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	loop_set_clock(g->loop, 3599 - 60);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	loop_set_clock(g->loop, 3601);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
	/* Nor when it comes from the store. */
	guard_sweep(g->front->guard);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
}

struct revocation {
	struct store_job job;
	struct str grant;
};

static bool
run_revocation(struct store_txn *t, struct store_job *job, struct fault *f)
{
	return grant_revoke(t, ((struct revocation *)(void *)job)->grant, 2, f);
}

static void
revoke_in_store(struct ground *g, struct str grant)
{
	struct revocation j = {
		.job.run = run_revocation, .job.arena = g->arena, .grant = grant
	};

	assert_true(store_run(g->store, &j.job));
}

/* From the store, by its digest, by its tag: the same answer each time, and
 * no other text takes part in it. */
static void
a_token_that_is_known_is_judged_all_the_same(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	struct str other = ground_token(g, 2, "g_2", ALPHA);
	char *near = strndup(token.p, token.n);

	assert_non_null(near);
	near[20] = near[20] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
			ground_status(initialize(g, "/mcp", token)), 200);
		assert_int_equal(
			ground_status(initialize(g, "/mcp/alpha", other)), 200);
		assert_int_equal(
			ground_status(initialize(g, "/mcp/alpha", token)), 401);
		assert_int_equal(
			ground_status(initialize(g, "/mcp", str_from(near))),
			401);
	}
	revoke_in_store(g, STR("g_1"));
	guard_forget_grant(g->front->guard, STR("g_1"));
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
	assert_int_equal(
		ground_status(initialize(g, "/mcp/alpha", other)), 200);
	loop_set_clock(g->loop, 3601);
	assert_int_equal(
		ground_status(initialize(g, "/mcp/alpha", other)), 401);
	free(near);
}

static void
forgetting_asks_the_store_anew(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	struct str other = ground_token(g, 2, "g_2", HUB);

	for (int i = 0; i < 3; i++)
		assert_int_equal(
			ground_status(initialize(g, "/mcp", token)), 200);
	assert_int_equal(ground_status(initialize(g, "/mcp", other)), 200);
	guard_forget_grant(g->front->guard, STR("g_1"));
	/* Forgotten, not blacklisted: the store decides anew. */
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
}

static void
a_grant_revoked_in_the_store_is_refused(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);

	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	revoke_in_store(g, STR("g_1"));
	guard_forget_grant(g->front->guard, STR("g_1"));
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
}

static void
what_another_process_revoked_ends_within_a_second(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);

	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	revoke_in_store(g, STR("g_1"));
	usleep((GUARD_FRESH_MS + 50) * 1000);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
}

static void
a_key_that_is_looked_up_again_still_opens(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);

	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	usleep((GUARD_FRESH_MS + 50) * 1000);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
}

static bool
run_disabling(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct person p;

	if (!person_load(job->arena, t, STR("p_1"), &p, f))
		return false;
	p.disabled = 2;
	return person_save(t, &p, f);
}

static void
a_disabled_persons_tokens_are_refused(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	struct store_job job = { .run = run_disabling, .arena = g->arena };

	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 200);
	assert_true(store_run(g->store, &job));
	guard_forget_person(g->front->guard, STR("p_1"));
	assert_int_equal(ground_status(initialize(g, "/mcp", token)), 401);
}

static const char *
session_of(struct ground *g, struct str token)
{
	return ground_field(g, initialize(g, "/mcp", token), "Mcp-Session-Id");
}

static const char *
with_session(struct ground *g, const char *line, struct str token,
	const char *session, const char *body)
{
	return ground_request(g, line,
		str_fmt(g->arena, "%sMcp-Session-Id: %s\r\n", bearer(g, token),
			session)
			.p,
		body);
}

#define PING "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}"

static void
a_session_id_never_stands_in_for_a_token(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *session = session_of(g, token);
	const char *fields =
		str_fmt(g->arena, JSON "Mcp-Session-Id: %s\r\n", session).p;

	assert_int_equal(ground_status(with_session(
				 g, "POST /mcp", token, session, PING)),
		200);
	assert_int_equal(
		ground_status(ground_request(g, "POST /mcp", fields, PING)),
		401);
	assert_int_equal(
		ground_status(ground_request(g, "GET /mcp", fields, "")), 401);
	assert_int_equal(
		ground_status(ground_request(g, "DELETE /mcp", fields, "")),
		401);
}

static void
delete_ends_the_session(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *session = session_of(g, token);
	const char *answer = with_session(g, "DELETE /mcp", token, session, "");

	assert_in_range(ground_status(answer), 200, 204);
	answer = with_session(g, "POST /mcp", token, session, PING);
	assert_int_equal(ground_status(answer), 404);
}

/* ---- streams ---- */

struct later {
	struct loop_timer timer;
	struct ground *ground;
	void (*act)(struct ground *g);
};

static void
act_later(void *with)
{
	struct later *l = with;

	l->act(l->ground);
}

static const char *
listen_with(struct ground *g, struct str token, const char *session,
	void (*act)(struct ground *g))
{
	struct later later = { .ground = g, .act = act };

	loop_timer_init(&later.timer, g->loop, act_later, &later);
	loop_timer_set(&later.timer, 100);
	ground_ask(g,
		str_fmt(g->arena,
			"GET /mcp HTTP/1.1\r\n" GROUND_HOST
			"Accept: text/event-stream\r\nConnection: close\r\n"
			"Authorization: Bearer %.*s\r\nMcp-Session-Id: %s\r\n"
			"\r\n",
			STR_ARG(token), session));
	loop_timer_stop(&later.timer);
	return g->heard;
}

static void
forget_grant(struct ground *g)
{
	guard_forget_grant(g->front->guard, STR("g_1"));
}

static void
a_stream_ends_with_its_grant(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *session = session_of(g, token);
	const char *answer = listen_with(g, token, session, forget_grant);

	assert_int_equal(ground_status(answer), 200);
	assert_string_equal(
		ground_field(g, answer, "Content-Type"), "text/event-stream");
	assert_string_equal(ground_field(g, answer, "X-Accel-Buffering"), "no");
	assert_non_null(strstr(
		ground_field(g, answer, "Cache-Control"), "no-transform"));
	assert_non_null(strstr(answer, "\r\n0\r\n\r\n"));
}

static void
forget_token(struct ground *g)
{
	unsigned char seed[32];
	struct digest digest;

	memset(seed, 1, sizeof(seed));
	digest = token_digest(token_make(g->arena, TOKEN_ACCESS, seed));
	guard_forget_token(g->front->guard, &digest);
}

static void
a_stream_ends_with_its_token_alone(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer =
		listen_with(g, token, session_of(g, token), forget_token);

	assert_non_null(strstr(answer, "\r\n0\r\n\r\n"));
}

static void
revoke_elsewhere(struct ground *g)
{
	revoke_in_store(g, STR("g_1"));
}

static void
a_stream_ends_when_another_process_revokes(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer =
		listen_with(g, token, session_of(g, token), revoke_elsewhere);

	assert_non_null(strstr(answer, "\r\n0\r\n\r\n"));
}

static void
drain(struct ground *g)
{
	hall_drain(g->hall);
}

static void
a_stream_ends_when_the_hall_says_so(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer = listen_with(g, token, session_of(g, token), drain);

	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "\r\n0\r\n\r\n"));
}

static void
nothing(struct ground *g)
{
	(void)g;
}

static void
a_stream_ends_when_its_token_expires(void **state)
{
	struct ground *g = *state;
	struct str token =
		ground_token_for(g, &(struct ground_token){ 1, "g_1", HUB, 2 });
	const char *answer =
		listen_with(g, token, session_of(g, token), nothing);

	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "\r\n0\r\n\r\n"));
}

static void
a_get_without_a_session_is_405(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer =
		ground_request(g, "GET /mcp", bearer(g, token), "");

	assert_int_equal(ground_status(answer), 405);
	assert_non_null(ground_field(g, answer, "Allow"));
}

/* ---- fields ---- */

static void
media_types_are_checked_after_the_token(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *auth = str_fmt(
		g->arena, "Authorization: Bearer %.*s\r\n", STR_ARG(token))
				   .p;
	const char *answer;

	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena, "%sContent-Type: text/plain\r\n", auth).p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 415);
	assert_non_null(strstr(answer, "\"jsonrpc\""));
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena,
			"%sContent-Type: application/json; charset=utf-8\r\n"
			"Accept: text/html\r\n",
			auth)
			.p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 406);
	/* Lenient where clients are sloppy. */
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena, "%sContent-Type: application/json\r\n", auth)
			.p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 200);
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena,
			"%sContent-Type: application/json\r\n"
			"Accept: text/event-stream\r\n"
			"Accept: application/json\r\n",
			auth)
			.p,
		INITIALIZE);
	assert_int_equal(ground_status(answer), 200);
	answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena,
			"%s" JSON "Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\n",
			auth)
			.p,
		PING);
	assert_int_equal(ground_status(answer), 400);
}

static void
a_body_past_the_limit_is_413(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer = ground_ask(g,
		str_fmt(g->arena,
			"POST /mcp HTTP/1.1\r\n" GROUND_HOST
			"%sContent-Length: 10000000\r\n\r\n{",
			bearer(g, token)));

	assert_int_equal(ground_status(answer), 413);
	/* Without a token nobody says so much. */
	answer = ground_ask(g,
		STR("POST /mcp HTTP/1.1\r\n" GROUND_HOST JSON
		    "Content-Length: 10000000\r\n\r\n{"));
	assert_int_equal(ground_status(answer), 401);
}

static void
lesson_B21_no_token_in_any_answer(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	static const char *const paths[] = { "GET /", "GET /login", "POST /mcp",
		"POST /mcp/alpha", "GET /nothing", "GET /mcp" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *answer =
			ground_request(g, paths[i], bearer(g, token), "");

		assert_null(strstr(answer, token.p));
	}
}

int
main(void)
{
#define GUARD_TEST(f)                                                          \
	cmocka_unit_test_setup_teardown(f, ground_open, ground_close)
	const struct CMUnitTest tests[] = {
		GUARD_TEST(a_token_opens_its_endpoint),
		GUARD_TEST(lesson_F10_a_token_opens_no_other_endpoint),
		GUARD_TEST(
			lesson_F11_the_challenge_names_the_endpoints_document),
		GUARD_TEST(lesson_F07_tokens_elsewhere_never_count),
		GUARD_TEST(lesson_F08_tokens_end_on_time),
		GUARD_TEST(a_token_that_is_known_is_judged_all_the_same),
		GUARD_TEST(forgetting_asks_the_store_anew),
		GUARD_TEST(a_grant_revoked_in_the_store_is_refused),
		GUARD_TEST(what_another_process_revoked_ends_within_a_second),
		GUARD_TEST(a_key_that_is_looked_up_again_still_opens),
		GUARD_TEST(a_disabled_persons_tokens_are_refused),
		GUARD_TEST(a_session_id_never_stands_in_for_a_token),
		GUARD_TEST(delete_ends_the_session),
		GUARD_TEST(a_stream_ends_with_its_grant),
		GUARD_TEST(a_stream_ends_with_its_token_alone),
		GUARD_TEST(a_stream_ends_when_another_process_revokes),
		GUARD_TEST(a_stream_ends_when_the_hall_says_so),
		GUARD_TEST(a_stream_ends_when_its_token_expires),
		GUARD_TEST(a_get_without_a_session_is_405),
		GUARD_TEST(media_types_are_checked_after_the_token),
		GUARD_TEST(a_body_past_the_limit_is_413),
		GUARD_TEST(lesson_B21_no_token_in_any_answer),
	};

	digest_start();
	event_setup(2, EVENT_FORMAT_TEXT, FAULT_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
