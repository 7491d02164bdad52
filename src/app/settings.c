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

static void
expand_rest(
	struct settings_reader *r, const struct expand *e, struct json *root)
{
	struct settings_place top = { .v = root };

	for (struct json *v = root->first; v != NULL; v = v->next) {
		struct settings_place at = { &top, NULL, v->key, v,
			SETTING_NOWHERE, NULL };

		if (!is_expanded_elsewhere(v->key))
			settings_expand(r, e, v, &at);
	}
}

/* ---- groups ---- */

static void
read_group(struct settings_reader *r, const struct settings_place *p,
	struct settings *s)
{
	struct group_entry *g = &s->groups[s->group_count++];

	g->name = str_dup(r->arena, p->key);
	if (!settings_value_is_name(p->key))
		settings_report_error(r, p,
			"expected a name of 1 to 32 letters, digits, \"_\" and "
			"\"-\", without \"__\" and without \"_\" at its ends");
	if (settings_server(s, p->key) != NULL)
		settings_report_error(r, p, "there is a server of this name");
	if (!settings_read_list(r, p, &g->servers, &g->server_count))
		return;
	json_each(item, p->v) {
		struct settings_place at = { p, p->row, STR_NONE, item,
			SETTING_NOWHERE, NULL };

		if (settings_server(s, item->text) == NULL)
			settings_report_error(r, &at,
				"there is no server \"%.*s\"",
				STR_ARG(str_cut(item->text, 0, 40)));
	}
}

static void
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

	if (!json_is(all.v, JSON_OBJECT) || all.v->count == 0)
		return;
	s->groups = arena_array(r->arena, all.v->count, sizeof(*s->groups));
	if (s->groups == NULL) {
		settings_report_error(r, &all, "is too long");
		return;
	}
	json_each(v, all.v) {
		struct settings_place at = { &all, &list, v->key, v,
			SETTING_NOWHERE, NULL };

		read_group(r, &at, s);
	}
}

/* ---- the command line ---- */

static void
apply_flag(struct settings_reader *r, struct settings *s, struct str text,
	const char *path, const char *flag)
{
	const struct setting_row *row = settings_row_find(str_from(path));

	if (!str_is_none(text))
		settings_keep_text(r, row, text, flag, s);
}

static void
apply_flags(struct settings_reader *r, struct settings *s,
	const struct settings_flags *flags)
{
	int format = settings_choice_of("text|json", flags->log_format);

	apply_flag(r, s, flags->listen, "listen", "--listen");
	apply_flag(r, s, flags->public_url, "publicUrl", "--public-url");
	apply_flag(r, s, flags->log_level, "log.level", "--log-level");
	if (str_is_none(flags->log_format))
		return;
	if (format < 0)
		settings_report_other(r, FAULT_USAGE,
			"--log-format: expected text or json, got \"%.*s\"",
			STR_ARG(str_cut(flags->log_format, 0, 40)));
	s->log_json = format == 1;
}

/* ---- the whole ---- */

static void
leave_store(struct json *root)
{
	struct json **at = &root->first;

	while (*at != NULL) {
		if (str_eq_lit((*at)->key, "store")) {
			at = &(*at)->next;
			continue;
		}
		*at = (*at)->next;
		root->count--;
	}
}

static void
read_root(struct settings_reader *r, struct expand *e, struct json *root,
	struct settings *s)
{
	struct settings_place top = {
		.v = root, .which = SETTING_IN_ROOT, .base = s
	};

	e->inputs = json_get(root, "inputs");
	expand_rest(r, e, root);
	settings_read_members(r, &top);
	settings_servers_read(r, e, root, s);
	read_groups(r, root, s);
	s->log_json = str_eq_lit(
		json_get_str(json_get(root, "log"), "format"), "json");
}

/* "line 3, column 7: ..." becomes "mcp_settings.json:3:7: ...". */
static void
bad_json(struct settings_reader *r, const struct fault *why)
{
	unsigned line, column;
	int said = 0;

	if (sscanf(why->detail, "line %u, column %u: %n", &line, &column,
		    &said) == 2 &&
		said > 0)
		settings_report_other(r, FAULT_SETTINGS, "%.*s:%u:%u: %s",
			STR_ARG(r->file), line, column, why->detail + said);
	else
		settings_report_other(r, FAULT_SETTINGS, "%.*s: %s",
			STR_ARG(r->file), why->detail);
}

