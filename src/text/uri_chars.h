/*
 * uri_chars: the letters of RFC 3986, for the files of uri.h alone.
 */
#ifndef TEXT_URI_CHARS_H
#define TEXT_URI_CHARS_H

#include "text/uri.h"

/* The value of a hexadecimal digit, or -1. */
int uri_hex(char c);

/* Unreserved, sub-delims, good percent encodings, and the bytes in more. */
bool uri_chars_are(struct str s, const char *more);

/* ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) */
bool uri_chars_scheme(struct str s);

/* Splits what follows the scheme at its delimiters, judging nothing; the
 * whole authority goes to u->host (RFC 3986 appendix B). */
void uri_chars_split(struct str rest, struct uri *u);

#endif
