/*
 * json: strict RFC 8259 text, as a tree or as a scan.
 *
 * Both readers take exactly one value in UTF-8 and refuse: bytes after it,
 * control characters in strings, lone surrogates (RFC 8259 8.2 leaves them
 * open; we don't), overlong or invalid UTF-8, numbers with leading zeros or
 * bare points, and nesting deeper than the rules allow.  The text stays the
 * caller's and must outlive what points into it.
 *
 * The scan builds nothing and is what the path of a call uses (see
 * mcp/envelope.h).  The tree is for documents that we understand whole:
 * settings, metadata, lists.
 */
#ifndef TEXT_JSON_H
#define TEXT_JSON_H

#include "base/fault.h"
#include "base/str.h"

struct arena;

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_NONE /* no value: the end, or something that is no JSON */
};

/* ---- the tree ---- */

struct json {
	enum json_kind kind;
	struct str raw;     /* the value's exact bytes in the text */
	struct str key;     /* decoded; STR_NONE outside objects */
	const char *key_at; /* where the key's quote stands, for messages */
	struct str text;    /* JSON_STRING: decoded; may hold NUL */
	struct json *first; /* JSON_ARRAY, JSON_OBJECT: in order */
	struct json *next;  /* sibling */
	size_t count;       /* children */
};

struct json_rules {
	size_t size_max;    /* bytes; 0: JSON_SIZE_MAX */
	unsigned depth_max; /* 0: JSON_DEPTH_MAX */
	bool comments;      /* C and C++ comments and one trailing comma */
};

#define JSON_SIZE_MAX    ((size_t)4 << 20)
#define JSON_DEPTH_MAX   64u
#define JSON_DEPTH_LIMIT 512u /* no depth_max goes past it */

/* Reads the text into a tree in the arena; rules may be NULL.  A key that
 * stands twice in one object is refused.  NULL and FAULT_BAD_JSON ("line 3,
 * column 7: ...") or FAULT_TOO_LARGE (the text, or the tree for its arena). */
struct json *json_parse(struct arena *a, struct str text,
	const struct json_rules *rules, struct fault *f);

/* The member of that key, or NULL; obj may be NULL or no object. */
const struct json *json_get(const struct json *obj, const char *key);

/* The member's string, or STR_NONE when it is absent or no string. */
struct str json_get_str(const struct json *obj, const char *key);

/* A whole number within int64_t, written without point or exponent. */
bool json_to_i64(const struct json *v, int64_t *out);

static inline bool
json_is(const struct json *v, enum json_kind kind)
{
	return v != NULL && v->kind == kind;
}

/* Walks the children of v, which may be NULL. */
#define json_each(child, v)                                                    \
	for (const struct json *child = (v) == NULL ? NULL : (v)->first;       \
		child != NULL; child = child->next)

/* Line and column, from 1, of a place in the text; columns count bytes. */
struct json_position {
	unsigned line;
	unsigned column;
};
struct json_position json_position(struct str text, const char *at);

/* ---- the scan ---- */

struct json_scan {
	const char *at;
	const char *end;
	const char *start;
	const char *wrong; /* what was wrong at at, or NULL; it stays so */
	unsigned depth;
	unsigned depth_max;
};

/* Begins before the first value; depth_max 0 is JSON_DEPTH_MAX. */
void json_scan_init(struct json_scan *s, struct str text, unsigned depth_max);

/* The kind of the next value, judged by its first byte; blanks are passed. */
enum json_kind json_scan_peek(struct json_scan *s);

/* Passes one whole value, checking all of it; *raw (may be NULL) gets its
 * bytes without blanks around.  False: s->wrong says why. */
bool json_scan_value(struct json_scan *s, struct str *raw);

/* Steps into an object or array: '{' or '['.  False, with s->wrong set, when
 * something else comes next or it is too deep. */
bool json_scan_enter(struct json_scan *s, char open);

/* In an object: passes to the next member and its colon.  *key gets the bytes
 * between the quotes, undecoded; *escaped says whether they hold a backslash.
 * False at the closing brace (passed) or on error (s->wrong set).  Start with
 * *first = true. */
bool json_scan_key(
	struct json_scan *s, bool *first, struct str *key, bool *escaped);

/* In an array: whether another element follows; then it is next.  False at
 * the closing bracket (passed) or on error. */
bool json_scan_element(struct json_scan *s, bool *first);

/* True when nothing but blanks is left and nothing was wrong. */
bool json_scan_end(struct json_scan *s);

/* Decodes the bytes of a string value or key, quotes included or not
 * according to what the scan gave (raw begins with '"' or it is a key).  The
 * bytes were scanned before, so only the arena can fail: STR_NONE.  Without a
 * backslash inside, points into raw and copies nothing. */
struct str json_unquote(struct arena *a, struct str raw);

#endif
