/*
 * fuzz_fields: lists, media types, quoting and challenges of HTTP fields.
 */
#include "fuzz.h"

#include "text/field.h"

static bool
is_within(struct str part, struct str whole)
{
	return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

static void
check_list(struct str text)
{
	struct str rest = text, element;
	size_t n = 0;

	while (field_list_next(&rest, &element)) {
		insist(element.n > 0 && is_within(element, text));
		insist(++n <= text.n);
	}
	insist(str_is_none(rest));
}

static void
check_accepts(struct str text)
{
	struct str rest = text, element;
	bool named = false;

	if (!field_accepts(text, STR("application/json")))
		return;
	while (field_list_next(&rest, &element))
		named = named ||
			field_media_is(element, STR("application/json")) ||
			field_media_is(element, STR("application/*")) ||
			field_media_is(element, STR("*/*"));
	insist(named);
}

static void
check_challenge(const struct field_challenge *c)
{
	insist(field_is_token(c->scheme));
	insist(c->n <= FIELD_PARAMS_MAX);
	insist(str_is_none(c->token68) || c->n == 0);
	for (size_t i = 0; i < c->n; i++) {
		unsigned n;

		insist(field_is_token(c->params[i].name));
		insist(field_is_value(c->params[i].value));
		field_get(c->params, c->n, c->params[i].name, &n);
		insist(n == 1);
	}
}

static void
check_challenges(struct arena *a, struct str text)
{
	struct field_challenge c;
	struct str rest = text;
	struct fault f;

	fault_clear(&f);
	for (size_t n = 0; field_challenge_next(a, &rest, &c, &f); n++) {
		insist(n <= text.n);
		insist(!fault_is_set(&f));
		check_challenge(&c);
	}
	insist(str_is_none(rest));
}

/* What is quoted is read back, if all of it may stand in a field. */
static void
check_quote(struct arena *a, struct str text)
{
	struct str quoted = field_quote(a, text);
	struct str rest = str_join(a, STR("X a="), quoted, STR(", b=c"));
	struct field_challenge c;

	insist(field_is_value(quoted));
	insist(field_challenge_next(a, &rest, &c, NULL));
	insist(c.n == 2 && str_is_none(rest));
	if (field_is_value(text))
		insist(str_eq(c.params[0].value, text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(FUZZ_ARENA_MAX);
	struct str text = fuzz_str(data, size);

	check_list(text);
	check_accepts(text);
	check_challenges(a, text);
	check_quote(a, text);
	arena_free(&a);
	return 0;
}
