/* methods: see methods.h. */
#include "mcp/methods.h"

#include "base/die.h"
#include "mcp/capability.h"

#define FIRST  REVISION_2024_11_05
#define LEGACY REVISION_2025_11_25
#define LAST   REVISION_LATEST

#define CLIENT METHOD_FROM_CLIENT
#define SERVER METHOD_FROM_SERVER
#define NOTE   METHOD_NOTIFIES
#define LIST   (CLIENT | METHOD_LISTS | METHOD_CACHEABLE | METHOD_ROUTED)
#define CALL   (CLIENT | METHOD_ASKS | METHOD_ROUTED)

#define NOT        METHOD_NAMED_NOT
#define FREE       METHOD_SCOPE_NONE
#define TOOLS_READ METHOD_SCOPE_TOOLS_READ
#define EXECUTE    METHOD_SCOPE_TOOLS_EXECUTE
#define RESOURCES  METHOD_SCOPE_RESOURCES_READ
#define PROMPTS    METHOD_SCOPE_PROMPTS_READ

#define ROW(id, text, since, until, traits, capability, named, scope)          \
	[METHOD_##id] = { STR_INIT(text), since, until, traits, capability,    \
		named, scope }

/* clang-format off */
static const struct method_row rows[METHOD_COUNT] = {
	ROW(UNKNOWN, "", FIRST, FIRST, 0, 0, NOT, FREE),

	ROW(INITIALIZE, "initialize", FIRST, LEGACY, CLIENT, 0, NOT, FREE),
	ROW(PING, "ping", FIRST, LEGACY, CLIENT | SERVER, 0, NOT, FREE),
	ROW(DISCOVER, "server/discover", LAST, LAST, CLIENT | METHOD_CACHEABLE,
		0, NOT, FREE),
	ROW(TOOLS_LIST, "tools/list", FIRST, LAST, LIST,
		CAPABILITY_TOOLS, NOT, TOOLS_READ),
	ROW(TOOLS_CALL, "tools/call", FIRST, LAST, CALL,
		CAPABILITY_TOOLS, METHOD_NAMED_NAME, EXECUTE),
	ROW(PROMPTS_LIST, "prompts/list", FIRST, LAST, LIST,
		CAPABILITY_PROMPTS, NOT, PROMPTS),
	ROW(PROMPTS_GET, "prompts/get", FIRST, LAST, CALL,
		CAPABILITY_PROMPTS, METHOD_NAMED_NAME, PROMPTS),
	ROW(RESOURCES_LIST, "resources/list", FIRST, LAST, LIST,
		CAPABILITY_RESOURCES, NOT, RESOURCES),
	ROW(TEMPLATES_LIST, "resources/templates/list", FIRST, LAST, LIST,
		CAPABILITY_RESOURCES, NOT, RESOURCES),
	ROW(RESOURCES_READ, "resources/read", FIRST, LAST,
		CALL | METHOD_CACHEABLE,
		CAPABILITY_RESOURCES, METHOD_NAMED_URI, RESOURCES),
	ROW(RESOURCES_SUBSCRIBE, "resources/subscribe", FIRST, LEGACY,
		CLIENT | METHOD_ROUTED,
		CAPABILITY_RESOURCES_SUBSCRIBE, NOT, RESOURCES),
	ROW(RESOURCES_UNSUBSCRIBE, "resources/unsubscribe", FIRST, LEGACY,
		CLIENT | METHOD_ROUTED,
		CAPABILITY_RESOURCES_SUBSCRIBE, NOT, RESOURCES),
	ROW(COMPLETE, "completion/complete", FIRST, LAST,
		CLIENT | METHOD_ROUTED, CAPABILITY_COMPLETIONS, NOT, PROMPTS),
	ROW(SET_LEVEL, "logging/setLevel", FIRST, LEGACY, CLIENT,
		CAPABILITY_LOGGING, NOT, FREE),
	ROW(LISTEN, "subscriptions/listen", LAST, LAST, CLIENT,
		CAPABILITY_LISTEN, NOT, FREE),
	ROW(TASKS_GET, "tasks/get", LEGACY, LAST, CLIENT,
		CAPABILITY_TASKS, NOT, EXECUTE),
	ROW(TASKS_RESULT, "tasks/result", LEGACY, LEGACY, CLIENT,
		CAPABILITY_TASKS, NOT, EXECUTE),
	ROW(TASKS_LIST, "tasks/list", LEGACY, LEGACY, CLIENT,
		CAPABILITY_TASKS, NOT, EXECUTE),
	ROW(TASKS_CANCEL, "tasks/cancel", LEGACY, LAST, CLIENT,
		CAPABILITY_TASKS, NOT, EXECUTE),
	ROW(TASKS_UPDATE, "tasks/update", LAST, LAST, CLIENT,
		CAPABILITY_TASKS, NOT, EXECUTE),

	ROW(SAMPLING, "sampling/createMessage", FIRST, LEGACY, SERVER,
		0, NOT, FREE),
	ROW(ELICITATION, "elicitation/create", REVISION_2025_06_18, LEGACY,
		SERVER, 0, NOT, FREE),
	ROW(ROOTS_LIST, "roots/list", FIRST, LEGACY, SERVER, 0, NOT, FREE),

	ROW(INITIALIZED, "notifications/initialized", FIRST, LEGACY,
		CLIENT | NOTE, 0, NOT, FREE),
	ROW(CANCELLED, "notifications/cancelled", FIRST, LAST,
		CLIENT | SERVER | NOTE, 0, NOT, FREE),
	ROW(PROGRESS, "notifications/progress", FIRST, LAST,
		CLIENT | SERVER | NOTE, 0, NOT, FREE),
	ROW(MESSAGE, "notifications/message", FIRST, LAST, SERVER | NOTE,
		0, NOT, FREE),
	ROW(TOOLS_CHANGED, "notifications/tools/list_changed", FIRST, LAST,
		SERVER | NOTE, 0, NOT, FREE),
	ROW(PROMPTS_CHANGED, "notifications/prompts/list_changed", FIRST,
		LAST, SERVER | NOTE, 0, NOT, FREE),
	ROW(RESOURCES_CHANGED, "notifications/resources/list_changed", FIRST,
		LAST, SERVER | NOTE, 0, NOT, FREE),
	ROW(RESOURCES_UPDATED, "notifications/resources/updated", FIRST, LAST,
		SERVER | NOTE, 0, NOT, FREE),
	ROW(ROOTS_CHANGED, "notifications/roots/list_changed", FIRST, LEGACY,
		CLIENT | NOTE, 0, NOT, FREE),
	ROW(ELICITATION_COMPLETE, "notifications/elicitation/complete",
		LEGACY, LEGACY, SERVER | NOTE, 0, NOT, FREE),
	ROW(TASKS_STATUS, "notifications/tasks/status", LEGACY, LEGACY,
		CLIENT | SERVER | NOTE, 0, NOT, FREE),
	ROW(ACKNOWLEDGED, "notifications/subscriptions/acknowledged", LAST,
		LAST, SERVER | NOTE, 0, NOT, FREE),
	ROW(TASKS_CHANGED, "notifications/tasks", LAST, LAST, SERVER | NOTE,
		0, NOT, FREE),
};
/* clang-format on */

