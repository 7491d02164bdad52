#include "oauth/registration.h"

#include "check.h"
#include "model/client.h"
#include "oauth/scope.h"
#include "text/json.h"

static const struct str schemes[] = { STR_INIT("cursor") };
static struct client client;

static bool
read_metadata(struct str body)
{
	struct registration_rules rules = { .redirects = { schemes, 1 } };

	fault_clear(&fault);
	rules.scopes = scope_table_new(arena, NULL, 0, &fault);
	return registration_read(arena, body, &rules, &client, &fault);
}

#define REDIRECTS "\"redirect_uris\":[\"http://127.0.0.1/cb\"]"

/* {"redirect_uris": ..., <more>} */
static bool
read_with(const char *more)
{
	return read_metadata(str_join(
		arena, STR("{" REDIRECTS ","), str_from(more), STR("}")));
}

static void
test_what_an_sdk_sends(void **state)
{
	(void)state;
	assert_true(read_metadata(
		STR("{\"redirect_uris\":[\"http://localhost:8090/callback\","
		    "\"cursor://x/cb\"],"
		    "\"token_endpoint_auth_method\":\"none\","
		    "\"grant_types\":[\"authorization_code\",\"refresh_token\","
		    "\"urn:ietf:params:oauth:grant-type:device_code\"],"
		    "\"response_types\":[\"code\"],"
		    "\"client_name\":\"A client\","
		    "\"client_uri\":\"https://client.example\","
		    "\"scope\":\"openid mcp mcp:tools:read\","
		    "\"logo_uri\":\"javascript:x\",\"contacts\":[1]}")));
	assert_int_equal(client.origin, CLIENT_REGISTERED);
	assert_int_equal(client.auth, CLIENT_AUTH_NONE);
	assert_int_equal(client.redirect_count, 2);
	assert_str(client.redirects[1], "cursor://x/cb");
	assert_true(client.may_refresh);
	assert_str(client.name, "A client");
	assert_str(client.uri, "https://client.example");
	assert_str(client.scope, "mcp mcp:tools:read");
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_true(read_with("\"x\":1"));
	assert_int_equal(client.auth, CLIENT_AUTH_BASIC);
	assert_false(client.may_refresh);
	assert_true(str_is_none(client.name));
	assert_true(str_is_none(client.uri));
	assert_true(str_is_none(client.scope));
	assert_true(str_is_none(client.application_type));
	assert_true(read_with("\"scope\":\"openid ostiary:admin\""));
	assert_true(str_is_none(client.scope));
}

static void
lesson_F17_bad_metadata(void **state)
{
	static const char *const rows[] = {
		"\"token_endpoint_auth_method\":\"private_key_jwt\"",
		"\"token_endpoint_auth_method\":1",
		"\"grant_types\":[\"client_credentials\"]",
		"\"grant_types\":[]",
		"\"grant_types\":\"authorization_code\"",
		"\"grant_types\":[\"authorization_code\",1]",
		"\"response_types\":[\"token\"]",
		"\"client_name\":[\"x\"]",
		"\"client_name\":\"x\\u0000y\"",
		"\"client_uri\":\"javascript:alert(1)\"",
		"\"client_uri\":\"client.example\"",
		"\"application_type\":\"mobile\"",
		"\"scope\":[\"mcp\"]",
		"\"redirect_uris\":[]", /* twice */
		"\"x\":",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (read_with(rows[i]))
			fail_msg("%s", rows[i]);
		assert_fault(FAULT_INVALID_CLIENT_METADATA);
	}
	assert_false(read_metadata(STR("")));
	assert_fault(FAULT_INVALID_CLIENT_METADATA);
	assert_false(read_metadata(STR("[]")));
	assert_fault(FAULT_INVALID_CLIENT_METADATA);
}

static void
lesson_F17_bad_redirects(void **state)
{
	static const char *const rows[] = {
		"{}",
		"{\"redirect_uris\":[]}",
		"{\"redirect_uris\":\"https://client.example/cb\"}",
		"{\"redirect_uris\":[1]}",
		"{\"redirect_uris\":[\"http://evil.example/cb\"]}",
		"{\"redirect_uris\":[\"https://a.example/cb\","
		"\"javascript:alert(1)\"]}",
		"{\"redirect_uris\":[\"myapp:cb\"]}",
		"{\"redirect_uris\":[\"https://a.example/#x\"]}",
		"{\"redirect_uris\":[\"https://a.example/\\u0000\"]}",
		"{\"redirect_uris\":[\"https://a.example/\\r\\nX: y\"]}",
		"{\"redirect_uris\":[\"cursor://x/cb\"],"
		"\"application_type\":\"web\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (read_metadata(str_from(rows[i])))
			fail_msg("%s", rows[i]);
		assert_fault(FAULT_INVALID_REDIRECT_URI);
	}
}

