/* What tools/compile_templates.py and tools/embed_assets.py make of the files
 * beside this one. */
#include "assets.h"
#include "pages.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"<!doctype html>\n<html lang=\"en\">\n<title>&lt;T&gt;</title>\n"      \
	"<link rel=\"stylesheet\" href=\"/assets/app.css\">\n"                 \
	"<script src=\"/assets/app.js\" defer></script>\n"

static void
renders(const struct page_sample *args, const char *expected)
{
	struct buf b;

	buf_init(&b, 4096);
	page_sample(&b, args);
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(buf_view(&b).p, expected);
	buf_clear(&b);
}

static void
test_all_kinds(void **state)
{
	const struct page_sample_servers_tools tools[] = { { STR("<t>") } };
	const struct page_sample_servers servers[] = {
		{ STR("a\" b?"), STR("up"), STR("https://x/?a&b"), tools, 1 },
		{ STR("c"), STR(""), STR("javascript:alert(1)"), NULL, 0 },
	};
	const struct page_sample args = { .title = STR("<T>"),
		.note = { STR("<i>n</i>") },
		.again = STR("//evil"),
		.busy = true,
		.count = 7,
		.servers = servers,
		.servers_n = 2 };

	(void)state;
	renders(&args,
		HEAD
		"<a href=\"#\">x</a>\n<body class=\"busy\">\n"
		"\t<h1>&lt;T&gt; (7)</h1>\n\t<aside><i>n</i></aside>\n"
		"\t<p title=\"a&quot; b?\"><a href=\"https://x/?a&amp;b\">"
		"a&quot; b?</a>\n"
		"\t\t<a href=\"/server/a%22%20b%3F?n=7\">up</a>\n"
		"\t\t<b>&lt;t&gt; of a&quot; b?</b>\n\t</p>\n"
		"\t<p title=\"c\"><a href=\"#\">c</a>\n"
		"\t\t<a href=\"/server/c?n=7\"></a>\n\t\tno tools\n\t</p>\n"
		"\t<form method=\"post\" action=\"#\">\n"
		"\t\t<input name=q value='&lt;T&gt;' disabled>\n\t\t\n"
		"\t</form>\n</body>\n");
}

static void
test_none(void **state)
{
	const struct page_sample args = {
		.title = STR("<T>"), .again = STR("/a"), .note = { STR_NONE }
	};

	(void)state;
	renders(&args,
		HEAD
		"<a href=\"/a\">x</a>\n<body class=\"idle\">\n"
		"\t<h1>&lt;T&gt; (0)</h1>\n"
		"\t<p>None&nbsp;\xe2\x80\x94 \xe2\x80\x9cyet\xe2\x80\x9d?</p>\n"
		"\t<form method=\"post\" action=\"/a\">\n"
		"\t\t<input name=q value='&lt;T&gt;' >\n"
		"\t\t<button>Go \\ \"on\"</button>\n\t</form>\n</body>\n");
}

static void
test_assets(void **state)
{
	const struct asset *css = asset_find(STR("sample.css"));

	(void)state;
	assert_int_equal(assets_n, 2);
	assert_non_null(css);
	assert_true(str_eq_lit(css->bytes, "body {\n\tmargin: 0;\n}\n"));
	assert_true(str_eq_lit(css->type, "text/css; charset=utf-8"));
	assert_int_equal(css->etag.n, 34);
	assert_true(css->etag.p[0] == '"' && css->etag.p[33] == '"');
	assert_true(
		str_eq_lit(asset_find(STR("mark.svg"))->type, "image/svg+xml"));
	assert_null(asset_find(STR("sample.js")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_assets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
