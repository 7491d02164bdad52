/* tag: see tag.h. */
#include "crypto/tag.h"

#include "crypto/random.h"

#include <sodium.h>

_Static_assert(TAG_BYTES == crypto_shorthash_siphashx24_BYTES, "SipHash-128");

static unsigned char key[crypto_shorthash_siphashx24_KEYBYTES];

/* Drawn before main, so that no thread can race for it. */
__attribute__((constructor)) static void
draw_key(void)
{
	random_bytes(key, sizeof(key));
}

struct tag
tag_of(struct str text)
{
	struct tag t;

	crypto_shorthash_siphashx24(
		t.b, (const unsigned char *)text.p, text.n, key);
	return t;
}
