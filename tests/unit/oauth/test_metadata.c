#include "oauth/metadata.h"

#include "check.h"
#include "model/settings.h"
#include "oauth/scope.h"
#include "text/json.h"

static const struct json *
server(enum metadata_registration registration)
{
	static const struct scope_entry own[] = { { STR_INIT("issues:write"),
		STR_INIT("") } };
	struct metadata_server_plan plan = {
		.issuer = STR("https://h"),
		.scopes = scope_table_new(arena, own, 1, &fault),
		.registration = registration,
	};
	struct buf out;
	const struct json *doc;

	buf_in(&out, arena, 10000);
	metadata_write_server(&out, &plan);
	doc = json_parse(arena, buf_view(&out), NULL, &fault);
	assert_non_null(doc);
	return doc;
}

static void
lesson_F12_server_document(void **state)
{
	const struct json *doc = server(METADATA_REGISTRATION_ON);

	(void)state;
	assert_str(json_get_str(doc, "issuer"), "https://h");
	assert_str(json_get_str(doc, "authorization_endpoint"),
		"https://h/oauth/authorize");
	assert_str(
		json_get_str(doc, "token_endpoint"), "https://h/oauth/token");
	assert_str(json_get_str(doc, "registration_endpoint"),
		"https://h/oauth/register");
	assert_str(json_get_str(doc, "revocation_endpoint"),
		"https://h/oauth/revoke");
	assert_str(
		json_get(doc, "response_types_supported")->raw, "[\"code\"]");
	assert_str(json_get(doc, "grant_types_supported")->raw,
		"[\"authorization_code\",\"refresh_token\"]");
	assert_str(json_get(doc, "code_challenge_methods_supported")->raw,
		"[\"S256\"]");
	assert_str(json_get(doc, "token_endpoint_auth_methods_supported")->raw,
		"[\"none\",\"client_secret_basic\",\"client_secret_post\"]");
	assert_true(json_is(
		json_get(doc, "authorization_response_iss_parameter_supported"),
		JSON_TRUE));
	assert_str(json_get(doc, "scopes_supported")->raw,
		"[\"mcp:tools:read\",\"mcp:tools:execute\","
		"\"mcp:resources:read\",\"mcp:prompts:read\",\"mcp\","
		"\"offline_access\",\"issues:write\"]");
}

static void
lesson_F12_nothing_that_does_not_work(void **state)
{
	static const char *const absent[] = {
		"introspection_endpoint",
		"jwks_uri",
		"pushed_authorization_request_endpoint",
		"device_authorization_endpoint",
		"userinfo_endpoint",
		"end_session_endpoint",
		"client_id_metadata_document_supported",
		"require_pushed_authorization_requests",
	};
	const struct json *doc = server(METADATA_REGISTRATION_OFF);

	(void)state;
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_null(json_get(doc, absent[i]));
	assert_null(json_get(doc, "registration_endpoint"));
}

static void
lesson_F11_resource_document(void **state)
{
	struct metadata_resource_plan plan = {
		.resource = STR("https://h/mcp/github"),
		.issuer = STR("https://h"),
		.name = STR("github"),
	};
	struct buf out;
	const struct json *doc;

	(void)state;
	buf_in(&out, arena, 10000);
	metadata_write_resource(&out, &plan);
	doc = json_parse(arena, buf_view(&out), NULL, &fault);
	assert_non_null(doc);
	assert_str(json_get_str(doc, "resource"), "https://h/mcp/github");
	assert_str(json_get_str(doc, "resource_name"), "github");
	assert_str(
		json_get(doc, "authorization_servers")->raw, "[\"https://h\"]");
	assert_str(json_get(doc, "scopes_supported")->raw,
		"[\"mcp:tools:read\",\"mcp:tools:execute\","
		"\"mcp:resources:read\",\"mcp:prompts:read\"]");
	assert_str(
		json_get(doc, "bearer_methods_supported")->raw, "[\"header\"]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(lesson_F12_server_document),
		CHECK(lesson_F12_nothing_that_does_not_work),
		CHECK(lesson_F11_resource_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
