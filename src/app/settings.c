/* settings: see settings.h. */
#include "app/settings.h"

#include "app/file.h"
#include "app/settings_check.h"
#include "app/settings_expand.h"
#include "app/settings_keep.h"
#include "app/settings_read.h"
#include "app/settings_servers.h"
#include "app/settings_value.h"
#include "base/arena.h"
#include "base/die.h"
#include "text/json.h"

/* What may have been refused without a word when the arena is full. */
#define SPARE ((size_t)1 << 20)

static const struct json_rules rules = {
	.size_max = SETTINGS_FILE_MAX,
	.depth_max = SETTINGS_DEPTH_MAX,
	.comments = true,
};

/* "mcpServers" and "servers" are expanded one by one, inputs never. */
static bool
is_expanded_elsewhere(struct str key)
{
	return str_eq_lit(key, "mcpServers") || str_eq_lit(key, "servers") ||
		str_eq_lit(key, "inputs");
}

static bool
expand_rest(
	struct settings_reader *r, const struct expand *e, struct json *root)
{
	struct settings_place top = { .v = root };

	for (struct json *v = root->first; v != NULL; v = v->next) {
		struct settings_place at = { &top, NULL, v->key, v,
			SETTING_NOWHERE, NULL };

		if (!is_expanded_elsewhere(v->key) &&
			!settings_expand(r, e, v, &at))
			return false;
	}
	return true;
}

/* ---- groups ---- */

static bool
read_group(struct settings_reader *r, const struct settings_place *p,
	struct settings *s)
{
	struct group_entry *g = &s->groups[s->group_count++];

	g->name = str_dup(r->arena, p->key);
	if (!settings_value_is_name(p->key))
		return settings_report_error(r, p,
			"expected a name of 1 to 32 letters, digits, \"_\" and "
			"\"-\", without \"__\" and without \"_\" at its ends");
	if (settings_server(s, p->key) != NULL)
		return settings_report_error(
			r, p, "there is a server of this name");
	if (!settings_read_list(r, p, &g->servers, &g->server_count))
		return false;
	for (size_t i = 0; i < g->server_count; i++)
		if (settings_server(s, g->servers[i]) == NULL)
			return settings_report_error(r, p,
				"there is no server \"%.*s\"",
				STR_ARG(str_cut(g->servers[i], 0, 40)));
	return true;
}

static bool
read_groups(
	struct settings_reader *r, const struct json *root, struct settings *s)
{
	/* The row only says how to complain: an array of strings. */
	static const struct setting_row list = { .path = "groups.*",
		.kind = SETTING_LIST };
	struct settings_place top = { .v = root };
	struct settings_place all = { &top, settings_row_find(STR("groups")),
		STR("groups"), json_get(root, "groups"), SETTING_NOWHERE,
		NULL };

	if (all.v == NULL || all.v->count == 0)
		return true;
	s->groups = arena_array(r->arena, all.v->count, sizeof(*s->groups));
	if (s->groups == NULL)
		return settings_report_error(r, &all, "is too long");
	json_each(v, all.v) {
		struct settings_place at = { &all, &list, v->key, v,
			SETTING_NOWHERE, NULL };

		if (!read_group(r, &at, s))
			return false;
	}
	return true;
}

/* ---- the command line ---- */

static bool
apply_flag(struct settings_reader *r, struct settings *s, struct str text,
	const char *path, const char *flag)
{
	const struct setting_row *row = settings_row_find(str_from(path));

	return str_is_none(text) || settings_keep_text(r, row, text, flag, s);
}

static bool
apply_flags(struct settings_reader *r, struct settings *s,
	const struct settings_flags *flags)
{
	int format = settings_choice_of("text|json", flags->log_format);

	if (!apply_flag(r, s, flags->listen, "listen", "--listen") ||
		!apply_flag(
			r, s, flags->public_url, "publicUrl", "--public-url") ||
		!apply_flag(r, s, flags->log_level, "log.level", "--log-level"))
		return false;
	if (str_is_none(flags->log_format))
		return true;
	if (format < 0)
		return fault_set(r->f, FAULT_USAGE,
			"--log-format: expected text or json");
	s->log_json = format == 1;
	return true;
}

