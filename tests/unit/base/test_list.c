#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct thing {
	int id;
	struct list link;
};

/* The ids in order, as one number. */
static int
digits(const struct list *head)
{
	int n = 0;

	list_each(link, head)
		n = n * 10 + list_entry(link, struct thing, link)->id;
	return n;
}

static void
test_add_and_remove(void **state)
{
	struct list head;
	struct thing a = { .id = 1 }, b = { .id = 2 }, c = { .id = 3 };

	(void)state;
	list_init(&head);
	assert_true(list_is_empty(&head));
	list_add(&head, &a.link);
	list_add(&head, &b.link);
	list_add(&head, &c.link);
	assert_int_equal(digits(&head), 123);
	list_remove(&b.link);
	assert_int_equal(digits(&head), 13);
	list_remove(&b.link);
	assert_int_equal(digits(&head), 13);
	list_add(&head, &b.link);
	assert_int_equal(digits(&head), 132);
	list_remove(&a.link);
	list_remove(&b.link);
	list_remove(&c.link);
	assert_true(list_is_empty(&head));
}

static void
test_remove_while_walking(void **state)
{
	struct list head;
	struct thing all[6];

	(void)state;
	list_init(&head);
	for (int i = 0; i < 6; i++) {
		all[i].id = i;
		list_add(&head, &all[i].link);
	}
	list_each(link, &head)
		if (list_entry(link, struct thing, link)->id % 2 == 0)
			list_remove(link);
	assert_int_equal(digits(&head), 135);
	list_each(link, &head)
		list_remove(link);
	assert_true(list_is_empty(&head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_and_remove),
		cmocka_unit_test(test_remove_while_walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
