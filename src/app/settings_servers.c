/* settings_servers: see settings_servers.h. */
#include "app/settings_servers.h"

#include "app/settings_keep.h"
#include "app/settings_read.h"
#include "app/settings_value.h"
#include "base/arena.h"
#include "base/die.h"
#include "model/settings.h"
#include "text/field.h"

/* What the HTTP client and the protocol write themselves. */
static const char own_fields[] =
	"host|content-length|content-type|content-encoding|connection|"
	"keep-alive|transfer-encoding|te|trailer|upgrade|expect|accept|"
	"proxy-authorization|mcp-session-id|mcp-protocol-version|mcp-method|"
	"mcp-name|last-event-id";

static bool
is_own_field(struct str name)
{
	struct str rest = str_from(own_fields);

	while (!str_is_none(rest))
		if (str_eq_nocase(str_split(&rest, '|'), name))
			return true;
	return str_starts_nocase(name, STR("mcp-param-"));
}

static void
check_header(struct settings_reader *r, const struct settings_place *p)
{
	struct str value = p->v->kind == JSON_STRING ? p->v->text : p->v->raw;

	if (!field_is_token(p->key))
		settings_report_error(r, p, "is no name of an HTTP field");
	else if (is_own_field(p->key))
		settings_report_error(r, p, "can't be set here");
	else if (!field_is_value(value))
		settings_report_error(r, p, "is no value of an HTTP field");
}

static void
check_variable(struct settings_reader *r, const struct settings_place *p)
{
	if (str_find_char(p->key, '=') < p->key.n)
		settings_report_error(r, p, "a name can't hold \"=\"");
}

/* Those that were read, by their own rules. */
static void
check_pairs(struct settings_reader *r, const struct settings_place *up,
	const char *key,
	void (*check)(
		struct settings_reader *r, const struct settings_place *p))
{
	struct settings_place all = { up, NULL, str_from(key),
		json_get(up->v, key), SETTING_NOWHERE, NULL };

	json_each(v, all.v) {
		struct settings_place at = { &all, NULL, v->key, v,
			SETTING_NOWHERE, NULL };

		if (v->kind != JSON_NULL)
			check(r, &at);
	}
}

/* From "type", or else from what is there; after all else, since it is for
 * entries in which nothing was refused. */
static void
decide_transport(struct settings_reader *r, const struct settings_place *p,
	struct server_entry *e)
{
	struct str type = json_get_str(p->v, "type");
	bool program = !str_is_none(e->command);
	bool address = !str_is_none(e->url);

	if (program == address) {
		settings_report_error(r, p, "has %s; expected one of them",
			program ? "both command and url"
				: "neither command nor url");
		return;
	}
	e->transport = program ? SERVER_STDIO : SERVER_HTTP;
	if (str_is_none(type) || type.n == 0)
		return;
	if (str_eq_lit(type, "stdio") != program)
		settings_report_error(r, p, "type is \"%.*s\", but it has %s",
			STR_ARG(type), program ? "a command" : "an url");
	if (!str_eq_lit(type, "sse"))
		return;
	e->transport = SERVER_SSE;
	settings_report_note(r, p,
		"type \"sse\" is tried as Streamable HTTP: this version does "
		"not speak HTTP+SSE");
}

static void
read_tools(struct settings_reader *r, const struct settings_place *up,
	struct server_entry *e)
{
	struct settings_place all = { up,
		settings_row_find(STR("mcpServers.*.tools")), STR("tools"),
		json_get(up->v, "tools"), SETTING_NOWHERE, NULL };
	const struct setting_row *row =
		settings_row_find(STR("mcpServers.*.tools.*"));

	if (all.v == NULL || all.v->count == 0)
		return;
	e->tools = arena_array(r->arena, all.v->count, sizeof(*e->tools));
	if (e->tools == NULL) {
		settings_report_error(r, &all, "is too long");
		return;
	}
	json_each(v, all.v) {
		struct tool_rule *rule = &e->tools[e->tool_count++];
		struct settings_place at = { &all, row, v->key, v,
			SETTING_IN_TOOL, rule };
		const struct json *enabled = json_get(v, "enabled");

		rule->name = str_dup(r->arena, v->key);
		settings_read(r, &at);
		rule->disabled = json_is(enabled, JSON_FALSE) ||
			(json_is(enabled, JSON_STRING) &&
				str_eq_lit(enabled->text, "false"));
	}
}

