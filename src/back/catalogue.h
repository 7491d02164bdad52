/*
 * catalogue: what a server offers, as it listed it.
 *
 * One list for each kind, filled page by page and swapped whole when it was
 * read anew: a reader always sees a complete listing.  Items keep their bytes.
 */
#ifndef BACK_CATALOGUE_H
#define BACK_CATALOGUE_H

#include "mcp/lists.h"

struct arena;
struct event_scope;
struct map;

struct catalogue_list {
	struct arena *arena;
	enum lists_kind kind;
	const struct lists_item **items; /* in the server's order */
	size_t n;
	size_t cap;
	struct map *seen; /* while it is filled */
	struct str next;  /* the cursor, decoded; STR_NONE: it is whole */
	bool has_params;  /* a tool mirrors arguments in headers */
	int64_t ttl_ms;   /* how long the server says that it holds */
};

struct catalogue {
	struct catalogue_list *lists[LISTS_KINDS]; /* never NULL */
};

/* Bytes of one list: of those that everybody is shown, of a person's own. */
#define CATALOGUE_COMMON_MAX ((size_t)64 << 20)
#define CATALOGUE_OWN_MAX    ((size_t)4 << 20)

/* With empty lists. */
void catalogue_init(struct catalogue *c);
void catalogue_clear(struct catalogue *c);

/* An empty list to fill with that many bytes. */
struct catalogue_list *catalogue_list_new(enum lists_kind kind, size_t max);
void catalogue_list_free(struct catalogue_list **list);

/* Adds a page: the raw result of a list request.  Tools that break a rule are
 * left out, and the log says why.  list->next gets the cursor to the next
 * page. */
bool catalogue_list_add(struct catalogue_list *list, bool over_http,
	struct str result, const struct event_scope *scope, struct fault *f);

/* Whether the items are byte for byte the same. */
bool catalogue_list_same(
	const struct catalogue_list *a, const struct catalogue_list *b);

/* The item of that name, or NULL. */
const struct lists_item *catalogue_list_find(
	const struct catalogue_list *list, struct str name);

#endif
