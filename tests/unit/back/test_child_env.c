/* What a child inherits. */
#include "back/child_env.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *
value_of(char *const *made, const char *name)
{
	size_t n = strlen(name);

	for (; *made != NULL; made++)
		if (strncmp(*made, name, n) == 0 && (*made)[n] == '=')
			return *made + n + 1;
	return NULL;
}

static void
lesson_B18_nothing_of_ours(void **state)
{
	static struct setting_pair own[] = {
		{ STR_INIT("KEY"), STR_INIT("a=b c") },
		{ STR_INIT("TZ"), STR_INIT("Europe/Zurich") },
		{ STR_INIT("EMPTY"), STR_INIT("") },
	};
	static const struct server_entry e = { .env = own, .env_count = 3 };
	struct arena *a = arena_new(65536);
	char **made;
	size_t n = 0;

	(void)state;
	setenv("OSTIARY_HOME", "/secret", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
	setenv("HTTPS_PROXY", "http://user:secret@proxy", 1);
	setenv("LD_PRELOAD_OF_OURS", "x", 1);
	setenv("TZ", "UTC", 1);
	setenv("PATH", "/bin", 1);
	made = child_env_make(a, &e);
	assert_string_equal(value_of(made, "KEY"), "a=b c");
	assert_string_equal(value_of(made, "TZ"), "Europe/Zurich");
	assert_string_equal(value_of(made, "EMPTY"), "");
	assert_string_equal(value_of(made, "PATH"), "/bin");
	assert_null(value_of(made, "OSTIARY_HOME"));
	assert_null(value_of(made, "AWS_SECRET_ACCESS_KEY"));
	assert_null(value_of(made, "HTTPS_PROXY"));
	for (; made[n] != NULL; n++) {
		assert_null(strstr(made[n], "secret"));
		assert_true(strncmp(made[n], "TZ=UTC", 6) != 0);
	}
	assert_in_range(n, 4, 3 + 11);
	arena_free(&a);
}

static void
arguments_as_they_are(void **state)
{
	static struct str args[] = { STR_INIT("-y"), STR_INIT(""),
		STR_INIT("$(id); 'x' \"y\"") };
	static const struct server_entry e = {
		.command = STR_INIT("npx"), .args = args, .arg_count = 3
	};
	struct arena *a = arena_new(4096);
	char **argv = child_argv_make(a, &e);

	(void)state;
	assert_string_equal(argv[0], "npx");
	assert_string_equal(argv[1], "-y");
	assert_string_equal(argv[2], "");
	assert_string_equal(argv[3], "$(id); 'x' \"y\"");
	assert_null(argv[4]);
	arena_free(&a);
}

static void
too_long(void **state)
{
	static char many[5000];
	struct setting_pair own[] = { { STR("X"), str_of(many, 5000) } };
	struct str args[] = { str_of(many, 5000) };
	const struct server_entry e = { .command = STR("x"),
		.env = own,
		.env_count = 1,
		.args = args,
		.arg_count = 1 };
	struct arena *a = arena_new(4096);

	(void)state;
	memset(many, 'x', sizeof(many));
	assert_null(child_env_make(a, &e));
	assert_null(child_argv_make(a, &e));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lesson_B18_nothing_of_ours),
		cmocka_unit_test(arguments_as_they_are),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