static void
read_entry(struct settings_reader *r, const struct settings_place *p,
	struct server_entry *e)
{
	struct str protocol = json_get_str(p->v, "protocol");

	settings_read(r, p);
	if (p->v->kind != JSON_OBJECT)
		return;
	check_pairs(r, p, "headers", check_header);
	check_pairs(r, p, "env", check_variable);
	read_tools(r, p, e);
	decide_transport(r, p, e);
	if (protocol.n > 0 && !str_eq_lit(protocol, "auto"))
		e->protocol = str_dup(r->arena, protocol);
}

/* As much as can be said of an entry that can't be read. */
static void
set_aside(struct settings_reader *r, struct server_entry *e,
	const struct json *v, struct str why)
{
	e->trouble = str_dup(r->arena, why);
	e->transport = json_get(v, "url") != NULL ? SERVER_HTTP : SERVER_STDIO;
	e->disabled = json_is(json_get(v, "disabled"), JSON_TRUE);
	e->description = str_dup(r->arena, json_get_str(v, "description"));
	if (!e->disabled && r->note_count < SETTINGS_NOTES_MAX)
		r->notes[r->note_count++] = e->trouble;
}

static void
check_name(struct settings_reader *r, const struct settings_place *p,
	const struct settings *s)
{
	struct str name = p->key;

	if (!settings_value_is_name(name))
		settings_report_error(r, p,
			"expected a name of 1 to 32 letters, digits, \"_\" and "
			"\"-\", without \"__\" and without \"_\" at its ends");
	else if (settings_server(s, name) != NULL)
		settings_report_error(
			r, p, "there is a server of this name already");
}

static void
read_one(struct settings_reader *r, const struct expand *expand, struct json *v,
	const struct settings_place *up, struct settings *s)
{
	struct server_entry *e = &s->servers[s->server_count];
	struct settings_place p = { up, settings_row_find(STR("mcpServers.*")),
		v->key, v, SETTING_IN_SERVER, e };
	struct str entry;
	size_t before;

	check_name(r, &p, s);
	before = r->error_count;
	s->server_count++;
	e->name = str_dup(r->arena, v->key);
	settings_keep_fallbacks(r, SETTING_IN_SERVER, e);
	if (settings_expand(r, expand, v, &p))
		read_entry(r, &p, e);
	else
		set_aside(r, e, v, settings_report_take_back(r, before));
	entry = settings_expand_write(r->arena, v);
	e->entry = str_is_none(e->trouble)
		? entry
		: str_join(r->arena, entry, e->trouble);
}

static void
read_list(struct settings_reader *r, const struct expand *expand,
	struct json *list, struct settings *s)
{
	struct settings_place root = { .v = NULL };
	struct settings_place all = { &root, settings_row_find(list->key),
		list->key, list, SETTING_NOWHERE, NULL };

	if (!settings_read(r, &all))
		return;
	for (struct json *v = list->first; v != NULL; v = v->next)
		read_one(r, expand, v, &all, s);
}

static bool
is_list(const struct json *v)
{
	return str_eq_lit(v->key, "mcpServers") ||
		str_eq_lit(v->key, "servers");
}

void
settings_servers_read(struct settings_reader *r, const struct expand *e,
	struct json *root, struct settings *s)
{
	size_t n = 0;

	json_each(v, root)
		n += is_list(v) ? v->count : 0;
	s->servers = arena_array(r->arena, n, sizeof(*s->servers));
	if (s->servers == NULL) {
		settings_report_other(
			r, FAULT_TOO_LARGE, "there are too many servers");
		return;
	}
	for (struct json *v = root->first; v != NULL; v = v->next)
		if (is_list(v))
			read_list(r, e, v, s);
}

void
settings_servers_demo(
	struct settings_reader *r, struct settings *s, struct str exe)
{
	struct server_entry *e = arena_new_of(r->arena, struct server_entry);
	struct str *args = arena_new_of(r->arena, struct str);

	insist(e != NULL && args != NULL);
	settings_keep_fallbacks(r, SETTING_IN_SERVER, e);
	*args = STR("demo");
	e->name = STR("demo");
	e->transport = SERVER_STDIO;
	e->command = str_dup(r->arena, exe);
	e->args = args;
	e->arg_count = 1;
	e->description = STR("The built-in demo: slugify and countdown");
	e->entry = str_join(r->arena, STR("demo "), exe);
	s->servers = e;
	s->server_count = 1;
}
