/*
 * password: argon2id with libsodium's interactive limits (64 MB, 47 ms).
 *
 * Slow on purpose: call it only from a worker, at most two at a time.
 */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/str.h"

struct arena;

#define PASSWORD_MIN 8u    /* characters */
#define PASSWORD_MAX 1024u /* bytes */

/* Whether somebody may choose it: valid UTF-8 within the two bounds. */
bool password_is_valid(struct str password);

/* The encoded hash ("$argon2id$..."), or STR_NONE when memory is short or the
 * password is longer than PASSWORD_MAX. */
struct str password_hash(struct arena *a, struct str password);

/* False too for a hash that is no argon2id. */
bool password_check(struct str hash, struct str password);

/* The time of a check against nothing, so that an unknown name takes as long
 * as a wrong password. */
void password_check_nobody(struct str password);

#endif
