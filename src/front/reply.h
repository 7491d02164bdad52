/*
 * reply: the few ways in which front/ answers.
 *
 * All of them add the fields that every answer of that kind carries: pages a
 * Content-Security-Policy without unsafe-anything, frame-ancestors 'none',
 * X-Frame-Options, Referrer-Policy: no-referrer (so that browsers post our own
 * forms with "Origin: null": doors.h), X-Content-Type-Options,
 * Cache-Control: no-store; OAuth answers no-store.  The CORS fields come from
 * the door in the route's row (doors.h): a handler has nothing to add.
 *
 * Each answers the request: after it r must not be touched.
 */
#ifndef FRONT_REPLY_H
#define FRONT_REPLY_H

#include "base/buf.h"
#include "front/front.h"

/* What is left out (zero) is not sent. */
struct reply {
	int status;            /* 0: 200, or what the fault's row says */
	struct str cookies[2]; /* Set-Cookie values */
	struct str challenge;  /* WWW-Authenticate */
	struct str cache;      /* Cache-Control; none: no-store */
	struct str allow;      /* Allow: methods */
	int64_t retry_after;   /* Retry-After in seconds; 0: none, but
				* with 429 and 503 soon */
	int64_t look_again;    /* Refresh in seconds; 0: none.  Pages whose
				 * news comes soon, without a script */
	/* One more source for the CSP's form-action beside 'self': a page whose
	 * form's answer redirects elsewhere (consent) names that origin
	 * ("https://client.example", "cursor:"), because browsers hold the
	 * redirect to it. */
	struct str form_action;
};

/* JSON bytes. */
void reply_json(
	struct http_request *r, const struct reply *how, struct str body);

/* Bytes of another media type; with the same fields as JSON. */
void reply_bytes(struct http_request *r, const struct reply *how,
	struct str media_type, struct str body);

/* No body at all (204, 304). */
void reply_empty(struct http_request *r, const struct reply *how);

/* A rendered page. */
void reply_page(struct http_request *r, const struct reply *how,
	const struct buf *page);

/* 303 to a location on our own site or one that was judged before. */
void reply_see_other(
	struct http_request *r, struct str location, const struct reply *how);

/* {"error","error_description"} by the fault's row (RFC 6749 5.2); the
 * description is the public sentence.  how may be NULL.  Logs the fault. */
void reply_oauth_fault(
	struct http_request *r, const struct fault *f, const struct reply *how);

/* An error page for people by the fault's row, with the request id.  Logs. */
void reply_fault_page(
	struct front *front, struct http_request *r, const struct fault *f);

/* The same with fields of its own (Allow, Retry-After, cookies). */
void reply_fault_page_with(
	struct http_request *r, const struct fault *f, const struct reply *how);

#endif
