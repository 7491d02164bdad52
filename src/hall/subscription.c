/* subscription: see subscription.h. */
#include "hall/subscription.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "hall/errand.h"
#include "hall/session.h"
#include "mcp/capability.h"
#include "mcp/message.h"
#include "mcp/names.h"

#include <stdlib.h>

#define MESSAGE_MAX ((size_t)64 << 10)
#define RETRY_MS    ((int64_t)1000)
#define RETRIES     9u /* doublings */
#define STEADY_MS   ((int64_t)60000)

struct subscription {
	struct list place;
	uint64_t link; /* link_serial() of the one that it was asked over */
	struct str server;
	struct str uri; /* the server's own; both behind this struct */
};

/* ---- a session's ---- */

/* Of that person, or STR_NONE: of anybody. */
static bool
is_of(const struct session *s, struct str person_id)
{
	return str_is_none(person_id) || str_eq(s->person_id, person_id);
}

static struct subscription *
find(const struct subscriptions *of, struct str server, struct str uri)
{
	list_each(at, &of->all) {
		struct subscription *s =
			list_entry(at, struct subscription, place);

		if (str_eq(s->server, server) && str_eq(s->uri, uri))
			return s;
	}
	return NULL;
}

static struct subscription *
add(struct subscriptions *of, struct str server, struct str uri)
{
	struct subscription *s = calloc(1, sizeof(*s) + server.n + uri.n);
	char *text;

	if (s == NULL)
		die("out of memory");
	text = (char *)(s + 1);
	memcpy(text, server.p, server.n);
	memcpy(text + server.n, uri.p, uri.n);
	s->server = str_of(text, server.n);
	s->uri = str_of(text + server.n, uri.n);
	list_add(&of->all, &s->place);
	of->n++;
	return s;
}

static void
drop(struct subscriptions *of, struct subscription *s)
{
	list_remove(&s->place);
	of->n--;
	free(s);
}

static struct upstream *
server_of(const struct subscriptions *of, const struct subscription *s)
{
	const struct endpoint *e = hall_endpoint(of->hall, of->session->path);

	return of->hall->parts.back != NULL && e != NULL &&
			place_has(of->hall, place_of(e), s->server)
		? back_find(of->hall->parts.back, s->server)
		: NULL;
}

/* Whether it is that server's, and still within the session's reach. */
static bool
is_at(const struct subscriptions *of, const struct subscription *s,
	const struct upstream *u)
{
	return str_eq(s->server, upstream_entry(u)->name) &&
		server_of(of, s) == u;
}

static bool
asked_for(const struct subscriptions *of, struct upstream *u, struct str uri)
{
	const struct subscription *s = find(of, upstream_entry(u)->name, uri);

	return s != NULL && is_at(of, s, u);
}

/* Whether a session wants it over that person's link. */
static bool
is_wanted(struct hall *h, struct upstream *u, struct str person_id,
	struct str uri)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if ((upstream_is_shared(u) ||
			    str_eq(s->person_id, person_id)) &&
			asked_for(&s->subscriptions, u, uri))
			return true;
	return false;
}

static unsigned
count(const struct hall *h, struct str person_id)
{
	struct session *s;
	unsigned n = 0;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if (str_eq(s->person_id, person_id))
			n += s->subscriptions.n;
	return n;
}

/* The link that it was asked over is no longer there. */
static bool
is_stale(const struct subscriptions *of, const struct subscription *s)
{
	struct upstream *u = server_of(of, s);
	const struct link *l = u == NULL
		? NULL
		: upstream_open_link(u, of->session->person_id);

	return l == NULL || link_serial(l) != s->link;
}

/* ---- what servers are told ---- */

static bool
is_to_be_had(const struct errand_plan *plan, struct str uri)
{
	return is_wanted(plan->hall, plan->upstream, plan->person_id, uri);
}

static bool
is_to_be_left(const struct errand_plan *plan, struct str uri)
{
	return !is_to_be_had(plan, uri);
}

static struct errand *
errand_for(const struct subscriptions *of, struct upstream *u, struct link *l)
{
	return errand_new(&(struct errand_plan){
		.hall = of->hall,
		.upstream = u,
		.link = l,
		.person_id = of->session->person_id,
		.method = METHOD_RESOURCES_SUBSCRIBE,
		.is_due = is_to_be_had,
	});
}

/* All that the session has of one server; it is told of what nobody else
 * wants. */
