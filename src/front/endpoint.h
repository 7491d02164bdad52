/*
 * endpoint: the HTTP side of /mcp and /mcp/<name> (Streamable HTTP).
 *
 *	head ──guard──▶ body ──▶ hall_post ──▶ the sink answers:
 *	                             refuse, accept, answer   one HTTP answer
 *	                             message ... finish       an event stream
 *	GET ──guard──▶ hall_get: an event stream until one side ends it
 *	DELETE ──guard──▶ hall_delete
 *
 * Every request passes the guard; a session id never stands in for a token.
 * What the hall needs of the fields is handed over in plain values, and its
 * messages leave as JSON or as server-sent events.
 *
 * call.h carries the answer, watch.h keeps streams alive.
 */
#ifndef FRONT_ENDPOINT_H
#define FRONT_ENDPOINT_H

#include "front/front.h"

struct reply;

/* In head(): Host and Origin are checked already.  Asks the guard; may answer
 * with a refusal. */
void endpoint_head(struct front *front, struct http_request *r);

/* Answers a fault as a JSON-RPC error with the status of its row, and with a
 * challenge if it is about the token (RFC 6750 3); to a browser's GET the same
 * with a page that says what the address is for.  Logs.  how: more fields. */
void endpoint_refuse(
	struct http_request *r, const struct fault *f, const struct reply *how);

#endif