/* The names' lengths side by side, so that looking one up touches little. */
static unsigned char lengths[METHOD_COUNT];

__attribute__((constructor)) static void
measure(void)
{
	for (int m = 0; m < METHOD_COUNT; m++)
		lengths[m] = (unsigned char)rows[m].name.n;
}

enum method
methods_find(struct str name)
{
	const unsigned char *at = lengths, *end = lengths + METHOD_COUNT;

	if (name.n == 0 || name.n > UINT8_MAX)
		return METHOD_UNKNOWN;
	for (; at < end; at++) {
		at = memchr(at, (int)name.n, (size_t)(end - at));
		if (at == NULL)
			break;
		if (str_eq(rows[at - lengths].name, name))
			return (enum method)(at - lengths);
	}
	return METHOD_UNKNOWN;
}

const struct method_row *
methods_row(enum method m)
{
	insist(m > METHOD_UNKNOWN && m < METHOD_COUNT);
	return &rows[m];
}

struct str
methods_name(enum method m)
{
	return rows[m].name;
}

bool
methods_for_server(enum method m, enum revision r)
{
	const struct method_row *row = &rows[m];

	return m != METHOD_UNKNOWN && (row->traits & CLIENT) != 0 &&
		r >= row->since && r <= row->until;
}

enum method_scope
methods_scope(enum method m, struct str ref_type)
{
	if (m == METHOD_COMPLETE && str_eq_lit(ref_type, "ref/resource"))
		return METHOD_SCOPE_RESOURCES_READ;
	return rows[m].scope;
}

struct str
methods_scope_name(enum method_scope s)
{
	switch (s) {
	case METHOD_SCOPE_NONE:
		break;
	case METHOD_SCOPE_TOOLS_READ:
		return STR("mcp:tools:read");
	case METHOD_SCOPE_TOOLS_EXECUTE:
		return STR("mcp:tools:execute");
	case METHOD_SCOPE_RESOURCES_READ:
		return STR("mcp:resources:read");
	case METHOD_SCOPE_PROMPTS_READ:
		return STR("mcp:prompts:read");
	}
	return STR_NONE;
}
