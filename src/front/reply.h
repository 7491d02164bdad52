/*
 * reply: the few ways in which front/ answers.
 *
 * All of them add the fields that every answer of that kind carries: pages a
 * Content-Security-Policy without unsafe-anything, frame-ancestors 'none',
 * X-Frame-Options, Referrer-Policy: same-origin (under no-referrer browsers
 * post even our own forms with "Origin: null"), X-Content-Type-Options,
 * Cache-Control: no-store; OAuth answers no-store.  The CORS fields come from
 * the door in the route's row (doors.h): a handler has nothing to add.
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
	/* One more source for the CSP's form-action beside 'self': a page whose
	 * form's answer redirects elsewhere (consent) names that origin
	 * ("https://client.example", "cursor:"), because browsers hold the
	 * redirect to it.  STR_NONE. */
	struct str form_action;
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
