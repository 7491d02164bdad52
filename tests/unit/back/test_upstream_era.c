/* Whether a server that was found legacy is looked at again (TR-17). */
#include "behind.h"

/* Somebody who asks for a link. */
struct asker {
	struct link_wait wait; /* first */
	struct link *link;
	bool told;
};

static void
link_came(struct link_wait *w, struct link *l, const struct fault *f)
{
	struct asker *a = (struct asker *)(void *)w;

	(void)f;
	a->link = l;
	a->told = true;
}

static void
ask(struct behind *b, struct asker *a, struct str person_id)
{
	struct principal p = { .person_id = person_id };

	*a = (struct asker){ .wait.ready = link_came };
	upstream_link(b->upstream, &a->wait, &p);
}

static enum revision
revision(const struct behind *b)
{
	return upstream_server(b->upstream)->revision;
}

static bool
is_modern(struct behind *b)
{
	return revision_is_modern(revision(b));
}

static bool
was_asked_twice(struct behind *b)
{
	return b->discovers == 2;
}

static void
upgraded_server_is_found_modern(void **state)
{
	struct asker ada, bob;
	struct behind b;

	(void)state;
	behind_open(&b, NULL);
	assert_int_equal(revision(&b), REVISION_2025_11_25);
	ask(&b, &ada, STR("p_ada"));
	assert_true(ada.told);
	b.speaks_modern = true;
	loop_skip(b.loop, 50 * MINUTE_MS);
	behind_let_run(&b);
	assert_int_equal(b.discovers, 1); /* the verdict is young */
	loop_skip(b.loop, 15 * MINUTE_MS);
	behind_until(&b, is_modern);
	assert_int_equal(upstream_state(b.upstream), UPSTREAM_CONNECTED);
	assert_true(link_is_open(ada.link)); /* what is under way goes on */
	assert_int_equal(link_server(ada.link)->revision, REVISION_2025_11_25);
	ask(&b, &bob, STR("p_bob"));
	assert_true(bob.told);
	assert_int_equal(link_server(bob.link)->revision, REVISION_2026_07_28);
	ask(&b, &ada, STR("p_ada"));
	assert_ptr_equal(ada.link, bob.link);
	assert_int_equal(b.initializes, 1);
	behind_close(&b);
}

static void
legacy_server_stays_and_is_asked_again(void **state)
{
	struct asker ada;
	struct behind b;

	(void)state;
	behind_open(&b, NULL);
	loop_skip(b.loop, 65 * MINUTE_MS);
	behind_until(&b, was_asked_twice);
	behind_let_run(&b);
	assert_int_equal(upstream_state(b.upstream), UPSTREAM_CONNECTED);
	assert_int_equal(revision(&b), REVISION_2025_11_25);
	assert_int_equal(b.initializes, 1); /* the scout stays a stranger */
	ask(&b, &ada, STR("p_ada"));
	assert_true(ada.told && link_is_open(ada.link));
	b.speaks_modern = true;
	loop_skip(b.loop, 65 * MINUTE_MS);
	behind_until(&b, is_modern);
	behind_close(&b);
}

static struct asker the_bob;

static bool
bob_is_told(struct behind *b)
{
	(void)b;
	return the_bob.told;
}

static void
refused_link_is_a_contradiction(void **state)
{
	struct asker ada;
	struct behind b;

	(void)state;
	behind_open(&b, NULL);
	ask(&b, &ada, STR("p_ada"));
	b.speaks_modern = true;
	b.speaks_legacy = false;
	loop_skip(b.loop, 2 * MINUTE_MS);
	ask(&b, &the_bob, STR("p_bob"));
	behind_until(&b, bob_is_told);
	assert_null(the_bob.link);
	behind_until(&b, is_modern);
	ask(&b, &the_bob, STR("p_bob"));
	assert_true(the_bob.told);
	assert_non_null(the_bob.link);
	behind_close(&b);
}

static void
pinned_server_is_left_alone(void **state)
{
	struct behind b;

	(void)state;
	behind_open(&b, "2025-11-25");
	b.speaks_modern = true;
	loop_skip(b.loop, 65 * MINUTE_MS);
	behind_let_run(&b);
	assert_int_equal(b.discovers, 0);
	assert_int_equal(revision(&b), REVISION_2025_11_25);
	behind_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(upgraded_server_is_found_modern),
		cmocka_unit_test(legacy_server_stays_and_is_asked_again),
		cmocka_unit_test(refused_link_is_a_contradiction),
		cmocka_unit_test(pinned_server_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
