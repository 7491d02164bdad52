#include "house.h"

static struct str cookie;
static struct str client;

static void
begin(void)
{
	cookie = house_login("anna");
	client = house_client();
}

static void
test_a_code_becomes_tokens(void **state)
{
	struct answer a;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	assert_true(token_is_well_formed(
		json_member_of(&a, "access_token"), TOKEN_ACCESS));
	assert_true(token_is_well_formed(
		json_member_of(&a, "refresh_token"), TOKEN_REFRESH));
	assert_str(json_member_of(&a, "token_type"), "Bearer");
	assert_str(json_member_of(&a, "scope"),
		"mcp:prompts:read mcp:resources:read mcp:tools:execute "
		"mcp:tools:read");
	assert_true(has(a.body, "\"expires_in\":3600"));
	assert_str(field(&a, "Cache-Control"), "no-store");
	assert_int_equal(
		call("/mcp", json_member_of(&a, "access_token")).status, 200);
}

static void
test_aliases(void **state)
{
	static const char *const paths[] = { "/token", "/api/oauth/token" };
	struct answer a;

	(void)state;
	begin();
	for (size_t i = 0; i < 2; i++) {
		a = house_ask(&(struct ask){ .target = str_from(paths[i]),
			.body = redeem_body(
				client, house_code(cookie, client, ""), "") });
		assert_int_equal(a.status, 200);
	}
}

static void
lesson_F08_tokens_expire(void **state)
{
	struct answer a;
	struct str token;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	token = json_member_of(&a, "access_token");
	assert_int_equal(call("/mcp", token).status, 200);
	loop_set_clock(house.loop, 3601);
	assert_int_equal(call("/mcp", token).status, 401);
}

static void
lesson_F10_a_token_opens_its_own_endpoint(void **state)
{
	struct str code, hub, work;
	struct answer a;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	hub = json_member_of(&a, "access_token");
	code = house_code(cookie, client,
		"&resource=http%3A%2F%2F127.0.0.1%3A3000%2Fmcp%2Fwork");
	a = token_post(redeem_body(client, code,
		"&resource=http%3A%2F%2F127.0.0.1%3A3000%2Fmcp%2Fwork"));
	work = json_member_of(&a, "access_token");
	assert_int_equal(call("/mcp", hub).status, 200);
	assert_int_equal(call("/mcp/work", hub).status, 401);
	assert_int_equal(call("/mcp/work", work).status, 200);
	assert_int_equal(call("/mcp", work).status, 401);
}

static void
lesson_F03_verifiers(void **state)
{
	struct str code;
	struct answer a;

	(void)state;
	begin();
	code = house_code(cookie, client, "");
	a = token_post(
		str_join(arena, STR("grant_type=authorization_code&client_id="),
			client, STR("&code="), code));
	assert_refused(&a, 400, "invalid_request");
	a = token_post(str_join(arena,
		STR("grant_type=authorization_code&client_id="), client,
		STR("&code="), code,
		STR("&code_verifier=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaa")));
	assert_refused(&a, 400, "invalid_grant");
	/* Neither of them spent it. */
	a = token_post(redeem_body(client, code, ""));
	assert_int_equal(a.status, 200);
}

