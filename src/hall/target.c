/*
 * target: which server a request is for, and what it calls there what is named.
 */
#include "hall/exchange.h"

#include "base/arena.h"
#include "hall/directory.h"
#include "mcp/names.h"

/* The member that names what is asked for. */
static struct envelope_member
naming_member(const struct exchange *x)
{
	if (methods_names_uri(x->e.method))
		return x->e.uri;
	if (x->e.method != METHOD_COMPLETE)
		return x->e.name;
	return envelope_has(x->e.ref_uri) ? x->e.ref_uri : x->e.ref_name;
}

static bool
names_resource(const struct exchange *x)
{
	return methods_names_uri(x->e.method) ||
		(x->e.method == METHOD_COMPLETE && envelope_has(x->e.ref_uri));
}

static bool
find_resource(struct exchange *x, struct str name)
{
	struct str server;

	if (!names_from_uri(name, &server, &x->own_name))
		return false;
	x->upstream = back_find(x->hall->parts.back, server);
	return x->upstream != NULL;
}

static bool
find_named(struct exchange *x, struct str name)
{
	enum lists_kind kind =
		x->e.method == METHOD_TOOLS_CALL ? LISTS_TOOLS : LISTS_PROMPTS;
	const struct directory_entry *entry = directory_find(
		x->hall->directory, kind, name, x->r.principal->person_id);

	if (entry == NULL)
		return false;
	x->upstream = entry->upstream;
	x->own_name = str_dup(x->r.arena, entry->own_name);
	return true;
}

static bool
find_in_hub(struct exchange *x, const struct place *p, struct str name)
{
	bool found = names_resource(x) ? find_resource(x, name)
				       : find_named(x, name);

	return found &&
		place_has(x->hall, p, upstream_entry(x->upstream)->name);
}

/* Nobody has it: but is there a server that never told what it has? */
static void
say_unknown(struct exchange *x, const struct place *p, struct str name)
{
	struct upstream *u;
	struct fault f;

	fault_set(&f, FAULT_MCP_UNKNOWN_NAME, "%.*s",
		STR_ARG(str_cut(name, 0, 100)));
	for (size_t i = 0; (u = place_upstream(x->hall, p, i)) != NULL; i++) {
		struct str server = upstream_entry(u)->name;

		if (upstream_server(u) != NULL || !str_starts(name, server) ||
			!str_starts(str_cut(name, server.n, name.n), STR("__")))
			continue;
		upstream_say_why(u, &f);
		upstream_wanted(u);
	}
	exchange_refuse(x, &f);
}

bool
target_find(struct exchange *x)
{
	const struct place *p = place_of(x->r.endpoint);
	struct str name = envelope_text(x->r.arena, naming_member(x));
	struct fault f;

	if (str_is_none(name)) {
		fault_set(&f, FAULT_MCP_PARAMS, "%.*s without a name",
			STR_ARG(x->e.method_name));
		exchange_refuse(x, &f);
		return false;
	}
	if (!place_is_hub(p)) {
		x->upstream = place_upstream(x->hall, p, 0);
		x->own_name = name;
		return true; /* dispatch saw that it is there */
	}
	if (find_in_hub(x, p, name))
		return true;
	if (!exchange_settle(x))
		say_unknown(x, p, name);
	return false;
}
