#include "oauth/token.h"

#include "check.h"
#include "crypto/seal.h"
#include "model/client.h"
#include "oauth/scope.h"
#include "text/json.h"

#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define NOW       1700000000
#define GRACE     10

static struct token_ask ask;

static struct str
some_token(enum token_kind kind)
{
	unsigned char bits[32] = { 1, 2, 3 };

	return token_make(arena, kind, bits);
}

/* ---- reading ---- */

static bool
read_ask(struct str before, struct str token, struct str after)
{
	struct str text = str_join(arena, before, token, after);
	struct form form;

	fault_clear(&fault);
	assert_true(form_parse(arena, text, token_repeatable, &form, &fault));
	return token_read(arena, &form, &ask, &fault);
}

static void
test_read(void **state)
{
	struct str code = some_token(TOKEN_CODE);
	struct str refresh = some_token(TOKEN_REFRESH);

	(void)state;
	assert_true(read_ask(STR("grant_type=authorization_code&code="), code,
		STR("&code_verifier=v&redirect_uri=r&resource=x&scope=a")));
	assert_int_equal(ask.type, TOKEN_BY_CODE);
	assert_true(str_eq(ask.presented, code));
	assert_str(ask.verifier, "v");
	assert_str(ask.redirect_uri, "r");
	assert_str(ask.resource, "x");
	assert_true(str_is_none(ask.scope));
	assert_true(read_ask(STR("grant_type=refresh_token&refresh_token="),
		refresh, STR("&scope=b+a+b")));
	assert_int_equal(ask.type, TOKEN_BY_REFRESH);
	assert_true(str_eq(ask.presented, refresh));
	assert_str(ask.scope, "a b");
}

static void
lesson_F16_malformed_requests(void **state)
{
	struct str code = some_token(TOKEN_CODE);
	struct str refresh = some_token(TOKEN_REFRESH);

	(void)state;
	assert_false(read_ask(STR("code="), code, STR("&code_verifier=v")));
	assert_fault(FAULT_INVALID_REQUEST);
	assert_false(read_ask(STR("grant_type=password&username=x"), STR(""),
		STR("&password=y")));
	assert_fault(FAULT_UNSUPPORTED_GRANT_TYPE);
	assert_false(read_ask(
		STR("grant_type=client_credentials"), STR(""), STR("")));
	assert_fault(FAULT_UNSUPPORTED_GRANT_TYPE);
	assert_false(read_ask(STR("grant_type=authorization_code"), STR(""),
		STR("&code_verifier=v")));
	assert_fault(FAULT_INVALID_REQUEST);
	assert_false(
		read_ask(STR("grant_type=refresh_token"), STR(""), STR("")));
	assert_fault(FAULT_INVALID_REQUEST);
	assert_false(read_ask(STR("grant_type=authorization_code&code="),
		refresh, STR("&code_verifier=v")));
	assert_fault(FAULT_INVALID_GRANT);
	assert_false(read_ask(
		STR("grant_type=refresh_token&refresh_token="), code, STR("")));
	assert_fault(FAULT_INVALID_GRANT);
	assert_false(read_ask(STR("grant_type=authorization_code&code=x"),
		STR(""), STR("&code_verifier=v")));
	assert_fault(FAULT_INVALID_GRANT);
	assert_false(read_ask(STR("grant_type=refresh_token&refresh_token="),
		refresh, STR("&resource=a&resource=b")));
	assert_fault(FAULT_INVALID_TARGET);
	assert_false(read_ask(STR("grant_type=refresh_token&refresh_token="),
		refresh, STR("&scope=a%22")));
	assert_fault(FAULT_INVALID_SCOPE);
}

static void
lesson_F03_no_code_without_a_verifier(void **state)
{
	(void)state;
	assert_false(read_ask(STR("grant_type=authorization_code&code="),
		some_token(TOKEN_CODE), STR("")));
	assert_fault(FAULT_INVALID_REQUEST);
}

