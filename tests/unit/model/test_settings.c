/* Snapshots are counted; names are looked up exactly. */
#include "base/arena.h"
#include "model/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
count(void *thing)
{
	++*(int *)thing;
}

static struct settings *
a_snapshot(int *freed)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct settings *s = arena_new_of(a, struct settings);

	arena_defer(a, count, freed);
	s->arena = a;
	s->holders = 1;
	return s;
}

static void
the_last_holder_frees(void **state)
{
	int freed = 0;
	struct settings *s = a_snapshot(&freed);
	struct settings *other = settings_hold(s);

	(void)state;
	assert_ptr_equal(s, other);
	settings_drop(&s);
	assert_null(s);
	assert_int_equal(freed, 0);
	settings_drop(&other);
	assert_null(other);
	assert_int_equal(freed, 1);
	settings_drop(&other);
}

static void
names_are_exact(void **state)
{
	struct tool_rule rules[] = { { .name = STR("run") },
		{ .name = STR("stop") } };
	struct server_entry servers[] = { { .name = STR("files") },
		{ .name = STR("git"), .tools = rules, .tool_count = 2 } };
	struct group_entry groups[] = { { .name = STR("work") } };
	struct settings s = { .servers = servers,
		.server_count = 2,
		.groups = groups,
		.group_count = 1 };

	(void)state;
	assert_ptr_equal(settings_server(&s, STR("git")), &servers[1]);
	assert_null(settings_server(&s, STR("Git")));
	assert_null(settings_server(&s, STR("")));
	assert_null(settings_server(&s, STR("work")));
	assert_ptr_equal(settings_group(&s, STR("work")), &groups[0]);
	assert_null(settings_group(&s, STR("git")));
	assert_ptr_equal(server_tool_rule(&servers[1], STR("stop")), &rules[1]);
	assert_null(server_tool_rule(&servers[1], STR("sto")));
	assert_null(server_tool_rule(&servers[0], STR("run")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_holder_frees),
		cmocka_unit_test(names_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
