#include "house.h"

static const struct json *
document(const char *path)
{
	struct answer a = house_ask(&(struct ask){ .target = str_from(path),
		.fields = STR("Origin: https://page.example\r\n") });
	struct fault f;

	if (a.status != 200)
		fail_msg("%s: %d", path, a.status);
	assert_str(field(&a, "Access-Control-Allow-Origin"), "*");
	assert_true(str_is_none(field(&a, "Access-Control-Allow-Credentials")));
	return json_parse(arena, a.body, NULL, &f);
}

static void
test_both_places_hold_the_same(void **state)
{
	const struct json *a =
		document("/.well-known/oauth-authorization-server");
	const struct json *b = document("/.well-known/openid-configuration");

	(void)state;
	assert_true(str_eq(a->raw, b->raw));
	assert_str(json_get_str(a, "issuer"), BASE);
}

static void
lesson_F11_from_the_challenge_to_the_resource(void **state)
{
	static const char *const paths[] = { "/mcp", "/mcp/work" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct answer a = call(paths[i], STR("x"));
		struct str url;

		assert_int_equal(a.status, 401);
		url = between(field(&a, "WWW-Authenticate"),
			"resource_metadata=\"", "\"");
		assert_true(str_starts(url, STR(BASE)));
		url = str_dup(arena, str_cut(url, sizeof(BASE) - 1, url.n));
		assert_true(str_eq(json_get_str(document(url.p), "resource"),
			str_join(arena, STR(BASE), str_from(paths[i]))));
	}
	assert_str(
		json_get_str(document("/.well-known/oauth-protected-resource"),
			"resource"),
		BASE "/mcp");
}

static void
test_where_nothing_is(void **state)
{
	static const char *const paths[] = {
		"/.well-known/oauth-protected-resource/mcp/none",
		"/.well-known/oauth-protected-resource/",
		"/.well-known/oauth-protected-resource/mcp/",
		"/.well-known/oauth-protected-resourcex",
		"/.well-known/oauth-authorization-server/mcp",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(
			house_ask(&(struct ask){ .target = str_from(paths[i]) })
				.status,
			404);
}

static void
lesson_F12_what_is_named_answers(void **state)
{
	static const char *const keys[] = { "authorization_endpoint",
		"token_endpoint", "registration_endpoint",
		"revocation_endpoint" };
	const struct json *doc =
		document("/.well-known/oauth-authorization-server");

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str url = json_get_str(doc, keys[i]);
		struct answer a;

		assert_true(str_starts(url, STR(BASE "/")));
		a = house_ask(&(struct ask){
			.target = str_cut(url, sizeof(BASE) - 1, url.n) });
		assert_true(a.status == 400 || a.status == 405);
	}
}

static void
lesson_F12_scopes_that_are_named_are_given(void **state)
{
	struct str cookie = house_login("anna");
	struct str client = house_client();
	const struct json *doc =
		document("/.well-known/oauth-authorization-server");

	(void)state;
	json_each(v, json_get(doc, "scopes_supported")) {
		struct str code = house_code(cookie, client,
			str_join(arena, STR("&scope="), encoded(v->text)).p);
		struct answer a = token_post(redeem_body(client, code, ""));

		assert_int_equal(a.status, 200);
		assert_true(str_eq(json_member_of(&a, "scope"), v->text));
	}
}

static void
lesson_F20_forged_fields_change_nothing(void **state)
{
	struct answer plain = house_ask(&(struct ask){
		.target = STR("/.well-known/oauth-authorization-server") });
	struct answer forged = house_ask(&(struct ask){
		.target = STR("/.well-known/oauth-authorization-server"),
		.fields = STR("X-Forwarded-Host: evil.example\r\n"
			      "X-Forwarded-Proto: https\r\n"
			      "Forwarded: host=evil.example\r\n") });

	(void)state;
	assert_true(str_eq(plain.body, forged.body));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_both_places_hold_the_same),
		CHECK(lesson_F11_from_the_challenge_to_the_resource),
		CHECK(test_where_nothing_is),
		CHECK(lesson_F12_what_is_named_answers),
		CHECK(lesson_F12_scopes_that_are_named_are_given),
		CHECK(lesson_F20_forged_fields_change_nothing),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
