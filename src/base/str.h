/*
 * str: a run of bytes that somebody else owns.
 *
 * Passed by value.  It need not end in NUL and may hold any byte.  An absent
 * value has p == NULL; an empty one has n == 0 and p != NULL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
	const char *p;
	size_t n;
};

/* A literal as a str. */
/* clang-format off */
#define STR(lit)      ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit) { "" lit, sizeof(lit) - 1 }
#define STR_NONE      ((struct str){ NULL, 0 })
/* clang-format on */

/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str
str_of(const char *p, size_t n)
{
	return (struct str){ p, n };
}

/* A C string as a str; NULL gives STR_NONE. */
static inline struct str
str_from(const char *z)
{
	return z == NULL ? STR_NONE : (struct str){ z, strlen(z) };
}

static inline bool
str_is_none(struct str s)
{
	return s.p == NULL;
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

#define str_eq_lit(s, lit) str_eq((s), STR(lit))

/* From byte from (clamped) up to byte to (clamped, exclusive). */
static inline struct str
str_cut(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){ s.p + from, to - from };
}

/* ASCII letters compare without case; other bytes exactly. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Orders as memcmp() does, the shorter first among equals. */
int str_cmp(struct str a, struct str b);

/* The place of the first byte c, or s.n. */
size_t str_find_char(struct str s, char c);

/* The place of the first needle, or s.n. */
size_t str_find(struct str s, struct str needle);

/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);

/* Takes the part before the first sep off *rest and gives it; *rest becomes
 * what follows, or STR_NONE after the last part.  Use:
 *   while (!str_is_none(rest)) { part = str_split(&rest, ','); ... } */
struct str str_split(struct str *rest, char sep);

/* Copies; the copy is followed by a NUL that does not count, so .p is a C
 * string too when s holds no NUL.  STR_NONE when the arena's cap is passed
 * or s is none. */
struct str str_dup(struct arena *a, struct str s);

/* As printf; NUL-terminated like str_dup(). */
struct str str_fmt(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The parts one after the other: str_join(a, STR("x"), s, STR("y")). */
#define str_join(a, ...)                                                       \
	str_join_parts((a), (struct str[]){ __VA_ARGS__ },                     \
		sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
struct str str_join_parts(struct arena *a, const struct str *parts, size_t n);

/* Decimal digits only, no sign, no blanks, at most UINT64_MAX. */
bool str_to_u64(struct str s, uint64_t *out);

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

#endif
