/* cookie: see cookie.h. */
#include "text/cookie.h"

#include "text/field.h"

/* cookie-octet of RFC 6265 4.1.1. */
static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' ||
			c == ';' || c == '\\')
			return false;
	}
	return true;
}

struct str
cookie_get(struct str header, struct str name)
{
	struct str found = STR_NONE;

	if (!field_is_value(header))
		return STR_NONE;
	while (!str_is_none(header)) {
		struct str pair = str_trim(str_split(&header, ';'));
		size_t equals = str_find_char(pair, '=');
		struct str value;

		if (!str_eq(str_cut(pair, 0, equals), name) || equals == pair.n)
			continue;
		value = str_cut(pair, equals + 1, pair.n);
		if (!is_value(value))
			return STR_NONE;
		if (!str_is_none(found) && !str_eq(found, value))
			return STR_NONE;
		found = value;
	}
	return found;
}

static bool
is_path(struct str s)
{
	return s.n > 0 && s.p[0] == '/' && field_is_value(s) &&
		str_find_char(s, ';') == s.n;
}

bool
cookie_write(struct buf *out, const struct cookie *c)
{
	struct str path = str_is_none(c->path) ? STR("/") : c->path;

	if (!field_is_token(c->name) || !is_value(c->value) || !is_path(path))
		return false;
	buf_str(out, c->name);
	buf_char(out, '=');
	buf_str(out, c->value);
	buf_lit(out, "; Path=");
	buf_str(out, path);
	if (c->max_age >= 0) {
		buf_lit(out, "; Max-Age=");
		buf_i64(out, c->max_age);
	}
	buf_lit(out, "; HttpOnly");
	if (c->secure)
		buf_lit(out, "; Secure");
	buf_str(out,
		c->strict ? STR("; SameSite=Strict") : STR("; SameSite=Lax"));
	return true;
}
