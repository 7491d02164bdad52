/* settings_rows: see settings_rows.h. */
#include "app/settings_rows.h"

#include "model/settings.h"

#define ROOT(m)   SETTING_IN_ROOT, offsetof(struct settings, m), 0
#define SERVER(m) SETTING_IN_SERVER, offsetof(struct server_entry, m), 0
#define TOOL(m)   SETTING_IN_TOOL, offsetof(struct tool_rule, m), 0
#define ELSEWHERE SETTING_NOWHERE, 0, 0
#define ROOT_MANY(m, n)                                                        \
	SETTING_IN_ROOT, offsetof(struct settings, m),                         \
		offsetof(struct settings, n)
#define SERVER_MANY(m, n)                                                      \
	SETTING_IN_SERVER, offsetof(struct server_entry, m),                   \
		offsetof(struct server_entry, n)

static const struct setting_row rows[] = {
#define SETTING(                                                               \
	path, kind, member, fallback, low, high, choices, served, sentence)    \
	{ path, SETTING_##kind, member, fallback, low, high, choices,          \
		SETTING_##served, sentence },
#include "app/settings.def"
#undef SETTING
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))
#define WORD_MAX  64u

/* Scopes are kept as pairs are. */
_Static_assert(sizeof(struct scope_entry) == sizeof(struct setting_pair) &&
		offsetof(struct scope_entry, sentence) ==
			offsetof(struct setting_pair, value),
	"a scope is a pair");

size_t
settings_row_count(void)
{
	return ROW_COUNT;
}

const struct setting_row *
settings_row_at(size_t i)
{
	return i < ROW_COUNT ? &rows[i] : NULL;
}

const struct setting_row *
settings_row_find(struct str path)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (str_eq(str_from(rows[i].path), path))
			return &rows[i];
	return NULL;
}

/* What follows the parent's path: "scope" of "a.*.scope" below "a.*", "[]" of
 * "a[]" below "a"; STR_NONE when the row is not directly below it. */
static struct str
step_below(const struct setting_row *row, const struct setting_row *parent)
{
	struct str path = str_from(row->path);

	if (parent != NULL) {
		struct str above = str_from(parent->path);

		if (!str_starts(path, above) || path.n == above.n)
			return STR_NONE;
		path = str_cut(path, above.n, path.n);
		if (path.p[0] == '.')
			path = str_cut(path, 1, path.n);
		else if (!str_eq_lit(path, "[]"))
			return STR_NONE;
	}
	if (str_find_char(path, '.') < path.n)
		return STR_NONE;
	if (path.n > 2 && str_ends(path, STR("[]")))
		return STR_NONE;
	return path;
}

const struct setting_row *
settings_row_below(const struct setting_row *parent, struct str key)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		struct str step = step_below(&rows[i], parent);

		if (!str_is_none(step) && str_eq(step, key))
			return &rows[i];
	}
	return NULL;
}

bool
settings_row_is_below(
	const struct setting_row *row, const struct setting_row *parent)
{
	return !str_is_none(step_below(row, parent));
}

struct str
settings_row_key(const struct setting_row *row)
{
	struct str path = str_from(row->path);
	size_t dot;

	while ((dot = str_find_char(path, '.')) < path.n)
		path = str_cut(path, dot + 1, path.n);
	return path;
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned d = a < b ? a : b;

	return d < c ? d : c;
}

unsigned
settings_distance(struct str a, struct str b)
{
	unsigned line[WORD_MAX + 1];

	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return SETTINGS_FAR;
	for (unsigned j = 0; j <= b.n; j++)
		line[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned corner = line[0];

		line[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned above = line[j];
			bool same = ascii_lower(a.p[i - 1]) ==
				ascii_lower(b.p[j - 1]);

			line[j] = least(above + 1, line[j - 1] + 1,
				corner + (same ? 0 : 1));
			corner = above;
		}
	}
	return line[b.n] < SETTINGS_FAR ? line[b.n] : SETTINGS_FAR;
}

struct str
settings_row_nearest(const struct setting_row *parent, struct str key)
{
	struct str best = STR_NONE;
	unsigned nearest = key.n > 4 ? SETTINGS_FAR : 2;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		struct str step = step_below(&rows[i], parent);
		unsigned far;

		if (str_is_none(step) || str_eq_lit(step, "*"))
			continue;
		far = settings_distance(step, key);
		if (far < nearest) {
			nearest = far;
			best = step;
		}
	}
	return best;
}

int
settings_choice_of(const char *choices, struct str word)
{
	struct str rest = str_from(choices);

	for (int place = 0; !str_is_none(rest); place++)
		if (str_eq(str_split(&rest, '|'), word))
			return place;
	return -1;
}
