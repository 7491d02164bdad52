/* guard: see guard.h. */
#include "front/guard.h"

#include "base/die.h"
#include "crypto/token.h"
#include "front/guard_keys.h"
#include "hall/hall.h"
#include "net/loop.h"
#include "oauth/challenge.h"
#include "oauth/resource.h"
#include "oauth/scope.h"

#include <stdlib.h>

#define WELL_KNOWN    STR("/.well-known/oauth-protected-resource")
#define CHALLENGE_MAX ((size_t)8 << 10)

/* A look-up under way and those who wait for it. */
struct lookup {
	struct guard *guard;
	struct digest digest;
	struct list asks;
};

/* ---- look-ups ---- */

static bool
is_fresh(const struct guard_key *k)
{
	return loop_now(k->guard->front->loop) - k->fresh < GUARD_FRESH_MS;
}

/* What the store says of a key that was in force. */
static void
judge(struct guard_key *k, bool found, const struct fault *f)
{
	struct front *front = k->guard->front;

	if (found) {
		k->fresh = loop_now(front->loop);
	} else if (f->id == FAULT_INVALID_TOKEN) {
		guard_keys_kill(k);
	} else if (f->id == FAULT_REVOKED) {
		guard_forget_grant(front->guard, k->principal.grant_id);
	}
}

static void refresh(struct guard_key *k);

static void
refreshed(void *with, const struct guard_found *found, const struct fault *f)
{
	struct guard_key *k = with;
	bool again = k->ask_again;

	k->asking = k->ask_again = false;
	judge(k, found != NULL, f);
	if (again)
		refresh(k);
	guard_drop(&k);
}

static void
refresh(struct guard_key *k)
{
	k->ask_again = k->asking;
	if (k->asking || k->dead)
		return;
	k->asking = true;
	guard_lookup(k->guard->front->store,
		&(struct guard_question){ .digest = k->digest,
			.grant_id = k->principal.grant_id,
			.heard = refreshed,
			.with = guard_hold(k) });
}

/* The answers come later: nothing leaves the lists meanwhile. */
void
guard_refresh_held(struct guard *g)
{
	list_each(link, &g->used) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (k->holders > 1)
			refresh(k);
	}
	list_each(link, &g->loose)
		refresh(list_entry(link, struct guard_key, link));
}

bool
guard_holds(const struct guard_key *key, const struct endpoint *endpoint,
	struct fault *f)
{
	const struct principal *p = &key->principal;

	if (!endpoint->served)
		return fault_set(f, FAULT_NOT_FOUND, "the endpoint is gone");
	if (key->dead)
		return fault_set(f, FAULT_INVALID_TOKEN, "revoked");
	if (p->expires <= loop_wall(key->guard->front->loop))
		return fault_set(f, FAULT_INVALID_TOKEN, "expired");
	if (!str_eq(p->resource, endpoint->resource) &&
		!resource_is_same(p->resource, endpoint->resource))
		return fault_set(f, FAULT_INVALID_TOKEN,
			"the token is for %.*s", STR_ARG(p->resource));
	return true;
}

static void
tell(struct guard_ask *ask, struct guard_key *key, const struct fault *why)
{
	struct fault f = *why;

	list_remove(&ask->link);
	if (key != NULL && guard_holds(key, ask->endpoint, &f))
		ask->then(ask, guard_hold(key), NULL);
	else
		ask->then(ask, NULL, &f);
}

/* The key that the answer is about, held; NULL when there is none to give. */
static struct guard_key *
key_of(struct lookup *l, const struct guard_found *found, const struct fault *f)
{
	struct guard *g = l->guard;
	struct guard_key *known = map_get(&g->keys, digest_str(&l->digest));
	struct guard_key *key = NULL;

	if (found != NULL && known != NULL) {
		key = guard_hold(known);
	} else if (found != NULL) {
		key = guard_keys_new(g, &l->digest, found);
		guard_keys_enlist(key);
	}
	if (known != NULL)
		judge(known, found != NULL, f);
	return key;
}

static void
heard(void *with, const struct guard_found *found, const struct fault *f)
{
	struct lookup *l = with;
	struct guard_key *key;

	map_remove(&l->guard->lookups, digest_str(&l->digest));
	key = key_of(l, found, f);
	while (!list_is_empty(&l->asks))
		tell(list_entry(l->asks.next, struct guard_ask, link), key, f);
	guard_drop(&key);
	free(l);
}

