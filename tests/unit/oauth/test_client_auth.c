#include "oauth/client_auth.h"

#include "check.h"
#include "crypto/digest.h"
#include "oauth/token.h"
#include "text/base64.h"

#define SECRET "ost_cs_+/: \xc3\xa9"

static struct client_credentials used;

static bool
read_auth(const char *authorization, const char *body)
{
	struct form form = form_of(body, NULL);
	struct client_auth_head head = { str_from(authorization),
		authorization == NULL ? 0 : 1 };

	fault_clear(&fault);
	return client_auth_read(arena, &head, &form, &used, &fault);
}

static const char *
basic(const char *pair)
{
	struct buf out;

	buf_in(&out, arena, 10000);
	buf_lit(&out, "Basic ");
	base64_write(&out, str_from(pair));
	buf_char(&out, '\0');
	return buf_view(&out).p;
}

static void
test_methods(void **state)
{
	(void)state;
	assert_true(read_auth(NULL, "client_id=c_1"));
	assert_int_equal(used.method, CLIENT_AUTH_NONE);
	assert_str(used.id, "c_1");
	assert_true(read_auth(NULL, "client_id=c_1&client_secret="));
	assert_int_equal(used.method, CLIENT_AUTH_NONE);
	assert_true(read_auth(NULL, "client_id=c_1&client_secret=x"));
	assert_int_equal(used.method, CLIENT_AUTH_POST);
	assert_str(used.secret, "x");
	assert_true(read_auth(basic("c_1:x"), "grant_type=y"));
	assert_int_equal(used.method, CLIENT_AUTH_BASIC);
	assert_str(used.id, "c_1");
	assert_str(used.secret, "x");
	assert_true(read_auth(basic("c_1:x"), "client_id=c_1"));
}

static void
test_basic_is_form_encoded(void **state)
{
	(void)state;
	assert_true(read_auth(basic("c%3A1:ost_cs_%2B%2F%3A+%C3%A9"), "x=y"));
	assert_str(used.id, "c:1");
	assert_str(used.secret, SECRET);
	/* Whoever leaves it out is understood as long as nothing needs it. */
	assert_true(read_auth(basic("c_1:a:b"), "x=y"));
	assert_str(used.secret, "a:b");
}

static void
test_two_methods_at_once(void **state)
{
	(void)state;
	assert_false(read_auth(basic("c_1:x"), "client_secret=x"));
	assert_fault(FAULT_INVALID_REQUEST);
	assert_false(read_auth(basic("c_1:x"), "client_id=c_2"));
	assert_fault(FAULT_INVALID_REQUEST);
}

static void
lesson_F18_malformed_credentials(void **state)
{
	const char *rows[] = {
		"Bearer x",
		"Basic",
		"Basic ",
		"Basic !!!!",
		"Basic Y18xOng",
		basic("c_1"),
		basic("c_1:"),
		basic(":x"),
		basic("c_1:%zz"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (read_auth(rows[i], "client_id=c_1"))
			fail_msg("%s", rows[i]);
		assert_fault(FAULT_INVALID_CLIENT);
	}
	assert_false(read_auth(NULL, "x=y"));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(read_auth(NULL, "client_secret=x"));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(read_auth(NULL, "client_id=c_1&client_assertion=e30."));
	assert_fault(FAULT_INVALID_CLIENT);
}

static void
test_two_fields(void **state)
{
	struct form form = form_of("client_id=c_1", NULL);
	struct client_auth_head head = { STR("Basic YzpzOg=="), 2 };

	(void)state;
	assert_false(client_auth_read(arena, &head, &form, &used, &fault));
	assert_fault(FAULT_INVALID_REQUEST);
}

static bool
check(enum client_auth registered, enum client_auth method, const char *secret)
{
	struct token_name name = token_name(STR(SECRET));
	struct client c = { .id = STR("c_1"), .auth = registered };
	struct client_credentials u = { method, STR("c_1"), str_from(secret) };

	if (registered != CLIENT_AUTH_NONE)
		c.secret_digest = token_name_str(&name);
	fault_clear(&fault);
	return client_auth_check(&c, &u, &fault);
}

static void
lesson_F18_a_secret_must_be_sent(void **state)
{
	(void)state;
	assert_true(check(CLIENT_AUTH_NONE, CLIENT_AUTH_NONE, NULL));
	assert_true(check(CLIENT_AUTH_POST, CLIENT_AUTH_POST, SECRET));
	assert_true(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_BASIC, SECRET));
	assert_false(check(CLIENT_AUTH_POST, CLIENT_AUTH_NONE, NULL));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_NONE, SECRET));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_BASIC, "x"));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_BASIC, ""));
	assert_false(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_BASIC, SECRET "x"));
	assert_false(check(CLIENT_AUTH_NONE, CLIENT_AUTH_POST, SECRET));
	assert_fault(FAULT_INVALID_CLIENT);
}

/* AS-41 */
static void
test_the_registered_method_alone(void **state)
{
	(void)state;
	assert_false(check(CLIENT_AUTH_POST, CLIENT_AUTH_BASIC, SECRET));
	assert_fault(FAULT_INVALID_CLIENT);
	assert_false(check(CLIENT_AUTH_BASIC, CLIENT_AUTH_POST, SECRET));
	assert_fault(FAULT_INVALID_CLIENT);
}

static void
test_no_digest_matches_nothing(void **state)
{
	struct client c = { .id = STR("c_1"), .auth = CLIENT_AUTH_BASIC };
	struct client_credentials u = { CLIENT_AUTH_BASIC, STR("c_1"),
		STR("") };

	(void)state;
	assert_false(client_auth_check(&c, &u, &fault));
	c.secret_digest = STR("");
	assert_false(client_auth_check(&c, &u, &fault));
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
		CHECK(test_methods),
		CHECK(test_basic_is_form_encoded),
		CHECK(test_two_methods_at_once),
		CHECK(lesson_F18_malformed_credentials),
		CHECK(test_two_fields),
		CHECK(lesson_F18_a_secret_must_be_sent),
		CHECK(test_the_registered_method_alone),
		CHECK(test_no_digest_matches_nothing),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
