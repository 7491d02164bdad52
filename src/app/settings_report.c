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

static size_t
index_of(const struct json *array, const struct json *v)
{
	size_t i = 0;

	json_each(item, array) {
		if (item == v)
			break;
		i++;
	}
	return i;
}

static void
write_way(struct buf *out, const struct settings_place *p)
{
	if (p->up == NULL)
		return;
	write_way(out, p->up);
	if (str_is_none(p->key)) {
		buf_char(out, '[');
		buf_u64(out, index_of(p->up->v, p->v));
		buf_char(out, ']');
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

static void
add_error(struct settings_reader *r, struct settings_error e)
{
	if (r->error_count < SETTINGS_ERRORS_MAX)
		r->errors[r->error_count] = e;
	r->error_count++;
}

static size_t
kept(const struct settings_reader *r)
{
	return r->error_count < SETTINGS_ERRORS_MAX ? r->error_count
						    : SETTINGS_ERRORS_MAX;
}

bool
settings_report_has_error(const struct settings_reader *r, const struct json *v)
{
	for (size_t i = 0; v != NULL && i < kept(r); i++)
		if (r->errors[i].at >= v->raw.p &&
			r->errors[i].at < v->raw.p + v->raw.n)
			return true;
	return false;
}

/* What is absent is told at what it is absent from. */
static bool
is_absent(const struct settings_place *p)
{
	return p->v == NULL || (p->up != NULL && p->up->v == p->v);
}

bool
settings_report_error(struct settings_reader *r, const struct settings_place *p,
	const char *fmt, ...)
{
	const char *at = p->v == NULL ? NULL : p->v->raw.p;
	struct str said;
	va_list ap;

	if (!is_absent(p) && settings_report_has_error(r, p->v))
		return false;
	va_start(ap, fmt);
	said = message(r, p, at, fmt, ap);
	va_end(ap);
	add_error(r, (struct settings_error){ said, at, FAULT_SETTINGS });
	return false;
}

bool
settings_report_other(
	struct settings_reader *r, enum fault_id id, const char *fmt, ...)
{
	char said[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	add_error(r,
		(struct settings_error){
			str_dup(r->arena, str_from(said)), NULL, id });
	return false;
}

struct str
settings_report_take_back(struct settings_reader *r, size_t n)
{
	struct str first =
		n < kept(r) ? r->errors[n].text : STR("can't be used");

	if (n == r->error_count)
		return STR_NONE;
	r->error_count = n;
	return first;
}

/* Those without a place come last. */
static bool
comes_before(const struct settings_error *a, const struct settings_error *b)
{
	return a->at != NULL && (b->at == NULL || a->at < b->at);
}

void
settings_report_sort(struct settings_reader *r)
{
	for (size_t i = 1; i < kept(r); i++)
		for (size_t k = i;
			k > 0 && comes_before(&r->errors[k], &r->errors[k - 1]);
			k--) {
			struct settings_error later = r->errors[k - 1];

			r->errors[k - 1] = r->errors[k];
			r->errors[k] = later;
		}
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

/* Texts are names and secrets alike; an address may hold a password, or a key
 * in its query. */
static bool
may_be_secret(enum setting_kind kind, struct str raw)
{
	return kind == SETTING_TEXT || str_find_char(raw, '@') < raw.n ||
		str_find_char(raw, '?') < raw.n;
}

static const char *
expected_of(struct settings_reader *r, const struct setting_row *row)
{
	const char *expected = settings_value_expected(row->kind);

	if (row->kind == SETTING_CHOICE)
		return str_fmt(r->arena, "one of %s", row->choices).p;
	if (row->kind == SETTING_COUNT && row->high != 0)
		return str_fmt(r->arena, "%s, %lld to %lld", expected,
			(long long)row->low, (long long)row->high)
			.p;
	return expected;
}

bool
settings_report_unexpected(
	struct settings_reader *r, const struct settings_place *p)
{
	const char *expected = expected_of(r, p->row);
	struct str got = p->v->raw;

	if (got.n > GOT_SHOWN || p->v->kind >= JSON_ARRAY ||
		may_be_secret(p->row->kind, got))
		return settings_report_error(r, p, "expected %s, got %s",
			expected, settings_report_kind(p->v));
	return settings_report_error(r, p, "expected %s, got %.*s%s", expected,
		STR_ARG(got), settings_value_hint(p->row->kind, p->v->text));
}
