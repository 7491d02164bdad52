/*
 * guard: who holds this access token, and may it be used here?
 *
 * A bearer token comes in the Authorization field and nowhere else (RFC 6750
 * 2.1; query and body never count).  Its SHA-256 is looked up in memory; on a
 * miss a store job loads token, grant and person, once, however many requests
 * wait for it.  A token that passed before is known by its tag (crypto/tag.h),
 * which spares it the SHA-256.  Audience, expiry and the grant's life are
 * checked on every request (RS-16, RS-17).
 *
 *	guard_check ──▶ GUARD_PASS     key is held for the caller
 *	            ──▶ GUARD_REFUSED  f says why; answer with guard_challenge()
 *	            ──▶ GUARD_WAIT     ask->then(ask) on the loop later
 *
 * A token whose last look-up is GUARD_FRESH_MS old is looked up again before it
 * passes, and so are those that a call or stream still holds when another
 * process has written (guard_pulse.h): what it revoked ends here within that
 * time.
 *
 * The table holds at most GUARD_MAX tokens, the least recently used go first.
 * A key that somebody holds outlives its place in the table.
 */
#ifndef FRONT_GUARD_H
#define FRONT_GUARD_H

#include "base/list.h"
#include "front/front.h"
#include "model/principal.h"

struct endpoint;

#define GUARD_MAX      10000u
#define GUARD_WAITING  1024u /* look-ups at a time; then FAULT_TOO_MANY */
#define GUARD_FRESH_MS 1000
#define GUARD_GRACE_MS ((int64_t)30 * 60 * 1000) /* a dropped principal's */

/* One access token's holder, counted. */
struct guard_key;

/* What a request waits with; a member of something that lives until then() or
 * guard_give_up(). */
struct guard_ask {
	struct list link;
	const struct endpoint *endpoint;
	/* key is held for the caller, or NULL with *f set. */
	void (*then)(struct guard_ask *ask, struct guard_key *key,
		const struct fault *f);
};

enum guard_verdict { GUARD_PASS, GUARD_REFUSED, GUARD_WAIT };

struct guard *guard_new(struct front *front);
void guard_free(struct guard **g);

/* FAULT_NO_TOKEN without credentials (or of another scheme),
 * FAULT_INVALID_REQUEST when the field stands twice or holds no token,
 * FAULT_INVALID_TOKEN when it can't be one of ours or opens nothing here,
 * FAULT_TOO_MANY. */
enum guard_verdict guard_check(struct guard *g, const struct http_head *head,
	struct guard_ask *ask, struct guard_key **key, struct fault *f);

/* The asker left. */
void guard_give_up(struct guard_ask *ask);

/* Whether a held key still opens that endpoint now: FAULT_INVALID_TOKEN,
 * FAULT_NOT_FOUND when a reload took the endpoint away. */
bool guard_holds(const struct guard_key *key, const struct endpoint *endpoint,
	struct fault *f);

/* Looks all keys up again that somebody holds, behind the holders' backs:
 * another process may have taken something back. */
void guard_refresh_held(struct guard *g);

const struct principal *guard_principal(const struct guard_key *key);
struct guard_key *guard_hold(struct guard_key *key);
void guard_drop(struct guard_key **key);

/* The WWW-Authenticate value for a refusal at that endpoint (RFC 6750 3, RFC
 * 9728 5.1); scope: what is needed, or STR_NONE: the endpoint's basic set. */
struct str guard_challenge(struct arena *a, const struct front *front,
	const struct endpoint *endpoint, const struct fault *f,
	struct str scope);

/* A grant was revoked: its tokens are forgotten now, and the hall ends its
 * sessions, streams and calls.  Call it once the store has committed. */
void guard_forget_grant(struct guard *g, struct str grant_id);

/* One access token alone was revoked: token_digest() of its text. */
void guard_forget_token(struct guard *g, const struct digest *digest);

/* As guard_forget_grant() for all grants of a person who was disabled or
 * removed; and all else that was kept for them (hall_forget_person()). */
void guard_forget_person(struct guard *g, struct str person_id);

/* As guard_forget_grant() for all grants of a client that was removed. */
void guard_forget_client(struct guard *g, struct str client_id);

/* After a reload, whose scope table may differ: reads all scopes anew. */
void guard_settings(struct guard *g);

/* Drops what has expired, and principals that were let go of long ago. */
void guard_sweep(struct guard *g);

#endif
