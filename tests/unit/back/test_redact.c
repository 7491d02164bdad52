/* What servers say, without the secrets of their entries. */
#include "back/redact.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static struct setting_pair env[] = {
	{ STR_INIT("API_KEY"), STR_INIT("sk-0123456789") },
	{ STR_INIT("HOME_OF_IT"), STR_INIT("/srv/files") },
	{ STR_INIT("DEBUG"), STR_INIT("1") },
	{ STR_INIT("LONGER"), STR_INIT("sk-0123456789-and-more") },
	{ STR_INIT("ODD"), STR_INIT("a/b\\c\"d/e") },
	{ STR_INIT("EMPTY"), STR_INIT("") },
};
static struct setting_pair headers[] = {
	{ STR_INIT("Authorization"), STR_INIT("Bearer tok-abcdefgh") },
	{ STR_INIT("X-Key"), STR_INIT("plain-header-value") },
};
static struct str args[] = { STR_INIT("-y"), STR_INIT("some-package"),
	STR_INIT("--api-key"), STR_INIT("argument-one"),
	STR_INIT("--token=argument-two"), STR_INIT("--port"),
	STR_INIT("123456789") };

static const struct server_entry entry = {
	.env = env,
	.env_count = sizeof(env) / sizeof(env[0]),
	.headers = headers,
	.header_count = sizeof(headers) / sizeof(headers[0]),
	.args = args,
	.arg_count = sizeof(args) / sizeof(args[0]),
};

static void
check(const char *said, const char *wanted)
{
	struct arena *a = arena_new(65536);
	struct str got = redact_text(a, &entry, str_from(said));

	if (!str_eq(got, str_from(wanted)))
		fail_msg("'%.*s' instead of '%s'", STR_ARG(got), wanted);
	arena_free(&a);
}

static void
lesson_B21_values_are_hidden(void **state)
{
	(void)state;
	check("using sk-0123456789.", "using [hidden].");
	check("sk-0123456789sk-0123456789", "[hidden][hidden]");
	check("sk-0123456789-and-more", "[hidden]");
	check("Authorization: Bearer tok-abcdefgh", "Authorization: [hidden]");
	check("token tok-abcdefgh is bad", "token [hidden] is bad");
	check("X: plain-header-value", "X: [hidden]");
	check("argv: --api-key argument-one --token=argument-two",
		"argv: --api-key [hidden] --token=[hidden]");
}

static void
lesson_B21_escaped_values_are_hidden(void **state)
{
	(void)state;
	check("a/b\\c\"d/e", "[hidden]");
	check("{\"x\":\"a/b\\\\c\\\"d/e\"}", "{\"x\":\"[hidden]\"}");
	check("a\\/b\\\\c\\\"d\\/e", "[hidden]");
}

static void
lesson_B21_cut_values_are_hidden(void **state)
{
	(void)state;
	check("it said sk-012345", "it said [hidden]");
	check("it said sk-012", "it said [hidden]");
	check("it said sk-01", "it said sk-01"); /* less than hides anything */
	check("sk-012345 is another", "sk-012345 is another");
}

static void
the_rest_stays(void **state)
{
	struct arena *a = arena_new(1024);
	struct str said = STR("serving /srv/files on 1, port 123456789");

	(void)state;
	check("", "");
	check("some-package started with -y", "some-package started with -y");
	assert_ptr_equal(redact_text(a, &entry, said).p, said.p);
	arena_free(&a);
}

static void
no_room_shows_nothing(void **state)
{
	struct arena *a = arena_new(16);

	(void)state;
	assert_int_equal(
		redact_text(a, &entry, STR("sk-0123456789 is what I got")).n,
		0);
	arena_free(&a);
}

static void
lesson_B21_faults(void **state)
{
	struct fault f;

	(void)state;
	fault_set(&f, FAULT_SERVER_ANSWER, "bad key sk-0123456789");
	redact_fault(&entry, &f);
	assert_string_equal(f.detail, "bad key [hidden]");
	assert_int_equal(f.id, FAULT_SERVER_ANSWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lesson_B21_values_are_hidden),
		cmocka_unit_test(lesson_B21_escaped_values_are_hidden),
		cmocka_unit_test(lesson_B21_cut_values_are_hidden),
		cmocka_unit_test(the_rest_stays),
		cmocka_unit_test(no_room_shows_nothing),
		cmocka_unit_test(lesson_B21_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
