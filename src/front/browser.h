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
struct str browser_cookie(struct arena *a, const struct front *front,
	const struct http_request *r);

/* On the store thread: whose session b->session_digest is at that time.
 * Nobody's is no fault: it becomes STR_NONE then. */
bool browser_load(struct arena *a, struct store_txn *t, int64_t now,
	struct browser *b, struct fault *f);

/* Calls then(front, r, browser) on the loop with the one who is logged in;
 * when nobody is, answers 303 to /login?next=<this path and query> itself. */
void browser_need(struct front *front, struct http_request *r,
	void (*then)(struct front *front, struct http_request *r,
		const struct browser *b));

/* 303 to /login?next=<this path and query>. */
void browser_to_login(struct front *front, struct http_request *r);

/* Set-Cookie values: of a session's token, and to forget it. */
struct str browser_set_session(
	struct arena *a, const struct front *front, struct str token);
struct str browser_drop_session(struct arena *a, const struct front *front);

/* For forms of nobody: what the stranger's form cookie holds, or STR_NONE;
 * it stands where forms of somebody have the session's digest. */
struct str browser_stranger(
	const struct front *front, const struct http_request *r);
/* Its Set-Cookie value; nonce: 32 random bytes as base64url. */
struct str browser_set_stranger(
	struct arena *a, const struct front *front, struct str nonce);

/* A browser in which that person logged in before: text that is its own, or
 * STR_NONE.  It opens nothing, but has tries of its own, so that strangers who
 * use up those of the name don't keep its owner out. */
struct str browser_known(struct arena *a, const struct front *front,
	const struct http_request *r, struct str person_name);
/* The Set-Cookie value that makes it one, for half a year. */
struct str browser_set_known(struct arena *a, const struct front *front,
	const struct http_request *r, struct str person_name);

/* A session that is about to begin: what the browser gets and what the store
 * keeps, in the arena. */
struct browser_fresh {
	struct str token;
	struct web_session row;
};
void browser_fresh(struct arena *a, const struct front *front,
	struct str person_id, struct browser_fresh *out);

/* Whether a "next" stays on this site: a path that begins with a single '/',
 * without '\', blanks, controls or raw non-ASCII bytes. */
bool browser_path_is_ours(struct str path);

/* The CSRF token of a form for that session digest. */
struct str browser_form_token(struct arena *a, const struct front *front,
	struct str session_digest, struct str form);

/* FAULT_STALE_FORM. Constant time. */
bool browser_form_check(const struct front *front, struct str session_digest,
	struct str form, struct str token, struct fault *f);

#endif
