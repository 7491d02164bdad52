/* pkce: see pkce.h. */
#include "oauth/pkce.h"

#include "base/buf.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "text/base64.h"

#define VERIFIER_MIN 43u
#define VERIFIER_MAX 128u

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

static bool
is_challenge(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n == PKCE_CHALLENGE_CHARS;
}

static bool
is_verifier(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && memchr("-._~", s.p[i], 4) == NULL)
			return false;
	return s.n >= VERIFIER_MIN && s.n <= VERIFIER_MAX;
}

bool
pkce_check_challenge(struct str challenge, struct str method, struct fault *f)
{
	if (str_is_none(challenge))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "code_challenge is missing");
	if (!str_eq_lit(method, "S256"))
		return fault_set(f, FAULT_INVALID_REQUEST,
			"code_challenge_method is not S256");
	if (!is_challenge(challenge))
		return fault_set(f, FAULT_INVALID_REQUEST,
			"code_challenge is no SHA-256 in base64url");
	return true;
}

bool
pkce_matches(struct str verifier, struct str challenge)
{
	struct digest d;
	struct buf text;
	bool same;

	if (!is_verifier(verifier))
		return false;
	d = digest_sha256(verifier);
	buf_init(&text, PKCE_CHALLENGE_CHARS + 1);
	base64url_write(&text, digest_str(&d));
	same = buf_ok(&text) && secret_eq(buf_view(&text), challenge);
	buf_clear(&text);
	return same;
}
