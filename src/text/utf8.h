/*
 * utf8: validity and stepping (RFC 3629).
 */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include "base/buf.h"

bool utf8_is_valid(struct str s);

/* Takes one code point off the front of *s; false when the bytes are not
 * valid (nothing taken) or s is empty. */
bool utf8_next(struct str *s, uint32_t *point);

/* Writes a code point. */
void utf8_write(struct buf *out, uint32_t point);

/* At most max bytes of s, cut between code points. */
struct str utf8_cut(struct str s, size_t max);

#endif
