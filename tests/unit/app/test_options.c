/* The words of the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/options.h"

#define ARGS_MAX 16

/* Splits at blanks; what "ostiary <line>" gives. */
static bool
parse(struct options *o, const char *line, struct fault *f)
{
	static char copy[256];
	char *argv[ARGS_MAX] = { copy };
	int argc = 1;

	strncpy(copy, line, sizeof(copy) - 1);
	for (char *at = copy; argc < ARGS_MAX;) {
		argv[argc++] = at;
		at = strchr(at, ' ');
		if (at == NULL)
			break;
		*at++ = '\0';
	}
	fault_clear(f);
	return options_parse(o, argc, argv, f);
}

static void
test_options_both_spellings(void **state)
{
	struct options o;
	struct fault f;

	(void)state;
	assert_true(parse(&o, "serve --config a.json --listen=[::1]:1 x", &f));
	assert_int_equal(o.word_count, 2);
	assert_true(str_eq_lit(o.words[1], "x"));
	assert_true(str_eq_lit(o.config, "a.json"));
	assert_true(str_eq_lit(o.listen, "[::1]:1"));
	assert_int_equal(o.given, OPTION_CONFIG | OPTION_LISTEN);
	assert_true(parse(&o, "-h", &f));
	assert_int_equal(o.given, OPTION_HELP);
	assert_true(parse(&o, "user add -- --owner", &f));
	assert_true(str_eq_lit(o.words[2], "--owner"));
	assert_int_equal(o.given, 0);
}

static void
refused(const char *line, const char *detail)
{
	struct options o;
	struct fault f;

	if (parse(&o, line, &f))
		fail_msg("taken: %s", line);
	assert_int_equal(f.id, FAULT_USAGE);
	assert_string_equal(f.detail, detail);
}

static void
test_options_refused(void **state)
{
	(void)state;
	refused("--confg x",
		"there is no option --confg; did you mean --config?");
	refused("--nope", "there is no option --nope; see ostiary --help");
	refused("--zzzzzzzzz",
		"there is no option --zzzzzzzzz; see ostiary --help");
	refused("--config", "--config needs a value: --config FILE");
	refused("--config=", "--config needs a value: --config FILE");
	refused("--json=1", "--json takes no value");
	refused("--json --json", "--json stands there twice");
	refused("1 2 3 4 5 6 7 8 9", "too many words");
}

static void
test_options_belong_to_commands(void **state)
{
	struct options o;
	struct fault f;

	(void)state;
	assert_true(parse(&o, "--owner --json", &f));
	assert_true(options_check(&o, OPTION_OWNER | OPTION_JSON, &f));
	assert_false(options_check(&o, OPTION_OWNER, &f));
	assert_string_equal(f.detail,
		"--json means nothing to this command; see its --help");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_both_spellings),
		cmocka_unit_test(test_options_refused),
		cmocka_unit_test(test_options_belong_to_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