static void
lesson_F16_one_case_for_each_code(void **state)
{
	struct answer a, ok;
	struct str other, refresh;

	(void)state;
	begin();
	other = house_client();
	a = token_post(str_join(arena, STR("client_id="), client));
	assert_refused(&a, 400, "invalid_request");
	a = token_post(STR("a=1&a=2"));
	assert_refused(&a, 400, "invalid_request");
	a = house_ask(&(struct ask){ .target = STR("/oauth/token"),
		.type = STR("application/json"),
		.body = STR("{}") });
	assert_refused(&a, 400, "invalid_request");
	a = token_post(
		str_join(arena, STR("grant_type=password&client_id="), client));
	assert_refused(&a, 400, "unsupported_grant_type");
	/* Strangers hear nothing but that. */
	a = token_post(STR("grant_type=password&client_id=c_1"));
	assert_refused(&a, 401, "invalid_client");
	a = token_post(redeem_body(STR("c_1"), STR("ost_ac_x"), ""));
	assert_refused(&a, 401, "invalid_client");
	a = token_post(refresh_body(STR("c_unknown"),
		token_make(arena, TOKEN_REFRESH, (unsigned char[32]){ 0 }),
		""));
	assert_refused(&a, 401, "invalid_client");
	a = token_post(redeem_body(client, STR("ost_ac_x"), ""));
	assert_refused(&a, 400, "invalid_grant");
	a = token_post(redeem_body(other, house_code(cookie, client, ""), ""));
	assert_refused(&a, 400, "invalid_grant");
	a = token_post(redeem_body(client, house_code(cookie, client, ""),
		"&resource=http%3A%2F%2F127.0.0.1%3A3000%2Fmcp%2Fwork"));
	assert_refused(&a, 400, "invalid_target");
	ok = house_tokens(cookie, client);
	refresh = json_member_of(&ok, "refresh_token");
	a = token_post(refresh_body(client, refresh, "&scope=issues%3Awrite"));
	assert_refused(&a, 400, "invalid_scope");
	a = token_post(refresh_body(other, refresh, ""));
	assert_refused(&a, 400, "invalid_grant");
	a = house_ask(&(struct ask){ .target = STR("/oauth/token") });
	assert_int_equal(a.status, 405);
	assert_str(field(&a, "Allow"), "POST");
	/* None of that cost the client its token. */
	a = token_post(refresh_body(client, refresh, ""));
	assert_int_equal(a.status, 200);
}

static void
test_an_old_code(void **state)
{
	struct str code;
	struct answer a;

	(void)state;
	begin();
	code = house_code(cookie, client, "");
	loop_set_clock(house.loop, 61);
	a = token_post(redeem_body(client, code, ""));
	assert_refused(&a, 400, "invalid_grant");
}

#define RACERS 50

static void
lesson_F13_a_code_is_spent_once(void **state)
{
	int fds[RACERS];
	struct str code, token = STR_NONE;
	struct ask ask = { .target = STR("/oauth/token") };
	unsigned won = 0;

	(void)state;
	begin();
	code = house_code(cookie, client, "");
	ask.body = redeem_body(client, code, "");
	for (size_t i = 0; i < RACERS; i++)
		fds[i] = house_dial();
	for (size_t i = 0; i < RACERS; i++)
		house_send(fds[i], house_request(&ask));
	for (size_t i = 0; i < RACERS; i++) {
		struct answer a = house_hear(fds[i]);

		if (a.status == 200) {
			won++;
			token = json_member_of(&a, "access_token");
		} else {
			assert_refused(&a, 400, "invalid_grant");
		}
	}
	assert_int_equal(won, 1);
	/* The others were replays: what it gave is dead. */
	assert_int_equal(call("/mcp", token).status, 401);
}

static void
lesson_F13_a_later_replay_revokes(void **state)
{
	struct str code, access, refresh;
	struct answer a;

	(void)state;
	begin();
	code = house_code(cookie, client, "");
	a = token_post(redeem_body(client, code, ""));
	access = json_member_of(&a, "access_token");
	refresh = json_member_of(&a, "refresh_token");
	assert_int_equal(call("/mcp", access).status, 200);
	/* Whoever stole the code alone can't end the grant. */
	a = token_post(str_join(arena,
		STR("grant_type=authorization_code&client_id="), client,
		STR("&code="), code,
		STR("&code_verifier=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaa")));
	assert_refused(&a, 400, "invalid_grant");
	assert_int_equal(call("/mcp", access).status, 200);
	loop_set_clock(house.loop, 1800);
	a = token_post(redeem_body(client, code, ""));
	assert_refused(&a, 400, "invalid_grant");
	assert_int_equal(call("/mcp", access).status, 401);
	a = token_post(refresh_body(client, refresh, ""));
	assert_refused(&a, 400, "invalid_grant");
}

