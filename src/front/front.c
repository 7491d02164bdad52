/* front: see front.h. */
#include "front/front.h"

#include "base/die.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "front/doors.h"
#include "front/guard.h"
#include "front/routes.h"
#include "front/throttle.h"
#include "front/watch.h"
#include "net/loop.h"
#include "oauth/scope.h"
#include "store/store.h"
#include "store/tables.h"
#include "text/uri.h"

#include <stdlib.h>

#define SCOPES_MEMORY_MAX ((size_t)1 << 20)
#define SWEEP_MEMORY_MAX  ((size_t)64 << 10)

/* The table of a snapshot whose scopes are in order; the settings' reader has
 * refused others, so what is left is the table of the built-in ones. */
static void
take_scopes(struct front *front, const struct settings *s)
{
	struct arena *old = front->scopes_arena;
	struct fault f;

	front->scopes_arena = arena_new(SCOPES_MEMORY_MAX);
	front->scopes = scope_table_new(
		front->scopes_arena, s->scopes, s->scope_count, &f);
	if (front->scopes == NULL) {
		event_fault(NULL, &f);
		front->scopes =
			scope_table_new(front->scopes_arena, NULL, 0, &f);
	}
	insist(front->scopes != NULL);
	arena_free(&old);
}

/* A browser that holds a name to https does so on every port of it (RFC 6797
 * 8.3): only where no port is named is that ours to say. */
static bool
owns_name(struct str url)
{
	struct uri u;

	return uri_parse(url, &u, NULL) &&
		str_eq_nocase(u.scheme, STR("https")) && u.port == 443 &&
		!uri_is_loopback(&u);
}

static void
take_settings(struct front *front, struct settings *s)
{
	struct settings *old = front->settings;

	front->settings = settings_hold(s);
	front->told.n = 0;
	front->owns_name = owns_name(s->public_url);
	doors_free(&front->doors);
	front->doors = doors_new(s, front->bound);
	take_scopes(front, s);
	if (old != NULL)
		settings_drop(&old);
}

struct front *
front_new(const struct front_parts *parts)
{
	struct front *front = calloc(1, sizeof(*front));

	if (front == NULL)
		die("out of memory");
	front->loop = parts->loop;
	front->store = parts->store;
	front->hall = parts->hall;
	front->bound = STR_NONE;
	front->form_key = seal_key_derive(parts->master, STR("front form"));
	front->token_key = seal_key_derive(parts->master, STR("front refresh"));
	take_settings(front, parts->settings);
	front->guard = guard_new(front);
	front->watch = watch_new(front);
	front->throttle = throttle_new();
	return front;
}

void
front_free(struct front **fp)
{
	struct front *front = *fp;

	*fp = NULL;
	if (front == NULL)
		return;
	watch_free(&front->watch);
	guard_free(&front->guard);
	throttle_free(&front->throttle);
	doors_free(&front->doors);
	arena_free(&front->scopes_arena);
	arena_free(&front->bound_arena);
	settings_drop(&front->settings);
	seal_key_free(&front->form_key);
	seal_key_free(&front->token_key);
	secret_wipe(&front->setup, sizeof(front->setup));
	free(front);
}

struct http_handler
front_handler(struct front *front)
{
	return (struct http_handler){ .head = routes_head,
		.serve = routes_serve,
		.gone = routes_gone,
		.with = front };
}

void
front_settings(struct front *front, struct settings *s)
{
	take_settings(front, s);
	guard_settings(front->guard);
}

void
front_bound(struct front *front, struct str address)
{
	arena_free(&front->bound_arena);
	front->bound_arena = arena_new(SWEEP_MEMORY_MAX);
	front->bound = str_dup(front->bound_arena, address);
	doors_free(&front->doors);
	front->doors = doors_new(front->settings, front->bound);
}

struct str
front_open_setup(struct arena *a, struct front *front)
{
	unsigned char seed[32];
	struct str token;

	random_bytes(seed, sizeof(seed));
	token = token_make(a, TOKEN_SETUP, seed);
	secret_wipe(seed, sizeof(seed));
	front->setup = token_digest(token);
	front->setup_open = true;
	return str_join(
		a, front->settings->public_url, STR("/setup?token="), token);
}

/* A registered client that has had no token for so long, beyond the life of a
 * refresh token, has forgotten us; it can register again.  One that nobody ever
 * allowed anything goes sooner. */
#define CLIENT_USED_S   ((int64_t)7 * 24 * 3600)
#define CLIENT_UNUSED_S ((int64_t)3 * 24 * 3600)

struct sweep {
	struct store_job job;
	int64_t now;
	struct client_life life;
	uint64_t reaped;
};

static bool
sweep_run(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct sweep *s = (struct sweep *)(void *)job;

	return tables_sweep(t, s->now, f) &&
		client_reap(t, &s->life, &s->reaped, f);
}

static void
sweep_done(struct store_job *job)
{
	struct arena *a = job->arena;
	uint64_t reaped = ((struct sweep *)(void *)job)->reaped;

	if (fault_is_set(&job->fault))
		event_fault(NULL, &job->fault);
	else if (reaped > 0)
		event_log(NULL, EVENT_CLIENT_REAPED, EF_U64("n", reaped));
	arena_free(&a);
}

void
front_sweep(struct front *front)
{
	struct arena *a = arena_new(SWEEP_MEMORY_MAX);
	struct sweep *s = arena_new_of(a, struct sweep);

	guard_sweep(front->guard);
	s->now = loop_wall(front->loop);
	s->life = (struct client_life){
		.used_since =
			s->now - front->settings->refresh_s - CLIENT_USED_S,
		.unused_since = s->now - CLIENT_UNUSED_S,
	};
	s->job.arena = a;
	s->job.run = sweep_run;
	s->job.done = sweep_done;
	store_submit(front->store, &s->job);
}
