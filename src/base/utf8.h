/*
 * utf8: validity and stepping (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

bool utf8_is_valid(struct str s);

/* Takes one code point off the front of *s; false when the bytes are not
 * valid (nothing taken) or s is empty. */
bool utf8_next(struct str *s, uint32_t *point);

/* How many bytes the code point at the front of s takes (1 to 4); 0 when the
 * bytes are not valid or s is empty. */
size_t utf8_length(struct str s);

/* As many of the leading bytes of s as are plain ASCII. */
size_t utf8_ascii(struct str s);

/* Writes a code point; one that is none (a surrogate, past U+10FFFF) becomes
 * U+FFFD. */
void utf8_write(struct buf *out, uint32_t point);

/* At most max bytes of s, cut between code points. */
struct str utf8_cut(struct str s, size_t max);

#endif
