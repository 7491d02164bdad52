/* str: see str.h. */
#include "base/str.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	/* Most often they are written alike. */
	if (a.n == 0 || memcmp(a.p, b.p, a.n) == 0)
		return true;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_cut(s, 0, prefix.n), prefix);
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n &&
		str_eq_nocase(str_cut(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
		str_eq(str_cut(s, s.n - suffix.n, s.n), suffix);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

size_t
str_find_char(struct str s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

size_t
str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return s.n;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at == NULL ? s.n : (size_t)(at - s.p);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_cut(s, 1, s.n);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_split(struct str *rest, char sep)
{
	size_t at = str_find_char(*rest, sep);
	struct str part = str_cut(*rest, 0, at);

	*rest = at == rest->n ? STR_NONE : str_cut(*rest, at + 1, rest->n);
	return part;
}

struct str
str_dup(struct arena *a, struct str s)
{
	return str_is_none(s) ? STR_NONE : str_join_parts(a, &s, 1);
}

struct str
str_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_bytes(a, (size_t)n + 1)) == NULL)
		return STR_NONE;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return str_of(p, (size_t)n);
}

struct str
str_join_parts(struct arena *a, const struct str *parts, size_t n)
{
	size_t sum = 0, at = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		sum += parts[i].n;
	p = arena_bytes(a, sum + 1);
	if (p == NULL)
		return STR_NONE;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n > 0)
			memcpy(p + at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	p[at] = '\0';
	return str_of(p, sum);
}

bool
str_to_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}
