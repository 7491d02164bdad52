/*
 * fuzz_form: what is read can be written, and is read the same again.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/form.h"

static const char *const repeatable[] = { "resource", "scope", NULL };

static void
check_param(const struct form *form, size_t i)
{
	const struct form_param *p = &form->params[i];

	insist(p->name.n > 0);
	insist(utf8_is_valid(p->name) && utf8_is_valid(p->value));
	insist(str_find_char(p->name, '\0') == p->name.n);
	insist(str_find_char(p->value, '\0') == p->value.n);
	for (size_t k = 0; k < i; k++)
		if (str_eq(form->params[k].name, p->name))
			insist(str_eq_lit(p->name, "resource") ||
				str_eq_lit(p->name, "scope"));
}

static void
run(struct arena *a, struct str text)
{
	struct form form, again;
	struct buf out;

	if (!form_parse(a, text, repeatable, &form, NULL))
		return;
	insist(form.n <= FORM_MAX);
	buf_in(&out, a, FUZZ_ARENA_MAX);
	for (size_t i = 0; i < form.n; i++) {
		struct str name = str_dup(a, form.params[i].name);

		check_param(&form, i);
		form_add(&out, name.p, form.params[i].value);
	}
	insist(form_parse(a, buf_view(&out), repeatable, &again, NULL));
	insist(again.n == form.n);
	for (size_t i = 0; i < form.n; i++) {
		insist(str_eq(form.params[i].name, again.params[i].name));
		insist(str_eq(form.params[i].value, again.params[i].value));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(FUZZ_ARENA_MAX);

	run(a, fuzz_str(data, size));
	arena_free(&a);
	return 0;
}
