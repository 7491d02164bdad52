/*
 * base64: RFC 4648, both alphabets, strict.
 */
#ifndef TEXT_BASE64_H
#define TEXT_BASE64_H

#include "base/buf.h"

struct arena;

/* Without padding, '-' and '_'. */
void base64url_write(struct buf *out, struct str bytes);
struct str base64url_of(struct arena *a, struct str bytes);

/* With padding, '+' and '/'. */
void base64_write(struct buf *out, struct str bytes);

/* Decode; false on any byte outside the alphabet, wrong length, padding where
 * none belongs (or missing in base64_read), or bits left over that are not
 * zero.  *out is STR_NONE at the arena's cap (and false). */
bool base64url_read(struct arena *a, struct str text, struct str *out);
bool base64_read(struct arena *a, struct str text, struct str *out);

/* Lower-case hexadecimal. */
void hex_write(struct buf *out, struct str bytes);
bool hex_read(struct arena *a, struct str text, struct str *out);

#endif
