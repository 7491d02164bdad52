/* secret: see secret.h. */
#include "base/secret.h"

#include "base/die.h"

#include <stdlib.h>

void
secret_set(struct secret *x, struct str s)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		die("out of memory");
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	secret_clear(x);
	x->p = p;
	x->n = s.n;
}

void
secret_clear(struct secret *x)
{
	if (x->p != NULL) {
		explicit_bzero(x->p, x->n);
		free(x->p);
	}
	*x = (struct secret){ 0 };
}

bool
secret_eq(struct str a, struct str b)
{
	volatile unsigned char differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differ == 0;
}

void
secret_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
