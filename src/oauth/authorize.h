/*
 * authorize: may this authorization request go before the person?
 *
 * The decision alone (RFC 6749 4.1.1, RFC 7636, RFC 8707); who asks a person
 * and how is front/authorize.h.
 *
 *	AUTHORIZE_LOCAL    client or redirect address is wrong: a page of our
 *	                   own, never a redirect (4.1.2.1)
 *	AUTHORIZE_REFUSE   something else is wrong: the client hears of it at
 *	                   its redirect address
 *	AUTHORIZE_ASK      ask the person
 */
#ifndef OAUTH_AUTHORIZE_H
#define OAUTH_AUTHORIZE_H

#include "base/buf.h"
#include "base/fault.h"

struct arena;
struct client;
struct fault;
struct form;
struct scope_table;

enum authorize_verdict { AUTHORIZE_LOCAL, AUTHORIZE_REFUSE, AUTHORIZE_ASK };

/* What this server serves; resources[0] is the hub's, which a request without
 * a resource gets (docs/PROTOCOL.md U-12). */
struct authorize_site {
	const struct scope_table *scopes;
	const struct str *resources;
	size_t resource_count;
};

/* What was asked; with AUTHORIZE_REFUSE only redirect_uri and state count. */
struct authorize_request {
	struct str client_id;
	struct str redirect_uri; /* as the request gave it */
	struct str state;        /* STR_NONE: none */
	struct str scope;        /* sorted text */
	struct str resource;     /* one of the site's, in its spelling */
	struct str challenge;
};

/* Parameter names that may stand more than once, for form_parse(). */
extern const char *const authorize_repeatable[];

/* What is judged.  client is NULL when none is known under form's client_id. */
struct authorize_case {
	const struct form *form;
	const struct client *client;
	const struct authorize_site *site;
};

/*  On LOCAL and
 * REFUSE the fault is set: FAULT_INVALID_REQUEST, FAULT_UNKNOWN_CLIENT,
 * FAULT_CLIENT_DOCUMENT, FAULT_BAD_REDIRECT; FAULT_UNSUPPORTED_RESPONSE_TYPE,
 * FAULT_INVALID_SCOPE, FAULT_INVALID_TARGET, FAULT_REQUEST_OBJECT,
 * FAULT_REQUEST_URI. */
enum authorize_verdict authorize_judge(struct arena *a,
	const struct authorize_case *c, struct authorize_request *out,
	struct fault *f);

/* The request as a form, to travel sealed through the browser; made: when, in
 * seconds since 1970. */
void authorize_write(
	struct buf *out, const struct authorize_request *r, int64_t made);

/* Reads it back.  FAULT_STALE_FORM. */
bool authorize_read(struct arena *a, struct str text,
	struct authorize_request *r, int64_t *made, struct fault *f);

/* The location of the answer: code and state and iss (RFC 9207), or the
 * fault's error in place of the code. */
void authorize_write_code(struct buf *out, const struct authorize_request *r,
	struct str code, struct str issuer);
void authorize_write_error(struct buf *out, const struct authorize_request *r,
	const struct fault *why, struct str issuer);

#endif
