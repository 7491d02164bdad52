/*
 * consent: the person sees who asks for what, and decides.
 *
 * The page shows the client's name and id, where the answer will go, the
 * endpoint and each scope's sentence (AS-30).  Its form carries the request
 * sealed, bound to the browser's session, good for one answer within CONSENT_S
 * seconds, and a form token; the answer is judged anew against the settings and
 * the store of that moment (AS-31).
 */
#ifndef FRONT_CONSENT_H
#define FRONT_CONSENT_H

#include "front/browser.h"
#include "oauth/authorize.h"

struct client;

#define CONSENT_S ((int64_t)3600)

struct consent {
	const struct client *client;
	const struct authorize_request *request;
	const struct browser *browser; /* somebody */
};

/* Answers with the page. */
void consent_show(
	struct front *front, struct http_request *r, const struct consent *c);

/* The form: r->body holds it.  Answers 303 to the client, or a page:
 * FAULT_STALE_FORM, FAULT_INVALID_REQUEST, FAULT_BAD_REDIRECT. */
void consent_post(struct front *front, struct http_request *r);

/* What this server serves, for authorize_judge(); in the arena. */
struct authorize_site consent_site(struct arena *a, const struct front *front);

#endif
