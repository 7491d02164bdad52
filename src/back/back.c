/* back: see back.h. */
#include "back/back.h"

#include "base/die.h"

#include <stdlib.h>

struct back {
	struct loop *loop;
	struct http_client *http;
	struct settings *settings;
	struct back_listener listener;
	struct upstream **upstreams; /* in the settings' order */
	size_t n;
};

static struct upstream *
start_one(struct back *b, const struct server_entry *entry)
{
	return upstream_new(&(struct upstream_plan){
		.back = b,
		.loop = b->loop,
		.http = b->http,
		.settings = b->settings,
		.entry = entry,
	});
}

static struct upstream **
upstreams_for(size_t n)
{
	struct upstream **us = calloc(n + 1, sizeof(struct upstream *));

	if (us == NULL)
		die("out of memory");
	return us;
}

struct back *
back_new(const struct back_parts *parts)
{
	struct back *b = calloc(1, sizeof(*b));

	if (b == NULL)
		die("out of memory");
	b->loop = parts->loop;
	b->http = parts->http;
	b->settings = settings_hold(parts->settings);
	return b;
}

void
back_start(struct back *b, struct back_listener listener)
{
	b->listener = listener;
	b->upstreams = upstreams_for(b->settings->server_count);
	for (; b->n < b->settings->server_count; b->n++)
		b->upstreams[b->n] = start_one(b, &b->settings->servers[b->n]);
}

static void
stop_one(struct back *b, struct upstream **u)
{
	if (*u == NULL)
		return;
	b->listener.leaving(b->listener.with, *u);
	upstream_free(u);
}

void
back_free(struct back **bp)
{
	struct back *b = *bp;

	if (b == NULL)
		return;
	*bp = NULL;
	for (size_t i = 0; i < b->n; i++)
		stop_one(b, &b->upstreams[i]);
	free(b->upstreams);
	settings_drop(&b->settings);
	free(b);
}

/* Takes the running upstream of that very entry out of the old ones. */
static struct upstream *
take_same(struct back *b, const struct server_entry *entry)
{
	for (size_t i = 0; i < b->n; i++) {
		struct upstream *u = b->upstreams[i];
		const struct server_entry *old;

		if (u == NULL)
			continue;
		old = upstream_entry(u);
		if (str_eq(old->name, entry->name) &&
			str_eq(old->entry, entry->entry)) {
			b->upstreams[i] = NULL;
			return u;
		}
	}
	return NULL;
}

void
back_settings(struct back *b, struct settings *s)
{
	struct upstream **next = upstreams_for(s->server_count);
	struct upstream **old = b->upstreams;
	size_t old_n = b->n;

	settings_drop(&b->settings);
	b->settings = settings_hold(s);
	for (size_t i = 0; i < s->server_count; i++)
		next[i] = take_same(b, &s->servers[i]);
	for (size_t i = 0; i < s->server_count; i++)
		if (next[i] == NULL)
			next[i] = start_one(b, &s->servers[i]);
		else
			upstream_wanted(next[i]);
	b->upstreams = next;
	b->n = s->server_count;
	for (size_t i = 0; i < old_n; i++)
		stop_one(b, &old[i]);
	free(old);
}

size_t
back_count(const struct back *b)
{
	return b->n;
}

struct upstream *
back_at(const struct back *b, size_t i)
{
	insist(i < b->n);
	return b->upstreams[i];
}

struct upstream *
back_find(const struct back *b, struct str name)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq(upstream_entry(b->upstreams[i])->name, name))
			return b->upstreams[i];
	return NULL;
}

void
back_forget_person(struct back *b, struct str person_id)
{
	for (size_t i = 0; i < b->n; i++)
		upstream_forget_person(b->upstreams[i], person_id);
}

const struct back_listener *
back_listener(const struct back *b)
{
	return &b->listener;
}
