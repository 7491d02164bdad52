/*
 * directory: which server's tool or prompt a hub name means.
 *
 * Made from the catalogues, anew for a server when its lists change.  Persons
 * to whom a server lists something else have names of their own for it
 * (BR-16).
 */
#ifndef HALL_DIRECTORY_H
#define HALL_DIRECTORY_H

#include "mcp/lists.h"

struct directory;
struct upstream;

struct directory_entry {
	struct upstream *upstream;
	struct str hub_name;
	struct str own_name;
};

struct directory *directory_new(void);
void directory_free(struct directory **d);

/* Reads the server's tools and prompts, everybody's (STR_NONE) or what that
 * person has otherwise; the former entries go. */
void directory_update(
	struct directory *d, struct upstream *u, struct str person_id);
/* The server leaves: everybody's entries go. */
void directory_forget(struct directory *d, const struct upstream *u);

/* What that person means by the name; NULL when no server has it.  kind:
 * LISTS_TOOLS or LISTS_PROMPTS. */
const struct directory_entry *directory_find(const struct directory *d,
	enum lists_kind kind, struct str hub_name, struct str person_id);

#endif
