/*
 * json_lex: the words of JSON, for json.c and json_scan.c alone.
 *
 * Each function starts at the place at, which is before s->end, and answers
 * the place behind the word; NULL when the word is wrong: then s->at is the
 * place that is wrong and s->wrong says why.  Places are handed on instead of
 * being kept in s, so that they stay in registers: this is where the time of a
 * call's message goes.
 */
#ifndef TEXT_JSON_LEX_H
#define TEXT_JSON_LEX_H

#include "text/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Answers false, always.  The first reason given stays. */
bool json_lex_wrong(struct json_scan *s, const char *at, const char *why);

/* As json_lex_wrong(), answering NULL. */
const char *json_lex_stop(struct json_scan *s, const char *at, const char *why);

/* What kind of value begins with that byte. */
static inline enum json_kind
json_lex_kind(char first)
{
	switch (first) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	case '-':
		return JSON_NUMBER;
	}
	return first >= '0' && first <= '9' ? JSON_NUMBER : JSON_NONE;
}

/* The rest of the string that began at from, where a byte that is not plain
 * may stand at at. */
const char *json_lex_string_rest(
	struct json_scan *s, const char *from, const char *at, bool *escaped);

/* A string, number, true, false or null, by its first byte. */
const char *json_lex_scalar(struct json_scan *s, const char *at);

/* Passes blanks (RFC 8259 2), of which there may be none. */
static inline const char *
json_lex_blanks(const char *at, const char *end)
{
	/* Most often there are none, which the first comparison says. */
	while (at < end && *at <= ' ' &&
		(*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

#ifdef __SSE2__
#define JSON_LEX_BLOCK 16

/* The first byte that is not plain in the block at at, or the one behind it.
 * Plain is what is neither the string's end, nor an escape, nor needs a look.
 * Compared as signed numbers, bytes from 0x80 on are below 0x20 too, so one
 * comparison finds both. */
static inline const char *
json_lex_block(const char *at)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i hit = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
	unsigned mask = (unsigned)_mm_movemask_epi8(hit);

	return at + __builtin_ctz(mask | 1u << JSON_LEX_BLOCK);
}
#else
#define JSON_LEX_BLOCK      8
#define JSON_LEX_EACH(byte) (0x0101010101010101u * (byte))

/* The high bit of some byte is set if any byte of v is below limit. */
static inline uint64_t
json_lex_below(uint64_t v, unsigned char limit)
{
	return (v - JSON_LEX_EACH(limit)) & ~v & JSON_LEX_EACH(0x80);
}

/* As above, but that a block with a byte that is not plain may end anywhere
 * before that byte. */
static inline const char *
json_lex_block(const char *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	if (((v & JSON_LEX_EACH(0x80)) | json_lex_below(v, 0x20) |
		    json_lex_below(v ^ JSON_LEX_EACH('"'), 1) |
		    json_lex_below(v ^ JSON_LEX_EACH('\\'), 1)) != 0)
		return at;
	return at + sizeof(v);
}
#endif

/* Passes whole blocks of plain bytes. */
static inline const char *
json_lex_blocks(const char *at, const char *end)
{
	while (end - at >= JSON_LEX_BLOCK) {
		const char *to = json_lex_block(at);

		if (to != at + JSON_LEX_BLOCK)
			return to;
		at = to;
	}
	return at;
}

/* A string; at is its opening quote.  *escaped: a backslash stands in it.
 * RFC 8259 7. */
static inline const char *
json_lex_string(struct json_scan *s, const char *at, bool *escaped)
{
	const char *to = json_lex_blocks(at + 1, s->end);

	*escaped = false;
	if (to < s->end && *to == '"')
		return to + 1;
	return json_lex_string_rest(s, at, to, escaped);
}

#endif
