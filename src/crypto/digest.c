/* digest: see digest.h. */
#include "crypto/digest.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/secret.h"
#include "crypto/evp.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <sodium.h>

void
digest_start(void)
{
	if (sodium_init() < 0)
		die("libsodium can't be used here");
	evp_start();
}

/* This thread's context, ready for the first byte. */
static EVP_MD_CTX *
fresh_context(void)
{
	struct evp_contexts *own = evp_contexts();
	const EVP_MD *first = NULL;

	if (own->sha256 == NULL) {
		first = evp_fetched()->sha256;
		own->sha256 = EVP_MD_CTX_new();
	}
	if (own->sha256 == NULL ||
		EVP_DigestInit_ex2(own->sha256, first, NULL) != 1)
		die("SHA-256 failed");
	return own->sha256;
}

struct digest
digest_sha256(struct str in)
{
	EVP_MD_CTX *c = fresh_context();
	struct digest d;

	if (EVP_DigestUpdate(c, in.p, in.n) != 1 ||
		EVP_DigestFinal_ex(c, d.b, NULL) != 1)
		die("SHA-256 failed");
	return d;
}

/* A context of its own each time, because it would keep the key. */
struct digest
digest_hmac(struct str key, struct str in)
{
	const void *k = key.n > 0 ? key.p : "";
	char name[] = "SHA2-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *c;
	struct digest d;
	size_t n;

	c = EVP_MAC_CTX_new(evp_fetched()->hmac);
	if (c == NULL || EVP_MAC_init(c, k, key.n, params) != 1 ||
		EVP_MAC_update(c, (const unsigned char *)in.p, in.n) != 1 ||
		EVP_MAC_final(c, d.b, &n, sizeof(d.b)) != 1)
		die("HMAC failed");
	insist(n == sizeof(d.b));
	EVP_MAC_CTX_free(c);
	return d;
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return secret_eq(digest_str(a), digest_str(b));
}

static void
hex_digits(const unsigned char *in, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[in[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[in[i] & 15];
	}
}

struct str
digest_hex(struct arena *a, const struct digest *d)
{
	char *p = arena_alloc(a, 2 * DIGEST_BYTES + 1);

	if (p == NULL)
		return STR_NONE;
	hex_digits(d->b, DIGEST_BYTES, p);
	return str_of(p, 2 * DIGEST_BYTES);
}

void
digest_hint(struct str in, char out[13])
{
	struct digest d = digest_sha256(in);

	hex_digits(d.b, 6, out);
	out[12] = '\0';
}
