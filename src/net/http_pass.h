/*
 * http_pass: one pass over the bytes of a head, from left to right.
 *
 * What requests, responses and trailers have in common: single bytes, line
 * ends, fields.  Each function takes what it is named for off the front.  One
 * that answers false has said why: more bytes are wanted, or the head is
 * refused and the fault set.
 */
#ifndef NET_HTTP_PASS_H
#define NET_HTTP_PASS_H

#include "net/http_head.h"

struct http_pass {
	const char *at;
	const char *end;
	enum http_parsed why; /* of the last false */
	struct fault *f;
};

bool http_pass_want_more(struct http_pass *s);
bool http_pass_refuse(
	struct http_pass *s, enum fault_id id, const char *detail);

/* This byte; the detail of the fault is otherwise. */
bool http_pass_byte(struct http_pass *s, char c, const char *otherwise);

/* CR LF (RFC 9112 2.2: a bare LF is no line end here). */
bool http_pass_line_end(struct http_pass *s, const char *otherwise);

/* All of lit. */
bool http_pass_literal(
	struct http_pass *s, struct str lit, const char *otherwise);

/* "name: value" CR LF (RFC 9112 5). */
bool http_pass_field(struct http_pass *s, struct field *field);

/* Fields and the blank line behind them, into h->fields, known and close. */
bool http_pass_fields(struct http_pass *s, struct http_head *h);

#endif
