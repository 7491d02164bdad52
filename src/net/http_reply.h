/*
 * http_reply: the heads that the server sends, and whole answers.
 *
 * http_answer() of http_server.h lives here; the rest is for the files of the
 * server alone.
 */
#ifndef NET_HTTP_REPLY_H
#define NET_HTTP_REPLY_H

#include "net/http_server.h"

/* Parts of a body that go out with one system call. */
#define HTTP_REPLY_PARTS ((size_t)14)

/* How the length of the body is told. */
enum http_framing {
	HTTP_FRAMING_LENGTH, /* Content-Length */
	HTTP_FRAMING_CHUNKED,
	HTTP_FRAMING_NONE /* the status or the connection's end tells it */
};

/* Whether the connection can serve another request after this answer. */
void http_reply_settle_close(
	struct http_connection *c, const struct http_answer *answer);

/* Writes a head behind what waits to be sent. */
void http_reply_head(struct http_connection *c,
	const struct http_answer *answer, enum http_framing framing);

/* True for 204 and 304 and for answers to HEAD. */
bool http_reply_has_no_content(const struct http_connection *c, int status);

/* The fault's status, name, sentence and advice as text; the connection is
 * to end. */
void http_reply_refusal(struct http_connection *c, enum fault_id id);

#endif
