/*
 * client_request: what a client posts to the token and revocation endpoints:
 * a form, and who it is (oauth/client_auth.h).
 */
#ifndef FRONT_CLIENT_REQUEST_H
#define FRONT_CLIENT_REQUEST_H

#include "front/front.h"
#include "oauth/client_auth.h"
#include "text/form.h"

struct store_txn;

struct client_request {
	const char *const *repeatable; /* for form_parse(); set by the caller */
	struct form form;
	struct client_credentials used;
};

/* The form in the body, copied into the arena.  FAULT_INVALID_REQUEST for
 * another media type, FAULT_BAD_FORM. */
bool client_request_form(struct arena *a, const struct http_request *r,
	const char *const *repeatable, struct form *form, struct fault *f);

/* As that into out->form, and the credentials into out->used.
 * FAULT_INVALID_CLIENT, and FAULT_TOO_MANY for a network that guessed too many
 * secrets. */
bool client_request_read(struct arena *a, const struct front *front,
	const struct http_request *r, struct client_request *out,
	struct fault *f);

/* On the store thread: loads the client and authenticates it.
 * FAULT_INVALID_CLIENT, FAULT_STORE. */
bool client_request_load(struct arena *a, struct store_txn *t,
	const struct client_credentials *used, struct client *c,
	struct fault *f);

/* The OAuth error, with a challenge for a client that used Basic (RFC 6749
 * 5.2); counts wrong secrets. */
void client_request_refuse(struct front *front, struct http_request *r,
	const struct client_credentials *used, const struct fault *f);

#endif