/* What somebody may have saved by mistake; NULL: JSON, or nearly so. */
static const char *
other_form(struct str text)
{
	size_t i = 0;

	if (str_starts(text, STR("\xff\xfe")) ||
		str_starts(text, STR("\xfe\xff")))
		return "is UTF-16; save it as UTF-8";
	while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL)
		i++;
	if (i == text.n)
		return "is empty; the least is {}";
	if (text.p[i] != '\0' && strchr("{[/\"", text.p[i]) != NULL)
		return NULL;
	return "is no JSON, which begins with \"{\"; YAML and other forms are "
	       "not read";
}

/* Also for no text at all, which is no error. */
static struct json *
parse_root(struct settings_reader *r, struct str text)
{
	struct fault why = { 0 };
	struct json *root;

	if (str_is_none(text))
		return NULL;
	root = json_parse(r->arena, text, &rules, &why);
	if (root == NULL && other_form(text) != NULL) {
		settings_report_other(r, FAULT_SETTINGS, "%.*s:1:1: %s",
			STR_ARG(r->file), other_form(text));
	} else if (root == NULL) {
		bad_json(r, &why);
	} else if (root->kind != JSON_OBJECT) {
		struct settings_place top = { .v = root };

		settings_report_error(r, &top, "expected an object, got %s",
			settings_report_kind(root));
	}
	return root;
}

static void
read_all(struct settings_reader *r, const struct settings_plan *plan,
	struct str text, struct settings *s)
{
	struct json *root = parse_root(r, text);
	struct expand e = plan->expand;

	if (r->error_count > 0)
		return;
	settings_keep_fallbacks(r, SETTING_IN_ROOT, s);
	if (root != NULL && plan->store_alone)
		leave_store(root);
	if (root != NULL)
		read_root(r, &e, root, s);
	if (json_get(root, "mcpServers") == NULL &&
		json_get(root, "servers") == NULL)
		settings_servers_demo(r, s, plan->exe);
	apply_flags(r, s, &plan->flags);
	settings_check(r, root, s);
	if (arena_used(r->arena) >= SETTINGS_ARENA_MAX - SPARE)
		settings_report_other(r, FAULT_SETTINGS,
			"%.*s: the settings take too much memory",
			STR_ARG(r->file));
}

/* Copies what was found to whoever wants all of it. */
static void
hand_over(const struct settings_reader *r, struct settings_findings *to)
{
	for (size_t i = 0; i < r->error_count; i++) {
		if (i == SETTINGS_ERRORS_MAX) {
			to->more = r->error_count - i;
			break;
		}
		to->errors[i] = str_dup(to->arena, r->errors[i].text);
		to->error_count++;
	}
	to->notes = arena_array(to->arena, r->note_count, sizeof(*to->notes));
	for (size_t i = 0; to->notes != NULL && i < r->note_count; i++)
		to->notes[to->note_count++] = str_dup(to->arena, r->notes[i]);
}

static struct settings *
refuse(struct settings_reader *r, const struct settings_plan *plan,
	struct fault *f)
{
	settings_report_sort(r);
	if (plan->findings != NULL)
		hand_over(r, plan->findings);
	fault_set(f, r->errors[0].id, "%.*s", STR_ARG(r->errors[0].text));
	arena_free(&r->arena);
	return NULL;
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
	s->arena = a;
	s->holders = 1;
	s->path = str_dup(a, plan->path);
	read_all(&r, plan, text, s);
	if (r.error_count > 0)
		return refuse(&r, plan, f);
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
		fault_set(f, FAULT_SETTINGS, "the settings file %.*s: %s%s",
			STR_ARG(path), why,
			str_eq_lit(str_from(why), FILE_TOO_LARGE)
				? "; 1 MB is the most"
				: "");
	arena_free(&scratch);
	return s;
}
