/*
 * tag: a short keyed digest by which a text that was judged before is known
 * again.
 *
 * SipHash-2-4 with 128 bits, under a key that is drawn once a process and
 * never leaves it: without the key nobody can make or find two texts of one
 * tag.  It costs a tenth of a SHA-256 through OpenSSL.  A tag means nothing to
 * another process and is never stored.
 */
#ifndef CRYPTO_TAG_H
#define CRYPTO_TAG_H

#include "base/str.h"

#define TAG_BYTES 16

struct tag {
	unsigned char b[TAG_BYTES];
};

struct tag tag_of(struct str text);

static inline struct str
tag_str(const struct tag *t)
{
	return str_of((const char *)t->b, TAG_BYTES);
}

#endif
