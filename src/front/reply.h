/*
 * reply: the few ways in which front/ answers.
 *
 * All of them add the fields that every answer of that kind carries: pages a
 * Content-Security-Policy without unsafe-anything, frame-ancestors 'none',
 * X-Frame-Options, Referrer-Policy: no-referrer, X-Content-Type-Options,
 * Cache-Control: no-store; OAuth answers no-store; what may be read across
 * origins the CORS fields (doors.h).
 */
#ifndef FRONT_REPLY_H
#define FRONT_REPLY_H

#include "base/buf.h"
#include "front/front.h"

struct reply {
	int status;
	struct str cookies[2];  /* Set-Cookie values; STR_NONE */
	struct str challenge;   /* WWW-Authenticate; STR_NONE */
	struct str cache;       /* Cache-Control; STR_NONE: no-store */
	bool cross_origin;      /* CORS: readable by any page, no credentials */
};

/* JSON bytes. */
void reply_json(
	struct http_request *r, const struct reply *how, struct str body);

/* A rendered page. */
void reply_page(
	struct http_request *r, const struct reply *how, const struct buf *page);

/* 303 to a location on our own site or one that was judged before. */
void reply_see_other(struct http_request *r, struct str location,
	const struct reply *how);

/* {"error","error_description"} by the fault's row (RFC 6749 5.2); the
 * description is the public sentence.  Logs the fault. */
void reply_oauth_fault(
	struct http_request *r, const struct fault *f, const struct reply *how);

/* An error page for people by the fault's row, with the request id.  Logs. */
void reply_fault_page(
	struct front *front, struct http_request *r, const struct fault *f);

#endif
