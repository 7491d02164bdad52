#include "house.h"

#define GOOD                                                                   \
	"{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"                        \
	"\"client_name\":\"A client\",\"client_secret\":\"chosen\","           \
	"\"client_id\":\"https://evil.example/\"}"

static struct answer
manage(const char *method, struct str id, struct str token)
{
	return house_ask(&(struct ask){ .method = method,
		.target = str_join(arena, STR("/oauth/register/"), id),
		.fields = token.n == 0
			? STR_NONE
			: str_join(arena, STR("Authorization: Bearer "), token,
				  STR("\r\n")) });
}

static void
lesson_F17_created_and_echoed(void **state)
{
	struct answer a = house_register(GOOD);

	(void)state;
	assert_int_equal(a.status, 201);
	assert_true(str_starts(json_member_of(&a, "client_id"), STR("c_")));
	assert_str(json_member_of(&a, "client_name"), "A client");
	assert_true(has(a.body, "\"redirect_uris\":[\"http://127.0.0.1/cb\"]"));
	assert_true(has(a.body, "\"client_id_issued_at\":"));
	assert_true(has(a.body, "\"client_secret_expires_at\":0"));
	assert_false(has(a.body, "chosen"));
	assert_str(field(&a, "Cache-Control"), "no-store");
	assert_true(
		str_starts(field(&a, "Content-Type"), STR("application/json")));
}

static void
lesson_F17_refused(void **state)
{
	static const struct {
		const char *body, *error;
	} rows[] = {
		{ "", "invalid_client_metadata" },
		{ "[]", "invalid_client_metadata" },
		{ "{\"redirect_uris\":[\"javascript:alert(1)\"]}",
			"invalid_redirect_uri" },
		{ "{\"redirect_uris\":[\"http://evil.example\"]}",
			"invalid_redirect_uri" },
		{ "{\"redirect_uris\":[\"https://a.example/\"],"
		  "\"grant_types\":[\"implicit\"]}",
			"invalid_client_metadata" },
	};
	struct answer a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = house_register(rows[i].body);
		assert_refused(&a, 400, rows[i].error);
	}
	a = house_ask(&(struct ask){
		.target = STR("/register"), .body = STR("redirect_uris=x") });
	assert_refused(&a, 400, "invalid_client_metadata");
}

static void
test_aliases(void **state)
{
	static const char *const paths[] = { "/register",
		"/api/oauth/register" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			house_ask(&(struct ask){ .target = str_from(paths[i]),
					  .type = STR("application/json"),
					  .body = STR(GOOD) })
				.status,
			201);
}

static void
test_the_client_looks_after_itself(void **state)
{
	struct answer a = house_register(GOOD);
	struct answer other = house_register(GOOD);
	struct str id = json_member_of(&a, "client_id");
	struct str token = json_member_of(&a, "registration_access_token");
	struct str foreign =
		json_member_of(&other, "registration_access_token");

	(void)state;
	assert_true(str_eq(json_member_of(&a, "registration_client_uri"),
		str_join(arena, STR(BASE "/oauth/register/"), id)));
	a = manage("GET", id, token);
	assert_int_equal(a.status, 200);
	assert_true(str_eq(json_member_of(&a, "client_id"), id));
	assert_true(str_is_none(json_member_of(&a, "client_secret")));
	a = manage("GET", id, foreign);
	assert_refused(&a, 401, "invalid_token");
	assert_true(str_starts(field(&a, "WWW-Authenticate"), STR("Bearer")));
	a = manage("DELETE", id, foreign);
	assert_refused(&a, 401, "invalid_token");
	a = manage("GET", id, STR(""));
	assert_refused(&a, 401, "invalid_token");
	a = manage("GET", STR("c_unknown"), token);
	assert_refused(&a, 401, "invalid_token");
	a = manage("PUT", id, token);
	assert_int_equal(a.status, 405);
	a = manage("DELETE", id, token);
	assert_int_equal(a.status, 204);
	a = manage("GET", id, token);
	assert_refused(&a, 401, "invalid_token");
}

static void
test_a_deleted_clients_tokens_die(void **state)
{
	struct str cookie = house_login("anna");
	struct answer a = house_register(
		"{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
		"\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
		"\"token_endpoint_auth_method\":\"none\"}");
	struct str id = json_member_of(&a, "client_id");
	struct str token = json_member_of(&a, "registration_access_token");
	struct answer tokens = house_tokens(cookie, id);

	(void)state;
	a = manage("DELETE", id, token);
	assert_int_equal(a.status, 204);
	a = token_post(
		refresh_body(id, json_member_of(&tokens, "refresh_token"), ""));
	assert_refused(&a, 401, "invalid_client");
	assert_int_equal(
		call("/mcp", json_member_of(&tokens, "access_token")).status,
		401);
}

static void
lesson_F17_a_flood_starves_nobody(void **state)
{
	struct ask ask = { .target = STR("/oauth/register"),
		.type = STR("application/json"),
		.body = STR(GOOD),
		.fields = STR("X-Forwarded-For: 2001:db8::1\r\n") };
	struct answer a;
	unsigned created = 0, refused = 0;

	(void)state;
	for (int i = 0; i < 80; i++) {
		a = house_ask(&ask);
		created += a.status == 201;
		refused += a.status == 429;
	}
	assert_int_equal(created + refused, 80);
	assert_true(created >= 60 && created <= 65);
	assert_true(field(&a, "Retry-After").n > 0);
	/* Another address of the same network, and another network. */
	ask.fields = STR("X-Forwarded-For: 2001:db8::2:1\r\n");
	assert_int_equal(house_ask(&ask).status, 429);
	ask.fields = STR("X-Forwarded-For: 2001:db9::1\r\n");
	assert_int_equal(house_ask(&ask).status, 201);
}

