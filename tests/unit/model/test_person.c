/* Which names a person may have. */
#include "model/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
welcome(void **state)
{
	const struct str names[] = { STR("a"), STR("anna"),
		STR("Anna.B-c_d+e@f"), STR("a@example.com"), STR("Zoë"),
		STR("Łukasz"), STR("иван"), STR("山田太郎"), STR("ﾀﾛｳ"),
		STR("محمد"), STR("राम"), STR("42"),
		STR("1234567890123456789012345678901234567890"
		    "123456789012345678901234"),
		STR("\xf0\xa0\x80\x80") /* U+20000 */ };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(person_name_is_valid(names[i]));
}

static void
refused(void **state)
{
	const struct str names[] = { STR_NONE, STR(""), STR(" "), STR(" a"),
		STR("a "), STR("a b"), STR("a\tb"), STR("a\nb"), STR("a\0b"),
		STR("a\x7f"), STR("a/b"), STR("<b>"), STR("a\"b"), STR("a&b"),
		STR("a\xff"), STR("\xc3"), STR("\xed\xa0\x80"),
		STR("a\xc2\xa0"),     /* no-break space */
		STR("a\xc2\x85"),     /* C1 */
		STR("a\xc2\xad"),     /* soft hyphen */
		STR("a\xe2\x80\x8b"), /* zero width */
		STR("a\xe2\x80\xae"), /* turns the direction */
		STR("a\xe2\x81\xa6"), STR("a\xef\xbb\xbf"),
		STR("a\xe3\x80\x80"),     /* ideographic blank */
		STR("a\xef\xbc\x8f"),     /* full-width solidus */
		STR("a\xf0\x9f\x98\x80"), /* picture */
		STR("a\xf3\xa0\x80\x81"), /* tag */
		STR("a\xee\x80\x80"),     /* private */
		STR("a\xf0\xaf\xbf\xbf"), /* U+2FFFF */
		STR("1234567890123456789012345678901234567890"
		    "1234567890123456789012345") };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(person_name_is_valid(names[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(welcome),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
