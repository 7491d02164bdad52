/*
 * json_lex: the words of JSON, for json.c and json_scan.c alone.
 *
 * Each function starts at s->at and leaves it behind the word.  On false,
 * s->at is the place that is wrong and s->wrong says why.
 */
#ifndef TEXT_JSON_LEX_H
#define TEXT_JSON_LEX_H

#include "text/json.h"

/* Answers false, always.  The first reason given stays. */
bool json_lex_wrong(struct json_scan *s, const char *at, const char *why);

/* Begins with any byte (not at the end): what kind of value that is. */
enum json_kind json_lex_kind(char first);

/* A string; s->at is its opening quote.  *escaped: a backslash stands in it.
 * RFC 8259 7. */
bool json_lex_string(struct json_scan *s, bool *escaped);

/* A string, number, true, false or null, after its first byte. */
bool json_lex_scalar(struct json_scan *s);

/* Passes blanks (RFC 8259 2). */
static inline void
json_lex_blanks(struct json_scan *s)
{
	while (s->at < s->end &&
		(*s->at == ' ' || *s->at == '\n' || *s->at == '\r' ||
			*s->at == '\t'))
		s->at++;
}

#endif
