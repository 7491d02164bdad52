/* guard: see guard.h. */
#include "front/guard.h"

#include "base/die.h"
#include "base/map.h"
#include "crypto/token.h"
#include "front/guard_lookup.h"
#include "front/watch.h"
#include "hall/hall.h"
#include "net/loop.h"
#include "oauth/challenge.h"
#include "oauth/resource.h"
#include "oauth/scope.h"

#include <stdlib.h>

/* One allocation, its texts behind it. */
struct guard_key {
	struct principal principal;
	struct str scope;     /* as stored */
	struct digest digest;
	struct guard *guard;
	struct list link;     /* in used while listed, else loose or dying */
	unsigned holders;     /* the table is one */
	bool listed;
	bool dead;            /* revoked */
	bool asking;          /* being looked up again */
	int64_t fresh;        /* loop_now() of the last look-up; of the last
			       * drop when dying */
	char text[];
};

struct guard {
	struct front *front;
	struct map keys;      /* digest → listed key */
	struct list used;     /* listed, the least recently used first */
	struct list loose;    /* held by somebody, no longer listed */
	struct list dying;    /* held by nobody; freed by bury() */
	struct map lookups;   /* digest → struct lookup */
};

/* A look-up under way and those who wait for it. */
struct lookup {
	struct guard *guard;
	struct digest digest;
	struct list asks;
};

static void *
zeroed(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		die("out of memory");
	return p;
}

struct guard *
guard_new(struct front *front)
{
	struct guard *g = zeroed(sizeof(*g));

	g->front = front;
	map_init(&g->keys);
	map_init(&g->lookups);
	list_init(&g->used);
	list_init(&g->loose);
	list_init(&g->dying);
	return g;
}

/* ---- keys ---- */

static struct str
keep(char **at, struct str s)
{
	struct str kept = { *at, s.n };

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return kept;
}

static struct guard_key *
key_new(struct guard *g, const struct digest *d, const struct guard_found *x)
{
	size_t n = x->person_id.n + x->person_name.n + x->client_id.n +
		x->grant_id.n + x->resource.n + x->scope.n;
	struct guard_key *k = zeroed(sizeof(*k) + n);
	char *at = k->text;

	k->principal.person_id = keep(&at, x->person_id);
	k->principal.person_name = keep(&at, x->person_name);
	k->principal.client_id = keep(&at, x->client_id);
	k->principal.grant_id = keep(&at, x->grant_id);
	k->principal.resource = keep(&at, x->resource);
	k->scope = keep(&at, x->scope);
	k->principal.expires = x->expires;
	k->principal.scopes =
		scope_implied(scope_known(g->front->scopes, k->scope));
	k->digest = *d;
	k->guard = g;
	k->fresh = loop_now(g->front->loop);
	list_init(&k->link);
	return k;
}

const struct principal *
guard_principal(const struct guard_key *key)
{
	return &key->principal;
}

struct guard_key *
guard_hold(struct guard_key *key)
{
	key->holders++;
	return key;
}

void
guard_drop(struct guard_key **key)
{
	struct guard_key *k = *key;

	*key = NULL;
	if (k == NULL)
		return;
	insist(k->holders > 0);
	if (--k->holders > 0)
		return;
	k->fresh = loop_now(k->guard->front->loop);
	list_remove(&k->link);
	list_add(&k->guard->dying, &k->link);
}

/* Whoever let go of a key's last hold may still look at its principal: in a
 * sink's last call, or in a legacy call that goes on without its client
 * (TR-59).  So keys die GUARD_GRACE_MS later, the oldest first. */
static void
bury(struct guard *g, int64_t before)
{
	list_each(link, &g->dying) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (k->fresh > before)
			return;
		list_remove(link);
		free(k);
	}
}

static void
unlist(struct guard_key *k)
{
	if (!k->listed)
		return;
	map_remove(&k->guard->keys, digest_str(&k->digest));
	k->listed = false;
	list_remove(&k->link);
	list_add(&k->guard->loose, &k->link);
	guard_drop(&k);
}

