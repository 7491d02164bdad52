#include "text/field.h"

#include "base/arena.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *arena;

/* Writes what was read as "Scheme(token68)name=value|name=value;" into out,
 * with "!" at the end if it was malformed. */
static const char *
outline(const char *text)
{
	struct field_challenge c;
	struct str rest = str_from(text);
	struct fault f = { FAULT_NONE, "" };
	struct buf b;

	buf_in(&b, arena, 4096);
	while (field_challenge_next(arena, &rest, &c, &f)) {
		buf_str(&b, c.scheme);
		if (!str_is_none(c.token68))
			buf_fmt(&b, "(%.*s)", STR_ARG(c.token68));
		for (size_t i = 0; i < c.n; i++)
			buf_fmt(&b, "|%.*s=%.*s", STR_ARG(c.params[i].name),
				STR_ARG(c.params[i].value));
		buf_char(&b, ';');
	}
	assert_true(str_is_none(rest));
	if (fault_is_set(&f))
		buf_char(&b, '!');
	buf_char(&b, '\0');
	return buf_view(&b).p;
}

/* One row: the field's value, and what it says. */
static void
lesson_B15_challenge_grammar(void **state)
{
	static const char *const rows[][2] = {
		{ "Bearer", "Bearer;" },
		{ "Bearer realm=\"a\"", "Bearer|realm=a;" },
		{ "Bearer realm=a , error=b", "Bearer|realm=a|error=b;" },
		{ "Bearer a=\"x,y=\\\"z\\\\\" ,b = c",
			"Bearer|a=x,y=\"z\\|b=c;" },
		{ "Bearer a=\"\"", "Bearer|a=;" },
		{ "Basic realm=\"x\", Bearer realm=\"y\", scope=\"a b\"",
			"Basic|realm=x;Bearer|realm=y|scope=a b;" },
		{ "Negotiate, Basic realm=x", "Negotiate;Basic|realm=x;" },
		{ "Negotiate YWJj==, Basic realm=x",
			"Negotiate(YWJj==);Basic|realm=x;" },
		{ "NTLM TlRM/+-._~=", "NTLM(TlRM/+-._~=);" },
		{ " , ,Bearer a=b,, c=d ,", "Bearer|a=b|c=d;" },
		{ "Bearer\ta=b", "Bearer|a=b;" },
		{ "", "" },
		{ " , ", "" },
		{ "Bearer a", "Bearer(a);" },
		{ "Bearer a b=c", "!" },
		{ "Bearer a=b c=d", "!" },
		{ "Bearer a=\"b", "!" },
		{ "Bearer a=\"b\"c", "!" },
		{ "Bearer a=\"b\\", "!" },
		{ "Bearer a=\"b\x01\"", "!" },
		{ "Bearer a=b, A=c", "!" },
		{ "Bearer a=https://x", "!" },
		{ "Bearer a=b, =c", "Bearer|a=b;!" },
		{ "Bearer a=b, Basic", "Bearer|a=b;Basic;" },
		{ "\"Bearer\"", "!" },
		{ "Bearer=x", "!" },
		{ "Bearer/abc", "!" },
		{ "Basic a=b, Bearer a=\"x", "Basic|a=b;!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(outline(rows[i][0]), rows[i][1]);
}

static void
test_bounds(void **state)
{
	struct field_challenge c;
	struct arena *small = arena_new(2);
	struct str rest = STR("Bearer a=\"abc\"");
	char text[256] = "Bearer ";
	struct fault f;
	size_t at = 7;

	(void)state;
	assert_false(field_challenge_next(small, &rest, &c, &f));
	assert_int_equal(f.id, FAULT_TOO_LARGE);
	arena_free(&small);
	for (unsigned i = 0; i < FIELD_PARAMS_MAX; i++)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, "p%u=x,", i);
	rest = str_from(text);
	assert_true(field_challenge_next(arena, &rest, &c, &f));
	assert_int_equal(c.n, FIELD_PARAMS_MAX);
	snprintf(text + at, sizeof(text) - at, "q=x");
	assert_string_equal(outline(text), "!");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lesson_B15_challenge_grammar),
		cmocka_unit_test(test_bounds),
	};
	int failed;

	arena = arena_new(1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
