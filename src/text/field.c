/* field: see field.h.  Challenges are in field_challenge.c. */
#include "text/field.h"

#include "base/arena.h"

bool
field_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			continue;
		if (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)
			return false;
	}
	return s.n > 0;
}

bool
field_is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

struct str
field_get(
	const struct field *fields, size_t n, struct str name, unsigned *count)
{
	struct str found = STR_NONE;
	unsigned times = 0;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(fields[i].name, name))
			continue;
		if (times++ == 0)
			found = fields[i].value;
	}
	if (count != NULL)
		*count = times;
	return found;
}

/* How far the next comma outside quotes is. */
static size_t
element_length(struct str s, char separator)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\' && i + 1 < s.n)
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == separator && !quoted)
			break;
	}
	return i;
}

static bool
next_piece(struct str *rest, struct str *piece, char separator)
{
	while (!str_is_none(*rest)) {
		size_t n = element_length(*rest, separator);

		*piece = str_trim(str_cut(*rest, 0, n));
		*rest = n == rest->n ? STR_NONE
				     : str_cut(*rest, n + 1, rest->n);
		if (piece->n > 0)
			return true;
	}
	return false;
}

bool
field_list_next(struct str *rest, struct str *element)
{
	return next_piece(rest, element, ',');
}

static struct str
without_params(struct str value)
{
	return str_trim(str_cut(value, 0, str_find_char(value, ';')));
}

bool
field_media_is(struct str value, struct str media)
{
	if (str_is_none(value))
		return false;
	return str_eq_nocase(without_params(value), media);
}

/* How exactly the range names the media type: 3 wholly, 2 by its type with
 * any subtype, 1 for any type, 0 not at all (RFC 9110 12.5.1). */
static unsigned
precision(struct str range, struct str media)
{
	struct str type = str_cut(media, 0, str_find_char(media, '/') + 1);

	if (str_eq_nocase(range, media))
		return 3;
	if (range.n == type.n + 1 && range.p[type.n] == '*' &&
		str_starts_nocase(range, type))
		return 2;
	return str_eq_lit(range, "*/*") ? 1 : 0;
}

/* Whether a q parameter says zero: "0", "0.", "0.0" ... */
static bool
is_refused(struct str element)
{
	struct str param;

	next_piece(&element, &param, ';');
	while (next_piece(&element, &param, ';')) {
		size_t i = 2;

		if (!str_starts_nocase(param, STR("q=0")))
			continue;
		while (i < param.n && (param.p[i] == '0' || param.p[i] == '.'))
			i++;
		return i == param.n;
	}
	return false;
}

bool
field_accepts(struct str accept, struct str media)
{
	unsigned best = 0;
	bool accepted = false;
	struct str element;

	if (str_is_none(accept))
		return true;
	while (field_list_next(&accept, &element)) {
		unsigned now = precision(without_params(element), media);

		if (now < best || now == 0)
			continue;
		if (now > best)
			accepted = false;
		best = now;
		accepted = accepted || !is_refused(element);
	}
	return accepted;
}

struct str
field_quote(struct arena *a, struct str s)
{
	char *to = arena_bytes(a, 2 * s.n + 2);
	size_t n = 0;

	if (to == NULL)
		return STR_NONE;
	to[n++] = '"';
	for (size_t i = 0; i < s.n; i++) {
		if (!field_is_value(str_cut(s, i, i + 1)))
			continue;
		if (s.p[i] == '"' || s.p[i] == '\\')
			to[n++] = '\\';
		to[n++] = s.p[i];
	}
	to[n++] = '"';
	return str_of(to, n);
}
