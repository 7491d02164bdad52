#include "house.h"

static struct str cookie;
static struct str client;

static void
begin(void)
{
	cookie = house_login("anna");
	client = house_client();
}

static struct answer
show(struct str with, const char *more)
{
	return house_ask(&(struct ask){
		.target = authorize_target(client, more), .cookie = with });
}

static void
test_the_consent_page(void **state)
{
	struct answer a;

	(void)state;
	begin();
	a = show(cookie, "&scope=mcp+issues%3Awrite");
	assert_int_equal(a.status, 200);
	assert_true(has(a.body, "127.0.0.1:8123"));
	assert_true(has(a.body, "Create and &lt;change&gt; issues"));
	assert_true(has(a.body, "anna"));
	assert_true(has(a.body, "value=\"allow\""));
	assert_true(str_find(a.body, STR("value=\"allow\"")) <
		str_find(a.body, STR("value=\"deny\"")));
	assert_true(has(a.body, "on your own computer"));
	assert_str(field(&a, "X-Frame-Options"), "DENY");
	assert_true(has(field(&a, "Content-Security-Policy"),
		"frame-ancestors 'none'"));
	assert_true(has(field(&a, "Content-Security-Policy"),
		"form-action 'self' http://127.0.0.1:8123;"));
	assert_str(field(&a, "Cache-Control"), "no-store");
}

static void
lesson_F04_names_are_escaped(void **state)
{
	struct answer a;

	(void)state;
	begin();
	a = show(cookie, "&x=%3Cscript%3E");
	assert_int_equal(a.status, 200);
	assert_true(has(a.body, "&lt;script&gt;Tester&lt;/script&gt;"));
	assert_false(has(a.body, "<script>T"));
	assert_false(has(field(&a, "Content-Security-Policy"), "unsafe"));
}

static void
lesson_F01_no_code_without_a_login(void **state)
{
	struct answer a, page;
	struct str form;

	(void)state;
	begin();
	a = show(STR_NONE, "");
	assert_int_equal(a.status, 303);
	assert_true(str_starts(field(&a, "Location"), STR("/login?next=")));
	a = show(STR("ostiary=ost_ws_x"), "");
	assert_true(str_starts(field(&a, "Location"), STR("/login?next=")));
	page = show(cookie, "");
	form = consent_form(&page, "allow");
	a = house_ask(&(struct ask){
		.target = STR("/oauth/authorize"), .body = form });
	assert_int_equal(a.status, 403);
	assert_true(str_is_none(field(&a, "Location")));
}

static void
lesson_F24_a_get_never_gives_a_code(void **state)
{
	struct answer a;

	(void)state;
	begin();
	for (int i = 0; i < 2; i++) {
		struct answer page = show(cookie, "&prompt=none");

		assert_int_equal(page.status, 200);
		assert_true(str_is_none(field(&page, "Location")));
		assert_false(has(page.body, "ost_ac_"));
		/* Nor after an earlier consent. */
		a = decide(cookie, &page, "allow");
		assert_true(returned(&a, "code").n > 0);
	}
}

static void
test_allow(void **state)
{
	struct answer page, a;

	(void)state;
	begin();
	page = show(cookie, "");
	a = decide(cookie, &page, "allow");
	assert_true(token_is_well_formed(returned(&a, "code"), TOKEN_CODE));
	assert_str(returned(&a, "state"), "s& 1");
	assert_str(returned(&a, "iss"), BASE);
	assert_true(str_is_none(returned(&a, "error")));
}

static void
lesson_F05_deny(void **state)
{
	struct answer page, a;

	(void)state;
	begin();
	page = show(cookie, "");
	a = decide(cookie, &page, "deny");
	assert_str(returned(&a, "error"), "access_denied");
	assert_str(returned(&a, "state"), "s& 1");
	assert_str(returned(&a, "iss"), BASE);
	assert_true(str_is_none(returned(&a, "code")));
	a = decide(cookie, &page, "maybe");
	assert_int_equal(a.status, 400);
}

static void
lesson_F06_forms_of_others(void **state)
{
	struct answer page, hers, a;
	struct str other, form;

	(void)state;
	begin();
	other = house_login("bert");
	page = show(cookie, "");
	hers = show(other, "");
	/* Another session sends the whole form. */
	a = house_ask(&(struct ask){ .target = STR("/oauth/authorize"),
		.cookie = other,
		.body = consent_form(&page, "allow") });
	assert_int_equal(a.status, 403);
	/* Its own token with somebody's request. */
	form = str_join(arena, STR("decision=allow&form_token="),
		encoded(between(
			hers.body, "name=\"form_token\" value=\"", "\"")),
		STR("&request="),
		between(page.body, "name=\"request\" value=\"", "\""));
	a = house_ask(&(struct ask){ .target = STR("/oauth/authorize"),
		.cookie = other,
		.body = form });
	assert_int_equal(a.status, 403);
	/* No token, no request. */
	a = house_ask(&(struct ask){ .target = STR("/oauth/authorize"),
		.cookie = cookie,
		.body = str_join(arena, STR("decision=allow&request="),
			between(page.body, "name=\"request\" value=\"",
				"\"")) });
	assert_int_equal(a.status, 403);
	a = house_ask(&(struct ask){ .target = STR("/oauth/authorize"),
		.cookie = cookie,
		.body = str_join(arena, STR("decision=allow&form_token="),
			encoded(between(page.body,
				"name=\"form_token\" value=\"", "\""))) });
	assert_int_equal(a.status, 403);
	assert_true(str_is_none(field(&a, "Location")));
}

