/* headers_params: x-mcp-header annotations and the Mcp-Param-* fields that
 * they ask for; see headers.h. */
#include "mcp/headers.h"

#include "base/arena.h"
#include "text/field.h"
#include "text/json.h"

#include <stdlib.h>

#define ANNOTATION "x-mcp-header"
#define PREFIX     "Mcp-Param-"
#define NAME_BYTES ((size_t)64) /* of an annotation */
#define SAFE_MAX   ((INT64_C(1) << 53) - 1)

/* ---- collecting ---- */

/* The way from the schema's root, innermost first. */
struct step {
	const struct step *outer;
	struct str key;
	size_t depth; /* 1 for the outermost */
};

struct walk {
	struct arena *a;
	struct headers_params *out;
	struct fault *f;
};

/* Keywords whose schemas are not reached by properties alone: an annotation
 * below one of them spoils the tool. */
static const char *const other_schemas[] = { "items", "prefixItems", "contains",
	"additionalProperties", "unevaluatedProperties", "unevaluatedItems",
	"propertyNames", "oneOf", "anyOf", "allOf", "not", "if", "then",
	"else" };
static const char *const other_maps[] = { "patternProperties",
	"dependentSchemas", "$defs", "definitions" };

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool
spoilt(struct walk *w, struct str name, const char *why)
{
	return fault_set(w->f, FAULT_SERVER_ANSWER, ANNOTATION " %.*s: %s",
		STR_ARG(str_cut(name, 0, NAME_BYTES)), why);
}

static bool
read_type(const struct json *schema, enum headers_type *type)
{
	struct str text = json_get_str(schema, "type");

	if (str_eq_lit(text, "string"))
		*type = HEADERS_STRING;
	else if (str_eq_lit(text, "integer"))
		*type = HEADERS_INTEGER;
	else if (str_eq_lit(text, "boolean"))
		*type = HEADERS_BOOLEAN;
	else
		return false;
	return true;
}

static const struct str *
path_of(struct arena *a, const struct step *step)
{
	struct str *path = arena_array(a, step->depth, sizeof(*path));

	for (; path != NULL && step != NULL; step = step->outer)
		path[step->depth - 1] = step->key;
	return path;
}

static bool
is_taken(const struct headers_params *out, struct str field)
{
	for (size_t i = 0; i < out->n; i++)
		if (str_eq_nocase(out->items[i].field, field))
			return true;
	return false;
}

static bool
collect_one(struct walk *w, const struct json *schema,
	const struct json *annotation, const struct step *step)
{
	struct str name = annotation->text;
	struct headers_param p = { .depth = step == NULL ? 0 : step->depth };

	if (step == NULL)
		return spoilt(w, name, "it stands on no property");
	if (!json_is(annotation, JSON_STRING) || name.n > NAME_BYTES ||
		!field_is_token(name))
		return spoilt(w, name, "it is no token");
	if (!read_type(schema, &p.type))
		return spoilt(w, name,
			"its property is no string, integer or boolean");
	if (w->out->n == HEADERS_PARAMS_MAX)
		return spoilt(w, name, "there are too many");
	p.field = str_join(w->a, STR(PREFIX), name);
	p.path = path_of(w->a, step);
	if (str_is_none(p.field) || p.path == NULL)
		return spoilt(w, name, "the schema is too large");
	if (is_taken(w->out, p.field))
		return spoilt(w, name, "it stands twice");
	w->out->items[w->out->n++] = p;
	return true;
}

static bool is_clean(const struct json *schema);

static bool
are_clean(const struct json *schemas)
{
	json_each(one, schemas)
		if (!is_clean(one))
			return false;
	return true;
}

static bool
others_are_clean(const struct json *schema)
{
	for (size_t i = 0; i < COUNT(other_schemas); i++) {
		const struct json *v = json_get(schema, other_schemas[i]);

		if (json_is(v, JSON_ARRAY) ? !are_clean(v) : !is_clean(v))
			return false;
	}
	for (size_t i = 0; i < COUNT(other_maps); i++) {
		const struct json *v = json_get(schema, other_maps[i]);

		if (json_is(v, JSON_OBJECT) && !are_clean(v))
			return false;
	}
	return true;
}

/* Whether no annotation stands in a schema that may hold none.  As deep as
 * the JSON reader let the text be. */
static bool
is_clean(const struct json *schema)
{
	const struct json *properties = json_get(schema, "properties");

	if (!json_is(schema, JSON_OBJECT))
		return true;
	if (json_get(schema, ANNOTATION) != NULL)
		return false;
	if (json_is(properties, JSON_OBJECT) && !are_clean(properties))
		return false;
	return others_are_clean(schema);
}

static bool
walk(struct walk *w, const struct json *schema, const struct step *step)
{
	const struct json *annotation = json_get(schema, ANNOTATION);
	const struct json *properties = json_get(schema, "properties");

	if (!json_is(schema, JSON_OBJECT))
		return true;
	if (annotation != NULL && !collect_one(w, schema, annotation, step))
		return false;
	if (!others_are_clean(schema))
		return spoilt(w, STR(""),
			"one stands where properties alone don't lead");
	if (!json_is(properties, JSON_OBJECT))
		return true;
	json_each(child, properties) {
		struct step inner = { .outer = step,
			.key = child->key,
			.depth = step == NULL ? 1 : step->depth + 1 };

		if (!walk(w, child, &inner))
			return false;
	}
	return true;
}

