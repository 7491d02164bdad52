/* What a server lists but does not tell of is looked at again (BR-48, TR-49). */
#include "behind.h"

static unsigned lists_due;

static bool
is_listed(struct behind *b)
{
	return b->lists == lists_due;
}

static void
until_listed(struct behind *b, unsigned times)
{
	lists_due = times;
	behind_until(b, is_listed);
}

static bool
is_modern(struct behind *b)
{
	return revision_is_modern(upstream_server(b->upstream)->revision);
}

static bool
has_tool(struct behind *b)
{
	return upstream_catalogue(b->upstream)->lists[LISTS_TOOLS]->n == 1;
}

static void
polled_while_somebody_listens(void **state)
{
	struct behind b;

	(void)state;
	behind_open(&b, NULL);
	b.has_tool = true;
	loop_skip(b.loop, 2 * MINUTE_MS);
	behind_let_run(&b);
	assert_int_equal(b.lists, 1); /* nobody would hear of it */
	b.heeds = true;
	loop_skip(b.loop, LISTING_POLL_MS / 2);
	behind_let_run(&b);
	assert_int_equal(b.lists, 1); /* not yet */
	loop_skip(b.loop, LISTING_POLL_MS);
	behind_until(&b, has_tool);
	assert_int_equal(b.listed, 1);
	loop_skip(b.loop, 2 * LISTING_POLL_MS);
	until_listed(&b, 3);
	assert_int_equal(b.listed, 1); /* it is the same */
	behind_close(&b);
}

static void
modern_server_is_polled_by_its_time(void **state)
{
	struct behind b;
	unsigned had;

	(void)state;
	behind_open(&b, NULL);
	b.speaks_modern = true;
	loop_skip(b.loop, 65 * MINUTE_MS);
	behind_until(&b, is_modern);
	behind_let_run(&b);
	had = b.lists;
	b.heeds = true;
	loop_skip(b.loop, 50 * 1000);
	behind_let_run(&b);
	assert_int_equal(b.lists, had); /* it said a minute */
	loop_skip(b.loop, 30 * 1000);
	until_listed(&b, had + 1);
	behind_close(&b);
}

static void
polled_more_seldom_while_it_fails(void **state)
{
	struct behind b;

	(void)state;
	behind_open(&b, NULL);
	b.heeds = true;
	b.is_tired = true;
	loop_skip(b.loop, LISTING_POLL_MS * 5 / 4);
	until_listed(&b, 2);
	behind_let_run(&b);
	loop_skip(b.loop, LISTING_POLL_MS * 3 / 2);
	behind_let_run(&b);
	assert_int_equal(b.lists, 2); /* twice the time, once it failed */
	loop_skip(b.loop, LISTING_POLL_MS);
	until_listed(&b, 3);
	assert_int_equal(upstream_state(b.upstream), UPSTREAM_CONNECTED);
	behind_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polled_while_somebody_listens),
		cmocka_unit_test(modern_server_is_polled_by_its_time),
		cmocka_unit_test(polled_more_seldom_while_it_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
