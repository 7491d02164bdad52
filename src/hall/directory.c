/* directory: see directory.h. */
#include "hall/directory.h"

#include "back/upstream.h"
#include "base/arena.h"
#include "base/die.h"
#include "base/map.h"
#include "mcp/names.h"

#include <stdlib.h>

#define DIRECTORY_KINDS 2 /* LISTS_TOOLS, LISTS_PROMPTS */
#define PART_MAX        ((size_t)16 << 20)

/* One server's entries, in an arena of their own. */
struct part {
	struct list place;
	struct arena *arena;
	const struct upstream *upstream;
	struct directory_entry *entries[DIRECTORY_KINDS];
	size_t n[DIRECTORY_KINDS];
};

struct directory {
	struct list parts;
	struct map names[DIRECTORY_KINDS];
};

struct directory *
directory_new(void)
{
	struct directory *d = calloc(1, sizeof(*d));

	if (d == NULL)
		die("out of memory");
	list_init(&d->parts);
	return d;
}

static void
part_free(struct directory *d, struct part *p)
{
	struct arena *a = p->arena;

	for (int k = 0; k < DIRECTORY_KINDS; k++)
		for (size_t i = 0; i < p->n[k]; i++)
			map_remove(&d->names[k], p->entries[k][i].hub_name);
	list_remove(&p->place);
	arena_free(&a);
}

void
directory_free(struct directory **dp)
{
	struct directory *d = *dp;

	if (d == NULL)
		return;
	*dp = NULL;
	while (!list_is_empty(&d->parts))
		part_free(d, list_entry(d->parts.next, struct part, place));
	for (int k = 0; k < DIRECTORY_KINDS; k++)
		map_clear(&d->names[k]);
	free(d);
}

void
directory_forget(struct directory *d, const struct upstream *u)
{
	list_each(at, &d->parts) {
		struct part *p = list_entry(at, struct part, place);

		if (p->upstream == u)
			part_free(d, p);
	}
}

static void
part_fill(struct directory *d, struct part *p, struct upstream *u, int k)
{
	const struct catalogue_list *list = upstream_catalogue(u)->lists[k];
	struct str server = upstream_entry(u)->name;

	p->entries[k] = arena_array(p->arena, list->n, sizeof(*p->entries[k]));
	for (size_t i = 0; p->entries[k] != NULL && i < list->n; i++) {
		struct str own = list->items[i]->name;
		struct directory_entry *e = &p->entries[k][p->n[k]];

		*e = (struct directory_entry){
			.upstream = u,
			.hub_name = names_hub(p->arena, server, own),
			.own_name = str_dup(p->arena, own),
		};
		if (str_is_none(e->hub_name) || str_is_none(e->own_name) ||
			map_get(&d->names[k], e->hub_name) != NULL)
			continue;
		map_put(&d->names[k], e->hub_name, e);
		p->n[k]++;
	}
}

void
directory_update(struct directory *d, struct upstream *u)
{
	struct arena *a = arena_new(PART_MAX);
	struct part *p = arena_new_of(a, struct part);

	insist(p != NULL);
	directory_forget(d, u);
	p->arena = a;
	p->upstream = u;
	list_add(&d->parts, &p->place);
	for (int k = 0; k < DIRECTORY_KINDS; k++)
		part_fill(d, p, u, k);
}

const struct directory_entry *
directory_find(
	const struct directory *d, enum lists_kind kind, struct str hub_name)
{
	insist(kind == LISTS_TOOLS || kind == LISTS_PROMPTS);
	return map_get(&d->names[kind], hub_name);
}
