/* settings_read: see settings_read.h. */
#include "app/settings_read.h"

#include "app/settings_value.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "model/settings.h"
#include "text/uri.h"

#include <stdarg.h>

#define GOT_SHOWN ((size_t)40)
#define KEY_SHOWN ((size_t)60)

void
settings_read_init(struct settings_reader *r, struct arena *a, struct str file,
	struct str text)
{
	*r = (struct settings_reader){
		.arena = a,
		.file = file,
		.text = text,
		.notes = arena_array(a, SETTINGS_NOTES_MAX, sizeof(struct str)),
	};
	insist(r->notes != NULL);
}

/* ---- messages ---- */

static void
write_way(struct buf *out, const struct settings_place *p)
{
	if (p->up == NULL)
		return;
	write_way(out, p->up);
	if (str_is_none(p->key)) {
		buf_lit(out, "[]");
		return;
	}
	if (out->n > 0)
		buf_char(out, '.');
	for (size_t i = 0; i < p->key.n && i < KEY_SHOWN; i++)
		buf_char(out,
			(unsigned char)p->key.p[i] < ' ' ? '?' : p->key.p[i]);
}

struct str
settings_read_way(struct arena *a, const struct settings_place *p)
{
	struct buf b;

	buf_in(&b, a, 1024);
	write_way(&b, p);
	return buf_view(&b);
}

/* "mcp_settings.json:12:7: tokens.access: text". */
static struct str __attribute__((format(printf, 4, 0)))
message(struct settings_reader *r, const struct settings_place *p,
	const char *at, const char *fmt, va_list ap)
{
	struct str way = settings_read_way(r->arena, p);
	char said[240];

	vsnprintf(said, sizeof(said), fmt, ap);
	if (str_is_none(r->text) || at == NULL)
		return str_fmt(r->arena, "%.*s: %s", STR_ARG(way), said);
	return str_fmt(r->arena, "%.*s:%u:%u: %.*s%s%s", STR_ARG(r->file),
		json_position(r->text, at).line,
		json_position(r->text, at).column, STR_ARG(way),
		way.n > 0 ? ": " : "", said);
}

bool
settings_read_refuse(struct settings_reader *r, const struct settings_place *p,
	const char *fmt, ...)
{
	struct str said;
	va_list ap;

	va_start(ap, fmt);
	said = message(r, p, p->v == NULL ? NULL : p->v->raw.p, fmt, ap);
	va_end(ap);
	return fault_set(r->f, FAULT_SETTINGS, "%.*s", STR_ARG(said));
}

void
settings_read_note(struct settings_reader *r, const struct settings_place *p,
	const char *fmt, ...)
{
	struct str said;
	va_list ap;

	if (r->note_count == SETTINGS_NOTES_MAX)
		return;
	va_start(ap, fmt);
	said = message(r, p,
		p->v == NULL                   ? NULL
			: p->v->key_at != NULL ? p->v->key_at
					       : p->v->raw.p,
		fmt, ap);
	va_end(ap);
	r->notes[r->note_count++] = said;
}

static const char *
kind_name(const struct json *v)
{
	static const char *const names[] = { "null", "false", "true",
		"a number", "a string", "an array", "an object", "nothing" };

	return names[v->kind];
}

/* Texts are names and secrets alike; an address may hold a password. */
static bool
may_be_secret(enum setting_kind kind, struct str raw)
{
	return kind == SETTING_TEXT || str_find_char(raw, '@') < raw.n;
}

static bool
unexpected(struct settings_reader *r, const struct settings_place *p)
{
	const char *expected = settings_value_expected(p->row->kind);
	struct str got = p->v->raw;

	if (p->row->kind == SETTING_CHOICE)
		expected = str_fmt(r->arena, "one of %s", p->row->choices).p;
	if (got.n > GOT_SHOWN || p->v->kind >= JSON_ARRAY ||
		may_be_secret(p->row->kind, got))
		return settings_read_refuse(
			r, p, "expected %s, got %s", expected, kind_name(p->v));
	return settings_read_refuse(
		r, p, "expected %s, got %.*s", expected, STR_ARG(got));
}

/* ---- single values ---- */

static bool
keep_number(const struct setting_row *row, void *base, int64_t v)
{
	char *at = (char *)base + row->at;

	if (row->base == SETTING_NOWHERE)
		return true;
	if (row->kind == SETTING_SIZE) {
		size_t size = (size_t)v;

		memcpy(at, &size, sizeof(size));
	} else if (row->kind == SETTING_CHOICE || row->kind == SETTING_COUNT) {
		unsigned small = (unsigned)v; /* and enums */

		memcpy(at, &small, sizeof(small));
	} else if (row->kind == SETTING_SWITCH) {
		bool on = v != 0;

		memcpy(at, &on, sizeof(on));
	} else {
		memcpy(at, &v, sizeof(v));
	}
	return true;
}

