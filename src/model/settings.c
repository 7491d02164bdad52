/* settings: see settings.h. */
#include "model/settings.h"

#include "base/arena.h"
#include "base/die.h"

struct settings *
settings_hold(struct settings *s)
{
	s->holders++;
	return s;
}

void
settings_drop(struct settings **sp)
{
	struct settings *s = *sp;
	struct arena *arena;

	if (s == NULL)
		return;
	*sp = NULL;
	insist(s->holders > 0);
	if (--s->holders > 0)
		return;
	/* The snapshot lives in the arena that it names. */
	arena = s->arena;
	arena_free(&arena);
}

const struct server_entry *
settings_server(const struct settings *s, struct str name)
{
	for (size_t i = 0; i < s->server_count; i++) {
		if (str_eq(s->servers[i].name, name))
			return &s->servers[i];
	}
	return NULL;
}

const struct group_entry *
settings_group(const struct settings *s, struct str name)
{
	for (size_t i = 0; i < s->group_count; i++) {
		if (str_eq(s->groups[i].name, name))
			return &s->groups[i];
	}
	return NULL;
}

const struct tool_rule *
server_tool_rule(const struct server_entry *e, struct str tool)
{
	for (size_t i = 0; i < e->tool_count; i++) {
		if (str_eq(e->tools[i].name, tool))
			return &e->tools[i];
	}
	return NULL;
}
