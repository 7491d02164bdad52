/*
 * evp: what OpenSSL gave us, fetched once, and the contexts that each thread
 * uses again.  For the files of this room alone.
 *
 * Fetching and making cost more than the sums do.  A thread's contexts come
 * into being when it first asks and go when it ends; none keeps a key between
 * two uses.
 */
#ifndef CRYPTO_EVP_H
#define CRYPTO_EVP_H

#include <openssl/evp.h>
#include <openssl/kdf.h>

struct evp_fetched {
	EVP_MD *sha256;
	EVP_MAC *hmac;
	EVP_KDF *hkdf;
	EVP_CIPHER *aes_gcm; /* 256 bits of key */
};

struct evp_contexts {
	EVP_MD_CTX *sha256;  /* digest.c: set to SHA-256, or NULL */
	EVP_CIPHER_CTX *gcm; /* seal.c: without a key, or NULL */
};

/* digest_start()'s.  Dies when something is missing. */
void evp_start(void);

/* Dies when evp_start() has not been called. */
const struct evp_fetched *evp_fetched(void);

/* The calling thread's; never NULL, its members NULL at first. */
struct evp_contexts *evp_contexts(void);

#endif