/* A value as a number; false when it is none. */
static bool
to_number(const struct setting_row *row, struct str text, int64_t *v)
{
	switch (row->kind) {
	case SETTING_MILLIS:
		return settings_value_millis(text, v);
	case SETTING_SECONDS:
		return settings_value_seconds(text, v);
	case SETTING_SIZE:
		return settings_value_size(text, v);
	case SETTING_COUNT:
		return settings_value_count(text, v);
	case SETTING_CHOICE:
		*v = settings_choice_of(row->choices, text);
		return *v >= 0;
	case SETTING_SWITCH:
		*v = str_eq_lit(text, "true");
		return *v != 0 || str_eq_lit(text, "false");
	case SETTING_GROUP:
	case SETTING_MAP:
	case SETTING_ROWS:
	case SETTING_OWN:
	case SETTING_TEXT:
	case SETTING_LIST:
	case SETTING_PAIRS:
	case SETTING_ADDRESS:
	case SETTING_ORIGIN:
	case SETTING_URL:
	case SETTING_ANY:
		break;
	}
	return false;
}

static bool
is_text_of(enum setting_kind kind, struct str text)
{
	if (str_find_char(text, '\0') < text.n)
		return false;
	if (kind == SETTING_ADDRESS)
		return settings_value_is_address(text);
	if (kind == SETTING_ORIGIN)
		return settings_value_is_origin(text);
	if (kind == SETTING_URL)
		return settings_value_is_url(text);
	return true;
}

static bool
keep_text(struct settings_reader *r, const struct setting_row *row, void *base,
	struct str text)
{
	struct str *at = (struct str *)(void *)((char *)base + row->at);
	struct uri u;

	if (row->base == SETTING_NOWHERE)
		return true;
	if (row->kind == SETTING_ORIGIN && uri_parse(text, &u, NULL))
		*at = uri_origin(r->arena, &u);
	else
		*at = str_dup(r->arena, text);
	return !str_is_none(*at);
}

enum verdict { KEPT, WRONG_FORM, WRONG_SIZE };

static bool
is_numeric(enum setting_kind kind)
{
	return kind == SETTING_MILLIS || kind == SETTING_SECONDS ||
		kind == SETTING_SIZE || kind == SETTING_COUNT ||
		kind == SETTING_CHOICE || kind == SETTING_SWITCH;
}

static enum verdict
keep(struct settings_reader *r, const struct setting_row *row, void *base,
	struct str text)
{
	int64_t v;

	if (!is_numeric(row->kind)) {
		if (!is_text_of(row->kind, text))
			return WRONG_FORM;
		return keep_text(r, row, base, text) ? KEPT : WRONG_FORM;
	}
	if (!to_number(row, text, &v))
		return WRONG_FORM;
	if (row->high != 0 && (v < row->low || v > row->high))
		return WRONG_SIZE;
	keep_number(row, base, v);
	return KEPT;
}

static bool
out_of_bounds(struct settings_reader *r, const struct settings_place *p)
{
	const struct setting_row *row = p->row;
	const char *unit = row->kind == SETTING_MILLIS ? " ms"
		: row->kind == SETTING_SECONDS         ? " s"
		: row->kind == SETTING_SIZE            ? " bytes"
						       : "";

	return settings_read_refuse(r, p, "expected %lld to %lld%s, got %.*s",
		(long long)row->low, (long long)row->high, unit,
		STR_ARG(str_cut(p->v->raw, 0, GOT_SHOWN)));
}

static bool
read_single(struct settings_reader *r, const struct settings_place *p)
{
	enum setting_kind kind = p->row->kind;
	bool here = p->row->base == p->which;
	struct setting_row elsewhere = *p->row;
	struct str text = p->v->text;
	enum verdict verdict;

	if (p->v->kind == JSON_NULL)
		return true;
	if (p->v->kind != JSON_STRING) {
		bool is_switch =
			p->v->kind == JSON_TRUE || p->v->kind == JSON_FALSE;
		bool is_number = p->v->kind == JSON_NUMBER;

		if (!(kind == SETTING_SWITCH && is_switch) &&
			!((kind == SETTING_COUNT || kind == SETTING_SIZE) &&
				is_number))
			return unexpected(r, p);
		text = p->v->raw;
	} else if (text.n == 0) {
		return true;
	}
	if (!here)
		elsewhere.base = SETTING_NOWHERE;
	verdict = keep(r, &elsewhere, p->base, text);
	if (verdict == WRONG_SIZE)
		return out_of_bounds(r, p);
	return verdict == KEPT || unexpected(r, p);
}

/* ---- lists and pairs ---- */

bool
settings_read_list(struct settings_reader *r, const struct settings_place *p,
	struct str **list, size_t *n)
{
	struct str *to;

