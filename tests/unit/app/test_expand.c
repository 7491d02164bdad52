/* Placeholders: what they give, and that nothing unknown becomes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/expand.h"
#include "app/expand_io.h"
#include "base/arena.h"
#include "text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char env_a[] = "A=alpha";
static char env_empty[] = "EMPTY=";
static char env_tricky[] = "TRICKY=${A}";
static char env_ab[] = "AB=wrong";
static char *const env[] = { env_ab, env_a, env_empty, env_tricky, NULL };

static const struct expand basic = {
	.env = env,
	.home = STR_INIT("/home/p"),
	.folder = STR_INIT("/work/x"),
	.cwd = STR_INIT("/cwd"),
};

static void
gives(const struct expand *e, const char *text, const char *expected)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct fault f = { 0 };
	struct str out;

	if (!expand_text(a, e, str_from(text), &out, &f))
		fail_msg("%s: %s", text, f.detail);
	if (!str_eq(out, str_from(expected)))
		fail_msg("%s gave %.*s", text, STR_ARG(out));
	arena_free(&a);
}

static void
refuses(const struct expand *e, const char *text, const char *word)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct fault f = { 0 };
	struct str out;

	if (expand_text(a, e, str_from(text), &out, &f))
		fail_msg("%s gave %.*s", text, STR_ARG(out));
	assert_int_equal(f.id, FAULT_SETTINGS_VARIABLE);
	if (strstr(f.detail, word) == NULL)
		fail_msg("%s: \"%s\" lacks \"%s\"", text, f.detail, word);
	arena_free(&a);
}

static void
test_expand_variables(void **state)
{
	(void)state;
	gives(&basic, "plain $ text }", "plain $ text }");
	gives(&basic, "<${A}>", "<alpha>");
	gives(&basic, "${env:A}${A}", "alphaalpha");
	gives(&basic, "[${EMPTY}]", "[]");
	gives(&basic, "${EMPTY:-or}", "or");
	gives(&basic, "${NONE:-or}", "or");
	gives(&basic, "${NONE:-}", "");
	gives(&basic, "${A:-or}", "alpha");
	gives(&basic, "${env:NONE:-or}", "or");
	gives(&basic, "${NONE:-${NONE2:-${A}}}", "alpha");
	gives(&basic, "$${A} costs $5", "${A} costs $5");
}

static void
test_expand_words(void **state)
{
	(void)state;
	gives(&basic, "${userHome}/n", "/home/p/n");
	gives(&basic, "${workspaceFolder}|${cwd}", "/work/x|/cwd");
	gives(&basic, "a${pathSeparator}b${/}c", "a/b/c");
}

static void
test_expand_gives_are_not_read_again(void **state)
{
	(void)state;
	gives(&basic, "${TRICKY}", "${A}");
}

static void
lesson_B20_unknown_is_a_fault(void **state)
{
	(void)state;
	refuses(&basic, "${NONE}", "NONE is not set");
	refuses(&basic, "x${env:NONE}", "NONE is not set");
	refuses(&basic, "${vault:x}", "${vault:...}");
	refuses(&basic, "${no such}", "not known");
	refuses(&basic, "${}", "not known");
	refuses(&basic, "${A", "without");
	refuses(&basic, "${NONE:-${A}", "without");
	refuses(&basic, "${file:x}", "not read");
	refuses(&basic, "${cmd:id}", "--allow-cmd");
	refuses(&basic, "${input:x}", "no input");
}

static void
test_expand_depth(void **state)
{
	const char *ten = "${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-"
			  "${A}}}}}}}}}}";
	const char *eleven = "${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-${Z:-"
			     "${Z:-${A}}}}}}}}}}}";

	(void)state;
	gives(&basic, ten, "alpha");
	refuses(&basic, eleven, "10 deep");
}

static void
test_expand_inputs(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct expand e = basic;

	(void)state;
	e.inputs = json_parse(a,
		STR("[{\"id\":\"k\",\"default\":\"v\"},{\"id\":\"bare\"}]"),
		NULL, NULL);
	gives(&e, "${input:k}", "v");
	refuses(&e, "${input:bare}", "default");
	refuses(&e, "${input:other}", "no input other");
	arena_free(&a);
}

static void
test_expand_commands_and_files(void **state)
{
	struct expand e = basic;
	char name[] = "/tmp/ostiary-expand-XXXXXX";
	int fd = mkstemp(name);
	char text[128];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "secret\r\n\n", 9), 9);
	close(fd);
	e.read_file = expand_io_file;
	e.run = expand_io_run;
	snprintf(text, sizeof(text), "<${file:%s}>", name);
	gives(&e, text, "<secret>");
	e.folder = STR("/tmp");
	snprintf(text, sizeof(text), "<${file:%s}>", name + 5);
	gives(&e, text, "<secret>");
	unlink(name);
	refuses(&e, text, "No such file");
	refuses(&e, "${file:/}", "folder");
	gives(&e, "${cmd:printf 'a b\\n'}", "a b");
	gives(&e, "${cmd:B=x; echo $B ${A}}", "x alpha");
	refuses(&e, "${cmd:exit 3}", "failed");
}

static void
test_expand_bounds(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct expand e = basic;
	struct fault f = { 0 };
	struct str out;

	(void)state;
	e.run = expand_io_run;
	assert_false(expand_text(
		a, &e, STR("${cmd:head -c 1000000 /dev/zero}"), &out, &f));
	assert_non_null(strstr(f.detail, "too much"));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand_variables),
		cmocka_unit_test(test_expand_words),
		cmocka_unit_test(test_expand_gives_are_not_read_again),
		cmocka_unit_test(lesson_B20_unknown_is_a_fault),
		cmocka_unit_test(test_expand_depth),
		cmocka_unit_test(test_expand_inputs),
		cmocka_unit_test(test_expand_commands_and_files),
		cmocka_unit_test(test_expand_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
