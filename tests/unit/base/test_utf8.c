#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_every_code_point(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point += 7) {
		bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
		uint32_t read = 0;
		struct str s;
		struct buf b;

		buf_init(&b, 4);
		utf8_write(&b, point);
		s = buf_view(&b);
		assert_int_equal(utf8_length(s), s.n);
		assert_true(utf8_next(&s, &read));
		assert_int_equal(read, is_surrogate ? 0xfffd : point);
		assert_int_equal(s.n, 0);
		buf_clear(&b);
	}
}

static void
test_invalid(void **state)
{
	static const char *const wrong[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xe1\x80", "\xe1\x80\x41", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf1\x80\x80",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe",
		"abcdefgh\xc2", "abcdefghijk\xe2\x82\xac\xac" };
	struct str s = STR("\xc0"), before = s;
	uint32_t point;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(utf8_is_valid(str_from(wrong[i])));
	assert_false(utf8_next(&s, &point));
	assert_ptr_equal(s.p, before.p);
	s = STR("");
	assert_false(utf8_next(&s, &point));
	assert_true(utf8_is_valid(STR("")));
	assert_true(utf8_is_valid(STR_NONE));
	assert_true(utf8_is_valid(STR("caf\xc3\xa9 \xf0\x9f\x98\x80 and on")));
}

static void
test_ascii(void **state)
{
	(void)state;
	assert_int_equal(utf8_ascii(STR("")), 0);
	assert_int_equal(utf8_ascii(STR("0123456789")), 10);
	assert_int_equal(utf8_ascii(STR("01234567\x80")), 8);
	assert_int_equal(utf8_ascii(STR("0123\xc3\xa9"
					"456789")),
		4);
}

static void
test_cut(void **state)
{
	struct str s = STR("a\xc3\xa9\xe2\x82\xac");

	(void)state;
	assert_int_equal(utf8_cut(s, 6).n, 6);
	assert_int_equal(utf8_cut(s, 5).n, 3);
	assert_int_equal(utf8_cut(s, 4).n, 3);
	assert_int_equal(utf8_cut(s, 3).n, 3);
	assert_int_equal(utf8_cut(s, 2).n, 1);
	assert_int_equal(utf8_cut(s, 0).n, 0);
	assert_int_equal(utf8_cut(STR("\x80\x80\x80"), 2).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
