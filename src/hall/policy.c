/* policy: may this principal do that? (RS-11..RS-13, RS-28) */
#include "hall/exchange.h"

#include "mcp/methods.h"
#include "oauth/scope.h"

static uint64_t
bits_of(enum method_scope s)
{
	switch (s) {
	case METHOD_SCOPE_NONE:
		return 0;
	case METHOD_SCOPE_TOOLS_READ:
		return SCOPE_TOOLS_READ;
	case METHOD_SCOPE_TOOLS_EXECUTE:
		return SCOPE_TOOLS_EXECUTE;
	case METHOD_SCOPE_RESOURCES_READ:
		return SCOPE_RESOURCES_READ;
	case METHOD_SCOPE_PROMPTS_READ:
		return SCOPE_PROMPTS_READ;
	}
	return 0;
}

static bool
calls_tool(const struct exchange *x)
{
	return x->e.method == METHOD_TOOLS_CALL && x->upstream != NULL;
}

/* The settings' rule for the tool that is called, or NULL. */
static const struct tool_rule *
rule_for(const struct exchange *x)
{
	if (!calls_tool(x))
		return NULL;
	return server_tool_rule(upstream_entry(x->upstream), x->own_name);
}

/* Where tools have rules, a name that the server did not list to this person
 * can't be called: the server may read it more kindly than the rules do. */
static bool
slips_past_rules(const struct exchange *x)
{
	return calls_tool(x) && upstream_entry(x->upstream)->tool_count > 0 &&
		catalogue_list_find(upstream_list(x->upstream, LISTS_TOOLS,
					    x->r.principal->person_id),
			x->own_name) == NULL;
}

bool
policy_check(struct exchange *x, struct str *scope, struct fault *f)
{
	const struct scope_table *scopes = x->hall->scopes;
	struct str ref_type = envelope_text(x->r.arena, x->e.ref_type);
	uint64_t needed = bits_of(methods_scope(x->e.method, ref_type));
	const struct tool_rule *rule = rule_for(x);

	if (rule != NULL && rule->disabled)
		return fault_set(f, FAULT_MCP_UNKNOWN_NAME,
			"%.*s is switched off in the settings",
			STR_ARG(x->own_name));
	if (slips_past_rules(x))
		return fault_set(f, FAULT_MCP_UNKNOWN_NAME,
			"%.*s is not listed, and the settings have rules",
			STR_ARG(str_cut(x->own_name, 0, 100)));
	if (rule != NULL && !str_is_none(rule->scope))
		needed |= scope_of(scopes, rule->scope);
	if (scope_missing(x->r.principal->scopes, needed) == 0)
		return true;
	*scope = scope_print(x->r.arena, scopes, needed);
	return fault_set(f, FAULT_INSUFFICIENT_SCOPE, "%.*s needs %.*s",
		STR_ARG(x->e.method_name), STR_ARG(*scope));
}
