#include "text/html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define FFFD "\xef\xbf\xbd"

static void
escaped(struct str s, const char *expected)
{
	struct buf b;

	buf_init(&b, 1000);
	html_escape(&b, s);
	assert_true(str_eq(buf_view(&b), str_from(expected)));
	buf_clear(&b);
}

static void
lesson_F04_markup_is_escaped(void **state)
{
	(void)state;
	escaped(STR("<script>\"'`&"), "&lt;script&gt;&quot;&#39;&#96;&amp;");
	escaped(STR("a\tb\nc d~\xc3\xa9\xf0\x9f\x98\x80"),
		"a\tb\nc d~\xc3\xa9\xf0\x9f\x98\x80");
	escaped(STR("\0\x01\r\x1b\x7f"), FFFD FFFD FFFD FFFD FFFD);
	escaped(STR("\xc2\x80\xc2\x9f\xc2\xa0"), FFFD FFFD "\xc2\xa0");
	escaped(STR("\xff\xc3<\xe2\x82"), FFFD FFFD "&lt;" FFFD FFFD);
	escaped(STR("\xc0\xbc"), FFFD FFFD);
	escaped(STR("\xe2\x80\xae"
		    "exe.\xe2\x81\xa6\xe2\x80\x8f"),
		FFFD "exe." FFFD "\xe2\x80\x8f");
	escaped(STR(""), "");
	escaped(STR_NONE, "");
}

static void
url_is(const char *url, const char *expected)
{
	struct buf b;

	buf_init(&b, 1000);
	html_url(&b, str_from(url));
	assert_true(str_eq(buf_view(&b), str_from(expected)));
	buf_clear(&b);
}

static void
lesson_B05_urls_of_bad_schemes(void **state)
{
	static const char *const bad[] = { "", "javascript:alert(1)",
		"JavaScript:alert(1)", " javascript:alert(1)",
		"java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
		"file:///etc/passwd", "//evil.com", "/\\evil.com", "\\evil.com",
		"http:evil", "https://a b", "https://a\"onclick=x", "x", "#x",
		"/a b", "/\x01", "blob:https://a/b", "http://a/<b>" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		url_is(bad[i], "#");
	url_is("https://a.com/b?c=d&e='f#g",
		"https://a.com/b?c=d&amp;e=&#39;f#g");
	url_is("HTTP://a", "HTTP://a");
	url_is("/", "/");
	url_is("/a?b&c", "/a?b&amp;c");
	url_is(NULL, "#");
}

static void
test_raw_and_number(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	html_raw(&b, (struct html){ STR("<b>") });
	html_u64(&b, UINT64_MAX);
	html_raw(&b, (struct html){ STR_NONE });
	assert_true(str_eq_lit(buf_view(&b), "<b>18446744073709551615"));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lesson_F04_markup_is_escaped),
		cmocka_unit_test(lesson_B05_urls_of_bad_schemes),
		cmocka_unit_test(test_raw_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
