#include "text/base64.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

/* RFC 4648 10. */
static void
test_vectors(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct str plain = str_from(pairs[i][0]), back;
		struct str text = str_from(pairs[i][1]);
		struct str bare = str_cut(text, 0, str_find_char(text, '='));
		struct buf b;

		buf_init(&b, 100);
		base64_write(&b, plain);
		assert_true(str_eq(buf_view(&b), text));
		buf_clear(&b);
		assert_true(base64_read(arena, text, &back));
		assert_true(str_eq(back, plain));
		assert_true(str_eq(base64url_of(arena, plain), bare));
		assert_true(base64url_read(arena, bare, &back));
		assert_true(str_eq(back, plain));
	}
}

static void
test_all_bytes(void **state)
{
	char bytes[256];
	struct str all = str_of(bytes, sizeof(bytes)), text, back;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(255 - i);
	text = base64url_of(arena, all);
	assert_int_equal(text.n, 342);
	assert_true(str_starts(text, STR("__79_Pv6-fj39vX0")));
	assert_true(base64url_read(arena, text, &back));
	assert_true(str_eq(back, all));
}

static void
test_refused(void **state)
{
	static const char *const url[] = { "A", "AAAAA", "AA==", "AA=", "A A",
		"AB", "AAB", "A+AA", "A/AA", "AA\n", "=", "AAA\x80", "AAAA=" };
	static const char *const plain[] = { "A", "AA", "AAA",
		"AA=", "A===", "====", "=", "AB==", "AAB=", "A-AA", "A_AA",
		"AA==AA==", "AAA=AAAA", "AAAA====", "AA=A" };
	struct str out;

	(void)state;
	for (size_t i = 0; i < sizeof(url) / sizeof(url[0]); i++)
		assert_false(base64url_read(arena, str_from(url[i]), &out));
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_false(base64_read(arena, str_from(plain[i]), &out));
	assert_false(base64url_read(arena, STR("AA\0A"), &out));
}

static void
test_cap(void **state)
{
	struct arena *small = arena_new(3);
	struct str out;

	(void)state;
	assert_true(str_is_none(base64url_of(small, STR("foobar"))));
	assert_false(base64url_read(small, STR("Zm9vYmFy"), &out));
	assert_true(str_is_none(out));
	assert_false(hex_read(small, STR("00010203"), &out));
	arena_free(&small);
}

static void
test_hex(void **state)
{
	struct str out;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	hex_write(&b, STR("\x00\xff\x1a"));
	assert_true(str_eq_lit(buf_view(&b), "00ff1a"));
	assert_true(hex_read(arena, buf_view(&b), &out));
	assert_true(str_eq(out, STR("\x00\xff\x1a")));
	buf_clear(&b);
	assert_true(hex_read(arena, STR(""), &out));
	assert_int_equal(out.n, 0);
	assert_false(hex_read(arena, STR("0"), &out));
	assert_false(hex_read(arena, STR("0G"), &out));
	assert_false(hex_read(arena, STR("FF"), &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_all_bytes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_hex),
	};
	int failed;

	arena = arena_new(1 << 16);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
