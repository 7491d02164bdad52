/* settings_schema: see settings_schema.h.  Strings stand for every scalar as
 * well, since a placeholder may. */
#include "app/settings_schema.h"

#include "app/settings_rows.h"
#include "text/json_write.h"

static void write_row(struct json_write *w, const struct setting_row *row);

static void
write_types(struct json_write *w, const char *first, const char *second)
{
	json_member(w, "type");
	if (second == NULL) {
		json_str(w, str_from(first));
		return;
	}
	json_begin(w, '[');
	json_str(w, str_from(first));
	json_str(w, str_from(second));
	json_end(w);
}

static void
write_members(struct json_write *w, const struct setting_row *parent)
{
	json_member(w, "properties");
	json_begin(w, '{');
	for (size_t i = 0; i < settings_row_count(); i++) {
		const struct setting_row *row = settings_row_at(i);

		if (!settings_row_is_below(row, parent))
			continue;
		json_member_key(w, settings_row_key(row));
		write_row(w, row);
	}
	json_end(w);
}

/* "servers" is "mcpServers" under another name; a group is a list. */
static void
write_own(struct json_write *w, const struct setting_row *row)
{
	const struct setting_row *below = settings_row_below(row, STR("*"));

	if (str_eq_lit(str_from(row->path), "servers"))
		below = settings_row_find(STR("mcpServers.*"));
	json_member(w, "additionalProperties");
	if (below != NULL) {
		write_row(w, below);
		return;
	}
	json_begin(w, '{');
	write_types(w, "array", NULL);
	json_member(w, "items");
	json_raw(w, STR("{\"type\":\"string\"}"));
	json_end(w);
}

static void
write_choices(struct json_write *w, const struct setting_row *row)
{
	struct str rest = str_from(row->choices);

	/* One of the words, or a text with a placeholder in it. */
	json_member(w, "anyOf");
	json_begin(w, '[');
	json_begin(w, '{');
	json_member(w, "enum");
	json_begin(w, '[');
	while (!str_is_none(rest))
		json_str(w, str_split(&rest, '|'));
	json_end(w);
	json_end(w);
	json_raw(w, STR("{\"type\":\"string\",\"pattern\":\"\\\\$\\\\{\"}"));
	json_end(w);
}

static void
write_kind(struct json_write *w, const struct setting_row *row)
{
	switch (row->kind) {
	case SETTING_GROUP:
		write_types(w, "object", NULL);
		write_members(w, row);
		break;
	case SETTING_MAP:
	case SETTING_OWN:
		write_types(w, "object", NULL);
		write_own(w, row);
		break;
	case SETTING_ROWS:
		write_types(w, "array", NULL);
		if (settings_row_below(row, STR("[]")) != NULL) {
			json_member(w, "items");
			write_row(w, settings_row_below(row, STR("[]")));
		}
		break;
	case SETTING_LIST:
		write_types(w, "array", NULL);
		json_member(w, "items");
		json_raw(w, STR("{\"type\":\"string\"}"));
		break;
	case SETTING_PAIRS:
		write_types(w, "object", NULL);
		json_member(w, "additionalProperties");
		json_raw(w,
			STR("{\"type\":[\"string\",\"number\",\"boolean\","
			    "\"null\"]}"));
		break;
	case SETTING_SWITCH:
		write_types(w, "boolean", "string");
		break;
	case SETTING_SIZE:
	case SETTING_COUNT:
		write_types(w, "integer", "string");
		break;
	case SETTING_CHOICE:
		write_choices(w, row);
		break;
	case SETTING_TEXT:
	case SETTING_MILLIS:
	case SETTING_SECONDS:
	case SETTING_ADDRESS:
	case SETTING_ORIGIN:
	case SETTING_URL:
		write_types(w, "string", NULL);
		break;
	case SETTING_ANY:
		break;
	}
}

static void
write_fallback(struct json_write *w, const struct setting_row *row)
{
	if (*row->fallback == '\0')
		return;
	json_member(w, "default");
	if (row->kind == SETTING_SWITCH || row->kind == SETTING_COUNT)
		json_raw(w, str_from(row->fallback));
	else
		json_str(w, str_from(row->fallback));
}

static void
write_row(struct json_write *w, const struct setting_row *row)
{
	json_begin(w, '{');
	json_member_str(w, "description", str_from(row->sentence));
	write_kind(w, row);
	write_fallback(w, row);
	json_end(w);
}

void
settings_schema_write(struct buf *out)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_str(&w, "$schema",
		STR("https://json-schema.org/draft/2020-12/schema"));
	json_member_str(&w, "title", STR("mcp_settings.json of Ostiary"));
	write_types(&w, "object", NULL);
	write_members(&w, NULL);
	json_end(&w);
	buf_char(out, '\n');
}