static void
give_up(struct subscriptions *of, struct upstream *u)
{
	struct str person_id = of->session->person_id;
	struct errand *e = errand_new(&(struct errand_plan){
		.hall = of->hall,
		.upstream = u,
		.link = upstream_open_link(u, person_id),
		.person_id = person_id,
		.method = METHOD_RESOURCES_UNSUBSCRIBE,
		.is_due = is_to_be_left,
	});

	list_each(at, &of->all) {
		struct subscription *s =
			list_entry(at, struct subscription, place);

		if (!str_eq(s->server, upstream_entry(u)->name))
			continue;
		if (!is_stale(of, s))
			errand_add(e, s->uri);
		drop(of, s);
	}
	errand_go(e);
}

/* ---- what the client asks ---- */

static bool
is_offered(const struct link *l)
{
	const struct handshake_server *server = link_server(l);

	return !revision_is_modern(server->revision) &&
		(server->capabilities & CAPABILITY_RESOURCES_SUBSCRIBE) != 0;
}

bool
subscription_begin(struct exchange *x, struct link *l, struct fault *f)
{
	struct subscriptions *of = &x->session->subscriptions;
	struct str server = upstream_entry(x->upstream)->name;
	struct subscription *s = find(of, server, x->own_name);

	if (!is_offered(l))
		return fault_set(f, FAULT_MCP_METHOD,
			"%.*s has no subscriptions", STR_ARG(server));
	if (x->own_name.n > SUBSCRIPTION_URI_MAX)
		return fault_set(
			f, FAULT_MCP_CALL_PARAMS, "the URI is too long");
	if (s == NULL &&
		count(x->hall, x->session->person_id) >= SUBSCRIPTIONS_MAX)
		return fault_set(f, FAULT_MCP_SUBSCRIPTIONS, "there are %u",
			SUBSCRIPTIONS_MAX);
	if (s == NULL)
		s = add(of, server, x->own_name);
	s->link = link_serial(l);
	return true;
}

void
subscription_undo(struct exchange *x)
{
	struct subscriptions *of = &x->session->subscriptions;
	struct subscription *s =
		find(of, upstream_entry(x->upstream)->name, x->own_name);

	if (s != NULL)
		drop(of, s);
}

bool
subscription_over(struct exchange *x)
{
	struct subscriptions *of = &x->session->subscriptions;
	struct upstream *u = x->upstream;
	struct subscription *s = find(of, upstream_entry(u)->name, x->own_name);
	bool was_stale = s == NULL || is_stale(of, s);

	if (s != NULL)
		drop(of, s);
	return !was_stale &&
		!is_wanted(x->hall, u, x->session->person_id, x->own_name);
}

/* ---- links that come and go ---- */

/* What changed while there was none nobody can know. */
static void
tell_session(const struct subscriptions *of, const struct subscription *s)
{
	const struct endpoint *e = hall_endpoint(of->hall, of->session->path);
	struct arena *a;
	struct buf out;
	struct str text;

	if (e == NULL)
		return;
	a = arena_new(MESSAGE_MAX);
	buf_in(&out, a, MESSAGE_MAX / 2);
	message_updated(&out,
		place_is_hub(place_of(e)) ? names_hub_uri(a, s->server, s->uri)
					  : s->uri);
	text = buf_view(&out);
	if (buf_ok(&out))
		session_tell(of->session, &text, 1);
	arena_free(&a);
}

void
subscriptions_renew(
	struct subscriptions *of, struct upstream *u, struct link *l)
{
	struct errand *e = NULL;

	list_each(at, &of->all) {
		struct subscription *s =
			list_entry(at, struct subscription, place);

		if (s->link == link_serial(l) || !is_at(of, s, u))
			continue;
		if (!is_offered(l)) {
			drop(of, s);
			continue;
		}
		s->link = link_serial(l);
		e = e == NULL ? errand_for(of, u, l) : e;
		if (!errand_add(e, s->uri))
			s->link = 0; /* once more, later */
		tell_session(of, s);
	}
	if (e != NULL)
		errand_go(e);
}

/* The next one that has no link; those that have are put behind it. */
static struct subscription *
next_stale(struct subscriptions *of)
{
	for (unsigned i = 0; i < of->n; i++) {
		struct subscription *s =
			list_entry(of->all.next, struct subscription, place);

		list_remove(&s->place);
		list_add(&of->all, &s->place);
		if (is_stale(of, s))
			return s;
	}
	return NULL;
}

