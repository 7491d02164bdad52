/* capability: see capability.h. */
#include "mcp/capability.h"

#include "text/json.h"
#include "text/json_write.h"

#define STREAMED                                                               \
	(CAPABILITY_TOOLS_CHANGED | CAPABILITY_PROMPTS_CHANGED |               \
		CAPABILITY_RESOURCES_CHANGED | CAPABILITY_RESOURCES_SUBSCRIBE)
#define NEVER (CAPABILITY_TASKS | CAPABILITY_LISTEN)

struct row {
	const char *name;
	unsigned has;
	unsigned changed; /* its listChanged, or 0 */
};

static const struct row rows[] = {
	{ "completions", CAPABILITY_COMPLETIONS, 0 },
	{ "logging", CAPABILITY_LOGGING, 0 },
	{ "prompts", CAPABILITY_PROMPTS, CAPABILITY_PROMPTS_CHANGED },
	{ "resources", CAPABILITY_RESOURCES, CAPABILITY_RESOURCES_CHANGED },
	{ "tools", CAPABILITY_TOOLS, CAPABILITY_TOOLS_CHANGED },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

unsigned
capability_read(const struct json *caps, enum revision r)
{
	const struct json *one;
	unsigned bits = 0;

	for (size_t i = 0; i < ROWS; i++) {
		one = json_get(caps, rows[i].name);
		if (!json_is(one, JSON_OBJECT))
			continue;
		bits |= rows[i].has;
		if (json_is(json_get(one, "listChanged"), JSON_TRUE))
			bits |= rows[i].changed;
	}
	if (json_is(json_get(json_get(caps, "resources"), "subscribe"),
		    JSON_TRUE))
		bits |= CAPABILITY_RESOURCES_SUBSCRIBE;
	if (r == REVISION_2024_11_05 &&
		(bits & (CAPABILITY_PROMPTS | CAPABILITY_RESOURCES)) != 0)
		bits |= CAPABILITY_COMPLETIONS;
	return bits;
}

unsigned
capability_offer(unsigned servers, enum revision r)
{
	return servers & ~(revision_is_modern(r) ? NEVER | STREAMED : NEVER);
}

bool
capability_serves(unsigned offered, enum method m)
{
	unsigned need;

	if (m == METHOD_UNKNOWN)
		return false;
	need = methods_row(m)->capability;
	return need == 0 || (offered & need) != 0;
}

void
capability_write(struct json_write *w, unsigned offered, enum revision r)
{
	json_begin(w, '{');
	for (size_t i = 0; i < ROWS; i++) {
		if ((offered & rows[i].has) == 0)
			continue;
		if (rows[i].has == CAPABILITY_COMPLETIONS &&
			r == REVISION_2024_11_05)
			continue;
		json_member(w, rows[i].name);
		json_begin(w, '{');
		if ((offered & rows[i].changed) != 0)
			json_member_bool(w, "listChanged", true);
		if (rows[i].has == CAPABILITY_RESOURCES &&
			(offered & CAPABILITY_RESOURCES_SUBSCRIBE) != 0)
			json_member_bool(w, "subscribe", true);
		json_end(w);
	}
	json_end(w);
}
