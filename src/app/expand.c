/* expand: see expand.h. */
#include "app/expand.h"

#include "base/arena.h"
#include "base/buf.h"
#include "text/json.h"

/* One text on its way: what is read, where it goes, how deep we are. */
struct expansion {
	struct arena *arena;
	const struct expand *e;
	struct str rest;
	unsigned depth;
	struct fault *f;
};

static bool expand_until(
	struct expansion *x, struct buf *out, const char *stops);

bool
expand_env(char *const *env, struct str name, struct str *value)
{
	for (; env != NULL && *env != NULL; env++) {
		struct str row = str_from(*env);

		if (row.n > name.n && row.p[name.n] == '=' &&
			str_starts(row, name)) {
			*value = str_cut(row, name.n + 1, row.n);
			return true;
		}
	}
	return false;
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		bool letter = (c >= 'a' && c <= 'z') || c == '_';

		if (!letter && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return s.n > 0;
}

static bool
unset(struct expansion *x, struct str name)
{
	return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
		"the variable %.*s is not set; set it, or write ${%.*s:-default}",
		STR_ARG(name), STR_ARG(name));
}

/* ${NAME}, with fallback when it stood there (else STR_NONE). */
static bool
give_variable(struct expansion *x, struct str name, struct str fallback,
	struct str *value)
{
	bool set;

	if (!is_name(name))
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"${%.*s} is not known", STR_ARG(str_cut(name, 0, 60)));
	set = expand_env(x->e->env, name, value);
	if (str_is_none(fallback))
		return set ? true : unset(x, name);
	if (!set || value->n == 0)
		*value = fallback;
	return true;
}

static bool
give_input(struct expansion *x, struct str id, struct str *value)
{
	json_each(input, x->e->inputs) {
		if (!str_eq(json_get_str(input, "id"), id))
			continue;
		*value = json_get_str(input, "default");
		if (!str_is_none(*value))
			return true;
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"the input %.*s has no default, and nobody is asked; "
			"give it one, or use ${env:NAME}",
			STR_ARG(str_cut(id, 0, 60)));
	}
	return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
		"there is no input %.*s", STR_ARG(str_cut(id, 0, 60)));
}

static bool
give_file(struct expansion *x, struct str path, struct str *value)
{
	if (x->e->read_file == NULL)
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"files are not read here");
	if (!x->e->read_file(x->arena, x->e, path, value, x->f))
		return false;
	while (value->n > 0 &&
		(value->p[value->n - 1] == '\n' ||
			value->p[value->n - 1] == '\r'))
		value->n--;
	return true;
}

static bool
give_command(struct expansion *x, struct str command, struct str *value)
{
	if (x->e->run == NULL)
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"commands are run only with --allow-cmd");
	if (!x->e->run(x->arena, x->e, command, value, x->f))
		return false;
	while (value->n > 0 &&
		(value->p[value->n - 1] == '\n' ||
			value->p[value->n - 1] == '\r'))
		value->n--;
	return true;
}

/* The words without a value of their own.  False: none of them. */
static bool
give_word(struct expansion *x, struct str word, struct str *value)
{
	if (str_eq_lit(word, "userHome"))
		*value = x->e->home;
	else if (str_eq_lit(word, "workspaceFolder"))
		*value = x->e->folder;
	else if (str_eq_lit(word, "cwd"))
		*value = x->e->cwd;
	else if (str_eq_lit(word, "pathSeparator") || str_eq_lit(word, "/"))
		*value = STR("/");
	else
		return false;
	return true;
}

/* What "${head<sep>tail}" stands for; tail is STR_NONE without separator. */
static bool
give(struct expansion *x, struct str head, struct str tail, struct str *value)
{
	if (!str_is_none(tail) && tail.n > 0 && tail.p[0] == '-')
		return give_variable(x, head, str_cut(tail, 1, tail.n), value);
	if (!str_is_none(tail) && str_eq_lit(head, "env")) {
		size_t colon = str_find(tail, STR(":-"));

		return give_variable(x, str_cut(tail, 0, colon),
			colon == tail.n ? STR_NONE
					: str_cut(tail, colon + 2, tail.n),
			value);
	}
	if (!str_is_none(tail) && str_eq_lit(head, "file"))
		return give_file(x, tail, value);
	if (!str_is_none(tail) && str_eq_lit(head, "cmd"))
		return give_command(x, tail, value);
	if (!str_is_none(tail) && str_eq_lit(head, "input"))
		return give_input(x, tail, value);
	if (!str_is_none(tail))
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"${%.*s:...} is not known",
			STR_ARG(str_cut(head, 0, 60)));
	if (give_word(x, head, value)) {
		if (!str_is_none(*value))
			return true;
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"${%.*s} is not known here", STR_ARG(head));
	}
	return give_variable(x, head, STR_NONE, value);
}

/* After "${": up to and with the closing brace. */
static bool
expand_placeholder(struct expansion *x, struct buf *out)
{
	struct buf head, tail;
	struct str value = STR_NONE, after = STR_NONE;
	bool ok;

	if (x->depth == EXPAND_DEPTH_MAX)
		return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
			"placeholders are nested more than %u deep",
			EXPAND_DEPTH_MAX);
	x->depth++;
	buf_in(&head, x->arena, EXPAND_TEXT_MAX);
	buf_in(&tail, x->arena, EXPAND_TEXT_MAX);
	ok = expand_until(x, &head, ":}");
	if (ok && x->rest.p[-1] == ':') {
		ok = expand_until(x, &tail, "}");
		after = buf_view(&tail);
	}
	x->depth--;
	if (!ok || !give(x, buf_view(&head), after, &value))
		return false;
	buf_str(out, value);
	return true;
}

/* Copies up to one of the stops, which is taken (at depth 0: to the end). */
static bool
expand_until(struct expansion *x, struct buf *out, const char *stops)
{
	while (x->rest.n > 0) {
		char c = x->rest.p[0];

		if (str_starts(x->rest, STR("$${"))) {
			buf_lit(out, "${");
			x->rest = str_cut(x->rest, 3, x->rest.n);
		} else if (str_starts(x->rest, STR("${"))) {
			x->rest = str_cut(x->rest, 2, x->rest.n);
			if (!expand_placeholder(x, out))
				return false;
		} else {
			x->rest = str_cut(x->rest, 1, x->rest.n);
			if (c != '\0' && strchr(stops, c) != NULL)
				return true;
			buf_char(out, c);
		}
		if (!buf_ok(out))
			return fault_set(x->f, FAULT_TOO_LARGE,
				"the expanded text is too long");
	}
	if (*stops == '\0')
		return true;
	return fault_set(x->f, FAULT_SETTINGS_VARIABLE,
		"\"${\" without \"}\"; a plain \"${\" is written \"$${\"");
}

bool
expand_text(struct arena *a, const struct expand *e, struct str text,
	struct str *out, struct fault *f)
{
	struct expansion x = { a, e, text, 0, f };
	struct buf b;

	*out = text;
	if (str_find(text, STR("${")) == text.n)
		return true;
	buf_in(&b, a, EXPAND_TEXT_MAX);
	if (!expand_until(&x, &b, ""))
		return false;
	*out = buf_view(&b);
	return true;
}
