/*
 * digest: SHA-256 and HMAC-SHA-256.
 *
 * The algorithms are fetched once (digest_start); each thread keeps one
 * context and uses it again.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/str.h"

#define DIGEST_BYTES 32

struct arena;

struct digest {
	unsigned char b[DIGEST_BYTES];
};

/* Fetches the algorithms and readies libsodium; before any thread starts, and
 * before anything else of this room.  A second call does nothing.  Dies when
 * the libraries can't provide them. */
void digest_start(void);

struct digest digest_sha256(struct str in);
struct digest digest_hmac(struct str key, struct str in);

/* The digest's bytes as a str that points into *d. */
static inline struct str
digest_str(const struct digest *d)
{
	return (struct str){ (const char *)d->b, DIGEST_BYTES };
}

/* Constant time. */
bool digest_eq(const struct digest *a, const struct digest *b);

/* 64 lower-case hexadecimal digits, as the store keeps them, NUL-terminated;
 * STR_NONE at the arena's cap. */
struct str digest_hex(struct arena *a, const struct digest *d);

/* Twelve hexadecimal digits of the SHA-256, for event_set_hash(). */
void digest_hint(struct str in, char out[13]);

#endif
