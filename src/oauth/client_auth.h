/*
 * client_auth: is this client who it says it is? (RFC 6749 2.3)
 *
 *	none                 the id in the body; public clients alone
 *	client_secret_basic  Authorization: Basic, both parts form-encoded
 *	client_secret_post   id and secret in the body
 *
 * One method a request, and that which the client registered: a secret in
 * the other place is as good as none (RFC 7591 2, docs/PROTOCOL.md U-05).
 */
#ifndef OAUTH_CLIENT_AUTH_H
#define OAUTH_CLIENT_AUTH_H

#include "base/fault.h"
#include "model/client.h"

struct arena;
struct form;

struct client_credentials {
	enum client_auth method;
	struct str id;
	struct str secret; /* STR_NONE with CLIENT_AUTH_NONE */
};

/* What of the head counts. */
struct client_auth_head {
	struct str authorization; /* STR_NONE: absent */
	unsigned count;           /* how many such fields there were */
};

/* FAULT_INVALID_REQUEST when two methods are used at once or the fields
 * contradict each other, FAULT_INVALID_CLIENT when nothing names a client or
 * the method is none of ours.  used->method is right even then, if it could be
 * told. */
bool client_auth_read(struct arena *a, const struct client_auth_head *head,
	const struct form *form, struct client_credentials *used,
	struct fault *f);

/* Constant time.  FAULT_INVALID_CLIENT. */
bool client_auth_check(const struct client *c,
	const struct client_credentials *used, struct fault *f);

#endif
