/*
 * names: what a server's things are called where many servers meet.
 *
 * Tools and prompts are <server>__<name>, at most 64 of [A-Za-z0-9_-].  A
 * name that is too long, holds other bytes, or could be mistaken for a
 * shortened one is rewritten and ends in "_" and twelve hexadecimal digits of
 * the SHA-256 over server and name, so two different things never share a
 * name by accident or design.  The way back is the catalogue's: it makes the
 * name of each thing that it has and looks up in a map.
 *
 * Resources are ostiary://<server>/<their own URI, byte for byte>, so that
 * templates keep their expressions and what a client expands leads back by
 * cutting the front off (BR-03).
 */
#ifndef MCP_NAMES_H
#define MCP_NAMES_H

#include "base/str.h"

struct arena;

#define NAMES_MAX 64u

/* The hub's name of a tool or prompt: depends on the two texts alone.
 * STR_NONE at the arena's cap. */
struct str names_hub(struct arena *a, struct str server, struct str name);

/* 1 to 64 of [A-Za-z0-9_-]. */
bool names_is_legal(struct str name);

/* The hub's URI (or template) of a resource.  STR_NONE at the cap. */
struct str names_hub_uri(struct arena *a, struct str server, struct str uri);

/* Splits a hub's URI; both parts point into it.  False when it is none. */
bool names_from_uri(struct str hub_uri, struct str *server, struct str *uri);

#endif