static void
lesson_F15_the_lost_answer(void **state)
{
	struct answer a, first, again, narrow;
	struct str old;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	old = json_member_of(&a, "refresh_token");
	first = token_post(refresh_body(client, old, ""));
	assert_int_equal(first.status, 200);
	assert_false(str_eq(old, json_member_of(&first, "refresh_token")));
	again = token_post(refresh_body(client, old, ""));
	assert_int_equal(again.status, 200);
	assert_true(str_eq(json_member_of(&first, "refresh_token"),
		json_member_of(&again, "refresh_token")));
	assert_true(str_eq(json_member_of(&first, "access_token"),
		json_member_of(&again, "access_token")));
	narrow = token_post(
		refresh_body(client, old, "&scope=mcp%3Aprompts%3Aread"));
	assert_str(json_member_of(&narrow, "scope"), "mcp:prompts:read");
	assert_true(str_eq(json_member_of(&first, "refresh_token"),
		json_member_of(&narrow, "refresh_token")));
	assert_false(str_eq(json_member_of(&first, "access_token"),
		json_member_of(&narrow, "access_token")));
	assert_int_equal(
		call("/mcp", json_member_of(&again, "access_token")).status,
		200);
	/* The successor works, and keeps the whole scope. */
	a = token_post(refresh_body(
		client, json_member_of(&narrow, "refresh_token"), ""));
	assert_true(str_eq(
		json_member_of(&a, "scope"), json_member_of(&first, "scope")));
}

static void
lesson_F15_a_revoked_token_stays_revoked(void **state)
{
	struct answer a, first, again;
	struct str old, gone;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	old = json_member_of(&a, "refresh_token");
	first = token_post(refresh_body(client, old, ""));
	gone = json_member_of(&first, "access_token");
	a = house_ask(&(struct ask){ .target = STR("/oauth/revoke"),
		.body = str_join(arena, STR("client_id="), client,
			STR("&token="), gone) });
	assert_int_equal(a.status, 200);
	assert_int_equal(call("/mcp", gone).status, 401);
	again = token_post(refresh_body(client, old, ""));
	assert_int_equal(again.status, 200);
	assert_true(str_eq(json_member_of(&first, "refresh_token"),
		json_member_of(&again, "refresh_token")));
	assert_false(str_eq(gone, json_member_of(&again, "access_token")));
	assert_int_equal(
		call("/mcp", json_member_of(&again, "access_token")).status,
		200);
	assert_int_equal(call("/mcp", gone).status, 401);
}

static void
lesson_F15_reuse_ends_the_family(void **state)
{
	struct answer a;
	struct str old, next, access;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	old = json_member_of(&a, "refresh_token");
	a = token_post(refresh_body(client, old, ""));
	next = json_member_of(&a, "refresh_token");
	access = json_member_of(&a, "access_token");
	assert_int_equal(call("/mcp", access).status, 200);
	loop_set_clock(house.loop, 12);
	a = token_post(refresh_body(client, old, ""));
	assert_refused(&a, 400, "invalid_grant");
	assert_int_equal(call("/mcp", access).status, 401);
	a = token_post(refresh_body(client, next, ""));
	assert_refused(&a, 400, "invalid_grant");
}

static void
lesson_F15_reuse_after_the_successor_was_used(void **state)
{
	struct answer a;
	struct str old, last;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	old = json_member_of(&a, "refresh_token");
	a = token_post(refresh_body(client, old, ""));
	a = token_post(
		refresh_body(client, json_member_of(&a, "refresh_token"), ""));
	last = json_member_of(&a, "refresh_token");
	a = token_post(refresh_body(client, old, ""));
	assert_refused(&a, 400, "invalid_grant");
	a = token_post(refresh_body(client, last, ""));
	assert_refused(&a, 400, "invalid_grant");
}

static void
test_refresh_tokens_only_for_whom_they_are(void **state)
{
	struct answer a;

	(void)state;
	begin();
	a = house_register("{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
			   "\"token_endpoint_auth_method\":\"none\"}");
	client = json_member_of(&a, "client_id");
	a = house_tokens(cookie, client);
	assert_true(str_is_none(json_member_of(&a, "refresh_token")));
}