static void
enlist(struct guard *g, struct guard_key *k)
{
	if (g->keys.n >= GUARD_MAX)
		unlist(list_entry(g->used.next, struct guard_key, link));
	map_put(&g->keys, digest_str(&k->digest), guard_hold(k));
	k->listed = true;
	list_add(&g->used, &k->link);
}

static void
mark_used(struct guard_key *k)
{
	if (!k->listed)
		return;
	list_remove(&k->link);
	list_add(&k->guard->used, &k->link);
}

/* Lookups that are under way are the store's to finish: it is closed before
 * the guard is freed, so there are none. */
void
guard_free(struct guard **gp)
{
	struct guard *g = *gp;

	*gp = NULL;
	if (g == NULL)
		return;
	while (!list_is_empty(&g->used))
		unlist(list_entry(g->used.next, struct guard_key, link));
	insist(list_is_empty(&g->loose));
	bury(g, INT64_MAX);
	map_clear(&g->keys);
	map_clear(&g->lookups);
	free(g);
}

/* It opens nothing any more, and streams that it opened end. */
static void
kill(struct guard_key *k)
{
	k->dead = true;
	watch_soon(k->guard->front->watch);
	unlist(k);
}

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
		kill(k);
	} else if (f->id == FAULT_REVOKED) {
		guard_forget_grant(front->guard, k->principal.grant_id);
	}
}

static void
refreshed(void *with, const struct guard_found *found, const struct fault *f)
{
	struct guard_key *k = with;

	k->asking = false;
	judge(k, found != NULL, f);
	guard_drop(&k);
}

void
guard_refresh(struct guard_key *k)
{
	if (k->asking || k->dead || is_fresh(k))
		return;
	k->asking = true;
	guard_lookup(k->guard->front->store,
		&(struct guard_question){
			k->digest, refreshed, guard_hold(k) });
}

