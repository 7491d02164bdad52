/* settings_expand: see settings_expand.h.  Recursion is bounded by the depth
 * that the settings file may have. */
#include "app/settings_expand.h"

#include "text/json_write.h"

#define WRITTEN_MAX ((size_t)4 << 20)

bool
settings_expand(struct settings_reader *r, const struct expand *e,
	struct json *v, const struct settings_place *p)
{
	struct fault why = { 0 };
	bool fine = true;

	if (v->kind == JSON_STRING) {
		if (expand_text(r->arena, e, v->text, &v->text, &why))
			return true;
		return settings_report_error(r, p, "%s", why.detail);
	}
	for (struct json *child = v->first; child != NULL;
		child = child->next) {
		struct settings_place at = { p, NULL, child->key, child,
			SETTING_NOWHERE, NULL };

		if (!settings_expand(r, e, child, &at))
			fine = false;
	}
	return fine;
}

static void
write_value(struct json_write *w, const struct json *v)
{
	if (v->kind == JSON_STRING) {
		json_str(w, v->text);
		return;
	}
	if (v->kind < JSON_STRING) {
		json_raw(w, v->raw);
		return;
	}
	json_begin(w, v->kind == JSON_OBJECT ? '{' : '[');
	json_each(child, v) {
		if (v->kind == JSON_OBJECT)
			json_member_key(w, child->key);
		write_value(w, child);
	}
	json_end(w);
}

struct str
settings_expand_write(struct arena *a, const struct json *v)
{
	struct json_write w;
	struct buf out;

	buf_in(&out, a, WRITTEN_MAX);
	json_write_init(&w, &out);
	write_value(&w, v);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}
