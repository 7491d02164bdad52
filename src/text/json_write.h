/*
 * json_write: JSON text into a buffer, commas and quotes seen to.
 *
 *	json_write_init(&w, &out);
 *	json_begin(&w, '{');
 *	json_member_str(&w, "name", name);
 *	json_member(&w, "tools"); json_begin(&w, '['); ... json_end(&w);
 *	json_end(&w);
 *
 * Strings must be UTF-8; a byte that is not becomes U+FFFD.  Failing to fit
 * marks the buffer (buf_ok).
 */
#ifndef TEXT_JSON_WRITE_H
#define TEXT_JSON_WRITE_H

#include "base/buf.h"

#define JSON_WRITE_DEPTH 32

struct json_write {
	struct buf *out;
	char close[JSON_WRITE_DEPTH];
	bool filled[JSON_WRITE_DEPTH]; /* something stands at this depth */
	unsigned depth;
	bool after_key;
};

void json_write_init(struct json_write *w, struct buf *out);

/* Opens '{' or '['; at most JSON_WRITE_DEPTH are open at once. */
void json_begin(struct json_write *w, char open);
/* Closes the innermost. */
void json_end(struct json_write *w);

/* The key of the next value, an ordinary C string. */
void json_member(struct json_write *w, const char *key);
void json_member_key(struct json_write *w, struct str key);

/* Values.  json_str() writes null for STR_NONE. */
void json_str(struct json_write *w, struct str s);
void json_i64(struct json_write *w, int64_t v);
void json_bool(struct json_write *w, bool v);
void json_null(struct json_write *w);
/* Bytes that are one JSON value already. */
void json_raw(struct json_write *w, struct str value);

/* Key and value at once.  json_member_str() and json_member_raw() leave the
 * member out when the value is STR_NONE. */
void json_member_str(struct json_write *w, const char *key, struct str s);
void json_member_i64(struct json_write *w, const char *key, int64_t v);
void json_member_bool(struct json_write *w, const char *key, bool v);
void json_member_raw(struct json_write *w, const char *key, struct str value);

/* Just the quoted string, without a writer. */
void json_quote(struct buf *out, struct str s);

#endif