static void
lesson_F18_confidential_clients(void **state)
{
	struct answer a;
	struct str secret, code, body;

	(void)state;
	begin();
	a = house_register("{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
			   "\"token_endpoint_auth_method\":"
			   "\"client_secret_post\"}");
	client = json_member_of(&a, "client_id");
	secret = json_member_of(&a, "client_secret");
	assert_true(token_is_well_formed(secret, TOKEN_CLIENT_SECRET));
	code = house_code(cookie, client, "");
	body = redeem_body(client, code, "");
	a = token_post(body);
	assert_refused(&a, 401, "invalid_client");
	assert_true(str_is_none(field(&a, "WWW-Authenticate")));
	a = house_ask(&(struct ask){ .target = STR("/oauth/token"),
		.body = body,
		.fields = STR("Authorization: Basic Y186eA==\r\n") });
	assert_refused(&a, 400, "invalid_request");
	a = house_ask(&(struct ask){ .target = STR("/oauth/token"),
		.body = str_join(arena,
			STR("grant_type=authorization_code&code_verifier=x&"
			    "code="),
			code),
		.fields = STR("Authorization: Basic Y186eA==\r\n") });
	assert_refused(&a, 401, "invalid_client");
	assert_true(
		str_starts(field(&a, "WWW-Authenticate"), STR("Basic realm=")));
	a = token_post(str_join(arena, body, STR("&client_secret=x")));
	assert_refused(&a, 401, "invalid_client");
	a = token_post(str_join(arena, body, STR("&client_secret="), secret));
	assert_int_equal(a.status, 200);
}

/* What else is wrong with the request doesn't matter (AS-42, AS-51). */
static void
test_secrets_are_not_guessed(void **state)
{
	static const char *const bodies[] = {
		"client_id=c_x&client_secret=x",
		"client_id=c_x&client_secret=x&grant_type=authorization_code&"
		"code=no%20code&code_verifier=y",
		"client_id=c_x&client_secret=x&grant_type=password",
		"client_id=c_x&client_secret=x&grant_type=refresh_token&"
		"refresh_token=x&resource=nowhere",
	};
	struct ask ask = { .target = STR("/oauth/token") };
	struct answer a;

	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		unsigned refused = 0;

		ask.fields = str_fmt(
			arena, "X-Forwarded-For: 198.51.100.%u\r\n", k + 1);
		ask.body = str_from(bodies[k]);
		for (int i = 0; i < 60; i++) {
			a = house_ask(&ask);
			if (a.status != 429)
				assert_refused(&a, 401, "invalid_client");
			refused += a.status == 429;
		}
		assert_in_range(refused, 35, 40);
		assert_true(field(&a, "Retry-After").n > 0);
	}
	ask.fields = STR("X-Forwarded-For: 198.51.100.8\r\n");
	a = house_ask(&ask);
	assert_refused(&a, 401, "invalid_client");
}

