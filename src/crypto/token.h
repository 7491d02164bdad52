/*
 * token: opaque tokens that a scanner can recognise.
 *
 * "ost_<kind>_" + 43 characters of base64url (256 random bits) + 6 characters
 * of checksum (CRC-32 of what stands before, base62).  The checksum lets
 * secret scanners and the guard tell a typo from a token without a look-up.
 * Only the SHA-256 of a token is ever stored.
 */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "crypto/digest.h"

struct arena;

enum token_kind {
	TOKEN_ACCESS,        /* ost_at_ */
	TOKEN_REFRESH,       /* ost_rt_ */
	TOKEN_CODE,          /* ost_ac_ */
	TOKEN_CLIENT_SECRET, /* ost_cs_ */
	TOKEN_SESSION,       /* ost_ws_ : the browser's cookie */
	TOKEN_REGISTRATION,  /* ost_ra_ */
	TOKEN_SETUP          /* ost_su_ */
};

/* From 32 random bytes that the caller gives (pure rooms make tokens too). */
struct str token_make(
	struct arena *a, enum token_kind kind, const unsigned char bits[32]);

/* Prefix, alphabet, length and checksum; no look-up. */
bool token_is_well_formed(struct str text, enum token_kind kind);

/* What is stored. */
struct digest token_digest(struct str text);

#endif
