/* password: see password.h. */
#include "crypto/password.h"

#include "base/arena.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <sodium.h>

bool
password_is_valid(struct str password)
{
	struct str rest = password;
	uint32_t point;
	size_t n = 0;

	if (password.n > PASSWORD_MAX)
		return false;
	while (rest.n > 0) {
		if (!utf8_next(&rest, &point))
			return false;
		n++;
	}
	return n >= PASSWORD_MIN;
}

struct str
password_hash(struct arena *a, struct str password)
{
	char *out = arena_alloc(a, crypto_pwhash_STRBYTES);

	if (out == NULL || password.n > PASSWORD_MAX ||
		crypto_pwhash_str_alg(out, password.p, password.n,
			crypto_pwhash_OPSLIMIT_INTERACTIVE,
			crypto_pwhash_MEMLIMIT_INTERACTIVE,
			crypto_pwhash_ALG_ARGON2ID13) != 0)
		return STR_NONE;
	return str_from(out);
}

bool
password_check(struct str hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES] = { 0 };
	bool right;

	if (hash.n >= sizeof(text) || password.n > PASSWORD_MAX ||
		!str_starts(hash, STR("$argon2id$")) ||
		memchr(hash.p, '\0', hash.n) != NULL)
		return false;
	memcpy(text, hash.p, hash.n);
	right = crypto_pwhash_str_verify(text, password.p, password.n) == 0;
	secret_wipe(text, sizeof(text));
	return right;
}

/* Against a hash of nothing but zeros, which no password has. */
void
password_check_nobody(struct str password)
{
	static const struct str nobody =
		STR_INIT("$argon2id$v=19$m=65536,t=2,p=1$"
			 "AAAAAAAAAAAAAAAAAAAAAA$"
			 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

	(void)password_check(nobody, password);
}
