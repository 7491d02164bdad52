#include "oauth/authorize.h"

#include "check.h"
#include "model/client.h"
#include "oauth/scope.h"

#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define GOOD                                                                   \
	"client_id=c_1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8%2Fcb&"          \
	"response_type=code&code_challenge=" CHALLENGE                         \
	"&code_challenge_method=S256&state=s%26%3D%20t"

static const struct str resources[] = { STR_INIT("https://h/mcp"),
	STR_INIT("https://h/mcp/github") };

static struct client client = {
	.id = STR_INIT("c_1"),
	.redirects = { STR_INIT("http://127.0.0.1/cb"),
		STR_INIT("https://client.example/cb") },
	.redirect_count = 2,
};

static struct authorize_request request;

static enum authorize_verdict
judge(const char *query, const struct client *c)
{
	struct form form = form_of(query, authorize_repeatable);
	struct authorize_site site = { .resources = resources,
		.resource_count = 2 };

	fault_clear(&fault);
	site.scopes = scope_table_new(arena, NULL, 0, &fault);
	return authorize_judge(arena,
		&(struct authorize_case){ &form, c, &site }, &request, &fault);
}

static void
test_good(void **state)
{
	(void)state;
	assert_int_equal(judge(GOOD, &client), AUTHORIZE_ASK);
	assert_fault(FAULT_NONE);
	assert_str(request.client_id, "c_1");
	assert_str(request.redirect_uri, "http://127.0.0.1:8/cb");
	assert_str(request.state, "s&= t");
	assert_str(request.challenge, CHALLENGE);
	assert_str(request.resource, "https://h/mcp");
	assert_str(request.scope,
		"mcp:prompts:read mcp:resources:read mcp:tools:execute "
		"mcp:tools:read");
	assert_int_equal(
		judge(GOOD "&prompt=none&nonce=1&response_mode=query&x=y",
			&client),
		AUTHORIZE_ASK);
}

static void
test_without_state(void **state)
{
	(void)state;
	assert_int_equal(judge("client_id=c_1&redirect_uri=https%3A%2F%2F"
			       "client.example%2Fcb&response_type=code&"
			       "code_challenge=" CHALLENGE
			       "&code_challenge_method=S256&state=",
				 &client),
		AUTHORIZE_ASK);
	assert_true(str_is_none(request.state));
}

static void
lesson_F02_strangers_get_a_page(void **state)
{
	static const struct {
		const char *query;
		bool known;
		enum fault_id fault;
	} rows[] = {
		{ "", false, FAULT_INVALID_REQUEST },
		{ "client_id=", false, FAULT_INVALID_REQUEST },
		{ GOOD, false, FAULT_UNKNOWN_CLIENT },
		{ "client_id=https%3A%2F%2Fc.example%2Fid", false,
			FAULT_CLIENT_DOCUMENT },
		{ "client_id=c_1", true, FAULT_BAD_REDIRECT },
		{ "client_id=c_1&redirect_uri=", true, FAULT_BAD_REDIRECT },
		{ "client_id=c_1&redirect_uri=https%3A%2F%2Fevil.example%2F",
			true, FAULT_BAD_REDIRECT },
		{ "client_id=c_1&redirect_uri=https%3A%2F%2Fclient.example"
		  "%2Fcb%2F&response_type=code",
			true, FAULT_BAD_REDIRECT },
		{ "client_id=c_1&redirect_uri=javascript%3Aalert(1)", true,
			FAULT_BAD_REDIRECT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
			judge(rows[i].query, rows[i].known ? &client : NULL),
			AUTHORIZE_LOCAL);
		assert_fault(rows[i].fault);
	}
}

#define CLIENT                                                                 \
	"client_id=c_1&state=x&"                                               \
	"redirect_uri=https%3A%2F%2Fclient.example%2Fcb&"
#define PKCE "&code_challenge=" CHALLENGE "&code_challenge_method=S256"

