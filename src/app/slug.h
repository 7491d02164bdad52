/*
 * slug: a text as a piece of a URL: lower case, words with hyphens between.
 *
 * Latin letters lose their diacritics, Greek and Cyrillic ones are written in
 * Latin; letters of other scripts stay as they are.  All else parts words,
 * except the apostrophe, which is left out.
 *
 *	"Crème Brûlée & Ελλάδα, №5" -> "creme-brulee-ellada-5"
 */
#ifndef APP_SLUG_H
#define APP_SLUG_H

#include "base/buf.h"

/* Appends the slug of the text, which may be empty.  Bytes that are no UTF-8
 * part words. */
void slug_write(struct buf *out, struct str text);

#endif