bool
headers_params_collect(struct arena *a, const struct json *schema,
	struct headers_params *out, struct fault *f)
{
	struct walk w = { .a = a, .out = out, .f = f };

	out->n = 0;
	out->items = NULL;
	if (schema == NULL ||
		str_find(schema->raw, STR(ANNOTATION)) == schema->raw.n)
		return true;
	out->items = arena_array(a, HEADERS_PARAMS_MAX, sizeof(*out->items));
	if (out->items == NULL)
		return fault_set(
			f, FAULT_SERVER_ANSWER, "the schema is too large");
	return walk(&w, schema, NULL);
}

/* ---- values ---- */

static const struct json *
value_at(const struct json *arguments, const struct headers_param *p)
{
	const struct json *v = arguments;

	for (size_t i = 0; i < p->depth; i++) {
		const struct json *next = NULL;

		if (!json_is(v, JSON_OBJECT))
			return NULL;
		json_each(child, v)
			if (str_eq(child->key, p->path[i]))
				next = child;
		v = next;
	}
	return v;
}

static bool
number_of(struct str raw, double *out)
{
	char text[64];

	if (raw.n >= sizeof(text))
		return false;
	memcpy(text, raw.p, raw.n);
	text[raw.n] = '\0';
	*out = strtod(text, NULL);
	return true;
}

/* A whole number within what JavaScript holds exactly, however it is
 * written. */
static bool
whole_of(struct str raw, int64_t *out)
{
	double v;

	if (!number_of(raw, &v) || !(v >= -(double)SAFE_MAX) ||
		!(v <= (double)SAFE_MAX))
		return false;
	*out = (int64_t)v;
	return (double)*out == v;
}

/* The value as text; false when it has no place in a field. */
static bool
text_of(struct arena *a, const struct json *v, struct str *out)
{
	int64_t whole;

	if (v == NULL)
		return false;
	switch (v->kind) {
	case JSON_STRING:
		*out = v->text;
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		*out = v->raw;
		return true;
	case JSON_NUMBER:
		if (!whole_of(v->raw, &whole))
			return false;
		*out = str_fmt(a, "%lld", (long long)whole);
		return !str_is_none(*out);
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
	case JSON_NONE:
		break;
	}
	return false;
}

static bool
parse(struct arena *a, struct str arguments, const struct json **out,
	struct fault *f)
{
	*out = NULL;
	if (str_is_none(arguments))
		return true;
	*out = json_parse(a, arguments, NULL, f);
	return *out != NULL;
}

bool
headers_params_make(struct arena *a, const struct headers_params *params,
	struct str arguments, struct headers_fields *out, struct fault *f)
{
	const struct json *tree;

	out->n = 0;
	if (params->n == 0)
		return true;
	if (!parse(a, arguments, &tree, f))
		return false;
	for (size_t i = 0; i < params->n; i++) {
		const struct headers_param *p = &params->items[i];
		struct str text;

		if (!text_of(a, value_at(tree, p), &text))
			continue;
		text = headers_encode(a, text);
		if (str_is_none(text))
			return fault_set(
				f, FAULT_TOO_LARGE, "%.*s", STR_ARG(p->field));
		out->all[out->n++] = (struct field){ p->field, text };
	}
	return true;
}

/* -?digits(.digits)?: what may be compared as a number. */
static bool
is_decimal(struct str s)
{
	size_t digits = 0, points = 0;

	for (size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0; i < s.n; i++) {
		if (s.p[i] == '.' && digits > 0 && points == 0)
			points++;
		else if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else
			return false;
	}
	return digits > 0 && s.p[s.n - 1] != '.';
}

static bool
same_value(const struct json *v, struct str text, struct str sent)
{
	double a, b;

	if (v->kind != JSON_NUMBER || !is_decimal(sent))
		return str_eq(text, sent);
	return number_of(v->raw, &a) && number_of(sent, &b) && a == b;
}

static bool
check_one(struct arena *a, const struct headers_check *check,
	const struct headers_param *p, const struct json *tree, struct fault *f)
{
	const struct json *v = value_at(tree, p);
	struct str text, sent;
	unsigned count;

	sent = field_get(check->fields, check->n, p->field, &count);
	if (!text_of(a, v, &text)) {
		if (count == 0)
			return true;
		if (!json_is(v, JSON_NUMBER))
			return fault_set(f, FAULT_MCP_HEADER,
				"%.*s stands for no argument",
				STR_ARG(p->field));
		text = v->raw;
	}
	if (count != 1)
		return fault_set(f, FAULT_MCP_HEADER, "%.*s stands %u times",
			STR_ARG(p->field), count);
	if (!headers_decode(a, sent, &sent))
		return fault_set(f, FAULT_MCP_HEADER, "%.*s can't be decoded",
			STR_ARG(p->field));
	if (!same_value(v, text, sent))
		return fault_set(f, FAULT_MCP_HEADER,
			"%.*s is not the argument's value", STR_ARG(p->field));
	return true;
}

bool
headers_params_check(
	struct arena *a, const struct headers_check *check, struct fault *f)
{
	const struct json *tree;

	if (check->params->n == 0)
		return true;
	if (!parse(a, check->arguments, &tree, f))
		return false;
	for (size_t i = 0; i < check->params->n; i++)
		if (!check_one(a, check, &check->params->items[i], tree, f))
			return false;
	return true;
}
