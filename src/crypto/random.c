/* random: see random.h. */
#include "crypto/random.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/secret.h"
#include "text/base64.h"

#include <errno.h>
#include <sys/random.h>

void
random_bytes(void *out, size_t n)
{
	unsigned char *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die("the kernel gives no random bytes");
		p += got;
		n -= (size_t)got;
	}
}

struct str
random_text(struct arena *a, size_t n)
{
	char *raw = arena_bytes(a, n);
	struct str text;

	if (raw == NULL)
		return STR_NONE;
	random_bytes(raw, n);
	text = base64url_of(a, str_of(raw, n));
	secret_wipe(raw, n);
	return text;
}
