/*
 * seal: AES-256-GCM around values that rest in the store or travel through
 * strangers (cursors, states).
 *
 * Sealed text: version byte, key id, 96-bit random nonce, ciphertext, tag.
 * "context" says what the value is for; it is authenticated, not stored, and
 * must be the same at opening: a sealed cursor never opens as a state.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/fault.h"
#include "base/str.h"

struct arena;

#define SEAL_KEY_BYTES 32

struct seal_key;

/* From 32 bytes; they are copied to locked memory.  Never NULL. */
struct seal_key *seal_key_new(const unsigned char bytes[SEAL_KEY_BYTES]);
void seal_key_free(struct seal_key **k);

/* Reads the key file, or makes it (0600, fsynced, never overwriting) when
 * there is none.  Refuses a file that others can read, that is no regular
 * file or that has another size: FAULT_KEY_FILE. */
struct seal_key *seal_key_load(const char *path, struct fault *f);

/* As above, but makes nothing: *k is NULL when there is no such file. */
bool seal_key_find(const char *path, struct seal_key **k, struct fault *f);

/* A key for one purpose, derived from the master (HKDF-SHA-256). */
struct seal_key *seal_key_derive(
	const struct seal_key *master, struct str purpose);

/* Sealed bytes, or STR_NONE at the arena's cap. */
struct str seal(struct arena *a, const struct seal_key *k, struct str context,
	struct str plain);

/* What was sealed; STR_NONE and FAULT_SEALED when it was changed, sealed by
 * another key or for another context. */
struct str seal_open(struct arena *a, const struct seal_key *k,
	struct str context, struct str sealed, struct fault *f);

/* HMAC-SHA-256 under the key, for lookups and signatures. */
struct digest;
void seal_mac(const struct seal_key *k, struct str in, struct digest *out);

#endif
