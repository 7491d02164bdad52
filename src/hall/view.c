/* view: servers and tools as the dashboard shows them. */
#include "hall/hall_state.h"

#include "base/arena.h"
#include "base/utf8.h"

/* What a server chose is shown as far as a person might read it. */
#define NAME_SHOWN  ((size_t)200)
#define ABOUT_SHOWN ((size_t)1000)
#define TOOLS_SHOWN ((size_t)1000)

static size_t
count(const struct upstream *u, enum lists_kind kind)
{
	return upstream_catalogue(u)->lists[kind]->n;
}

bool
hall_server_view(struct arena *a, const struct hall *h, size_t i,
	struct hall_server_view *view)
{
	const struct handshake_server *s;
	struct upstream *u;
	int64_t troubled_at;
	struct str trouble;

	if (i >= back_count(h->parts.back))
		return false;
	u = back_at(h->parts.back, i);
	s = upstream_server(u);
	trouble = upstream_trouble(u, &troubled_at);
	*view = (struct hall_server_view){
		.entry = upstream_entry(u),
		.state = str_from(upstream_state_name(upstream_state(u))),
		.detail = str_dup(a, upstream_detail(u)),
		.trouble = str_dup(a, trouble),
		.troubled_at = troubled_at,
		.revision = s == NULL ? STR("") : revision_name(s->revision),
		.title = s == NULL || str_is_none(s->title)
			? STR("")
			: str_dup(a, utf8_cut(s->title, NAME_SHOWN)),
		.tool_count = count(u, LISTS_TOOLS),
		.prompt_count = count(u, LISTS_PROMPTS),
		.resource_count = count(u, LISTS_RESOURCES),
		.since = upstream_since(u),
	};
	return true;
}

const struct hall_tool_view *
hall_tools(struct arena *a, const struct hall *h, struct str server, size_t *n)
{
	struct upstream *u = back_find(h->parts.back, server);
	const struct catalogue_list *list;
	struct hall_tool_view *views;

	*n = 0;
	if (u == NULL)
		return NULL;
	list = upstream_catalogue(u)->lists[LISTS_TOOLS];
	views = arena_array(a, list->n, sizeof(*views));
	for (; views != NULL && *n < list->n && *n < TOOLS_SHOWN; ++*n) {
		const struct lists_item *item = list->items[*n];
		const struct tool_rule *rule =
			server_tool_rule(upstream_entry(u), item->name);

		views[*n] = (struct hall_tool_view){
			.name = str_dup(a, utf8_cut(item->name, NAME_SHOWN)),
			.description = str_is_none(item->description)
				? STR("")
				: str_dup(a,
					  utf8_cut(item->description,
						  ABOUT_SHOWN)),
			.disabled = rule != NULL && rule->disabled,
		};
	}
	return views;
}
