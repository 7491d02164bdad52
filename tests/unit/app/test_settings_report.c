/* All that is wrong in the settings is found in one reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/settings.h"
#include "base/arena.h"

static char *const env[] = { NULL };

/* The beginning of each error, in order; NULL ends them. */
static void
found(const char *text, const struct settings_flags *flags,
	const char *const *expected)
{
	struct settings_findings all = { .arena =
						 arena_new(ARENA_SCRATCH_MAX) };
	struct settings_plan plan = { .path = STR("f"),
		.flags = *flags,
		.expand = { .env = env },
		.findings = &all };
	struct fault f = { 0 };
	size_t n = 0;

	assert_null(settings_parse(&plan, str_from(text), &f));
	for (; expected[n] != NULL; n++) {
		if (n >= all.error_count)
			fail_msg("missing: \"%s\"", expected[n]);
		if (!str_starts(all.errors[n], str_from(expected[n])))
			fail_msg("got \"%.*s\" instead of \"%s\"",
				STR_ARG(all.errors[n]), expected[n]);
	}
	if (n < all.error_count)
		fail_msg("too much: \"%.*s\"", STR_ARG(all.errors[n]));
	assert_true(str_starts(str_from(f.detail), str_from(expected[0])));
	arena_free(&all.arena);
}

static void
finds_all_errors(void **state)
{
	const struct settings_flags none = { STR_NONE };
	static const struct settings_flags wrong = { .log_level = STR_INIT("x"),
		.log_format = STR_INIT("y") };
	static const char text[] =
		"{\"mcpServers\":{\n"
		"  \"a\":{\"url\":5,\"timeout\":\"soon\"},\n"
		"  \"b__c\":{\"command\":\"x\",\"args\":[1,\"y\",2]},\n"
		"  \"d\":{\"url\":\"http://d/\",\"headers\":{\"Host\":\"x\",\n"
		"    \"A b\":\"c\"},\"tools\":{\"t\":{\"enabled\":3}}},\n"
		"  \"e\":{\"url\":\"${NO_SUCH}\",\"timeout\":1}},\n"
		" \"groups\":{\"g\":[\"a\",\"nobody\",\"b__c\"]},\n"
		" \"tls\":{\"cert\":\"${NO_SUCH}\"},\n"
		" \"clients\":{\"registration\":\"token\",\n"
		"  \"registrationToken\":7},\n"
		" \"tokens\":{\"access\":\"9d\",\"code\":true},\n"
		" \"store\":\"mysql:\",\"listen\":3000}";
	static const char *const all[] = {
		"f:2:14: mcpServers.a.url: expected an http",
		"f:2:26: mcpServers.a.timeout: expected a duration",
		"f:3:10: mcpServers.b__c: expected a name",
		"f:3:33: mcpServers.b__c.args[0]: expected a string",
		"f:3:39: mcpServers.b__c.args[2]: expected a string",
		"f:4:44: mcpServers.d.headers.Host: can't",
		"f:5:11: mcpServers.d.headers.A b: is no name",
		"f:5:40: mcpServers.d.tools.t.enabled: expected true",
		"f:7:21: groups.g[1]: there is no server \"nobody\"",
		"f:8:16: tls.cert: the variable NO_SUCH",
		"f:10:23: clients.registrationToken: expected a string",
		"f:11:21: tokens.access: expected 1 to 86400 s",
		"f:11:33: tokens.code: expected a duration",
		"f:12:10: store: expected",
		"f:12:28: listen: expected host:port",
		"--log-level: expected",
		"--log-format: expected",
		NULL,
	};
	static const char *const first[] = { "f:1:1: expected an object",
		NULL };

	(void)state;
	found(text, &wrong, all);
	found("[1]", &none, first);
	found("{\"listen\":\"192.168.1.2:80\",\"store\":1}", &none,
		(const char *const[]){ "f:1:1: publicUrl: is needed",
			"f:1:36: store: ", NULL });
}

static void
keeps_so_many(void **state)
{
	struct settings_findings all = { .arena =
						 arena_new(ARENA_SCRATCH_MAX) };
	struct settings_plan plan = { .path = STR("f"), .findings = &all };
	struct fault f = { 0 };

	(void)state;
	assert_null(settings_parse(&plan,
		STR("{\"lisen\":1,\"trustedProxies\":[1,1,1,1,1,1,1,1,1,1,1,1,"
		    "1,1,1,1,1,1,1,1,1,1,1]}"),
		&f));
	assert_int_equal(all.error_count, SETTINGS_ERRORS_MAX);
	assert_int_equal(all.more, 3);
	assert_int_equal(all.note_count, 1);
	arena_free(&all.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_all_errors),
		cmocka_unit_test(keeps_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