static void
try_later(struct subscriptions *of)
{
	int64_t now = loop_now(of->hall->parts.loop);

	if (of->later.due != 0)
		return;
	if (now - of->tried_at > STEADY_MS + (RETRY_MS << of->tries))
		of->tries = 0;
	loop_timer_set(&of->later, RETRY_MS << of->tries);
	of->tries += of->tries < RETRIES;
	of->tried_at = now;
}

static void
link_came(struct link_wait *w, struct link *l, const struct fault *f)
{
	struct subscriptions *of = (struct subscriptions *)(void *)((char *)w -
		offsetof(struct subscriptions, wait));

	(void)f;
	if (l != NULL)
		subscriptions_renew(of, of->awaited, l);
	try_later(of);
}

static void
try_now(void *with)
{
	struct subscriptions *of = with;
	struct subscription *s =
		list_is_empty(&of->session->listens) ? NULL : next_stale(of);
	struct upstream *u;

	if (s == NULL)
		return;
	u = server_of(of, s);
	if (u == NULL) {
		drop(of, s);
		try_later(of);
		return;
	}
	link_wait_cancel(&of->wait);
	of->wait.ready = link_came;
	of->awaited = u;
	upstream_link(u, &of->wait,
		&(struct principal){ .person_id = of->session->person_id });
}

void
subscriptions_wake(struct subscriptions *of)
{
	if (of->n > 0)
		try_later(of);
}

/* The first of the session's that is that server's, or NULL. */
static struct subscription *
at_server(const struct subscriptions *of, const struct upstream *u)
{
	list_each(at, &of->all) {
		struct subscription *s =
			list_entry(at, struct subscription, place);

		if (is_at(of, s, u))
			return s;
	}
	return NULL;
}

void
subscription_lost(struct hall *h, struct upstream *u, struct str person_id)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if (is_of(s, person_id) &&
			at_server(&s->subscriptions, u) != NULL)
			try_later(&s->subscriptions);
}

bool
subscription_has(struct hall *h, struct upstream *u, struct str person_id)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if (is_of(s, person_id) && !list_is_empty(&s->listens) &&
			at_server(&s->subscriptions, u) != NULL)
			return true;
	return false;
}

/* ---- what servers tell ---- */

void
subscription_missed(struct hall *h, struct upstream *u, struct str person_id)
{
	struct session *s;
	size_t at = 0;

	while ((s = map_next(&h->sessions, &at)) != NULL) {
		if (!is_of(s, person_id))
			continue;
		list_each(one, &s->subscriptions.all) {
			struct subscription *what =
				list_entry(one, struct subscription, place);

			if (is_at(&s->subscriptions, what, u))
				tell_session(&s->subscriptions, what);
		}
	}
}

/* The resource itself, or a part of it. */
static bool
is_within(struct str uri, struct str wanted)
{
	if (!str_starts(uri, wanted))
		return false;
	return uri.n == wanted.n || memchr("/?#", uri.p[wanted.n], 3) != NULL ||
		(wanted.n > 0 && wanted.p[wanted.n - 1] == '/');
}

static bool
wants(const struct subscriptions *of, struct upstream *u, struct str uri)
{
	list_each(at, &of->all) {
		const struct subscription *s =
			list_entry(at, struct subscription, place);

		if (is_within(uri, s->uri) && is_at(of, s, u))
			return true;
	}
	return false;
}

void
subscription_heard(struct hall *h, struct upstream *u, struct str person_id,
	const struct envelope *e)
{
	struct arena *a = arena_new(4 * MESSAGE_MAX);
	struct subscription what = { .server = upstream_entry(u)->name,
		.uri = envelope_text(a, e->uri) };
	struct session *s;
	size_t at = 0;

	while (!str_is_none(what.uri) && what.uri.n < MESSAGE_MAX / 16 &&
		(s = map_next(&h->sessions, &at)) != NULL)
		if (is_of(s, person_id) &&
			wants(&s->subscriptions, u, what.uri))
			tell_session(&s->subscriptions, &what);
	arena_free(&a);
}

/* ---- a session's life ---- */

void
subscriptions_init(struct subscriptions *of, struct hall *h, struct session *s)
{
	of->hall = h;
	of->session = s;
	list_init(&of->all);
	list_init(&of->wait.place);
	loop_timer_init(&of->later, h->parts.loop, try_now, of);
}

void
subscriptions_end(struct subscriptions *of)
{
	loop_timer_stop(&of->later);
	link_wait_cancel(&of->wait);
	while (!list_is_empty(&of->all)) {
		struct subscription *s =
			list_entry(of->all.next, struct subscription, place);

		if (is_stale(of, s))
			drop(of, s);
		else
			give_up(of, server_of(of, s));
	}
}
