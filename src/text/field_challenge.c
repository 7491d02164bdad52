/*
 * field_challenge: WWW-Authenticate (RFC 9110 11.6.1).
 *
 * The grammar is ambiguous to the first glance only: a word followed by '='
 * is a parameter of the challenge before, any other begins a new one, and
 * what follows a scheme is a token68 if the element ends behind it.
 */
#include "base/arena.h"
#include "text/field.h"

static bool
bad(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_BAD_TEXT, "challenge: %s", why);
}

static void
skip(struct str *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static void
skip_blanks(struct str *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		skip(s, 1);
}

/* Blanks and the commas of empty elements; true if a comma was among them. */
static bool
skip_commas(struct str *s)
{
	bool comma = false;

	for (skip_blanks(s); s->n > 0 && s->p[0] == ','; skip_blanks(s)) {
		comma = true;
		skip(s, 1);
	}
	return comma;
}

static struct str
take_token(struct str *s)
{
	struct str token;
	size_t n = 0;

	while (n < s->n && field_is_token(str_of(s->p + n, 1)))
		n++;
	token = str_of(s->p, n);
	skip(s, n);
	return token;
}

/* 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" up to the end
 * of the element, or nothing. */
static struct str
take_token68(struct str *s)
{
	struct str after = *s, found;
	size_t n;

	while (after.n > 0 && after.p[0] != '=' &&
		(after.p[0] == '/' || field_is_token(str_of(after.p, 1))) &&
		strchr("!#$%&'*^`|", after.p[0]) == NULL)
		skip(&after, 1);
	n = s->n - after.n;
	if (n == 0)
		return STR_NONE;
	while (after.n > 0 && after.p[0] == '=')
		skip(&after, 1);
	found = str_of(s->p, s->n - after.n);
	skip_blanks(&after);
	if (after.n > 0 && after.p[0] != ',')
		return STR_NONE;
	*s = after;
	return found;
}

static bool
take_quoted(struct arena *a, struct str *s, struct str *value, struct fault *f)
{
	char *to = arena_bytes(a, s->n);
	size_t n = 0;

	if (to == NULL)
		return fault_set(f, FAULT_TOO_LARGE,
			"the challenge passes its arena's cap");
	for (skip(s, 1); s->n > 0 && s->p[0] != '"'; skip(s, 1)) {
		if (s->p[0] == '\\' && s->n > 1)
			skip(s, 1);
		if (!field_is_value(str_of(s->p, 1)))
			return bad(f, "a control character stands in it");
		to[n++] = s->p[0];
	}
	if (s->n == 0)
		return bad(f, "a quoted string has no end");
	skip(s, 1);
	*value = str_of(to, n);
	return true;
}

/* A parameter, when the next word is one; *is_param says so. */
static bool
take_param(struct arena *a, struct str *s, struct field *param, bool *is_param,
	struct fault *f)
{
	struct str at = *s;

	param->name = take_token(&at);
	skip_blanks(&at);
	*is_param = param->name.n > 0 && at.n > 0 && at.p[0] == '=';
	if (!*is_param)
		return true;
	skip(&at, 1);
	skip_blanks(&at);
	if (at.n > 0 && at.p[0] == '"') {
		if (!take_quoted(a, &at, &param->value, f))
			return false;
	} else {
		param->value = take_token(&at);
		if (param->value.n == 0)
			return bad(f, "a parameter has no value");
	}
	*s = at;
	return true;
}

/* RFC 9110 11.2: a name stands once. */
static bool
add_param(struct field_challenge *c, struct field param, struct fault *f)
{
	unsigned before;

	field_get(c->params, c->n, param.name, &before);
	if (before > 0)
		return bad(f, "a parameter stands twice");
	if (c->n == FIELD_PARAMS_MAX)
		return bad(f, "too many parameters");
	c->params[c->n++] = param;
	return true;
}

/* Parameters up to the next scheme or the end. */
static bool
take_params(struct arena *a, struct str *s, struct field_challenge *c,
	struct fault *f)
{
	bool is_param = true, comma = true;

	while (s->n > 0) {
		struct field param = { STR_NONE, STR_NONE };

		if (!take_param(a, s, &param, &is_param, f))
			return false;
		if (!is_param && comma && c->n > 0)
			return true;
		if (!is_param || !comma)
			return bad(f, "a parameter is malformed");
		if (!add_param(c, param, f))
			return false;
		comma = skip_commas(s);
	}
	return true;
}

static bool
take_challenge(struct arena *a, struct str *s, struct field_challenge *c,
	struct fault *f)
{
	size_t blanks;

	c->scheme = take_token(s);
	if (c->scheme.n == 0)
		return bad(f, "a scheme is missing");
	blanks = s->n;
	skip_blanks(s);
	blanks -= s->n;
	if (s->n == 0 || skip_commas(s))
		return true;
	if (blanks == 0)
		return bad(f, "a blank is missing after the scheme");
	c->token68 = take_token68(s);
	if (str_is_none(c->token68))
		return take_params(a, s, c, f);
	skip_commas(s);
	return true;
}

bool
field_challenge_next(struct arena *a, struct str *rest,
	struct field_challenge *c, struct fault *f)
{
	struct str s = *rest;

	*c = (struct field_challenge){ .scheme = STR_NONE };
	if (str_is_none(s))
		return false;
	skip_commas(&s);
	*rest = STR_NONE;
	if (s.n == 0 || !take_challenge(a, &s, c, f))
		return false;
	*rest = s.n == 0 ? STR_NONE : s;
	return true;
}
