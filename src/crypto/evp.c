/* evp: see evp.h. */
#include "crypto/evp.h"

#include "base/die.h"

#include <pthread.h>

static struct evp_fetched fetched;
static pthread_key_t at_end;
static _Thread_local struct evp_contexts *own;

static void
release(void *thing)
{
	struct evp_contexts *c = thing;

	EVP_MD_CTX_free(c->sha256);
	EVP_CIPHER_CTX_free(c->gcm);
	free(c);
	own = NULL;
}

void
evp_start(void)
{
	if (fetched.sha256 != NULL)
		return;
	fetched.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	fetched.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	fetched.aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (fetched.hmac == NULL || fetched.hkdf == NULL ||
		fetched.aes_gcm == NULL)
		die("OpenSSL lacks HMAC, HKDF or AES-256-GCM");
	if (pthread_key_create(&at_end, release) != 0)
		die("no thread keys left");
	fetched.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	if (fetched.sha256 == NULL)
		die("OpenSSL lacks SHA-256");
}

const struct evp_fetched *
evp_fetched(void)
{
	insist(fetched.sha256 != NULL); /* digest_start() comes first */
	return &fetched;
}

struct evp_contexts *
evp_contexts(void)
{
	if (own != NULL)
		return own;
	own = calloc(1, sizeof(*own));
	if (own == NULL || pthread_setspecific(at_end, own) != 0)
		die("out of memory");
	return own;
}
