/* lists_write: lists for clients; see lists.h. */
#include "mcp/lists.h"

#include "mcp/us.h"
#include "text/json.h"

#define ANNOTATION "x-mcp-header"

/* ---- one item ---- */

/* A schema without its annotations.  A property may have that name too: its
 * value is a schema, an object, and stays. */
static void
write_stripped(struct json_write *w, const struct json *v)
{
	bool array = json_is(v, JSON_ARRAY);

	if ((!array && !json_is(v, JSON_OBJECT)) ||
		w->depth + 1 >= JSON_WRITE_DEPTH) {
		json_raw(w, v->raw);
		return;
	}
	json_begin(w, array ? '[' : '{');
	json_each(child, v) {
		if (!array && str_eq_lit(child->key, ANNOTATION) &&
			!json_is(child, JSON_OBJECT))
			continue;
		if (!array)
			json_member_key(w, child->key);
		write_stripped(w, child);
	}
	json_end(w);
}

static bool
is_object_schema(const struct json *schema)
{
	return str_eq_lit(json_get_str(schema, "type"), "object");
}

/* What a revision has no word for, or means something that we don't do
 * (BR-44). */
static bool
is_left_out(const struct json *member, const struct lists_look *look)
{
	bool tool = look->kind == LISTS_TOOLS;
	enum revision to = look->to;

	if (str_eq_lit(member->key, "title"))
		return to <= REVISION_2025_03_26;
	if (!tool)
		return false;
	if (str_eq_lit(member->key, "execution"))
		return true;
	if (str_eq_lit(member->key, "annotations"))
		return to == REVISION_2024_11_05;
	if (str_eq_lit(member->key, "outputSchema"))
		return to <= REVISION_2025_03_26 ||
			(!revision_is_modern(to) && !is_object_schema(member));
	return false;
}

static void
write_member(struct json_write *w, const struct json *member,
	const struct lists_item *item, const struct lists_look *look)
{
	struct str instead = STR_NONE;

	if (str_eq(member->key, str_from(lists_identity(look->kind))))
		instead = look->name;
	else if (str_eq_lit(member->key, "description"))
		instead = look->description;
	json_member_key(w, member->key);
	if (!str_is_none(instead))
		json_str(w, instead);
	else if (item->strip && str_eq_lit(member->key, "inputSchema"))
		write_stripped(w, member);
	else
		json_raw(w, member->raw);
}

void
lists_item_write(struct json_write *w, const struct lists_item *item,
	const struct lists_look *look)
{
	json_begin(w, '{');
	json_each(member, item->node)
		if (!is_left_out(member, look))
			write_member(w, member, item, look);
	if (json_get(item->node, "description") == NULL)
		json_member_str(w, "description", look->description);
	json_end(w);
}

/* ---- the list around them ---- */

void
lists_open(struct json_write *w, enum lists_kind kind, enum revision to)
{
	json_begin(w, '{');
	if (revision_is_modern(to))
		json_member_str(w, "resultType", STR("complete"));
	json_member(w, lists_key(kind));
	json_begin(w, '[');
}

void
lists_close(struct json_write *w, const struct lists_end *end)
{
	json_end(w);
	json_member_str(w, "nextCursor", end->next_cursor);
	if (revision_is_modern(end->to)) {
		json_member_i64(w, "ttlMs", end->ttl_ms);
		json_member_str(w, "cacheScope",
			end->is_public ? STR("public") : STR("private"));
		json_member(w, "_meta");
		json_begin(w, '{');
		json_member_raw(w, US_META "serverInfo", STR(US_JSON));
		json_end(w);
	}
	json_end(w);
}