/* ---- judging ---- */

struct play {
	struct client client;
	struct grant grant;
	struct auth_code code;
	struct refresh_token old;
	struct refresh_token next;
	bool has_next;
	int64_t now;
	int64_t grace;
};

/* All is well. */
static struct play
begin(void)
{
	ask = (struct token_ask){ .verifier = STR(VERIFIER) };
	fault_clear(&fault);
	return (struct play){
		.client = { .id = STR("c_1"), .may_refresh = true },
		.grant = { .id = STR("g_1"),
			.client_id = STR("c_1"),
			.resource = STR("https://h/mcp"),
			.scope = STR("issues:write mcp:tools:execute") },
		.code = { .grant_id = STR("g_1"),
			.client_id = STR("c_1"),
			.redirect_uri = STR("http://127.0.0.1:8/cb"),
			.challenge = STR(CHALLENGE),
			.expires = NOW + 60 },
		.old = { .grant_id = STR("g_1"), .expires = NOW + 1000 },
		.next = { .grant_id = STR("g_1"), .expires = NOW + 2000 },
		.now = NOW,
		.grace = GRACE,
	};
}

static struct token_scene
scene(const struct play *p)
{
	return (struct token_scene){ &p->client, &p->grant, p->now, p->grace };
}

static enum token_verdict
judge_code(const struct play *p)
{
	struct token_scene s = scene(p);

	fault_clear(&fault);
	return token_judge_code(&ask, &s, &p->code, &fault);
}

static enum token_verdict
judge_refresh(const struct play *p)
{
	struct token_scene s = scene(p);

	fault_clear(&fault);
	return token_judge_refresh(
		&ask, &s, &p->old, p->has_next ? &p->next : NULL, &fault);
}

static void
refused(enum token_verdict verdict, enum fault_id id)
{
	assert_int_equal(verdict, TOKEN_REFUSE);
	assert_fault(id);
}

static void
test_a_good_code(void **state)
{
	struct play p = begin();

	(void)state;
	assert_int_equal(judge_code(&p), TOKEN_ISSUE);
	assert_fault(FAULT_NONE);
	ask.redirect_uri = STR("http://127.0.0.1:8/cb");
	ask.resource = STR("https://H/mcp/");
	assert_int_equal(judge_code(&p), TOKEN_ISSUE);
	p.now = NOW + 59;
	assert_int_equal(judge_code(&p), TOKEN_ISSUE);
}

static void
lesson_F16_codes_that_are_not_good(void **state)
{
	struct play p = begin();

	(void)state;
	p.now = NOW + 60;
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	p.client.id = STR("c_2");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	ask.redirect_uri = STR("http://127.0.0.1:9/cb");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	ask.verifier = STR(CHALLENGE);
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	ask.verifier = STR("short");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	p.grant.revoked = NOW - 1;
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p = begin();
	ask.resource = STR("https://h/mcp/github");
	refused(judge_code(&p), FAULT_INVALID_TARGET);
	p = begin();
	ask.resource = STR("mcp");
	refused(judge_code(&p), FAULT_INVALID_TARGET);
}

static void
lesson_F13_a_replay_revokes_what_the_code_gave(void **state)
{
	struct play p = begin();

	(void)state;
	p.code.spent = NOW - 5;
	assert_int_equal(judge_code(&p), TOKEN_REVOKE);
	assert_fault(FAULT_INVALID_GRANT);
	p.now = NOW + 3600;
	assert_int_equal(judge_code(&p), TOKEN_REVOKE);
	ask.resource = STR("https://evil.example");
	assert_int_equal(judge_code(&p), TOKEN_REVOKE);
}

static void
lesson_F13_a_replay_by_others_revokes_nothing(void **state)
{
	struct play p = begin();

	(void)state;
	p.code.spent = NOW - 5;
	ask.verifier = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	ask.verifier = STR_NONE;
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	ask.verifier = STR(VERIFIER);
	p.client.id = STR("c_2");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
	p.client.id = STR("c_1");
	ask.redirect_uri = STR("https://evil.example/");
	refused(judge_code(&p), FAULT_INVALID_GRANT);
}

