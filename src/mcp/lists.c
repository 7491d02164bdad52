/* lists: reading and the shared parts of lists.h; writing is in
 * lists_write.c. */
#include "mcp/lists.h"

#include "base/arena.h"
#include "base/map.h"
#include "text/json.h"

static const struct {
	enum method method;
	const char *key;  /* of the array */
	const char *name; /* of an item's identity */
} kinds[LISTS_KINDS] = {
	[LISTS_TOOLS] = { METHOD_TOOLS_LIST, "tools", "name" },
	[LISTS_PROMPTS] = { METHOD_PROMPTS_LIST, "prompts", "name" },
	[LISTS_RESOURCES] = { METHOD_RESOURCES_LIST, "resources", "uri" },
	[LISTS_TEMPLATES] = { METHOD_TEMPLATES_LIST, "resourceTemplates",
		"uriTemplate" },
};

bool
lists_kind_of(enum method m, enum lists_kind *kind)
{
	for (int k = 0; k < LISTS_KINDS; k++) {
		if (kinds[k].method == m) {
			*kind = (enum lists_kind)k;
			return true;
		}
	}
	return false;
}

enum method
lists_method(enum lists_kind kind)
{
	return kinds[kind].method;
}

const char *
lists_key(enum lists_kind kind)
{
	return kinds[kind].key;
}

const char *
lists_identity(enum lists_kind kind)
{
	return kinds[kind].name;
}

/* ---- reading ---- */

struct reading {
	struct arena *a;
	const struct lists_source *source;
	struct lists_page *page;
	struct map seen;
	bool full; /* the arena's cap was passed */
};

static void
drop(struct reading *r, struct str name, struct str reason)
{
	struct lists_page *page = r->page;

	page->dropped[page->dropped_n++] =
		(struct lists_dropped){ .name = name, .reason = reason };
}

static struct str
title_of(const struct json *node, struct str name)
{
	struct str title = json_get_str(node, "title");

	if (title.n == 0)
		title = json_get_str(json_get(node, "annotations"), "title");
	if (title.n == 0)
		title = json_get_str(node, "name");
	return title.n == 0 ? name : title;
}

/* A tool whose annotations are not valid must not be offered over HTTP, since
 * nobody can know which fields its calls need (TR-27). */
static bool
read_params(struct reading *r, struct lists_item *item)
{
	struct fault f = { .id = FAULT_NONE };
	struct str reason;

	if (r->source->kind != LISTS_TOOLS ||
		headers_params_collect(r->a,
			json_get(item->node, "inputSchema"), &item->params, &f))
		return true;
	item->params = (struct headers_params){ NULL, 0 };
	item->strip = !r->source->over_http;
	if (item->strip)
		return true;
	reason = str_dup(r->a, str_from(f.detail));
	r->full = r->full || str_is_none(reason);
	drop(r, item->name, reason);
	return false;
}

static void
read_item(struct reading *r, const struct json *node)
{
	struct lists_item item = { .node = node };

	item.name = json_get_str(node, kinds[r->source->kind].name);
	if (node->raw.n > LISTS_ITEM_MAX) {
		drop(r, item.name, STR("it has more than 256 KB"));
		return;
	}
	if (item.name.n == 0) {
		drop(r, STR_NONE, STR("it has no name"));
		return;
	}
	if (map_put(&r->seen, item.name, r) != NULL) {
		drop(r, item.name, STR("its name stands twice"));
		return;
	}
	item.title = title_of(node, item.name);
	item.description = json_get_str(node, "description");
	if (read_params(r, &item))
		r->page->items[r->page->n++] = item;
}

static void
read_cache(const struct json *result, struct lists_page *page)
{
	page->next_cursor = json_get_str(result, "nextCursor");
	if (!json_to_i64(json_get(result, "ttlMs"), &page->ttl_ms) ||
		page->ttl_ms < 0)
		page->ttl_ms = 0;
	page->is_public =
		str_eq_lit(json_get_str(result, "cacheScope"), "public");
}

static bool
too_large(struct fault *f)
{
	return fault_set(f, FAULT_TOO_LARGE, "the server's list");
}

bool
lists_read(struct arena *a, const struct lists_source *source,
	struct str result, struct lists_page *page, struct fault *f)
{
	struct reading r = { .a = a, .source = source, .page = page };
	const struct json *tree, *all;
	struct fault inner = { .id = FAULT_NONE };

	*page = (struct lists_page){ .next_cursor = STR_NONE };
	tree = json_parse(a, result, NULL, &inner);
	if (tree == NULL && inner.id == FAULT_TOO_LARGE)
		return too_large(f);
	all = json_get(tree, kinds[source->kind].key);
	if (!json_is(all, JSON_ARRAY))
		return fault_set(f, FAULT_SERVER_ANSWER, "%s: %s",
			kinds[source->kind].key,
			tree == NULL ? inner.detail : "it is no array");
	page->items = arena_array(a, all->count, sizeof(*page->items));
	page->dropped = arena_array(a, all->count, sizeof(*page->dropped));
	if (page->items == NULL || page->dropped == NULL)
		return too_large(f);
	read_cache(tree, page);
	map_init(&r.seen);
	json_each(node, all)
		read_item(&r, node);
	map_clear(&r.seen);
	return !r.full || too_large(f);
}