	if (p->v->kind != JSON_ARRAY)
		return unexpected(r, p);
	to = arena_array(r->arena, p->v->count, sizeof(*to));
	if (to == NULL)
		return settings_read_refuse(r, p, "is too long");
	*list = to;
	*n = p->v->count;
	json_each(item, p->v) {
		struct settings_place at = { p, p->row, STR_NONE, item,
			SETTING_NOWHERE, NULL };

		if (item->kind != JSON_STRING ||
			!is_text_of(SETTING_TEXT, item->text))
			return settings_read_refuse(r, &at,
				"expected a string, got %s", kind_name(item));
		*to++ = str_dup(r->arena, item->text);
	}
	return true;
}

static bool
read_pairs(struct settings_reader *r, const struct settings_place *p,
	struct setting_pair **pairs, size_t *n)
{
	struct setting_pair *to;

	if (p->v->kind != JSON_OBJECT)
		return unexpected(r, p);
	to = arena_array(r->arena, p->v->count, sizeof(*to));
	if (to == NULL)
		return settings_read_refuse(r, p, "is too long");
	*pairs = to;
	*n = 0;
	json_each(item, p->v) {
		struct settings_place at = { p, p->row, item->key, item,
			SETTING_NOWHERE, NULL };
		struct str text =
			item->kind == JSON_STRING ? item->text : item->raw;

		if (item->kind == JSON_NULL)
			continue;
		if (item->kind > JSON_STRING ||
			!is_text_of(SETTING_TEXT, text) ||
			!is_text_of(SETTING_TEXT, item->key) ||
			item->key.n == 0)
			return settings_read_refuse(r, &at,
				"expected a string, got %s", kind_name(item));
		to[*n].name = str_dup(r->arena, item->key);
		to[(*n)++].value = str_dup(r->arena, text);
	}
	return true;
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

bool
settings_read_members(struct settings_reader *r, const struct settings_place *p)
{
	json_each(child, p->v) {
		struct settings_place at = { p,
			settings_row_below(p->row, child->key), child->key,
			child, p->which, p->base };
		struct str near;

		if (at.row != NULL) {
			if (!settings_read(r, &at))
				return false;
			continue;
		}
		near = settings_row_nearest(p->row, child->key);
		if (str_is_none(near))
			settings_read_note(r, &at, "is not known");
		else
			settings_read_note(r, &at,
				"is not known; did you mean \"%.*s\"?",
				STR_ARG(near));
	}
	return true;
}

static bool
read_each(struct settings_reader *r, const struct settings_place *p,
	struct str step)
{
	const struct setting_row *row = settings_row_below(p->row, step);

	json_each(child, p->v) {
		struct settings_place at = { p, row, child->key, child,
			p->which, p->base };

		if (row != NULL && !settings_read(r, &at))
			return false;
	}
	return true;
}

static bool
read_by_kind(struct settings_reader *r, const struct settings_place *p)
{
	switch (p->row->kind) {
	case SETTING_GROUP:
	case SETTING_MAP:
	case SETTING_OWN:
		if (p->v->kind != JSON_OBJECT)
			return unexpected(r, p);
		if (p->row->kind == SETTING_GROUP)
			return settings_read_members(r, p);
		return p->row->kind == SETTING_OWN || read_each(r, p, STR("*"));
	case SETTING_ROWS:
		return p->v->kind == JSON_ARRAY ? read_each(r, p, STR("[]"))
						: unexpected(r, p);
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
	return read_single(r, p);
}

bool
settings_read(struct settings_reader *r, const struct settings_place *p)
{
	bool later = r->later;
	bool ok;

	if (p->row->served == SETTING_LATER && !later) {
		r->later = true;
		if (says_something(p->v, p->row))
			settings_read_note(r, p,
				"is understood, but has no effect in this "
				"version");
	}
	ok = read_by_kind(r, p);
	r->later = later;
	return ok;
}

bool
settings_read_text(struct settings_reader *r, const struct setting_row *row,
	struct str text, const char *where, void *base)
{
	const char *expected = settings_value_expected(row->kind);

	if (row->kind == SETTING_CHOICE)
		expected = row->choices;
	if (keep(r, row, base, text) == KEPT)
		return true;
	return fault_set(r->f, FAULT_USAGE, "%s: expected %s, got \"%.*s\"",
		where, expected, STR_ARG(str_cut(text, 0, GOT_SHOWN)));
}

void
settings_read_fallbacks(
	struct settings_reader *r, enum setting_base which, void *base)
{
	for (size_t i = 0; i < settings_row_count(); i++) {
		const struct setting_row *row = settings_row_at(i);

		if (row->base == which && *row->fallback != '\0')
			insist(keep(r, row, base, str_from(row->fallback)) ==
				KEPT);
	}
}