static void
lesson_F17_unused_clients_are_reaped(void **state)
{
	struct str cookie = house_login("anna");
	struct answer idle = house_register(GOOD);
	struct str id = json_member_of(&idle, "client_id");
	struct str token = json_member_of(&idle, "registration_access_token");
	struct str used = house_client();
	struct answer tokens = house_tokens(cookie, used);
	struct answer a;

	(void)state;
	loop_set_clock(house.loop, (int64_t)2 * 86400);
	front_sweep(house.front);
	assert_int_equal(manage("GET", id, token).status, 200);
	loop_set_clock(house.loop, (int64_t)4 * 86400);
	front_sweep(house.front);
	a = manage("GET", id, token);
	assert_refused(&a, 401, "invalid_token");
	loop_set_clock(house.loop, (int64_t)20 * 86400);
	tokens = token_post(refresh_body(
		used, json_member_of(&tokens, "refresh_token"), ""));
	assert_int_equal(tokens.status, 200);
	loop_set_clock(house.loop, (int64_t)38 * 86400);
	front_sweep(house.front);
	tokens = token_post(refresh_body(
		used, json_member_of(&tokens, "refresh_token"), ""));
	assert_int_equal(tokens.status, 200);
}

static void
lesson_F17_too_large(void **state)
{
	static char body[20000];
	struct answer a;

	(void)state;
	memset(body, ' ', sizeof(body));
	a = house_ask(&(struct ask){ .target = STR("/oauth/register"),
		.type = STR("application/json"),
		.body = str_of(body, sizeof(body)) });
	assert_int_equal(a.status, 413);
}

static void
test_by_token_and_off(void **state)
{
	struct ask ask = { .target = STR("/oauth/register"),
		.type = STR("application/json"),
		.body = STR(GOOD) };
	struct answer a;

	(void)state;
	house.settings->registration = REGISTRATION_TOKEN;
	house.settings->registration_token = STR("let-me-in");
	a = house_ask(&ask);
	assert_refused(&a, 401, "invalid_token");
	ask.fields = STR("Authorization: Bearer let-me-ix\r\n");
	a = house_ask(&ask);
	assert_refused(&a, 401, "invalid_token");
	ask.fields = STR("Authorization: Bearer let-me-in\r\n");
	a = house_ask(&ask);
	assert_int_equal(a.status, 201);
	house.settings->registration_token = STR("");
	ask.fields = STR("Authorization: Bearer \r\n");
	a = house_ask(&ask);
	assert_refused(&a, 401, "invalid_token");
	house.settings->registration = REGISTRATION_OFF;
	a = house_ask(&ask);
	assert_int_equal(a.status, 404);
	a = house_ask(&(struct ask){
		.target = STR("/.well-known/oauth-authorization-server") });
	assert_true(str_is_none(json_member_of(&a, "registration_endpoint")));
	house.settings->registration = REGISTRATION_OPEN;
}

static void
test_the_token_is_not_guessed(void **state)
{
	struct ask ask = { .target = STR("/oauth/register"),
		.type = STR("application/json"),
		.body = STR(GOOD),
		.fields = STR("X-Forwarded-For: 2001:db8:1::1\r\n") };
	struct answer a;
	unsigned wrong = 0;

	(void)state;
	house.settings->registration = REGISTRATION_TOKEN;
	house.settings->registration_token = STR("let-me-in");
	/* Who sends none guesses nothing. */
	for (int i = 0; i < 30; i++)
		assert_int_equal(house_ask(&ask).status, 401);
	do {
		ask.fields = STR("X-Forwarded-For: 2001:db8:1::1\r\n"
				 "Authorization: Bearer let-me-ix\r\n");
		a = house_ask(&ask);
		wrong += a.status == 401;
	} while (a.status == 401 && wrong < 40);
	assert_refused(&a, 429, "temporarily_unavailable");
	assert_true(wrong >= 20 && wrong <= 25);
	assert_true(field(&a, "Retry-After").n > 0);
	ask.fields = STR("X-Forwarded-For: 2001:db8:1::2\r\n"
			 "Authorization: Bearer let-me-in\r\n");
	assert_int_equal(house_ask(&ask).status, 429);
	ask.fields = STR("X-Forwarded-For: 2001:db8:2::1\r\n"
			 "Authorization: Bearer let-me-in\r\n");
	assert_int_equal(house_ask(&ask).status, 201);
	house.settings->registration = REGISTRATION_OPEN;
	house.settings->registration_token = STR_NONE;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(lesson_F17_created_and_echoed),
		CHECK(lesson_F17_refused),
		CHECK(test_aliases),
		CHECK(test_the_client_looks_after_itself),
		CHECK(test_a_deleted_clients_tokens_die),
		CHECK(lesson_F17_a_flood_starves_nobody),
		CHECK(lesson_F17_unused_clients_are_reaped),
		CHECK(lesson_F17_too_large),
		CHECK(test_by_token_and_off),
		CHECK(test_the_token_is_not_guessed),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