/* known: what is known of the token so far, or NULL. */
static struct lookup *
lookup_for(struct guard *g, const struct digest *d,
	const struct guard_key *known, struct fault *f)
{
	struct lookup *l = map_get(&g->lookups, digest_str(d));

	if (l != NULL)
		return l;
	if (g->lookups.n >= GUARD_WAITING) {
		fault_set(f, FAULT_TOO_MANY, "token look-ups");
		return NULL;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		die("out of memory");
	l->guard = g;
	l->digest = *d;
	list_init(&l->asks);
	map_put(&g->lookups, digest_str(&l->digest), l);
	guard_lookup(g->front->store,
		&(struct guard_question){ .digest = *d,
			.grant_id = known == NULL ? STR_NONE
						  : known->principal.grant_id,
			.heard = heard,
			.with = l });
	return l;
}

/* ---- requests ---- */

static bool
is_token68_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') ||
		str_find_char(STR("-._~+/"), c) < STR("-._~+/").n;
}

/* RFC 9110 11.2. */
static bool
is_token68(struct str s)
{
	size_t i = 0;

	while (i < s.n && is_token68_char(s.p[i]))
		i++;
	if (i == 0)
		return false;
	while (i < s.n && s.p[i] == '=')
		i++;
	return i == s.n;
}

/* What stands after Bearer, not judged yet. */
static struct str
bearer_text(const struct http_head *head, struct fault *f)
{
	struct str value = head->known[HTTP_FIELD_AUTHORIZATION];
	size_t space = str_find_char(value, ' ');

	if (head->known_count[HTTP_FIELD_AUTHORIZATION] > 1) {
		fault_set(f, FAULT_INVALID_REQUEST, "Authorization twice");
		return STR_NONE;
	}
	if (str_is_none(value) ||
		!str_eq_nocase(str_cut(value, 0, space), STR("Bearer"))) {
		fault_set(f, FAULT_NO_TOKEN, "no bearer token");
		return STR_NONE;
	}
	return str_trim(str_cut(value, space, value.n));
}

static bool
is_access_token(struct str text, struct fault *f)
{
	if (!is_token68(text))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "no token after Bearer");
	return token_is_well_formed(text, TOKEN_ACCESS) ||
		fault_set(f, FAULT_INVALID_TOKEN, "not one of ours");
}

/* The digest of the head's token, and the key if we know it.  A token that
 * passed before is known by its tag, without being judged and hashed. */
static bool
recognize(struct guard *g, const struct http_head *head, struct guard_key **key,
	struct digest *digest, struct fault *f)
{
	struct str text = bearer_text(head, f);
	struct tag tag;

	if (str_is_none(text))
		return false;
	tag = tag_of(text);
	*key = guard_keys_tagged(g, &tag);
	if (*key != NULL) {
		*digest = (*key)->digest;
		return true;
	}
	if (!is_access_token(text, f))
		return false;
	*digest = token_digest(text);
	*key = guard_keys_find(g, digest);
	if (*key != NULL)
		guard_keys_tag(*key, &tag);
	return true;
}

enum guard_verdict
guard_check(struct guard *g, const struct http_head *head,
	struct guard_ask *ask, struct guard_key **key, struct fault *f)
{
	struct digest digest;
	struct guard_key *k;
	struct lookup *l;

	if (!recognize(g, head, &k, &digest, f))
		return GUARD_REFUSED;
	if (k != NULL) {
		if (!guard_holds(k, ask->endpoint, f))
			return GUARD_REFUSED;
		if (is_fresh(k)) {
			*key = guard_hold(k);
			return GUARD_PASS;
		}
	}
	l = lookup_for(g, &digest, k, f);
	if (l == NULL)
		return GUARD_REFUSED;
	list_init(&ask->link);
	list_add(&l->asks, &ask->link);
	return GUARD_WAIT;
}

void
guard_give_up(struct guard_ask *ask)
{
	list_remove(&ask->link);
}

struct str
guard_challenge(struct arena *a, const struct front *front,
	const struct endpoint *endpoint, const struct fault *f,
	struct str scope)
{
	const struct fault_row *row = fault_row(f->id);
	struct challenge c = { .scope = scope };
	struct buf out;

	if (str_is_none(scope))
		c.scope = scope_print(a, front->scopes, SCOPE_BASIC);
	c.metadata = str_join(
		a, front->settings->public_url, WELL_KNOWN, endpoint->path);
	if (f->id != FAULT_NO_TOKEN) {
		c.error = str_from(row->oauth);
		c.description = str_from(row->sentence);
	}
	buf_in(&out, a, CHALLENGE_MAX);
	challenge_write(&out, &c);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}
