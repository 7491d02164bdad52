/* SHA-256 and HMAC against published values (FIPS 180-2, RFC 4231). */
#include "base/arena.h"
#include "crypto/digest.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
expect_hex(struct digest d, const char *hex)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);

	assert_string_equal(digest_hex(a, &d).p, hex);
	assert_int_equal(digest_hex(a, &d).n, 64);
	arena_free(&a);
}

static void
sha256_known(void **state)
{
	(void)state;
	expect_hex(digest_sha256(STR("")),
		"e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855");
	expect_hex(digest_sha256(STR_NONE),
		"e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855");
	expect_hex(digest_sha256(STR("abc")),
		"ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad");
	expect_hex(digest_sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklm"
				     "klmnlmnomnopnopq")),
		"248d6a61d20638b8e5c026930c3e6039"
		"a33ce45964ff2167f6ecedd419db06c1");
}

static void
hmac_known(void **state)
{
	char key[131];

	(void)state;
	expect_hex(
		digest_hmac(STR("Jefe"), STR("what do ya want for nothing?")),
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	expect_hex(digest_hmac(str_of(key, sizeof(key)),
			   STR("Test Using Larger Than Block-Size Key - Hash "
			       "Key First")),
		"60e431591ee0b67f0d8a26aacbf5b77f"
		"8e0bc6213728c5140546040f0ee37f54");
	expect_hex(digest_hmac(STR(""), STR("")),
		"b613679a0814d9ec772f95d778c35fc5"
		"ff1697c493715653c6c712144292c5ad");
}

static void
hint_is_the_beginning(void **state)
{
	char out[13];

	(void)state;
	digest_hint(STR("abc"), out);
	assert_string_equal(out, "ba7816bf8f01");
}

static void
eq_sees_each_bit(void **state)
{
	struct digest a = digest_sha256(STR("abc"));
	struct digest b = a;

	(void)state;
	assert_true(digest_eq(&a, &b));
	for (unsigned i = 0; i < DIGEST_BYTES; i++) {
		b.b[i] ^= 0x80;
		assert_false(digest_eq(&a, &b));
		b = a;
	}
}

struct hasher {
	pthread_t thread;
	struct digest want;
	bool right;
};

static void *
hash_much(void *with)
{
	struct hasher *h = with;

	for (int i = 0; i < 2000; i++) {
		struct digest d = digest_sha256(STR("abc"));

		h->right = h->right && digest_eq(&d, &h->want);
	}
	return NULL;
}

static void
threads_do_not_share_a_context(void **state)
{
	struct hasher h[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		h[i].right = true;
		h[i].want = digest_sha256(STR("abc"));
		assert_int_equal(
			pthread_create(&h[i].thread, NULL, hash_much, &h[i]),
			0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(h[i].thread, NULL);
		assert_true(h[i].right);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_known),
		cmocka_unit_test(hmac_known),
		cmocka_unit_test(hint_is_the_beginning),
		cmocka_unit_test(eq_sees_each_bit),
		cmocka_unit_test(threads_do_not_share_a_context),
	};

	digest_start();
	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