static void
test_a_good_refresh(void **state)
{
	struct play p = begin();

	(void)state;
	assert_int_equal(judge_refresh(&p), TOKEN_ISSUE);
	assert_fault(FAULT_NONE);
	ask.scope = STR("mcp:tools:read");
	ask.resource = STR("https://h/mcp");
	assert_int_equal(judge_refresh(&p), TOKEN_ISSUE);
}

static void
lesson_F16_refreshes_that_are_not_good(void **state)
{
	struct play p = begin();

	(void)state;
	p.now = NOW + 1000;
	refused(judge_refresh(&p), FAULT_INVALID_GRANT);
	p = begin();
	p.client.id = STR("c_2");
	refused(judge_refresh(&p), FAULT_INVALID_GRANT);
	p = begin();
	p.grant.revoked = 1;
	refused(judge_refresh(&p), FAULT_INVALID_GRANT);
	p = begin();
	p.client.may_refresh = false;
	refused(judge_refresh(&p), FAULT_UNAUTHORIZED_CLIENT);
	p = begin();
	ask.resource = STR("https://h/mcp/github");
	refused(judge_refresh(&p), FAULT_INVALID_TARGET);
	p = begin();
	ask.scope = STR("mcp:prompts:read");
	refused(judge_refresh(&p), FAULT_INVALID_SCOPE);
	p = begin();
	ask.scope = STR("mcp");
	refused(judge_refresh(&p), FAULT_INVALID_SCOPE);
	p = begin();
	ask.scope = STR("issues:write mcp:tools:execute offline_access");
	refused(judge_refresh(&p), FAULT_INVALID_SCOPE);
}

static void
lesson_F15_within_the_grace_the_same_successor(void **state)
{
	struct play p = begin();

	(void)state;
	p.old.retired = NOW;
	p.has_next = true;
	assert_int_equal(judge_refresh(&p), TOKEN_REPEAT);
	p.now = NOW + GRACE;
	assert_int_equal(judge_refresh(&p), TOKEN_REPEAT);
	p.now = NOW - 1; /* the clock was set back */
	assert_int_equal(judge_refresh(&p), TOKEN_REPEAT);
	p.client.id = STR("c_2");
	refused(judge_refresh(&p), FAULT_INVALID_GRANT);
	p.client.id = STR("c_1");
	ask.scope = STR("mcp");
	refused(judge_refresh(&p), FAULT_INVALID_SCOPE);
}

static void
lesson_F15_after_the_grace_the_family_dies(void **state)
{
	struct play p = begin();

	(void)state;
	p.old.retired = NOW;
	p.has_next = true;
	p.now = NOW + GRACE + 1;
	assert_int_equal(judge_refresh(&p), TOKEN_REVOKE);
	assert_fault(FAULT_INVALID_GRANT);
	ask.scope = STR("not:granted");
	assert_int_equal(judge_refresh(&p), TOKEN_REVOKE);
	/* Whoever stole the old one was faster: the new one is in use. */
	p = begin();
	p.old.retired = NOW;
	p.has_next = true;
	p.next.retired = NOW;
	assert_int_equal(judge_refresh(&p), TOKEN_REVOKE);
	p.has_next = false;
	assert_int_equal(judge_refresh(&p), TOKEN_REVOKE);
	/* No grace at all: not even at once. */
	p = begin();
	p.grace = 0;
	p.old.retired = NOW;
	p.has_next = true;
	assert_int_equal(judge_refresh(&p), TOKEN_REVOKE);
	p.has_next = false;
	/* A stranger's client can't end it. */
	p.client.id = STR("c_2");
	refused(judge_refresh(&p), FAULT_INVALID_GRANT);
}