/* ---- the whole ---- */

static bool
read_root(struct settings_reader *r, struct expand *e, struct json *root,
	struct settings *s)
{
	struct settings_place top = {
		.v = root, .which = SETTING_IN_ROOT, .base = s
	};

	if (root->kind != JSON_OBJECT)
		return settings_report_error(r, &top, "expected an object");
	e->inputs = json_get(root, "inputs");
	if (!expand_rest(r, e, root) || !settings_read_members(r, &top) ||
		!settings_servers_read(r, e, root, s) ||
		!read_groups(r, root, s))
		return false;
	s->log_json = str_eq_lit(
		json_get_str(json_get(root, "log"), "format"), "json");
	return true;
}

/* "line 3, column 7: ..." becomes "mcp_settings.json:3:7: ...". */
static bool
bad_json(struct settings_reader *r, const struct fault *why)
{
	unsigned line, column;
	int said = 0;

	if (sscanf(why->detail, "line %u, column %u: %n", &line, &column,
		    &said) == 2 &&
		said > 0)
		return fault_set(r->f, FAULT_SETTINGS, "%.*s:%u:%u: %s",
			STR_ARG(r->file), line, column, why->detail + said);
	return fault_set(r->f, FAULT_SETTINGS, "%.*s: %s", STR_ARG(r->file),
		why->detail);
}

static bool
read_all(struct settings_reader *r, const struct settings_plan *plan,
	struct str text, struct settings *s)
{
	struct expand e = plan->expand;
	struct json *root = NULL;

	settings_keep_fallbacks(r, SETTING_IN_ROOT, s);
	if (!str_is_none(text)) {
		struct fault why = { 0 };

		root = json_parse(r->arena, text, &rules, &why);
		if (root == NULL)
			return bad_json(r, &why);
	}
	if (root != NULL && !read_root(r, &e, root, s))
		return false;
	if (json_get(root, "mcpServers") == NULL &&
		json_get(root, "servers") == NULL)
		settings_servers_demo(r, s, plan->exe);
	if (!apply_flags(r, s, &plan->flags) || !settings_check(r, root, s))
		return false;
	if (arena_used(r->arena) < SETTINGS_ARENA_MAX - SPARE)
		return true;
	return fault_set(r->f, FAULT_SETTINGS,
		"%.*s: the settings take too much memory", STR_ARG(r->file));
}

struct settings *
settings_parse(
	const struct settings_plan *plan, struct str text, struct fault *f)
{
	struct arena *a = arena_new(SETTINGS_ARENA_MAX);
	struct settings *s = arena_new_of(a, struct settings);
	struct settings_reader r;

	insist(s != NULL);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_cut(text, 3, text.n);
	settings_report_init(&r, a, plan->path, text);
	r.f = f;
	s->arena = a;
	s->holders = 1;
	s->path = str_dup(a, plan->path);
	if (!read_all(&r, plan, text, s)) {
		arena_free(&a);
		return NULL;
	}
	s->notes = r.notes;
	s->note_count = r.note_count;
	return s;
}

struct settings *
settings_load(const struct settings_plan *plan, struct fault *f)
{
	struct arena *scratch = arena_new(2 * SETTINGS_FILE_MAX);
	struct str path = str_dup(scratch, plan->path);
	struct settings *s = NULL;
	struct str text = STR_NONE;
	const char *why = NULL;

	if (!str_is_none(path))
		why = file_read(scratch, path.p, SETTINGS_FILE_MAX, &text);
	if (why == NULL)
		s = settings_parse(plan, text, f);
	else
		fault_set(f, FAULT_SETTINGS, "%.*s: %s", STR_ARG(path), why);
	arena_free(&scratch);
	return s;
}