bool
guard_holds(const struct guard_key *key, const struct endpoint *endpoint,
	struct fault *f)
{
	const struct principal *p = &key->principal;

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

/* Endpoints come and go with the settings, so they are asked for by path. */
static bool
holds_at(const struct guard_key *key, struct str path, struct fault *f)
{
	const struct endpoint *e =
		hall_endpoint(key->guard->front->hall, path);

	if (e == NULL)
		return fault_set(f, FAULT_NOT_FOUND, "no such endpoint");
	return guard_holds(key, e, f);
}

static void
tell(struct guard_ask *ask, struct guard_key *key, const struct fault *why)
{
	struct fault f = *why;

	list_remove(&ask->link);
	if (key != NULL && holds_at(key, ask->path, &f))
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

	if (found != NULL) {
		key = guard_hold(known != NULL
				? known
				: key_new(g, &l->digest, found));
		if (known == NULL)
			enlist(g, key);
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

static struct lookup *
lookup_for(struct guard *g, const struct digest *d, struct fault *f)
{
	struct lookup *l = map_get(&g->lookups, digest_str(d));

	if (l != NULL)
		return l;
	if (g->lookups.n >= GUARD_WAITING) {
		fault_set(f, FAULT_TOO_MANY, "token look-ups");
		return NULL;
	}
	l = zeroed(sizeof(*l));
	l->guard = g;
	l->digest = *d;
	list_init(&l->asks);
	map_put(&g->lookups, digest_str(&l->digest), l);
	guard_lookup(g->front->store,
		&(struct guard_question){ *d, heard, l });
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

struct str
guard_bearer(const struct http_head *head, struct fault *f)
{
	struct str value = head->known[HTTP_FIELD_AUTHORIZATION];
	size_t space = str_find_char(value, ' ');
	struct str token;

	if (head->known_count[HTTP_FIELD_AUTHORIZATION] > 1) {
		fault_set(f, FAULT_INVALID_REQUEST, "Authorization twice");
		return STR_NONE;
	}
	if (str_is_none(value) ||
		!str_eq_nocase(str_cut(value, 0, space), STR("Bearer"))) {
		fault_set(f, FAULT_NO_TOKEN, "no bearer token");
		return STR_NONE;
	}
	token = str_trim(str_cut(value, space, value.n));
	if (!is_token68(token)) {
		fault_set(f, FAULT_INVALID_REQUEST, "no token after Bearer");
		return STR_NONE;
	}
	if (!token_is_well_formed(token, TOKEN_ACCESS)) {
		fault_set(f, FAULT_INVALID_TOKEN, "not one of ours");
		return STR_NONE;
	}
	return token;
}

enum guard_verdict
guard_check(struct guard *g, const struct http_head *head,
	struct guard_ask *ask, struct guard_key **key, struct fault *f)
{
	struct str token = guard_bearer(head, f);
	struct digest digest;
	struct guard_key *k;
	struct lookup *l;

	if (str_is_none(token))
		return GUARD_REFUSED;
	digest = token_digest(token);
	k = map_get(&g->keys, digest_str(&digest));
	if (k != NULL) {
		mark_used(k);
		if (!holds_at(k, ask->path, f))
			return GUARD_REFUSED;
		if (is_fresh(k)) {
			*key = guard_hold(k);
			return GUARD_PASS;
		}
	}
	l = lookup_for(g, &digest, f);
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

#define WELL_KNOWN STR("/.well-known/oauth-protected-resource")
#define CHALLENGE_MAX ((size_t)8 << 10)

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
	c.metadata = str_join(a, front->settings->public_url, WELL_KNOWN,
		endpoint->path);
	if (f->id != FAULT_NO_TOKEN) {
		c.error = str_from(row->oauth);
		c.description = str_from(row->sentence);
	}
	buf_in(&out, a, CHALLENGE_MAX);
	challenge_write(&out, &c);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

/* ---- the end of keys ---- */

static void
kill_grant(struct list *keys, struct str grant_id)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (str_eq(k->principal.grant_id, grant_id))
			kill(k);
	}
}

void
guard_forget_grant(struct guard *g, struct str grant_id)
{
	kill_grant(&g->loose, grant_id);
	kill_grant(&g->used, grant_id);
	hall_revoke_grant(g->front->hall, grant_id);
}

static void
kill_token(struct list *keys, const struct digest *digest)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (digest_eq(&k->digest, digest))
			kill(k);
	}
}

void
guard_forget_token(struct guard *g, const struct digest *digest)
{
	kill_token(&g->loose, digest);
	kill_token(&g->used, digest);
}

static struct guard_key *
living_of(struct list *keys, struct str person_id)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (!k->dead && str_eq(k->principal.person_id, person_id))
			return guard_hold(k);
	}
	return NULL;
}

/* The hall may let go of any key while a grant ends, so the lists are walked
 * anew for each. */
void
guard_forget_person(struct guard *g, struct str person_id)
{
	struct guard_key *k;

	while ((k = living_of(&g->used, person_id)) != NULL ||
		(k = living_of(&g->loose, person_id)) != NULL) {
		guard_forget_grant(g, k->principal.grant_id);
		guard_drop(&k);
	}
}

static void
read_scopes(struct list *keys, const struct scope_table *scopes)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		k->principal.scopes =
			scope_implied(scope_known(scopes, k->scope));
	}
}

void
guard_settings(struct guard *g)
{
	read_scopes(&g->used, g->front->scopes);
	read_scopes(&g->loose, g->front->scopes);
}

void
guard_sweep(struct guard *g)
{
	int64_t now = loop_wall(g->front->loop);

	bury(g, loop_now(g->front->loop) - GUARD_GRACE_MS);
	list_each(link, &g->used) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (k->principal.expires <= now)
			unlist(k);
	}
}
