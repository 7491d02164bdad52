/* form: see form.h. */
#include "text/form.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "text/uri.h"

static bool
bad(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_BAD_FORM, "%s", why);
}

/* '+' becomes a blank, then %XX is decoded. */
static bool
decode(struct arena *a, struct str s, struct str *out, struct fault *f)
{
	char *to;

	if (str_find_char(s, '+') < s.n) {
		to = arena_bytes(a, s.n);
		if (to == NULL)
			return fault_set(f, FAULT_TOO_LARGE,
				"the form passes its arena's cap");
		for (size_t i = 0; i < s.n; i++)
			to[i] = s.p[i] == '+' ? ' ' : s.p[i];
		s.p = to;
	}
	if (!uri_decode(a, s, out))
		return bad(f, "a percent encoding is malformed");
	if (str_find_char(*out, '\0') < out->n)
		return bad(f, "a parameter holds a NUL");
	if (!utf8_is_valid(*out))
		return bad(f, "a parameter is no valid UTF-8");
	return true;
}

static bool
check_bytes(struct str text, struct fault *f)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return bad(f, "a byte is not percent-encoded");
	return true;
}

static bool
may_repeat(const char *const *repeatable, struct str name)
{
	for (; repeatable != NULL && *repeatable != NULL; repeatable++)
		if (str_eq(str_from(*repeatable), name))
			return true;
	return false;
}

static bool
has(const struct form *form, struct str name)
{
	for (size_t i = 0; i < form->n; i++)
		if (str_eq(form->params[i].name, name))
			return true;
	return false;
}

/* How much of a name a message shows. */
#define NAME_SHOWN ((size_t)60)

static bool
add_pair(struct arena *a, struct form *form, struct str pair, struct fault *f)
{
	struct form_param *p = &form->params[form->n];
	size_t equals = str_find_char(pair, '=');

	if (form->n == FORM_MAX)
		return bad(f, "too many parameters");
	if (!decode(a, str_cut(pair, 0, equals), &p->name, f) ||
		!decode(a, str_cut(pair, equals + 1, pair.n), &p->value, f))
		return false;
	if (p->name.n == 0)
		return bad(f, "a parameter has no name");
	return true;
}

static size_t
count_pairs(struct str text)
{
	size_t n = 0;

	while (!str_is_none(text) && n < FORM_MAX)
		n += str_split(&text, '&').n > 0 ? 1 : 0;
	return n;
}

bool
form_parse(struct arena *a, struct str text, const char *const *repeatable,
	struct form *form, struct fault *f)
{
	*form = (struct form){ NULL, 0 };
	if (!check_bytes(text, f))
		return false;
	form->params = arena_array(a, count_pairs(text), sizeof(*form->params));
	if (form->params == NULL)
		return fault_set(
			f, FAULT_TOO_LARGE, "the form passes its arena's cap");
	while (!str_is_none(text)) {
		struct str pair = str_split(&text, '&'), name;

		if (pair.n == 0)
			continue;
		if (!add_pair(a, form, pair, f))
			return false;
		name = form->params[form->n].name;
		if (has(form, name) && !may_repeat(repeatable, name))
			return fault_set(f, FAULT_BAD_FORM,
				"the parameter \"%.*s\" stands twice",
				STR_ARG(utf8_cut(name, NAME_SHOWN)));
		form->n++;
	}
	return true;
}

struct str
form_get(const struct form *form, const char *name)
{
	return form_get_nth(form, name, 0);
}

struct str
form_get_nth(const struct form *form, const char *name, size_t i)
{
	struct str wanted = str_from(name);

	for (size_t k = 0; k < form->n; k++) {
		const struct form_param *p = &form->params[k];

		if (p->value.n == 0 || !str_eq(p->name, wanted))
			continue;
		if (i-- == 0)
			return p->value;
	}
	return STR_NONE;
}

void
form_add(struct buf *out, const char *name, struct str value)
{
	struct str before = buf_view(out);
	char last = before.n == 0 ? '?' : before.p[before.n - 1];

	if (str_is_none(value))
		return;
	if (last != '?' && last != '&')
		buf_char(out, '&');
	uri_encode(out, str_from(name));
	buf_char(out, '=');
	uri_encode(out, value);
}
