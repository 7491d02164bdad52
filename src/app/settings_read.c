/* settings_read: see settings_read.h. */
#include "app/settings_read.h"

#include "app/settings_keep.h"
#include "base/arena.h"
#include "model/settings.h"

/* ---- lists and pairs ---- */

static bool
expected_string(struct settings_reader *r, const struct settings_place *p)
{
	if (p->v->kind == JSON_STRING)
		return settings_report_error(
			r, p, "expected no NUL, and a name before the value");
	return settings_report_error(
		r, p, "expected a string, got %s", settings_report_kind(p->v));
}

bool
settings_read_list(struct settings_reader *r, const struct settings_place *p,
	struct str **list, size_t *n)
{
	bool fine = true;
	struct str *to;

	if (p->v->kind != JSON_ARRAY)
		return settings_report_unexpected(r, p);
	to = arena_array(r->arena, p->v->count, sizeof(*to));
	if (to == NULL)
		return settings_report_error(r, p, "is too long");
	*list = to;
	*n = p->v->count;
	json_each(item, p->v) {
		struct settings_place at = { p, p->row, STR_NONE, item,
			SETTING_NOWHERE, NULL };

		if (item->kind != JSON_STRING ||
			!settings_keep_is_text(item->text))
			fine = expected_string(r, &at);
		else
			*to++ = str_dup(r->arena, item->text);
	}
	return fine;
}

static bool
read_pairs(struct settings_reader *r, const struct settings_place *p,
	struct setting_pair **pairs, size_t *n)
{
	struct setting_pair *to;
	bool fine = true;

	if (p->v->kind != JSON_OBJECT)
		return settings_report_unexpected(r, p);
	to = arena_array(r->arena, p->v->count, sizeof(*to));
	if (to == NULL)
		return settings_report_error(r, p, "is too long");
	*pairs = to;
	*n = 0;
	json_each(item, p->v) {
		struct settings_place at = { p, p->row, item->key, item,
			SETTING_NOWHERE, NULL };
		struct str text =
			item->kind == JSON_STRING ? item->text : item->raw;

		if (item->kind == JSON_NULL)
			continue;
		if (item->kind > JSON_STRING || !settings_keep_is_text(text) ||
			!settings_keep_is_text(item->key) || item->key.n == 0)
			fine = expected_string(r, &at);
		to[*n].name = str_dup(r->arena, item->key);
		to[(*n)++].value = str_dup(r->arena, text);
	}
	return fine;
}

static bool
read_many(struct settings_reader *r, const struct settings_place *p)
{
	char *base = p->base;
	bool here = p->row->base == p->which && p->row->base != SETTING_NOWHERE;
	void *list = NULL;
	size_t n = 0;
	bool ok;

	if (p->v->kind == JSON_NULL)
		return true;
	if (p->row->kind == SETTING_LIST) {
		struct str *strs = NULL;

		ok = settings_read_list(r, p, &strs, &n);
		list = strs;
	} else {
		struct setting_pair *pairs = NULL;

		ok = read_pairs(r, p, &pairs, &n);
		list = pairs;
	}
	if (ok && here) {
		memcpy(base + p->row->at, &list, sizeof(list));
		memcpy(base + p->row->count, &n, sizeof(n));
	}
	return ok;
}

/* ---- what holds other things ---- */

/* Whether somebody meant something: not empty, not what is so anyway. */
static bool
says_something(const struct json *v, const struct setting_row *row)
{
	if (v->kind == JSON_NULL)
		return false;
	if (v->kind == JSON_STRING)
		return v->text.n > 0 &&
			!str_eq(v->text, str_from(row->fallback));
	if (v->kind < JSON_ARRAY)
		return !str_eq(v->raw, str_from(row->fallback));
	json_each(child, v) {
		const struct setting_row *below =
			settings_row_below(row, child->key);

		if (says_something(child, below == NULL ? row : below))
			return true;
	}
	return false;
}

static void
note_unknown(struct settings_reader *r, const struct settings_place *p,
	const struct setting_row *above)
{
	struct str near = settings_row_nearest(above, p->key);

	if (str_is_none(near))
		settings_report_note(r, p, "is not known");
	else
		settings_report_note(r, p,
			"is not known; did you mean \"%.*s\"?", STR_ARG(near));
}

bool
settings_read_members(struct settings_reader *r, const struct settings_place *p)
{
	bool fine = true;

	json_each(child, p->v) {
		struct settings_place at = { p,
			settings_row_below(p->row, child->key), child->key,
			child, p->which, p->base };

		if (at.row == NULL)
			note_unknown(r, &at, p->row);
		else if (!settings_read(r, &at))
			fine = false;
	}
	return fine;
}

static bool
read_each(struct settings_reader *r, const struct settings_place *p,
	struct str step)
{
	const struct setting_row *row = settings_row_below(p->row, step);
	bool fine = true;

	json_each(child, p->v) {
		struct settings_place at = { p, row, child->key, child,
			p->which, p->base };

		if (row != NULL && !settings_read(r, &at))
			fine = false;
	}
	return fine;
}

static bool
read_by_kind(struct settings_reader *r, const struct settings_place *p)
{
	switch (p->row->kind) {
	case SETTING_GROUP:
	case SETTING_MAP:
	case SETTING_OWN:
		if (p->v->kind != JSON_OBJECT)
			return settings_report_unexpected(r, p);
		if (p->row->kind == SETTING_GROUP)
			return settings_read_members(r, p);
		return p->row->kind == SETTING_OWN || read_each(r, p, STR("*"));
	case SETTING_ROWS:
		return p->v->kind == JSON_ARRAY
			? read_each(r, p, STR("[]"))
			: settings_report_unexpected(r, p);
	case SETTING_LIST:
	case SETTING_PAIRS:
		return read_many(r, p);
	case SETTING_ANY:
		return true;
	case SETTING_TEXT:
	case SETTING_SWITCH:
	case SETTING_MILLIS:
	case SETTING_SECONDS:
	case SETTING_SIZE:
	case SETTING_COUNT:
	case SETTING_CHOICE:
	case SETTING_ADDRESS:
	case SETTING_ORIGIN:
	case SETTING_URL:
		break;
	}
	return settings_keep(r, p);
}

bool
settings_read(struct settings_reader *r, const struct settings_place *p)
{
	bool later = r->later;
	bool ok;

	if (p->row->served == SETTING_LATER && !later) {
		r->later = true;
		if (says_something(p->v, p->row))
			settings_report_note(r, p,
				"is understood, but has no effect in this "
				"version");
	}
	ok = read_by_kind(r, p);
	r->later = later;
	return ok;
}
