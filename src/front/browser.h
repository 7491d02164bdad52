/*
 * browser: the logged-in person at the other end of a page request.
 *
 * The session cookie (__Host-ostiary when publicUrl is https, else ostiary;
 * HttpOnly, SameSite=Lax) holds a token of TOKEN_SESSION; the store has its
 * digest.  Every form carries a CSRF token: a MAC over the session's digest
 * and the form's name.  A page without a session (login, setup) binds its
 * form to a short-lived cookie of its own in the same way.
 */
#ifndef FRONT_BROWSER_H
#define FRONT_BROWSER_H

#include "front/front.h"
#include "model/person.h"

struct store_txn;

struct browser {
	struct str session_digest; /* hex; STR_NONE: nobody */
	struct person person;      /* when somebody */
};

/* The digest of the request's session cookie (hex, in the arena), or
 * STR_NONE; no look-up. */
struct str browser_cookie(
	struct arena *a, const struct front *front, const struct http_request *r);

/* On the store thread: who that is at that time.  Nobody is no fault:
 * b->session_digest is STR_NONE then. */
bool browser_load(struct arena *a, struct store_txn *t, struct str digest,
	int64_t now, struct browser *b, struct fault *f);

/* Calls then(front, r, browser) on the loop with the one who is logged in;
 * when nobody is, answers 303 to /login?next=<this path and query> itself. */
void browser_need(struct front *front, struct http_request *r,
	void (*then)(struct front *front, struct http_request *r,
		const struct browser *b));

/* The CSRF token of a form for that session digest. */
struct str browser_form_token(struct arena *a, const struct front *front,
	struct str session_digest, struct str form);

/* FAULT_STALE_FORM. Constant time. */
bool browser_form_check(const struct front *front, struct str session_digest,
	struct str form, struct str token, struct fault *f);

#endif
