/*
 * http_request: the head of a request, as bytes.  The one place that writes an
 * Authorization field.  Inside of the HTTP client only.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "base/buf.h"
#include "net/http_client.h"

struct http_pool;

/* Writes the head of the ask.  FAULT_DIAL_FORBIDDEN when its credential is of
 * another origin or would travel in the clear; FAULT_BAD_HTTP when a byte in
 * it may not stand there.  Dies when the caller gave a field that is not the
 * caller's to write. */
bool http_request_write(struct buf *out, const struct http_ask *ask,
	const struct http_pool *p, struct fault *f);

#endif
