/* Slugs of many scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/slug.h"

static const char *const rows[][2] = {
	{ "Hello, World!", "hello-world" },
	{ "  --a  b--  ", "a-b" },
	{ "", "" },
	{ "?!", "" },
	{ "Cr\xc3\xa8me Br\xc3\xbbl\xc3\xa9"
	  "e",
		"creme-brulee" },
	{ "e\xcc\x81t\xc3\xa9", "ete" },
	{ "Stra\xc3\x9f"
	  "e \xc3\x86sir \xc5\x81\xc3\xb3"
	  "d\xc5\xba",
		"strasse-aesir-lodz" },
	{ "\xc4\xb0stanbul \xc4\xb1", "istanbul-i" },
	{ "\xce\x95\xce\xbb\xce\xbb\xce\xac\xce\xb4\xce\xb1", "ellada" },
	{ "\xe1\xbc\x80\xcf\x81\xcf\x87\xce\xae", "archi" },
	{ "\xd0\xa9\xd1\x83\xd0\xba\xd0\xb0 \xd0\xbf\xd1\x8c\xd1\x91",
		"shchuka-pyo" },
	{ "\xd0\x87\xd0\xb6\xd0\xb0\xd0\xba", "yizhak" },
	{ "Vi\xe1\xbb\x87t Nam", "viet-nam" },
	{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xe3\x80\x8c"
	  "x\xe3\x80\x8d",
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e-x" },
	{ "don't don\xe2\x80\x99t", "dont-dont" },
	{ "a\xe2\x80\x94"
	  "b \xf0\x9f\x98\x80 c",
		"a-b-c" },
	{ "a\xff\xfe"
	  "b",
		"a-b" },
	{ "../../etc", "etc" },
	{ "<script>", "script" },
};

static void
test_slug_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 256);
		slug_write(&out, str_from(rows[i][0]));
		if (!str_eq(buf_view(&out), str_from(rows[i][1])))
			fail_msg("\"%s\" gave \"%.*s\"", rows[i][0],
				STR_ARG(buf_view(&out)));
		buf_clear(&out);
	}
}

/* Nothing before it matters, and a full buffer says so. */
static void
test_slug_appends(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 8);
	buf_lit(&out, "x/");
	slug_write(&out, STR(" a b"));
	assert_true(str_eq_lit(buf_view(&out), "x/a-b"));
	slug_write(&out, STR("abcdefgh"));
	assert_false(buf_ok(&out));
	buf_clear(&out);
}

/* Each block's words are as many as its code points. */
static void
test_slug_tables_are_whole(void **state)
{
	static const struct {
		const char *last;
		const char *slug;
	} ends[] = {
		{ "\xc9\x8f", "y" },
		{ "\xcf\xb9", "s" },
		{ "\xd2\x91", "g" },
		{ "\xe1\xbb\xbf", "y" },
		{ "\xe1\xbf\xbc", "o" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct buf out;

		buf_init(&out, 64);
		slug_write(&out, str_from(ends[i].last));
		if (!str_eq(buf_view(&out), str_from(ends[i].slug)))
			fail_msg("row %zu gave \"%.*s\"", i,
				STR_ARG(buf_view(&out)));
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slug_rows),
		cmocka_unit_test(test_slug_appends),
		cmocka_unit_test(test_slug_tables_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