/* ---- making ---- */

static void
lesson_F15_successors_are_derived(void **state)
{
	static const unsigned char bytes[SEAL_KEY_BYTES] = { 7 };
	static const unsigned char other_bytes[SEAL_KEY_BYTES] = { 8 };
	struct seal_key *key = seal_key_new(bytes);
	struct seal_key *other_key = seal_key_new(other_bytes);
	struct token_name old = token_name(STR("old"));
	struct token_name new = token_name(STR("new"));
	struct str s[6];

	(void)state;
	s[0] = token_successor(arena, key, TOKEN_REFRESH, &old, STR_NONE);
	s[1] = token_successor(arena, key, TOKEN_REFRESH, &new, STR_NONE);
	s[2] = token_successor(arena, other_key, TOKEN_REFRESH, &old, STR_NONE);
	s[3] = token_successor(arena, key, TOKEN_ACCESS, &old, STR("mcp"));
	s[4] = token_successor(arena, key, TOKEN_ACCESS, &old, STR("mcp x"));
	s[5] = token_successor(arena, key, TOKEN_ACCESS, &old, STR(""));
	for (size_t i = 0; i < 6; i++) {
		assert_true(token_is_well_formed(
			s[i], i < 3 ? TOKEN_REFRESH : TOKEN_ACCESS));
		for (size_t k = 0; k < i; k++)
			/* Behind the prefix, where the random part stands. */
			assert_false(str_eq(
				str_cut(s[i], 7, 50), str_cut(s[k], 7, 50)));
	}
	assert_true(str_eq(s[0],
		token_successor(arena, key, TOKEN_REFRESH, &old, STR_NONE)));
	assert_true(str_eq(s[3],
		token_successor(arena, key, TOKEN_ACCESS, &old, STR("mcp"))));
	seal_key_free(&key);
	seal_key_free(&other_key);
}

static void
test_name(void **state)
{
	struct token_name name = token_name(STR("abc"));

	(void)state;
	assert_str(token_name_str(&name),
		"ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad");
}

static void
test_write(void **state)
{
	struct buf out;
	const struct json *doc;
	int64_t seconds;

	(void)state;
	buf_in(&out, arena, 1000);
	token_write(&out,
		&(struct token_answer){ .access = STR("a"),
			.refresh = STR("r"),
			.scope = STR("mcp"),
			.expires_in = 3600 });
	doc = json_parse(arena, buf_view(&out), NULL, &fault);
	assert_str(json_get_str(doc, "access_token"), "a");
	assert_str(json_get_str(doc, "token_type"), "Bearer");
	assert_str(json_get_str(doc, "refresh_token"), "r");
	assert_str(json_get_str(doc, "scope"), "mcp");
	assert_true(json_to_i64(json_get(doc, "expires_in"), &seconds));
	assert_int_equal(seconds, 3600);
	buf_in(&out, arena, 1000);
	token_write(&out, &(struct token_answer){ .access = STR("a") });
	doc = json_parse(arena, buf_view(&out), NULL, &fault);
	assert_null(json_get(doc, "refresh_token"));
}

static int
start(void **state)
{
	(void)state;
	digest_start();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_read),
		CHECK(lesson_F16_malformed_requests),
		CHECK(lesson_F03_no_code_without_a_verifier),
		CHECK(test_a_good_code),
		CHECK(lesson_F16_codes_that_are_not_good),
		CHECK(lesson_F13_a_replay_revokes_what_the_code_gave),
		CHECK(lesson_F13_a_replay_by_others_revokes_nothing),
		CHECK(test_a_good_refresh),
		CHECK(lesson_F16_refreshes_that_are_not_good),
		CHECK(lesson_F15_within_the_grace_the_same_successor),
		CHECK(lesson_F15_after_the_grace_the_family_dies),
		CHECK(lesson_F15_successors_are_derived),
		CHECK(test_name),
		CHECK(test_write),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