static bool
file_has(const char *end, struct str wanted)
{
	char path[128];
	struct buf all;
	int fd;
	bool found;

	snprintf(path, sizeof(path), "%s%s", house.path, end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	buf_init(&all, (size_t)64 << 20);
	for (;;) {
		ssize_t n = read(fd, buf_room(&all, 65536), 65536);

		if (n <= 0)
			break;
		buf_took(&all, (size_t)n);
	}
	close(fd);
	found = str_find(buf_view(&all), wanted) < all.n;
	buf_clear(&all);
	return found;
}

static void
lesson_F14_nothing_rests_in_plain_text(void **state)
{
	struct answer a, reg;
	struct str values[8];
	struct token_name name;
	size_t n = 0;

	(void)state;
	begin();
	reg = house_register("{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
			     "\"grant_types\":[\"authorization_code\","
			     "\"refresh_token\"]}");
	values[n++] = json_member_of(&reg, "client_secret");
	values[n++] = json_member_of(&reg, "registration_access_token");
	values[n++] = house_code(cookie, client, "");
	a = token_post(redeem_body(client, values[2], ""));
	values[n++] = json_member_of(&a, "access_token");
	values[n++] = json_member_of(&a, "refresh_token");
	a = token_post(refresh_body(client, values[4], ""));
	values[n++] = json_member_of(&a, "access_token");
	values[n++] = json_member_of(&a, "refresh_token");
	values[n++] = str_cut(cookie, 8, cookie.n);
	for (size_t i = 0; i < n; i++) {
		assert_true(values[i].n > 20);
		assert_false(file_has("", values[i]));
		assert_false(file_has("-wal", values[i]));
		/* The search would find it. */
		name = token_name(values[i]);
		assert_true(file_has("", token_name_str(&name)) ||
			file_has("-wal", token_name_str(&name)));
	}
}

/* ---- RFC 7009 ---- */

static struct answer
revoke_token(struct str client_id, struct str token)
{
	return house_ask(&(struct ask){ .target = STR("/oauth/revoke"),
		.body = str_join(arena, STR("client_id="), client_id,
			STR("&token="), token) });
}

static void
test_revocation(void **state)
{
	struct answer a, other;
	struct str access, refresh;

	(void)state;
	begin();
	a = house_tokens(cookie, client);
	other = house_tokens(cookie, client);
	access = json_member_of(&a, "access_token");
	refresh = json_member_of(&a, "refresh_token");
	assert_int_equal(call("/mcp", access).status, 200);
	a = revoke_token(client, access);
	assert_int_equal(a.status, 200);
	assert_int_equal(call("/mcp", access).status, 401);
	a = token_post(refresh_body(client, refresh, ""));
	assert_int_equal(a.status, 200);
	access = json_member_of(&a, "access_token");
	assert_int_equal(call("/mcp", access).status, 200);
	a = revoke_token(client, json_member_of(&a, "refresh_token"));
	assert_int_equal(a.status, 200);
	assert_int_equal(call("/mcp", access).status, 401);
	/* Of the other grant nothing is lost. */
	assert_int_equal(
		call("/mcp", json_member_of(&other, "access_token")).status,
		200);
}

static void
test_revocation_of_others(void **state)
{
	struct answer a;
	struct str access, stranger;

	(void)state;
	begin();
	stranger = house_client();
	a = house_tokens(cookie, client);
	access = json_member_of(&a, "access_token");
	a = revoke_token(stranger, access);
	assert_refused(&a, 400, "invalid_grant");
	assert_int_equal(call("/mcp", access).status, 200);
	a = revoke_token(STR("c_unknown"), access);
	assert_refused(&a, 401, "invalid_client");
	a = revoke_token(client, STR("nothing"));
	assert_int_equal(a.status, 200);
	a = revoke_token(client,
		token_make(arena, TOKEN_ACCESS, (unsigned char[32]){ 9 }));
	assert_int_equal(a.status, 200);
	a = revoke_token(client, STR(""));
	assert_refused(&a, 400, "invalid_request");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_a_code_becomes_tokens),
		CHECK(test_aliases),
		CHECK(lesson_F08_tokens_expire),
		CHECK(lesson_F10_a_token_opens_its_own_endpoint),
		CHECK(lesson_F03_verifiers),
		CHECK(lesson_F16_one_case_for_each_code),
		CHECK(test_an_old_code),
		CHECK(lesson_F13_a_code_is_spent_once),
		CHECK(lesson_F13_a_later_replay_revokes),
		CHECK(lesson_F15_the_lost_answer),
		CHECK(lesson_F15_a_revoked_token_stays_revoked),
		CHECK(lesson_F15_reuse_ends_the_family),
		CHECK(lesson_F15_reuse_after_the_successor_was_used),
		CHECK(test_refresh_tokens_only_for_whom_they_are),
		CHECK(lesson_F18_confidential_clients),
		CHECK(test_secrets_are_not_guessed),
		CHECK(lesson_F14_nothing_rests_in_plain_text),
		CHECK(test_revocation),
		CHECK(test_revocation_of_others),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
