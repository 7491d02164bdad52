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
	unsigned kinds; /* those that it speaks of: bits */
	struct directory_entry *entries[DIRECTORY_KINDS];
	size_t n[DIRECTORY_KINDS];
};

/* Everybody's names; or a person's, for servers that list something else to
 * them. */
struct roll {
	struct list parts;
	struct map by_name[DIRECTORY_KINDS];
};

struct person {
	struct str id; /* its own copy */
	struct roll roll;
};

struct directory {
	struct roll common;
	struct map persons;
};

/* ---- names ---- */

static void
roll_init(struct roll *roll)
{
	list_init(&roll->parts);
	for (int k = 0; k < DIRECTORY_KINDS; k++)
		map_init(&roll->by_name[k]);
}

static void
part_free(struct roll *roll, struct part *p)
{
	struct arena *a = p->arena;

	for (int k = 0; k < DIRECTORY_KINDS; k++)
		for (size_t i = 0; i < p->n[k]; i++)
			map_remove(
				&roll->by_name[k], p->entries[k][i].hub_name);
	list_remove(&p->place);
	arena_free(&a);
}

static struct part *
roll_part(const struct roll *roll, const struct upstream *u)
{
	list_each(at, &roll->parts) {
		struct part *p = list_entry(at, struct part, place);

		if (p->upstream == u)
			return p;
	}
	return NULL;
}

static void
roll_forget(struct roll *roll, const struct upstream *u)
{
	struct part *p = roll_part(roll, u);

	if (p != NULL)
		part_free(roll, p);
}

static void
roll_clear(struct roll *roll)
{
	while (!list_is_empty(&roll->parts))
		part_free(
			roll, list_entry(roll->parts.next, struct part, place));
	for (int k = 0; k < DIRECTORY_KINDS; k++)
		map_clear(&roll->by_name[k]);
}

static void
part_fill(struct roll *roll, struct part *p, struct upstream *u,
	const struct catalogue_list *list)
{
	int k = (int)list->kind;
	struct str server = upstream_entry(u)->name;

	p->kinds |= 1u << k;
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
			map_get(&roll->by_name[k], e->hub_name) != NULL)
			continue;
		map_put(&roll->by_name[k], e->hub_name, e);
		p->n[k]++;
	}
}

static struct part *
part_new(struct roll *roll, const struct upstream *u)
{
	struct arena *a = arena_new(PART_MAX);
	struct part *p = arena_new_of(a, struct part);

	insist(p != NULL);
	p->arena = a;
	p->upstream = u;
	list_add(&roll->parts, &p->place);
	return p;
}

/* ---- persons ---- */

static struct person *
person_of(struct directory *d, struct str id)
{
	struct person *p = map_get(&d->persons, id);
	char *copy;

	if (p != NULL)
		return p;
	p = calloc(1, sizeof(*p));
	copy = strndup(id.p, id.n);
	if (p == NULL || copy == NULL)
		die("out of memory");
	p->id = str_of(copy, id.n);
	roll_init(&p->roll);
	map_put(&d->persons, p->id, p);
	return p;
}

static void
person_free(struct directory *d, struct person *p)
{
	map_remove(&d->persons, p->id);
	roll_clear(&p->roll);
	free((void *)(uintptr_t)p->id.p);
	free(p);
}

static void
person_forget(struct directory *d, struct person *p, const struct upstream *u)
{
	roll_forget(&p->roll, u);
	if (list_is_empty(&p->roll.parts))
		person_free(d, p);
}

/* ---- all of them ---- */

struct directory *
directory_new(void)
{
	struct directory *d = calloc(1, sizeof(*d));

	if (d == NULL)
		die("out of memory");
	roll_init(&d->common);
	map_init(&d->persons);
	return d;
}

static struct person *
next_of(struct directory *d, const struct upstream *u)
{
	struct person *p;
	size_t at = 0;

	while ((p = map_next(&d->persons, &at)) != NULL)
		if (u == NULL || roll_part(&p->roll, u) != NULL)
			return p;
	return NULL;
}

void
directory_free(struct directory **dp)
{
	struct directory *d = *dp;
	struct person *p;

	if (d == NULL)
		return;
	*dp = NULL;
	while ((p = next_of(d, NULL)) != NULL)
		person_free(d, p);
	map_clear(&d->persons);
	roll_clear(&d->common);
	free(d);
}

void
directory_forget(struct directory *d, const struct upstream *u)
{
	struct person *p;

	roll_forget(&d->common, u);
	while ((p = next_of(d, u)) != NULL)
		person_forget(d, p, u);
}

static void
update_person(struct directory *d, struct upstream *u, struct str person_id)
{
	struct person *person = person_of(d, person_id);
	struct part *p;

	roll_forget(&person->roll, u);
	p = part_new(&person->roll, u);
	for (int k = 0; k < DIRECTORY_KINDS; k++) {
		const struct catalogue_list *list =
			upstream_list(u, (enum lists_kind)k, person_id);

		if (list != upstream_catalogue(u)->lists[k])
			part_fill(&person->roll, p, u, list);
	}
	if (p->kinds == 0)
		person_forget(d, person, u);
}

void
directory_update(struct directory *d, struct upstream *u, struct str person_id)
{
	struct part *p;

	if (!str_is_none(person_id)) {
		update_person(d, u, person_id);
		return;
	}
	roll_forget(&d->common, u);
	p = part_new(&d->common, u);
	for (int k = 0; k < DIRECTORY_KINDS; k++)
		part_fill(&d->common, p, u, upstream_catalogue(u)->lists[k]);
}

/* Whether the server lists that kind to the person otherwise than to others. */
static bool
is_otherwise(
	const struct person *p, const struct upstream *u, enum lists_kind kind)
{
	const struct part *part = roll_part(&p->roll, u);

	return part != NULL && (part->kinds & 1u << kind) != 0;
}

const struct directory_entry *
directory_find(const struct directory *d, enum lists_kind kind,
	struct str hub_name, struct str person_id)
{
	const struct directory_entry *common, *own;
	const struct person *p;

	insist(kind == LISTS_TOOLS || kind == LISTS_PROMPTS);
	common = map_get(&d->common.by_name[kind], hub_name);
	p = d->persons.n == 0 ? NULL : map_get(&d->persons, person_id);
	if (p == NULL)
		return common;
	own = map_get(&p->roll.by_name[kind], hub_name);
	if (own != NULL)
		return own;
	return common != NULL && is_otherwise(p, common->upstream, kind)
		? NULL
		: common;
}
