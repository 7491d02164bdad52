/* settings_keep: see settings_keep.h. */
#include "app/settings_keep.h"

#include "app/settings_value.h"
#include "base/arena.h"
#include "base/die.h"
#include "text/uri.h"

#define GOT_SHOWN ((size_t)40)

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

bool
settings_keep_is_text(struct str text)
{
	return is_text_of(SETTING_TEXT, text);
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

	return settings_report_error(r, p, "expected %lld to %lld%s, got %.*s",
		(long long)row->low, (long long)row->high, unit,
		STR_ARG(str_cut(p->v->raw, 0, GOT_SHOWN)));
}

bool
settings_keep(struct settings_reader *r, const struct settings_place *p)
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
			return settings_report_unexpected(r, p);
		text = p->v->raw;
	} else if (text.n == 0) {
		return true;
	}
	if (!here)
		elsewhere.base = SETTING_NOWHERE;
	verdict = keep(r, &elsewhere, p->base, text);
	if (verdict == WRONG_SIZE)
		return out_of_bounds(r, p);
	return verdict == KEPT || settings_report_unexpected(r, p);
}

bool
settings_keep_text(struct settings_reader *r, const struct setting_row *row,
	struct str text, const char *where, void *base)
{
	const char *expected = settings_value_expected(row->kind);

	if (row->kind == SETTING_CHOICE)
		expected = row->choices;
	if (keep(r, row, base, text) == KEPT)
		return true;
	return settings_report_other(r, FAULT_USAGE,
		"%s: expected %s, got \"%.*s\"%s", where, expected,
		STR_ARG(str_cut(text, 0, GOT_SHOWN)),
		settings_value_hint(row->kind, text));
}

void
settings_keep_fallbacks(
	struct settings_reader *r, enum setting_base which, void *base)
{
	for (size_t i = 0; i < settings_row_count(); i++) {
		const struct setting_row *row = settings_row_at(i);

		if (row->base == which && *row->fallback != '\0')
			insist(keep(r, row, base, str_from(row->fallback)) ==
				KEPT);
	}
}
