/*
 * seal: see seal.h.
 *
 *	byte 0     version, 1
 *	1 to 4     the first bytes of the key's SHA-256, so that a value sealed
 *	           by another key is told from one that was changed
 *	5 to 16    nonce
 *	17 on      as many bytes as the plain text has, then the tag, 16 bytes
 *
 * Authenticated with it: bytes 0 to 4, then the context.
 */
#include "crypto/seal.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/evp.h"
#include "crypto/random.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <sodium.h>

#define VERSION   1
#define ID_BYTES  4u
#define HEAD      (1u + ID_BYTES)
#define NONCE     12u
#define TAG       16u
#define AROUND    (HEAD + NONCE + TAG)
#define BYTES_MAX ((size_t)1 << 30)

struct seal_key {
	unsigned char bytes[SEAL_KEY_BYTES];
	unsigned char id[ID_BYTES];
};

struct seal_key *
seal_key_new(const unsigned char bytes[SEAL_KEY_BYTES])
{
	struct seal_key *k = sodium_malloc(sizeof(*k));
	struct digest d;

	if (k == NULL)
		die("out of memory");
	memcpy(k->bytes, bytes, sizeof(k->bytes));
	d = digest_sha256(str_of((const char *)k->bytes, sizeof(k->bytes)));
	memcpy(k->id, d.b, sizeof(k->id));
	sodium_mprotect_readonly(k);
	return k;
}

void
seal_key_free(struct seal_key **k)
{
	sodium_free(*k);
	*k = NULL;
}

struct seal_key *
seal_key_derive(const struct seal_key *master, struct str purpose)
{
	unsigned char out[SEAL_KEY_BYTES];
	unsigned char ikm[SEAL_KEY_BYTES];
	char info[64];
	char name[] = "SHA2-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_KDF_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_KEY, ikm, sizeof(ikm)),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_INFO, info, purpose.n),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF_CTX *c = EVP_KDF_CTX_new(evp_fetched()->hkdf);
	struct seal_key *k;

	insist(purpose.n > 0 && purpose.n <= sizeof(info));
	memcpy(info, purpose.p, purpose.n);
	memcpy(ikm, master->bytes, sizeof(ikm));
	if (c == NULL || EVP_KDF_derive(c, out, sizeof(out), params) != 1)
		die("HKDF failed");
	EVP_KDF_CTX_free(c);
	k = seal_key_new(out);
	secret_wipe(out, sizeof(out));
	secret_wipe(ikm, sizeof(ikm));
	return k;
}

/* This thread's context, without a key. */
static EVP_CIPHER_CTX *
fresh_context(void)
{
	struct evp_contexts *own = evp_contexts();

	if (own->gcm == NULL)
		own->gcm = EVP_CIPHER_CTX_new();
	if (own->gcm == NULL)
		die("out of memory");
	return own->gcm;
}

/* What encrypting and opening have in common: the key, the nonce and what is
 * authenticated.  head is the value's first bytes. */
static void
begin(EVP_CIPHER_CTX *c, const struct seal_key *k, const unsigned char *head,
	struct str context, int sealing)
{
	int n;

	insist(context.n < BYTES_MAX);
	if (EVP_CipherInit_ex2(c, evp_fetched()->aes_gcm, k->bytes, head + HEAD,
		    sealing, NULL) != 1 ||
		EVP_CipherUpdate(c, NULL, &n, head, HEAD) != 1 ||
		EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)context.p,
			(int)context.n) != 1)
		die("AES-256-GCM failed");
}

struct str
seal(struct arena *a, const struct seal_key *k, struct str context,
	struct str plain)
{
	EVP_CIPHER_CTX *c = fresh_context();
	unsigned char *out;
	int n = 0;
	int end = 0;

	if (plain.n > BYTES_MAX ||
		(out = arena_alloc(a, AROUND + plain.n)) == NULL)
		return STR_NONE;
	out[0] = VERSION;
	memcpy(out + 1, k->id, ID_BYTES);
	random_bytes(out + HEAD, NONCE);
	begin(c, k, out, context, 1);
	if ((plain.n > 0 &&
		    EVP_CipherUpdate(c, out + HEAD + NONCE, &n,
			    (const unsigned char *)plain.p,
			    (int)plain.n) != 1) ||
		EVP_CipherFinal_ex(c, out + HEAD + NONCE + n, &end) != 1 ||
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, (int)TAG,
			out + HEAD + NONCE + plain.n) != 1)
		die("AES-256-GCM failed");
	EVP_CIPHER_CTX_reset(c); /* wipes the key */
	return str_of((const char *)out, AROUND + plain.n);
}

static bool
head_check(const struct seal_key *k, struct str sealed, struct fault *f)
{
	if (sealed.n < AROUND || sealed.n > BYTES_MAX)
		return fault_set(f, FAULT_SEALED,
			"a sealed value can't have %zu bytes", sealed.n);
	if (sealed.p[0] != VERSION)
		return fault_set(f, FAULT_SEALED, "sealed in version %u",
			(unsigned)(unsigned char)sealed.p[0]);
	if (memcmp(sealed.p + 1, k->id, ID_BYTES) != 0)
		return fault_set(f, FAULT_SEALED, "sealed by another key");
	return true;
}

struct str
seal_open(struct arena *a, const struct seal_key *k, struct str context,
	struct str sealed, struct fault *f)
{
	EVP_CIPHER_CTX *c = fresh_context();
	const unsigned char *in = (const unsigned char *)sealed.p;
	unsigned char tag[TAG];
	unsigned char *out;
	size_t size;
	int n = 0;
	int end = 0;
	bool whole;

	if (!head_check(k, sealed, f))
		return STR_NONE;
	size = sealed.n - AROUND;
	if ((out = arena_alloc(a, size + 1)) == NULL) {
		fault_set(f, FAULT_TOO_LARGE, "no room for a sealed value");
		return STR_NONE;
	}
	memcpy(tag, in + HEAD + NONCE + size, TAG);
	begin(c, k, in, context, 0);
	whole = (size == 0 ||
			EVP_CipherUpdate(c, out, &n, in + HEAD + NONCE,
				(int)size) == 1) &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, (int)TAG, tag) ==
			1 &&
		EVP_CipherFinal_ex(c, out + n, &end) == 1;
	EVP_CIPHER_CTX_reset(c); /* wipes the key */
	if (!whole) {
		ERR_clear_error(); /* TLS on this thread looks there */
		secret_wipe(out, size);
		fault_set(f, FAULT_SEALED,
			"changed, or sealed for another purpose");
		return STR_NONE;
	}
	return str_of((const char *)out, size);
}

void
seal_mac(const struct seal_key *k, struct str in, struct digest *out)
{
	*out = digest_hmac(
		str_of((const char *)k->bytes, sizeof(k->bytes)), in);
}
