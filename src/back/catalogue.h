/*
 * catalogue: what a server offers, as it listed it.
 *
 * Filled page by page over the server's first link, again when the server says
 * that a list changed, and swapped whole: a reader always sees one complete
 * listing.  Items keep their bytes.
 */
#ifndef BACK_CATALOGUE_H
#define BACK_CATALOGUE_H

#include "base/str.h"

struct arena;

enum catalogue_kind {
	CATALOGUE_TOOLS,
	CATALOGUE_PROMPTS,
	CATALOGUE_RESOURCES,
	CATALOGUE_TEMPLATES,
	CATALOGUE_KINDS
};

struct catalogue_item {
	struct str name;        /* decoded: tool or prompt name, uri, template */
	struct str raw;         /* the item's JSON object */
	struct str description; /* decoded; STR_NONE */
};

struct catalogue_list {
	struct catalogue_item *items;
	size_t n;
};

struct catalogue {
	struct arena *arena;
	struct catalogue_list lists[CATALOGUE_KINDS];
};

/* The item of that name, or NULL. */
const struct catalogue_item *catalogue_find(
	const struct catalogue *c, enum catalogue_kind kind, struct str name);

#endif
