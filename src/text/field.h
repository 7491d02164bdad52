/*
 * field: HTTP field names, values and the little grammars inside them
 * (RFC 9110 5.6).
 */
#ifndef TEXT_FIELD_H
#define TEXT_FIELD_H

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* One field, as it came or as it shall go. */
struct field {
	struct str name;
	struct str value;
};

/* tchar+ (RFC 9110 5.6.2). */
bool field_is_token(struct str s);

/* VCHAR, SP, HTAB and obs-text; no CR, LF, NUL or other control. */
bool field_is_value(struct str s);

/* The first field of that name (without case), or STR_NONE; *count (may be
 * NULL) gets how many there are. */
struct str field_get(
	const struct field *fields, size_t n, struct str name, unsigned *count);

/* Takes the next element off a comma-separated list, honouring quoted
 * strings, blanks cut, empty elements passed.  False at the end. */
bool field_list_next(struct str *rest, struct str *element);

/* "type/subtype;param" without parameters, compared without case. */
bool field_media_is(struct str value, struct str media);

/* Whether an Accept value lets the media type through, q=0 and wildcards
 * honoured; an absent Accept (STR_NONE) accepts all. */
bool field_accepts(struct str accept, struct str media);

/* One challenge of WWW-Authenticate (RFC 9110 11.6.1). */
#define FIELD_PARAMS_MAX 16
struct field_challenge {
	struct str scheme;
	struct str token68;                    /* or STR_NONE */
	struct field params[FIELD_PARAMS_MAX]; /* values unquoted */
	size_t n;
};

/* Takes the next challenge off *rest; values are decoded into the arena.
 * False at the end (rest is STR_NONE) or when malformed (f set). */
bool field_challenge_next(struct arena *a, struct str *rest,
	struct field_challenge *c, struct fault *f);

/* As a quoted-string, backslashes before '"' and '\'; bytes that may not
 * stand in one are left out. */
struct str field_quote(struct arena *a, struct str s);

#endif
