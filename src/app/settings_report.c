/* settings_report: see settings_report.h. */
#include "app/settings_report.h"

#include "app/settings_value.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"

#include <stdarg.h>

#define GOT_SHOWN ((size_t)40)
#define KEY_SHOWN ((size_t)60)

void
settings_report_init(struct settings_reader *r, struct arena *a,
	struct str file, struct str text)
{
	*r = (struct settings_reader){
		.arena = a,
		.file = file,
		.text = text,
		.notes = arena_array(a, SETTINGS_NOTES_MAX, sizeof(struct str)),
	};
	insist(r->notes != NULL);
}

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
settings_report_way(struct arena *a, const struct settings_place *p)
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
	struct str way = settings_report_way(r->arena, p);
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
settings_report_error(struct settings_reader *r, const struct settings_place *p,
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
settings_report_note(struct settings_reader *r, const struct settings_place *p,
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

const char *
settings_report_kind(const struct json *v)
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

bool
settings_report_unexpected(
	struct settings_reader *r, const struct settings_place *p)
{
	const char *expected = settings_value_expected(p->row->kind);
	struct str got = p->v->raw;

	if (p->row->kind == SETTING_CHOICE)
		expected = str_fmt(r->arena, "one of %s", p->row->choices).p;
	if (got.n > GOT_SHOWN || p->v->kind >= JSON_ARRAY ||
		may_be_secret(p->row->kind, got))
		return settings_report_error(r, p, "expected %s, got %s",
			expected, settings_report_kind(p->v));
	return settings_report_error(
		r, p, "expected %s, got %.*s", expected, STR_ARG(got));
}
