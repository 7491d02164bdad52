/*
 * random: unguessable bytes from the kernel, and identifiers made of them.
 */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include "base/str.h"

struct arena;

/* Dies when the kernel has none to give. */
void random_bytes(void *out, size_t n);

/* n random bytes as base64url text (n = 16: 22 characters). */
struct str random_text(struct arena *a, size_t n);

#endif
