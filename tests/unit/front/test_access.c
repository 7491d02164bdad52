/* What somebody allowed, and taking it back. */
#include "people.h"

#include "front/ago.h"

#define HUB GROUND_URL "/mcp"

static bool
run_giving(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct person p;
	struct grant g;

	if (!person_load_named(job->arena, t, STR("grace"), &p, f) ||
		!grant_load(job->arena, t, STR("g_1"), &g, f))
		return false;
	g.person_id = p.id;
	return grant_save(t, &g, f);
}

/* The grant is the owner's from now on. */
static void
give_to_owner(struct ground *g)
{
	struct store_job job = { .run = run_giving, .arena = g->arena };

	assert_true(store_run(g->store, &job));
}

static const char *
see_access(struct ground *g, const char *session)
{
	return ground_request(
		g, "GET /access", cookie_field(g, "", session), "");
}

static const char *
revoke_token_of(struct ground *g, const char *page)
{
	const char *form = strstr(page, "/access/revoke");

	return form == NULL ? "" : form_token_of(g, form);
}

static const char *
take_back(struct ground *g, const char *session, const char *body)
{
	return ground_request(g, "POST /access/revoke",
		cookie_field(g, FORM_TYPE, session), body);
}

static const char *
ping(struct ground *g, struct str token)
{
	return ground_request(g, "POST /mcp",
		str_fmt(g->arena,
			"Content-Type: application/json\r\n"
			"Authorization: Bearer %.*s\r\n",
			STR_ARG(token))
			.p,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
}

static void
a_grant_is_shown_and_taken_back(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *page, *form_token;

	page = see_access(g, session);
	assert_int_equal(ground_status(page), 200);
	assert_non_null(strstr(page, "Nobody yet"));
	give_to_owner(g);
	assert_int_not_equal(ground_status(ping(g, token)), 401);
	page = see_access(g, session);
	assert_null(strstr(page, "Nobody yet"));
	assert_non_null(strstr(page, "<h2>client</h2>"));
	assert_non_null(strstr(page, HUB));
	form_token = revoke_token_of(g, page);
	page = take_back(g, session,
		str_fmt(g->arena, "form_token=%s&grant=g_1", form_token).p);
	assert_int_equal(ground_status(page), 303);
	assert_int_equal(ground_status(ping(g, token)), 401);
	assert_non_null(strstr(see_access(g, session), "Nobody yet"));
}

static void
the_grants_of_others_are_not_there(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	struct str token = ground_token(g, 1, "g_1", HUB);
	struct str other = ground_token(g, 2, "g_2", HUB);
	const char *answer, *form_token;

	give_to_owner(g);
	form_token = revoke_token_of(g, see_access(g, session));
	answer = take_back(g, session,
		str_fmt(g->arena, "form_token=%s&grant=g_2", form_token).p);
	assert_int_equal(ground_status(answer), 404);
	answer = take_back(g, session,
		str_fmt(g->arena, "form_token=%s&grant=nothing", form_token).p);
	assert_int_equal(ground_status(answer), 404);
	assert_int_not_equal(ground_status(ping(g, other)), 401);
	assert_int_not_equal(ground_status(ping(g, token)), 401);
}

static void
lesson_F06_taking_back_needs_the_form(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *answer, *form_token;

	give_to_owner(g);
	form_token = revoke_token_of(g, see_access(g, session));
	answer = take_back(g, session, "grant=g_1");
	assert_int_equal(ground_status(answer), 403);
	answer = take_back(g, session,
		str_fmt(g->arena, "form_token=%s&grant=g_1",
			form_token_of(g, see_access(g, session)))
			.p);
	assert_int_equal(ground_status(answer), 403);
	answer = take_back(g, "a=b",
		str_fmt(g->arena, "form_token=%s&grant=g_1", form_token).p);
	assert_int_equal(ground_status(answer), 403);
	assert_int_not_equal(ground_status(ping(g, token)), 401);
}

static void
ages_are_told_in_the_largest_unit(void **state)
{
	struct ground *g = *state;

	assert_true(str_eq_lit(ago_text(g->arena, 59), ""));
	assert_true(str_eq_lit(ago_text(g->arena, -90), ""));
	assert_true(str_eq_lit(ago_text(g->arena, 60), "1 minute"));
	assert_true(str_eq_lit(ago_text(g->arena, 7199), "1 hour"));
	assert_true(str_eq_lit(ago_text(g->arena, 3 * 86400), "3 days"));
}

int
main(void)
{
#define ACCESS_TEST(f)                                                         \
	cmocka_unit_test_setup_teardown(f, ground_open, ground_close)
	const struct CMUnitTest tests[] = {
		ACCESS_TEST(a_grant_is_shown_and_taken_back),
		ACCESS_TEST(the_grants_of_others_are_not_there),
		ACCESS_TEST(lesson_F06_taking_back_needs_the_form),
		ACCESS_TEST(ages_are_told_in_the_largest_unit),
	};

	digest_start();
	event_setup(2, EVENT_FORMAT_TEXT, FAULT_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
