/* Lists of servers, page by page. */
#include "back/catalogue.h"

#include "base/arena.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static struct fault fault;

/* Adds a page; "" when it is refused, "end" after the last, else the cursor. */
static const char *
add(struct catalogue_list *list, const char *page)
{
	static char cursor[64];

	fault_clear(&fault);
	if (!catalogue_list_add(list, true, str_from(page), NULL, &fault))
		return "";
	if (str_is_none(list->next))
		return "end";
	snprintf(cursor, sizeof(cursor), "%.*s", STR_ARG(list->next));
	return cursor;
}

static void
pages_join(void **state)
{
	struct catalogue_list *list =
		catalogue_list_new(LISTS_PROMPTS, CATALOGUE_COMMON_MAX);

	(void)state;
	assert_string_equal(add(list,
				    "{\"prompts\":[{\"name\":\"b\"},"
				    "{\"name\":\"a\"}],\"nextCursor\":\"2\","
				    "\"ttlMs\":500}"),
		"2");
	assert_string_equal(add(list,
				    "{\"prompts\":[{\"name\":\"c\"}],"
				    "\"ttlMs\":300}"),
		"end");
	assert_int_equal(list->n, 3);
	assert_true(str_eq_lit(list->items[0]->name, "b"));
	assert_true(str_eq_lit(list->items[2]->name, "c"));
	assert_int_equal(list->ttl_ms, 300);
	catalogue_list_free(&list);
	assert_null(list);
}

static void
lesson_B22_the_later_twin_goes(void **state)
{
	struct catalogue_list *list =
		catalogue_list_new(LISTS_TOOLS, CATALOGUE_COMMON_MAX);

	(void)state;
	add(list,
		"{\"tools\":[{\"name\":\"a\",\"description\":\"first\","
		"\"inputSchema\":{\"type\":\"object\"}}],"
		"\"nextCursor\":\"x\"}");
	add(list,
		"{\"tools\":[{\"name\":\"\\u0061\",\"description\":"
		"\"second\",\"inputSchema\":{\"type\":\"object\"}},"
		"{\"name\":\"A\",\"inputSchema\":{\"type\":\"object\"}}]}");
	assert_int_equal(list->n, 2);
	assert_true(str_eq_lit(list->items[0]->description, "first"));
	assert_true(str_eq_lit(list->items[1]->name, "A"));
	catalogue_list_free(&list);
}

static void
what_is_no_list(void **state)
{
	static const char *const pages[] = { "{}", "{\"prompts\":7}", "[]",
		"{\"prompts\":[", "{\"prompts\":[{\"name\":\"a\"}]", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct catalogue_list *list =
			catalogue_list_new(LISTS_PROMPTS, CATALOGUE_COMMON_MAX);

		assert_string_equal(add(list, pages[i]), "");
		assert_true(fault_is_set(&fault));
		catalogue_list_free(&list);
	}
}

static void
bounded(void **state)
{
	struct catalogue_list *list =
		catalogue_list_new(LISTS_PROMPTS, CATALOGUE_COMMON_MAX);
	struct buf page;
	unsigned pages = 0;

	(void)state;
	buf_init(&page, (size_t)8 << 20);
	do {
		page.n = 0;
		buf_lit(&page, "{\"prompts\":[");
		for (unsigned i = 0; i < 1000; i++)
			buf_fmt(&page, "%s{\"name\":\"%u-%u\"}",
				i == 0 ? "" : ",", pages, i);
		buf_lit(&page, "],\"nextCursor\":\"more\"}");
		buf_char(&page, '\0');
	} while (++pages < 100 && *add(list, page.p) != '\0');
	assert_in_range(pages, 15, 30);
	assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	buf_clear(&page);
	catalogue_list_free(&list);
}

static void
sameness(void **state)
{
	struct catalogue_list *a =
		catalogue_list_new(LISTS_PROMPTS, CATALOGUE_COMMON_MAX);
	struct catalogue_list *b =
		catalogue_list_new(LISTS_PROMPTS, CATALOGUE_COMMON_MAX);

	(void)state;
	assert_true(catalogue_list_same(a, b));
	add(a, "{\"prompts\":[{\"name\":\"a\"}],\"ttlMs\":5}");
	assert_false(catalogue_list_same(a, b));
	add(b, "{\"ttlMs\":7,\"prompts\":[{\"name\":\"a\"}]}");
	assert_true(catalogue_list_same(a, b));
	add(b, "{\"prompts\":[{\"name\":\"b\"}]}");
	assert_false(catalogue_list_same(a, b));
	catalogue_list_free(&a);
	catalogue_list_free(&b);
}

static void
finding(void **state)
{
	struct catalogue c;
	const struct catalogue_list *list;

	(void)state;
	catalogue_init(&c);
	list = c.lists[LISTS_RESOURCES];
	add(c.lists[LISTS_RESOURCES],
		"{\"resources\":[{\"uri\":\"x://a\",\"name\":\"n\"}]}");
	assert_non_null(catalogue_list_find(list, STR("x://a")));
	assert_null(catalogue_list_find(list, STR("n")));
	assert_null(catalogue_list_find(c.lists[LISTS_TOOLS], STR("x://a")));
	catalogue_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_join),
		cmocka_unit_test(lesson_B22_the_later_twin_goes),
		cmocka_unit_test(what_is_no_list),
		cmocka_unit_test(bounded),
		cmocka_unit_test(sameness),
		cmocka_unit_test(finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
