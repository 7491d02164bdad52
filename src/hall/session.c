/* session: see session.h. */
#include "hall/session.h"

#include "base/arena.h"
#include "base/die.h"
#include "crypto/random.h"
#include "hall/exchange.h"
#include "hall/listen.h"

#include <stdio.h>
#include <stdlib.h>

static struct str
own_copy(struct str s)
{
	char *p = strndup(s.p, s.n);

	if (p == NULL)
		die("out of memory");
	return str_of(p, s.n);
}

static void
draw_id(struct session *s)
{
	struct arena *a = arena_new(256);
	struct str id = random_text(a, 24);

	insist(id.n < sizeof(s->id));
	memcpy(s->id, id.p, id.n);
	arena_free(&a);
}

/* The person's least used session when there are too many of theirs. */
static struct session *
one_too_many(struct hall *h, struct str person_id)
{
	struct session *s, *oldest = NULL;
	size_t at = 0, n = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL) {
		if (!str_eq(s->person_id, person_id))
			continue;
		n++;
		if (oldest == NULL || s->last_used < oldest->last_used)
			oldest = s;
	}
	return n >= SESSION_PER_PERSON ? oldest : NULL;
}

struct session *
session_open(struct hall *h, const struct principal *p,
	const struct endpoint *endpoint, enum revision revision)
{
	struct session *s = one_too_many(h, p->person_id);

	if (s != NULL)
		session_close(h, s);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		die("out of memory");
	draw_id(s);
	s->person_id = own_copy(p->person_id);
	s->grant_id = own_copy(p->grant_id);
	s->path = own_copy(endpoint->path);
	s->revision = revision;
	s->level = LEVEL_OFF;
	s->last_used = loop_now(h->parts.loop);
	list_init(&s->listens);
	list_init(&s->exchanges);
	subscriptions_init(&s->subscriptions, h, s);
	map_put(&h->sessions, session_id(s), s);
	event_log(NULL, EVENT_SESSION_OPENED,
		EF_SECRET("session", session_id(s)),
		EF_STR("revision", revision_name(revision)));
	return s;
}

struct session *
session_find(struct hall *h, struct str id, const struct hall_request *r,
	struct fault *f)
{
	struct session *s;

	if (str_is_none(id)) {
		fault_set(f, FAULT_MCP_NO_SESSION_ID, "no Mcp-Session-Id");
		return NULL;
	}
	s = map_get(&h->sessions, id);
	if (s == NULL || !str_eq(s->person_id, r->principal->person_id) ||
		!str_eq(s->path, r->endpoint->path)) {
		fault_set(f, FAULT_MCP_NO_SESSION, "%s",
			s == NULL ? "unknown session id"
				  : "somebody else's session id");
		return NULL;
	}
	s->last_used = loop_now(h->parts.loop);
	return s;
}

void
session_close(struct hall *h, struct session *s)
{
	struct fault f;

	map_remove(&h->sessions, session_id(s));
	subscriptions_end(&s->subscriptions);
	fault_set(&f, FAULT_MCP_NO_SESSION, "the session was ended");
	while (!list_is_empty(&s->exchanges)) {
		struct exchange *x = list_entry(
			s->exchanges.next, struct exchange, in_session);

		forward_stop(x);
		exchange_refuse(x, &f);
	}
	while (!list_is_empty(&s->listens))
		listen_finish(
			list_entry(s->listens.next, struct hall_listen, place));
	event_log(NULL, EVENT_SESSION_CLOSED,
		EF_SECRET("session", session_id(s)));
	free((void *)(uintptr_t)s->person_id.p);
	free((void *)(uintptr_t)s->grant_id.p);
	free((void *)(uintptr_t)s->path.p);
	free(s);
}

/* Closes those that are chosen; the map changes with each. */
static void
close_chosen(struct hall *h,
	bool (*chosen)(const struct session *s, const void *with),
	const void *with)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL) {
		if (!chosen(s, with))
			continue;
		session_close(h, s);
		at = 0;
	}
}

static bool
is_of_grant(const struct session *s, const void *grant_id)
{
	return str_eq(s->grant_id, *(const struct str *)grant_id);
}

void
session_close_grant(struct hall *h, struct str grant_id)
{
	close_chosen(h, is_of_grant, &grant_id);
}

static bool
is_of_person(const struct session *s, const void *person_id)
{
	return str_eq(s->person_id, *(const struct str *)person_id);
}

void
session_close_person(struct hall *h, struct str person_id)
{
	close_chosen(h, is_of_person, &person_id);
}

static bool
is_any(const struct session *s, const void *with)
{
	(void)s;
	(void)with;
	return true;
}

void
session_close_all(struct hall *h)
{
	close_chosen(h, is_any, NULL);
}

static bool
is_idle(const struct session *s, const void *now)
{
	return list_is_empty(&s->listens) && list_is_empty(&s->exchanges) &&
		*(const int64_t *)now - s->last_used > SESSION_IDLE_MS;
}

void
session_sweep(struct hall *h)
{
	int64_t now = loop_now(h->parts.loop);

	close_chosen(h, is_idle, &now);
}

void
session_tell(struct session *s, const struct str *parts, size_t n)
{
	struct hall_listen *l;

	if (list_is_empty(&s->listens))
		return;
	l = list_entry(s->listens.prev, struct hall_listen, place);
	l->sink.message(l->sink.with, parts, n);
}