static void
lesson_F16_errors_at_the_redirect(void **state)
{
	static const struct {
		const char *query;
		enum fault_id fault;
		const char *error;
	} rows[] = {
		{ CLIENT PKCE, FAULT_INVALID_REQUEST, "invalid_request" },
		{ CLIENT "response_type=token" PKCE,
			FAULT_UNSUPPORTED_RESPONSE_TYPE,
			"unsupported_response_type" },
		{ CLIENT "response_type=code%20id_token" PKCE,
			FAULT_UNSUPPORTED_RESPONSE_TYPE,
			"unsupported_response_type" },
		{ CLIENT "response_type=code&response_mode=fragment" PKCE,
			FAULT_INVALID_REQUEST, "invalid_request" },
		{ CLIENT "response_type=code&request=e30." PKCE,
			FAULT_REQUEST_OBJECT, "request_not_supported" },
		{ CLIENT "response_type=code&request_uri=urn%3Ax" PKCE,
			FAULT_REQUEST_URI, "request_uri_not_supported" },
		{ CLIENT "response_type=code&scope=mcp%20openid" PKCE,
			FAULT_INVALID_SCOPE, "invalid_scope" },
		{ CLIENT "response_type=code&scope=ostiary%3Aadmin" PKCE,
			FAULT_INVALID_SCOPE, "invalid_scope" },
		{ CLIENT "response_type=code&scope=%20" PKCE,
			FAULT_INVALID_SCOPE, "invalid_scope" },
		{ CLIENT "response_type=code&resource=https%3A%2F%2Fh%2Fx" PKCE,
			FAULT_INVALID_TARGET, "invalid_target" },
		{ CLIENT "response_type=code&resource=mcp" PKCE,
			FAULT_INVALID_TARGET, "invalid_target" },
		{ CLIENT "response_type=code&resource=https%3A%2F%2Fh%2Fmcp"
			 "%23x" PKCE,
			FAULT_INVALID_TARGET, "invalid_target" },
		{ CLIENT "response_type=code&resource=https%3A%2F%2Fh%2Fmcp&"
			 "resource=https%3A%2F%2Fh%2Fmcp%2Fgithub" PKCE,
			FAULT_INVALID_TARGET, "invalid_target" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (judge(rows[i].query, &client) != AUTHORIZE_REFUSE)
			fail_msg("%s", rows[i].query);
		assert_fault(rows[i].fault);
		assert_str(str_from(fault_row(fault.id)->oauth), rows[i].error);
		assert_str(request.redirect_uri, "https://client.example/cb");
		assert_str(request.state, "x");
	}
}

static void
lesson_F03_no_request_without_a_challenge(void **state)
{
	static const char *const rows[] = {
		CLIENT "response_type=code",
		CLIENT "response_type=code&code_challenge=" CHALLENGE,
		CLIENT "response_type=code&code_challenge_method=S256",
		CLIENT "response_type=code&code_challenge=&"
		       "code_challenge_method=S256",
		CLIENT "response_type=code&code_challenge_method=plain&"
		       "code_challenge=" CHALLENGE,
		CLIENT "response_type=code&code_challenge_method=S256&"
		       "code_challenge=short",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (judge(rows[i], &client) != AUTHORIZE_REFUSE)
			fail_msg("%s", rows[i]);
		assert_fault(FAULT_INVALID_REQUEST);
	}
}

static void
test_resources(void **state)
{
	(void)state;
	assert_int_equal(
		judge(GOOD "&resource=HTTPS%3A%2F%2FH%3A443%2Fmcp%2Fgithub%2F",
			&client),
		AUTHORIZE_ASK);
	assert_str(request.resource, "https://h/mcp/github");
	assert_int_equal(judge(GOOD "&resource=", &client), AUTHORIZE_ASK);
	assert_str(request.resource, "https://h/mcp");
}

static void
test_scopes(void **state)
{
	struct client known = client;

	(void)state;
	assert_int_equal(
		judge(GOOD "&scope=offline_access%20mcp%20mcp", &client),
		AUTHORIZE_ASK);
	assert_str(request.scope, "mcp offline_access");
	known.scope = STR("mcp:prompts:read ostiary:admin gone");
	assert_int_equal(judge(GOOD, &known), AUTHORIZE_ASK);
	assert_str(request.scope, "mcp:prompts:read");
	known.scope = STR("ostiary:admin gone");
	assert_int_equal(judge(GOOD, &known), AUTHORIZE_ASK);
	assert_str(request.scope,
		"mcp:prompts:read mcp:resources:read mcp:tools:execute "
		"mcp:tools:read");
}

static void
test_the_longest_state(void **state)
{
	char query[sizeof(GOOD) + 5000];
	size_t n;

	(void)state;
	memset(query, 0, sizeof(query));
	n = (size_t)snprintf(query, sizeof(query),
		"client_id=c_1&redirect_uri=https%%3A%%2F%%2Fclient.example"
		"%%2Fcb&response_type=code" PKCE "&state=");
	memset(query + n, 's', 4096);
	assert_int_equal(judge(query, &client), AUTHORIZE_ASK);
	assert_int_equal(request.state.n, 4096);
	query[n + 4096] = 's';
	assert_int_equal(judge(query, &client), AUTHORIZE_REFUSE);
	assert_fault(FAULT_INVALID_REQUEST);
}

static void
test_through_the_browser(void **state)
{
	struct authorize_request back;
	struct buf out;
	int64_t made;

	(void)state;
	assert_int_equal(judge(GOOD, &client), AUTHORIZE_ASK);
	buf_in(&out, arena, 10000);
	authorize_write(&out, &request, 1700000000);
	assert_true(
		authorize_read(arena, buf_view(&out), &back, &made, &fault));
	assert_int_equal(made, 1700000000);
	assert_true(str_eq(back.client_id, request.client_id));
	assert_true(str_eq(back.redirect_uri, request.redirect_uri));
	assert_true(str_eq(back.state, request.state));
	assert_true(str_eq(back.scope, request.scope));
	assert_true(str_eq(back.resource, request.resource));
	assert_true(str_eq(back.challenge, request.challenge));
	assert_false(authorize_read(arena, STR(""), &back, &made, &fault));
	assert_fault(FAULT_STALE_FORM);
	assert_false(authorize_read(
		arena, STR("made=1&client_id=x"), &back, &made, &fault));
	assert_false(authorize_read(arena, STR("made=-1"), &back, &made, NULL));
}

static void
lesson_F05_deny_goes_only_to_the_client(void **state)
{
	struct buf out;

	(void)state;
	assert_int_equal(judge(GOOD, &client), AUTHORIZE_ASK);
	fault_set(&fault, FAULT_ACCESS_DENIED, "secret detail");
	buf_in(&out, arena, 10000);
	authorize_write_error(&out, &request, &fault, STR("https://h"));
	assert_str(buf_view(&out),
		"http://127.0.0.1:8/cb?error=access_denied&"
		"error_description=Access%20was%20denied.&"
		"state=s%26%3D%20t&iss=https%3A%2F%2Fh");
	request.state = STR_NONE;
	buf_in(&out, arena, 10000);
	authorize_write_error(&out, &request, &fault, STR("https://h"));
	assert_true(str_find(buf_view(&out), STR("state")) == buf_view(&out).n);
}

static void
test_the_code_goes_with_iss(void **state)
{
	struct buf out;

	(void)state;
	assert_int_equal(judge(GOOD, &client), AUTHORIZE_ASK);
	buf_in(&out, arena, 10000);
	authorize_write_code(&out, &request, STR("ost_ac_x"), STR("https://h"));
	assert_str(buf_view(&out),
		"http://127.0.0.1:8/cb?code=ost_ac_x&state=s%26%3D%20t&"
		"iss=https%3A%2F%2Fh");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_good),
		CHECK(test_without_state),
		CHECK(lesson_F02_strangers_get_a_page),
		CHECK(lesson_F16_errors_at_the_redirect),
		CHECK(lesson_F03_no_request_without_a_challenge),
		CHECK(test_resources),
		CHECK(test_scopes),
		CHECK(test_the_longest_state),
		CHECK(test_through_the_browser),
		CHECK(lesson_F05_deny_goes_only_to_the_client),
		CHECK(test_the_code_goes_with_iss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