static void
test_how_many_redirects(void **state)
{
	struct buf out;

	(void)state;
	buf_in(&out, arena, 10000);
	buf_lit(&out, "{\"redirect_uris\":[\"https://a.example/\"");
	for (unsigned i = 1; i < CLIENT_REDIRECTS_MAX; i++)
		buf_fmt(&out, ",\"https://a.example/%u\"", i);
	buf_lit(&out, "]}");
	assert_true(read_metadata(buf_view(&out)));
	assert_int_equal(client.redirect_count, CLIENT_REDIRECTS_MAX);
	out.n -= 2;
	buf_lit(&out, ",\"https://a.example/x\"]}");
	assert_false(read_metadata(buf_view(&out)));
	assert_fault(FAULT_INVALID_REDIRECT_URI);
}

static void
test_application_types(void **state)
{
	(void)state;
	assert_true(read_with("\"application_type\":\"native\""));
	assert_str(client.application_type, "native");
	assert_true(read_with("\"application_type\":\"web\""));
	assert_true(
		read_metadata(STR("{\"redirect_uris\":[\"https://a.example/\"],"
				  "\"application_type\":\"web\"}")));
}

static void
lesson_F04_names_can_not_fool_the_eye(void **state)
{
	char long_name[1000];

	(void)state;
	assert_true(read_with("\"client_name\":\" \\u202eevil\\u200b\\u0007"
			      "\\ufeff \xc3\xa9\\n \""));
	assert_str(client.name, "evil \xc3\xa9");
	assert_true(read_with("\"client_name\":\"a\\u061c\\u115f\\u180e\\u2800"
			      "\\u3164\\ufe0f\\ufff9\\uffa0\\uffff"
			      "\\udb40\\udc41\\udbff\\udfffb\\u4e2d\""));
	assert_str(client.name, "ab\xe4\xb8\xad");
	assert_true(read_with("\"client_name\":\"\\u202e\\u200b \""));
	assert_true(str_is_none(client.name));
	snprintf(long_name, sizeof(long_name), "\"client_name\":\"%0300d\"", 0);
	assert_true(read_with(long_name));
	assert_int_equal(client.name.n, REGISTRATION_NAME_MAX);
}

static const struct json *
written(const struct registration_secrets *secrets)
{
	struct buf out;
	const struct json *doc;

	buf_in(&out, arena, 10000);
	registration_write(&out, &client, secrets);
	assert_true(buf_ok(&out));
	doc = json_parse(arena, buf_view(&out), NULL, &fault);
	assert_non_null(doc);
	return doc;
}

static void
lesson_F17_the_answer_echoes_what_counts(void **state)
{
	struct registration_secrets none = { 0 };
	struct registration_secrets some = { STR("s"), STR("t"), STR("u") };
	const struct json *doc;
	int64_t n;

	(void)state;
	assert_true(read_with("\"grant_types\":[\"authorization_code\","
			      "\"refresh_token\",\"password\"],"
			      "\"client_name\":\"<b>\","
			      "\"token_endpoint_auth_method\":\"none\""));
	client.id = STR("c_1");
	client.created = 1700000000;
	doc = written(&none);
	assert_str(json_get_str(doc, "client_id"), "c_1");
	assert_true(json_to_i64(json_get(doc, "client_id_issued_at"), &n));
	assert_int_equal(n, 1700000000);
	assert_null(json_get(doc, "client_secret"));
	assert_null(json_get(doc, "client_secret_expires_at"));
	assert_str(json_get_str(doc, "token_endpoint_auth_method"), "none");
	assert_str(json_get_str(doc, "client_name"), "<b>");
	assert_str(json_get(doc, "redirect_uris")->raw,
		"[\"http://127.0.0.1/cb\"]");
	assert_str(json_get(doc, "grant_types")->raw,
		"[\"authorization_code\",\"refresh_token\"]");
	assert_str(json_get(doc, "response_types")->raw, "[\"code\"]");
	assert_true(read_with("\"x\":1"));
	client.id = STR("c_2");
	doc = written(&some);
	assert_str(json_get_str(doc, "client_secret"), "s");
	assert_true(json_to_i64(json_get(doc, "client_secret_expires_at"), &n));
	assert_int_equal(n, 0);
	assert_str(json_get_str(doc, "registration_access_token"), "t");
	assert_str(json_get_str(doc, "registration_client_uri"), "u");
	assert_str(
		json_get(doc, "grant_types")->raw, "[\"authorization_code\"]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_what_an_sdk_sends),
		CHECK(test_defaults),
		CHECK(lesson_F17_bad_metadata),
		CHECK(lesson_F17_bad_redirects),
		CHECK(test_how_many_redirects),
		CHECK(test_application_types),
		CHECK(lesson_F04_names_can_not_fool_the_eye),
		CHECK(lesson_F17_the_answer_echoes_what_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
