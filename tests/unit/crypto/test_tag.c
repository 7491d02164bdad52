/* Tags: the same for the same text, another for any other. */
#include "crypto/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static bool
is_same(struct str a, struct str b)
{
	struct tag one = tag_of(a), other = tag_of(b);

	return str_eq(tag_str(&one), tag_str(&other));
}

static void
one_text_has_one_tag(void **state)
{
	char copy[] = "ost_at_abc";

	(void)state;
	assert_true(is_same(STR("ost_at_abc"), str_from(copy)));
	assert_true(is_same(STR(""), STR("")));
}

static void
another_text_has_another(void **state)
{
	(void)state;
	assert_false(is_same(STR("ost_at_abc"), STR("ost_at_abd")));
	assert_false(is_same(STR("ost_at_abc"), STR("ost_at_ab")));
	assert_false(is_same(STR("ost_at_abc"), str_of("ost_at_abc", 11)));
	assert_false(is_same(STR(""), str_of("", 1)));
}

/* Not the plain function, which everybody can compute: SipHash-2-4-128 of the
 * empty text under the key 00 01 .. 0f. */
static void
the_key_is_ours_alone(void **state)
{
	static const char published[] = { '\xa3', '\x81', '\x7f', '\x04',
		'\xba', '\x25', '\xa8', '\xe6', '\x6d', '\xf6', '\x72', '\x14',
		'\xc7', '\x55', '\x02', '\x93' };
	struct tag t = tag_of(STR(""));

	(void)state;
	assert_false(str_eq(tag_str(&t), str_of(published, TAG_BYTES)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_text_has_one_tag),
		cmocka_unit_test(another_text_has_another),
		cmocka_unit_test(the_key_is_ours_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
