/* cursor: see cursor.h.  Written as a JSON array: [kind, server, inner,
 * offset], inner null for none. */
#include "mcp/cursor.h"

#include "base/arena.h"
#include "text/json.h"

#define CURSOR_MAX ((size_t)16 << 10)

struct str
cursor_write(struct arena *a, const struct cursor *c)
{
	struct json_write w;
	struct buf out;

	buf_in(&out, a, CURSOR_MAX);
	json_write_init(&w, &out);
	json_begin(&w, '[');
	json_i64(&w, c->kind);
	json_str(&w, c->server);
	if (str_is_none(c->inner))
		json_null(&w);
	else
		json_str(&w, c->inner);
	json_i64(&w, (int64_t)c->offset);
	json_end(&w);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static bool
take(const struct json *v, enum lists_kind kind, struct cursor *c)
{
	const struct json *server, *inner, *offset;
	int64_t kind_read, n;

	if (!json_is(v, JSON_ARRAY) || v->count != 4)
		return false;
	server = v->first->next;
	inner = server->next;
	offset = inner->next;
	if (!json_to_i64(v->first, &kind_read) || kind_read != (int64_t)kind ||
		!json_is(server, JSON_STRING) || !json_to_i64(offset, &n) ||
		n < 0)
		return false;
	if (!json_is(inner, JSON_STRING) && !json_is(inner, JSON_NULL))
		return false;
	*c = (struct cursor){ .kind = kind,
		.server = server->text,
		.inner = json_is(inner, JSON_STRING) ? inner->text : STR_NONE,
		.offset = (uint64_t)n };
	return true;
}

bool
cursor_read(struct arena *a, struct str text, enum lists_kind kind,
	struct cursor *c, struct fault *f)
{
	static const struct json_rules rules = { .size_max = CURSOR_MAX,
		.depth_max = 1 };
	const struct json *v = json_parse(a, text, &rules, NULL);

	if (take(v, kind, c))
		return true;
	return fault_set(f, FAULT_MCP_CURSOR, "it is none of ours");
}
