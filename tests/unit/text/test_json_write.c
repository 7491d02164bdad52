#include "text/json_write.h"

#include "base/arena.h"
#include "text/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
wrote(struct buf *b, const char *expected)
{
	assert_true(buf_ok(b));
	assert_true(str_eq(buf_view(b), str_from(expected)));
	buf_clear(b);
}

static void
test_commas(void **state)
{
	struct json_write w;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_write_init(&w, &b);
	json_begin(&w, '{');
	json_member_str(&w, "a", STR("x"));
	json_member_str(&w, "left out", STR_NONE);
	json_member(&w, "b");
	json_begin(&w, '[');
	json_i64(&w, INT64_MIN);
	json_bool(&w, true);
	json_null(&w);
	json_begin(&w, '{');
	json_end(&w);
	json_str(&w, STR_NONE);
	json_end(&w);
	json_member_raw(&w, "c", STR("[1]"));
	json_member_raw(&w, "left out", STR_NONE);
	json_member_bool(&w, "d", false);
	json_member_i64(&w, "e", 5);
	json_end(&w);
	wrote(&b,
		"{\"a\":\"x\",\"b\":[-9223372036854775808,true,null,{},"
		"null],\"c\":[1],\"d\":false,\"e\":5}");
}

static void
test_quote(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_quote(&b, STR("a\"\\/\b\f\n\r\t\v\x01\x1f\x7f"));
	wrote(&b, "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f\x7f\"");
	json_quote(&b, STR("\0"));
	wrote(&b, "\"\\u0000\"");
	json_quote(&b, STR("\xe2\x82\xac \xff\xc3"));
	wrote(&b, "\"\xe2\x82\xac \xef\xbf\xbd\xef\xbf\xbd\"");
	json_quote(&b, STR("\xed\xa0\x80"));
	wrote(&b, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	json_quote(&b, STR_NONE);
	wrote(&b, "\"\"");
}

/* Whatever bytes go in, the reader takes what comes out. */
static void
test_every_byte_can_be_read(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (unsigned high = 0; high < 256; high++) {
		char bytes[257];
		struct buf b;

		for (unsigned i = 0; i < 256; i++)
			bytes[i] = (char)(i ^ high);
		bytes[256] = (char)high;
		buf_init(&b, 10000);
		json_quote(&b, str_of(bytes, sizeof(bytes)));
		assert_non_null(json_parse(a, buf_view(&b), NULL, NULL));
		buf_clear(&b);
		arena_reset(a);
	}
	arena_free(&a);
}

static void
test_no_room(void **state)
{
	struct json_write w;
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	json_write_init(&w, &b);
	json_begin(&w, '[');
	json_str(&w, STR("abc"));
	json_end(&w);
	assert_false(buf_ok(&b));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commas),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_every_byte_can_be_read),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
