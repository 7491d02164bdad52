/* place: endpoints and the servers behind them. */
#include "hall/hall_state.h"

#include "base/arena.h"
#include "base/die.h"
#include "mcp/capability.h"
#include "text/uri.h"

#include <stdlib.h>

/* How long a request waits for its only server to connect. */
#define SETTLE_MS ((int64_t)10000)

#define HUB_CAPABILITIES                                                       \
	(CAPABILITY_TOOLS | CAPABILITY_TOOLS_CHANGED | CAPABILITY_PROMPTS |    \
		CAPABILITY_PROMPTS_CHANGED | CAPABILITY_RESOURCES |            \
		CAPABILITY_RESOURCES_CHANGED | CAPABILITY_COMPLETIONS |        \
		CAPABILITY_LOGGING)

static struct str
kept_text(struct str a, struct str b)
{
	char *p = malloc(a.n + b.n + 1);

	if (p == NULL)
		die("out of memory");
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	p[a.n + b.n] = '\0';
	return str_of(p, a.n + b.n);
}

static void
text_free(struct str *s)
{
	free((void *)(uintptr_t)s->p);
}

static struct place *
place_kept(struct hall *h, struct str path, struct str name)
{
	struct place *p;

	list_each(at, &h->kept_places) {
		p = list_entry(at, struct place, kept);
		if (str_eq(p->endpoint.path, path))
			return p;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		die("out of memory");
	p->endpoint.path = kept_text(path, STR(""));
	p->endpoint.name = kept_text(name, STR(""));
	p->endpoint.resource = kept_text(STR(""), STR(""));
	list_add(&h->kept_places, &p->kept);
	return p;
}

static void
place_add(struct hall *h, enum endpoint_kind kind, struct str name)
{
	struct str path = kind == ENDPOINT_HUB
		? STR("/mcp")
		: str_join(h->arena, STR("/mcp/"), name);
	struct place *p;

	insist(!str_is_none(path));
	p = place_kept(h, path, name);
	p->endpoint.kind = kind;
	p->endpoint.served = true;
	text_free(&p->endpoint.resource);
	p->endpoint.resource = kept_text(h->settings->public_url, path);
	h->places[h->place_count++] = p;
	map_put(&h->places_by_path, p->endpoint.path, p);
}

void
places_make(struct hall *h)
{
	const struct settings *s = h->settings;

	map_clear(&h->places_by_path);
	list_each(at, &h->kept_places)
		list_entry(at, struct place, kept)->endpoint.served = false;
	h->place_count = 0;
	h->places = arena_array(h->arena, 1 + s->server_count + s->group_count,
		sizeof(struct place *));
	insist(h->places != NULL);
	place_add(h, ENDPOINT_HUB, STR(""));
	for (size_t i = 0; i < s->server_count; i++)
		place_add(h, ENDPOINT_SERVER, s->servers[i].name);
	/* A server's name wins over a group's; the settings say so. */
	for (size_t i = 0; i < s->group_count; i++)
		if (settings_server(s, s->groups[i].name) == NULL)
			place_add(h, ENDPOINT_GROUP, s->groups[i].name);
}

void
places_free(struct hall *h)
{
	map_clear(&h->places_by_path);
	while (!list_is_empty(&h->kept_places)) {
		struct place *p =
			list_entry(h->kept_places.next, struct place, kept);

		list_remove(&p->kept);
		text_free(&p->endpoint.path);
		text_free(&p->endpoint.name);
		text_free(&p->endpoint.resource);
		free(p);
	}
}

const struct endpoint *
hall_endpoint(const struct hall *h, struct str path)
{
	const struct place *p = map_get(&h->places_by_path, path);

	return p == NULL ? NULL : &p->endpoint;
}

/* Scheme and host compare without case, one trailing slash is nothing
 * (RS-21). */
static bool
is_same_resource(struct str ours, struct str theirs)
{
	struct uri a, b;
	struct fault f;
	struct str path;

	if (str_eq(ours, theirs))
		return true;
	if (!uri_parse(ours, &a, &f) || !uri_parse(theirs, &b, &f))
		return false;
	path = b.path;
	if (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return uri_same_origin(&a, &b) && str_eq(a.path, path) &&
		str_is_none(b.query) && str_is_none(b.fragment) &&
		str_is_none(b.userinfo);
}

const struct endpoint *
hall_endpoint_of_resource(const struct hall *h, struct str resource)
{
	for (size_t i = 0; i < h->place_count; i++)
		if (is_same_resource(h->places[i]->endpoint.resource, resource))
			return &h->places[i]->endpoint;
	return NULL;
}

size_t
hall_endpoint_count(const struct hall *h)
{
	return h->place_count;
}

const struct endpoint *
hall_endpoint_at(const struct hall *h, size_t i)
{
	return i < h->place_count ? &h->places[i]->endpoint : NULL;
}

static const struct group_entry *
group_of(const struct hall *h, const struct place *p)
{
	return settings_group(h->settings, p->endpoint.name);
}

bool
place_has(const struct hall *h, const struct place *p, struct str server)
{
	const struct group_entry *g;

	switch (p->endpoint.kind) {
	case ENDPOINT_HUB:
		return true;
	case ENDPOINT_SERVER:
		return str_eq(p->endpoint.name, server);
	case ENDPOINT_GROUP:
		g = group_of(h, p);
		for (size_t i = 0; g != NULL && i < g->server_count; i++)
			if (str_eq(g->servers[i], server))
				return true;
	}
	return false;
}

struct upstream *
place_upstream(const struct hall *h, const struct place *p, size_t i)
{
	struct back *b = h->parts.back;
	const struct group_entry *g;

	switch (p->endpoint.kind) {
	case ENDPOINT_HUB:
		return i < back_count(b) ? back_at(b, i) : NULL;
	case ENDPOINT_SERVER:
		return i == 0 ? back_find(b, p->endpoint.name) : NULL;
	case ENDPOINT_GROUP:
		g = group_of(h, p);
		return g != NULL && i < g->server_count
			? back_find(b, g->servers[i])
			: NULL;
	}
	return NULL;
}

/* A server that was there and comes back keeps nobody of a hub waiting. */
int64_t
place_settle_ms(const struct hall *h, const struct place *p)
{
	struct upstream *u = place_upstream(h, p, 0);
	int64_t most = 0;

	if (!place_is_hub(p))
		return u != NULL && upstream_state(u) == UPSTREAM_CONNECTING
			? SETTLE_MS
			: 0;
	for (size_t i = 0; (u = place_upstream(h, p, i)) != NULL; i++) {
		int64_t ms = upstream_settle_ms(u);

		most = ms > most ? ms : most;
	}
	return most;
}

unsigned
place_subscribe(const struct hall *h, const struct place *p)
{
	struct upstream *u;

	for (size_t i = 0; (u = place_upstream(h, p, i)) != NULL; i++) {
		const struct handshake_server *s = upstream_server(u);

		if (s != NULL && !revision_is_modern(s->revision) &&
			(s->capabilities & CAPABILITY_RESOURCES_SUBSCRIBE) != 0)
			return CAPABILITY_RESOURCES_SUBSCRIBE;
	}
	return 0;
}

unsigned
place_capabilities(const struct hall *h, const struct place *p)
{
	const struct handshake_server *s;
	struct upstream *u;

	if (place_is_hub(p))
		return HUB_CAPABILITIES;
	u = place_upstream(h, p, 0);
	s = u == NULL ? NULL : upstream_server(u);
	if (s == NULL)
		return 0;
	/* A modern server is asked for logs request by request, and need not
	 * say before that it has any. */
	return revision_is_modern(s->revision)
		? (s->capabilities & ~CAPABILITY_RESOURCES_SUBSCRIBE) |
			CAPABILITY_LOGGING
		: s->capabilities;
}
