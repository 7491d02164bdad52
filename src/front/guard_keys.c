/* guard_keys: see guard_keys.h and guard.h. */
#include "front/guard_keys.h"

#include "base/die.h"
#include "front/guard_pulse.h"
#include "front/watch.h"
#include "hall/hall.h"
#include "model/usage.h"
#include "net/loop.h"
#include "oauth/scope.h"

#include <stdlib.h>

struct guard *
guard_new(struct front *front)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (g == NULL)
		die("out of memory");
	g->front = front;
	map_init(&g->keys);
	map_init(&g->tags);
	map_init(&g->lookups);
	list_init(&g->used);
	list_init(&g->loose);
	list_init(&g->dying);
	g->pulse = guard_pulse_new(g);
	return g;
}

static struct str
keep(char **at, struct str s)
{
	struct str kept = { *at, s.n };

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return kept;
}

struct guard_key *
guard_keys_new(
	struct guard *g, const struct digest *d, const struct guard_found *x)
{
	size_t n = x->person_id.n + x->person_name.n + x->client_id.n +
		x->grant_id.n + x->resource.n + x->scope.n;
	struct guard_key *k = calloc(1, sizeof(*k) + n);
	char *at;

	if (k == NULL)
		die("out of memory");
	at = k->text;
	k->principal.person_id = keep(&at, x->person_id);
	k->principal.person_name = keep(&at, x->person_name);
	k->principal.client_id = keep(&at, x->client_id);
	k->principal.grant_id = keep(&at, x->grant_id);
	k->principal.resource = keep(&at, x->resource);
	k->scope = keep(&at, x->scope);
	k->principal.usage = hall_usage(g->front->hall, k->principal.person_id);
	k->principal.expires = x->expires;
	k->principal.scopes =
		scope_implied(scope_known(g->front->scopes, k->scope));
	k->digest = *d;
	k->guard = g;
	k->fresh = loop_now(g->front->loop);
	k->holders = 1;
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
		usage_drop(&k->principal.usage);
		free(k);
	}
}

static void
unlist(struct guard_key *k)
{
	if (!k->listed)
		return;
	map_remove(&k->guard->keys, digest_str(&k->digest));
	if (k->tagged)
		map_remove(&k->guard->tags, tag_str(&k->tag));
	k->listed = k->tagged = false;
	list_remove(&k->link);
	list_add(&k->guard->loose, &k->link);
	guard_drop(&k);
}

void
guard_keys_enlist(struct guard_key *k)
{
	struct guard *g = k->guard;

	if (g->keys.n >= GUARD_MAX)
		unlist(list_entry(g->used.next, struct guard_key, link));
	map_put(&g->keys, digest_str(&k->digest), guard_hold(k));
	k->listed = true;
	list_add(&g->used, &k->link);
}

/* The most recently used one now; it may be NULL. */
static struct guard_key *
used(struct guard *g, struct guard_key *k)
{
	if (k == NULL)
		return NULL;
	list_remove(&k->link);
	list_add(&g->used, &k->link);
	return k;
}

struct guard_key *
guard_keys_find(struct guard *g, const struct digest *d)
{
	return used(g, map_get(&g->keys, digest_str(d)));
}

struct guard_key *
guard_keys_tagged(struct guard *g, const struct tag *tag)
{
	return used(g, map_get(&g->tags, tag_str(tag)));
}

void
guard_keys_tag(struct guard_key *k, const struct tag *tag)
{
	if (k->tagged)
		return;
	k->tag = *tag;
	k->tagged = true;
	map_put(&k->guard->tags, tag_str(&k->tag), k);
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
	guard_pulse_free(&g->pulse);
	while (!list_is_empty(&g->used))
		unlist(list_entry(g->used.next, struct guard_key, link));
	insist(list_is_empty(&g->loose));
	bury(g, INT64_MAX);
	map_clear(&g->keys);
	map_clear(&g->tags);
	map_clear(&g->lookups);
	free(g);
}

void
guard_keys_kill(struct guard_key *k)
{
	k->dead = true;
	watch_soon(k->guard->front->watch);
	unlist(k);
}

/* ---- the end of keys ---- */

static void
kill_grant(struct list *keys, struct str grant_id)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);

		if (str_eq(k->principal.grant_id, grant_id))
			guard_keys_kill(k);
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
			guard_keys_kill(k);
	}
}

void
guard_forget_token(struct guard *g, const struct digest *digest)
{
	kill_token(&g->loose, digest);
	kill_token(&g->used, digest);
}

/* Whose keys: a principal's member, by its offset. */
struct whose {
	size_t member;
	struct str id;
};

static struct guard_key *
living_of(struct list *keys, const struct whose *w)
{
	list_each(link, keys) {
		struct guard_key *k = list_entry(link, struct guard_key, link);
		const char *member = (const char *)&k->principal + w->member;

		if (!k->dead &&
			str_eq(*(const struct str *)(const void *)member,
				w->id))
			return guard_hold(k);
	}
	return NULL;
}

/* The hall may let go of any key while a grant ends, so the lists are walked
 * anew for each. */
static void
forget_all(struct guard *g, const struct whose *w)
{
	struct guard_key *k;

	while ((k = living_of(&g->used, w)) != NULL ||
		(k = living_of(&g->loose, w)) != NULL) {
		guard_forget_grant(g, k->principal.grant_id);
		guard_drop(&k);
	}
}

void
guard_forget_person(struct guard *g, struct str person_id)
{
	forget_all(g,
		&(struct whose){
			offsetof(struct principal, person_id), person_id });
	hall_forget_person(g->front->hall, person_id);
}

void
guard_forget_client(struct guard *g, struct str client_id)
{
	forget_all(g,
		&(struct whose){
			offsetof(struct principal, client_id), client_id });
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
