/* Tokens that a scanner recognises; random text. */
#include "base/arena.h"
#include "crypto/random.h"
#include "crypto/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static unsigned char counting[32];

static struct str
a_token(struct arena *a)
{
	for (unsigned i = 0; i < 32; i++)
		counting[i] = (unsigned char)i;
	return token_make(a, TOKEN_ACCESS, counting);
}

static void
make_known(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str t = a_token(a);

	(void)state;
	assert_string_equal(t.p,
		"ost_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBka"
		"GxwdHh81E64IU");
	assert_int_equal(t.n, 56);
	assert_true(token_is_well_formed(t, TOKEN_ACCESS));
	arena_free(&a);
}

static void
each_kind_is_its_own(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);

	(void)state;
	for (int i = TOKEN_ACCESS; i <= TOKEN_SETUP; i++) {
		struct str t = token_make(a, (enum token_kind)i, counting);

		for (int k = TOKEN_ACCESS; k <= TOKEN_SETUP; k++)
			assert_int_equal(
				token_is_well_formed(t, (enum token_kind)k),
				i == k);
	}
	arena_free(&a);
}

/* Any byte in any place, and any length. */
static void
every_change_shows(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str t = a_token(a);
	char copy[64];

	(void)state;
	for (size_t i = 0; i < t.n; i++) {
		for (int c = 0; c < 256; c++) {
			memcpy(copy, t.p, t.n);
			copy[i] = (char)c;
			assert_int_equal(token_is_well_formed(str_of(copy, t.n),
						 TOKEN_ACCESS),
				copy[i] == t.p[i]);
		}
	}
	memcpy(copy, t.p, t.n);
	copy[t.n] = 'A';
	for (size_t n = 0; n <= t.n + 1; n++)
		assert_int_equal(
			token_is_well_formed(str_of(copy, n), TOKEN_ACCESS),
			n == t.n);
	assert_false(token_is_well_formed(STR_NONE, TOKEN_ACCESS));
	arena_free(&a);
}

/* The same 32 bytes spelled with spare bits, and a checksum that fits. */
static void
spare_bits_are_refused(void **state)
{
	(void)state;
	assert_false(token_is_well_formed(
		STR("ost_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"
		    "0x3GBA"),
		TOKEN_ACCESS));
}

static void
make_at_the_cap(void **state)
{
	struct arena *a = arena_new(16);

	(void)state;
	assert_true(str_is_none(a_token(a)));
	assert_true(str_is_none(random_text(a, 32)));
	arena_free(&a);
}

static void
digest_is_sha256(void **state)
{
	struct digest d = token_digest(STR("abc"));
	struct digest want = digest_sha256(STR("abc"));

	(void)state;
	assert_true(digest_eq(&d, &want));
}

static void
random_differs(void **state)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str x = random_text(a, 16);
	struct str y = random_text(a, 16);
	unsigned char zeros[64] = { 0 };

	(void)state;
	assert_int_equal(x.n, 22);
	assert_false(str_eq(x, y));
	random_bytes(zeros, 0);
	assert_int_equal(zeros[0], 0);
	random_bytes(zeros, sizeof(zeros));
	assert_memory_not_equal(zeros, (unsigned char[64]){ 0 }, 64);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(make_known),
		cmocka_unit_test(each_kind_is_its_own),
		cmocka_unit_test(every_change_shows),
		cmocka_unit_test(spare_bits_are_refused),
		cmocka_unit_test(make_at_the_cap),
		cmocka_unit_test(digest_is_sha256),
		cmocka_unit_test(random_differs),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