static void
lesson_F06_a_stale_page(void **state)
{
	struct answer page, a;

	(void)state;
	begin();
	page = show(cookie, "");
	loop_set_clock(house.loop, 3602);
	a = decide(cookie, &page, "allow");
	assert_int_equal(a.status, 403);
}

static void
lesson_F02_strangers_get_a_page(void **state)
{
	static const char *const targets[] = {
		"/oauth/authorize",
		"/oauth/authorize?client_id=c_unknown&response_type=code&"
		"redirect_uri=https%3A%2F%2Fevil.example%2F",
		"/authorize?client_id=https%3A%2F%2Fevil.example%2Fid&"
		"redirect_uri=https%3A%2F%2Fevil.example%2F",
		"/oauth/authorize?client_id=a&client_id=b",
		"/oauth/authorize?client_id=%00",
		"/oauth/authorize?client_id=%ff",
	};
	struct answer a;

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		a = house_ask(&(struct ask){
			.target = str_from(targets[i]), .cookie = cookie });
		assert_int_equal(a.status, 400);
		assert_true(str_is_none(field(&a, "Location")));
		assert_true(str_starts(
			field(&a, "Content-Type"), STR("text/html")));
		assert_str(field(&a, "X-Frame-Options"), "DENY");
	}
	a = house_ask(&(struct ask){
		.target = str_join(arena,
			STR("/oauth/authorize?response_type=code&client_id="),
			client,
			STR("&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb%2F")),
		.cookie = cookie });
	assert_int_equal(a.status, 400);
	assert_true(str_is_none(field(&a, "Location")));
}

static void
lesson_F16_errors_reach_the_client(void **state)
{
	static const struct {
		const char *more, *error;
	} rows[] = {
		{ "&scope=nope", "invalid_scope" },
		{ "&scope=ostiary%3Aadmin", "invalid_scope" },
		{ "&resource=https%3A%2F%2Felse%2Fmcp", "invalid_target" },
		{ "&response_mode=fragment", "invalid_request" },
		{ "&request=x", "request_not_supported" },
	};
	struct answer a;

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = show(cookie, rows[i].more);
		assert_str(returned(&a, "error"), rows[i].error);
		assert_str(returned(&a, "iss"), BASE);
		assert_str(returned(&a, "state"), "s& 1");
		/* Nobody is sent anywhere before the login. */
		a = show(STR_NONE, rows[i].more);
		assert_true(
			str_starts(field(&a, "Location"), STR("/login?next=")));
	}
}

static void
test_no_open_redirect_for_strangers(void **state)
{
	struct answer a;

	(void)state;
	cookie = house_login("anna");
	a = house_register("{\"redirect_uris\":[\"https://evil.example/\"],"
			   "\"token_endpoint_auth_method\":\"none\"}");
	client = json_member_of(&a, "client_id");
	a = house_ask(&(struct ask){
		.target = str_join(arena,
			STR("/oauth/authorize?response_type=token&client_id="),
			client),
		.cookie = cookie });
	assert_int_equal(a.status, 400);
	assert_true(str_is_none(field(&a, "Location")));
	assert_true(has(a.body, "evil.example"));
	assert_true(has(a.body, "unsupported_response_type"));
}

static void
test_no_program_is_started_without_a_click(void **state)
{
	struct answer a;

	(void)state;
	cookie = house_login("anna");
	a = house_register("{\"redirect_uris\":[\"cursor://x/install?y=1\"],"
			   "\"token_endpoint_auth_method\":\"none\"}");
	assert_int_equal(a.status, 201);
	client = json_member_of(&a, "client_id");
	a = house_ask(&(struct ask){
		.target = str_join(arena,
			STR("/oauth/authorize?response_type=token&client_id="),
			client),
		.cookie = cookie });
	assert_int_equal(a.status, 400);
	assert_true(str_is_none(field(&a, "Location")));
	assert_true(has(a.body,
		"href=\"cursor://x/install?y=1&amp;"
		"error=unsupported_response_type&amp;"));
	/* The settings may have changed since it registered. */
	house.settings->custom_scheme_count = 0;
	a = house_ask(&(struct ask){
		.target = str_join(arena,
			STR("/oauth/authorize?response_type=token&client_id="),
			client),
		.cookie = cookie });
	house.settings->custom_scheme_count = 1;
	assert_int_equal(a.status, 400);
	assert_false(has(a.body, "href=\"cursor:"));
}

static void
test_a_client_that_is_gone(void **state)
{
	struct answer page, reg, a;

	(void)state;
	cookie = house_login("anna");
	reg = house_register("{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
			     "\"token_endpoint_auth_method\":\"none\"}");
	client = json_member_of(&reg, "client_id");
	page = show(cookie, "");
	a = house_ask(&(struct ask){ .method = "DELETE",
		.target = str_join(arena, STR("/oauth/register/"), client),
		.fields = str_join(arena, STR("Authorization: Bearer "),
			json_member_of(&reg, "registration_access_token"),
			STR("\r\n")) });
	assert_int_equal(a.status, 204);
	a = decide(cookie, &page, "allow");
	assert_int_equal(a.status, 400);
	assert_true(str_is_none(field(&a, "Location")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_the_consent_page),
		CHECK(lesson_F04_names_are_escaped),
		CHECK(lesson_F01_no_code_without_a_login),
		CHECK(lesson_F24_a_get_never_gives_a_code),
		CHECK(test_allow),
		CHECK(lesson_F05_deny),
		CHECK(lesson_F06_forms_of_others),
		CHECK(lesson_F06_a_stale_page),
		CHECK(lesson_F02_strangers_get_a_page),
		CHECK(lesson_F16_errors_reach_the_client),
		CHECK(test_no_open_redirect_for_strangers),
		CHECK(test_no_program_is_started_without_a_click),
		CHECK(test_a_client_that_is_gone),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
