/*
 * front: who are you?
 *
 * Everything that a peer can reach over HTTP: routes.c has the table.  This
 * struct is what the handlers share; it lives as long as the process and is
 * touched on the loop only.
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "base/arena.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "front/proxy.h"
#include "model/settings.h"
#include "net/http_server.h"

struct hall;
struct loop;
struct seal_key;
struct scope_table;
struct store;
struct guard;
struct throttle;
struct doors;
struct watch;

struct front {
	struct loop *loop;
	struct store *store;
	struct hall *hall;
	struct settings *settings;  /* the running snapshot */
	struct scope_table *scopes; /* of that snapshot (oauth/scope.h) */
	struct doors *doors;        /* whom that snapshot lets in */
	struct guard *guard;        /* tokens in memory */
	struct watch *watch;        /* open event streams */
	struct throttle *throttle;  /* wrong passwords, registrations */
	struct seal_key *form_key;  /* CSRF tokens, sealed requests */
	struct seal_key *token_key; /* successors of refresh tokens */
	struct digest setup;        /* of the one-time setup token */
	bool setup_open;            /* no owner yet */
	struct str bound;           /* "host:port", once it is known */
	struct proxy_told told;     /* since the snapshot was taken */
	bool owns_name;             /* publicUrl's: https on its usual port */
	/* Private to front.c: where scopes and bound live. */
	struct arena *scopes_arena;
	struct arena *bound_arena;
};

struct front_parts {
	struct loop *loop;
	struct store *store;
	struct hall *hall;
	struct settings *settings;
	const struct seal_key *master; /* outlives the front */
};

struct front *front_new(const struct front_parts *parts);
void front_free(struct front **f);

/* What the server calls; with is the front. */
struct http_handler front_handler(struct front *f);

/* After a reload. */
void front_settings(struct front *f, struct settings *s);

/* The address that the server got ("127.0.0.1:41234"), when the settings let
 * the kernel choose the port: Hosts with that port are ours, too. */
void front_bound(struct front *f, struct str address);

/* Opens /setup and gives the one-time link, in the arena. */
struct str front_open_setup(struct arena *a, struct front *f);

/* Every few minutes: what expired goes. */
void front_sweep(struct front *f);

#endif
