/* catalogue: see catalogue.h. */
#include "back/catalogue.h"

#include "base/arena.h"
#include "base/die.h"
#include "base/event.h"
#include "base/map.h"
#include "text/json.h"

#include <stdlib.h>

#define CATALOGUE_ITEMS ((size_t)20000)
/* Of the items of a page that are left out, so many are logged by name. */
#define DROPPED_SAID    20u

struct catalogue_list *
catalogue_list_new(enum lists_kind kind, size_t max)
{
	struct arena *a = arena_new(max);
	struct catalogue_list *list = arena_new_of(a, struct catalogue_list);

	insist(list != NULL);
	list->arena = a;
	list->kind = kind;
	return list;
}

static void
forget_seen(struct catalogue_list *list)
{
	if (list->seen == NULL)
		return;
	map_clear(list->seen);
	free(list->seen);
	list->seen = NULL;
}

void
catalogue_list_free(struct catalogue_list **list)
{
	struct arena *a;

	if (*list == NULL)
		return;
	forget_seen(*list);
	a = (*list)->arena; /* it lives in its own arena */
	*list = NULL;
	arena_free(&a);
}

void
catalogue_init(struct catalogue *c)
{
	for (int k = 0; k < LISTS_KINDS; k++)
		c->lists[k] = catalogue_list_new(
			(enum lists_kind)k, CATALOGUE_COMMON_MAX);
}

void
catalogue_clear(struct catalogue *c)
{
	for (int k = 0; k < LISTS_KINDS; k++)
		catalogue_list_free(&c->lists[k]);
}

static void
log_dropped(const struct lists_page *page, const struct event_scope *scope)
{
	size_t n = page->dropped_n;

	for (size_t i = 0; i < n && i < DROPPED_SAID; i++)
		event_log(scope, EVENT_TOOL_DROPPED,
			EF_STR("name", page->dropped[i].name),
			EF_STR("reason", page->dropped[i].reason));
	if (n > DROPPED_SAID)
		event_log(scope, EVENT_TOOL_DROPPED,
			EF_U64("more", n - DROPPED_SAID));
}

static bool
list_room(struct catalogue_list *list, size_t more)
{
	size_t cap = list->cap == 0 ? 64 : list->cap;
	const struct lists_item **items;

	if (list->n + more > CATALOGUE_ITEMS)
		return false;
	if (list->n + more <= list->cap)
		return true;
	while (cap < list->n + more)
		cap *= 2;
	items = arena_array(list->arena, cap, sizeof(*items));
	if (items == NULL)
		return false;
	for (size_t i = 0; i < list->n; i++)
		items[i] = list->items[i];
	list->items = items;
	list->cap = cap;
	return true;
}

static struct map *
seen_of(struct catalogue_list *list)
{
	if (list->seen == NULL) {
		list->seen = malloc(sizeof(*list->seen));
		if (list->seen == NULL)
			die("out of memory");
		map_init(list->seen);
	}
	return list->seen;
}

/* The later of two with the same name is left out, over all pages. */
static void
take_items(struct catalogue_list *list, struct lists_page *page)
{
	struct map *seen = seen_of(list);

	for (size_t i = 0; i < page->n; i++) {
		struct lists_item *item = &page->items[i];

		if (map_get(seen, item->name) != NULL)
			continue;
		map_put(seen, item->name, item);
		list->items[list->n++] = item;
		list->has_params = list->has_params || item->params.n > 0;
	}
}

bool
catalogue_list_add(struct catalogue_list *list, bool over_http,
	struct str result, const struct event_scope *scope, struct fault *f)
{
	struct lists_source source = { list->kind, over_http };
	struct str kept = str_dup(list->arena, result);
	struct lists_page page = { 0 };

	if (str_is_none(kept))
		return fault_set(
			f, FAULT_SERVER_ANSWER, "the list is too long");
	if (!lists_read(list->arena, &source, kept, &page, f))
		return false;
	log_dropped(&page, scope);
	if (!list_room(list, page.n))
		return fault_set(
			f, FAULT_SERVER_ANSWER, "the list has too many items");
	take_items(list, &page);
	if (list->ttl_ms == 0 || page.ttl_ms < list->ttl_ms)
		list->ttl_ms = page.ttl_ms;
	list->next = page.next_cursor;
	if (str_is_none(list->next))
		forget_seen(list);
	return true;
}

bool
catalogue_list_same(
	const struct catalogue_list *a, const struct catalogue_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->items[i]->node->raw, b->items[i]->node->raw))
			return false;
	return true;
}

const struct lists_item *
catalogue_list_find(const struct catalogue_list *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i]->name, name))
			return list->items[i];
	return NULL;
}
