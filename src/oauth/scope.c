/* scope: see scope.h. */
#include "oauth/scope.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "model/settings.h"

struct scope_row {
	struct str name;
	struct str sentence;
};

struct scope_table {
	struct scope_row rows[SCOPE_MAX];
	size_t n;
	size_t sorted[SCOPE_MAX]; /* bits in the order of their names */
};

/* In the order of their bits. */
static const struct scope_row built_in[SCOPE_BUILT_IN] = {
	{ STR_INIT("mcp:tools:read"),
		STR_INIT("See which tools there are and what they take") },
	{ STR_INIT("mcp:tools:execute"), STR_INIT("Use tools on your behalf") },
	{ STR_INIT("mcp:resources:read"), STR_INIT("Read resources") },
	{ STR_INIT("mcp:prompts:read"), STR_INIT("Read prompts") },
	{ STR_INIT("mcp"), STR_INIT("Use all tools, resources and prompts") },
	{ STR_INIT("offline_access"),
		STR_INIT("Stay connected while you are away") },
	{ STR_INIT("ostiary:admin"), STR_INIT("Administer this server") },
};

/* scope-token (RFC 6749 3.3). */
static bool
is_scope_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' ||
			s.p[i] == '\\')
			return false;
	return s.n > 0;
}

static void
sort_rows(struct scope_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t at = i;

		for (; at > 0 &&
			str_cmp(t->rows[i].name,
				t->rows[t->sorted[at - 1]].name) < 0;
			at--)
			t->sorted[at] = t->sorted[at - 1];
		t->sorted[at] = i;
	}
}

static bool
add_own(struct arena *a, struct scope_table *t, const struct scope_entry *own,
	struct fault *f)
{
	struct scope_row *row = &t->rows[t->n];

	if (!is_scope_token(own->name) || own->name.n > SCOPE_TEXT_MAX)
		return fault_set(f, FAULT_SETTINGS,
			"scopes: \"%.*s\" is no name for a scope",
			STR_ARG(str_cut(own->name, 0, 60)));
	if (scope_of(t, own->name) != 0)
		return fault_set(f, FAULT_SETTINGS,
			"scopes: \"%.*s\" is there already",
			STR_ARG(str_cut(own->name, 0, 60)));
	row->name = str_dup(a, own->name);
	row->sentence =
		own->sentence.n > 0 ? str_dup(a, own->sentence) : row->name;
	if (str_is_none(row->name) || str_is_none(row->sentence))
		return fault_set(f, FAULT_TOO_LARGE, "scopes");
	t->n++;
	return true;
}

struct scope_table *
scope_table_new(struct arena *a, const struct scope_entry *own, size_t n,
	struct fault *f)
{
	struct scope_table *t = arena_new_of(a, struct scope_table);

	if (t == NULL) {
		fault_set(f, FAULT_TOO_LARGE, "scopes");
		return NULL;
	}
	if (n > SCOPE_MAX - SCOPE_BUILT_IN) {
		fault_set(f, FAULT_SETTINGS, "scopes: more than %u",
			SCOPE_MAX - SCOPE_BUILT_IN);
		return NULL;
	}
	memcpy(t->rows, built_in, sizeof(built_in));
	t->n = SCOPE_BUILT_IN;
	for (size_t i = 0; i < n; i++)
		if (!add_own(a, t, &own[i], f))
			return NULL;
	sort_rows(t);
	return t;
}

size_t
scope_count(const struct scope_table *t)
{
	return t->n;
}

struct str
scope_name(const struct scope_table *t, size_t i)
{
	insist(i < t->n);
	return t->rows[i].name;
}

struct str
scope_sentence(const struct scope_table *t, size_t i)
{
	insist(i < t->n);
	return t->rows[i].sentence;
}

uint64_t
scope_of(const struct scope_table *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->rows[i].name, name))
			return (uint64_t)1 << i;
	return 0;
}

/* Takes the next name off a space-separated list; false at its end. */
static bool
next_name(struct str *rest, struct str *name)
{
	while (!str_is_none(*rest)) {
		*name = str_split(rest, ' ');
		if (name->n > 0)
			return true;
	}
	return false;
}

static bool
check_text(struct str text, struct fault *f)
{
	struct str name;

	if (text.n > SCOPE_TEXT_MAX)
		return fault_set(
			f, FAULT_INVALID_SCOPE, "the scopes are too long");
	while (next_name(&text, &name))
		if (!is_scope_token(name))
			return fault_set(f, FAULT_INVALID_SCOPE,
				"a scope holds bytes that may not stand there");
	return true;
}

bool
scope_parse(const struct scope_table *t, struct str text, uint64_t *bits,
	struct fault *f)
{
	struct str name;

	*bits = 0;
	if (!check_text(text, f))
		return false;
	while (next_name(&text, &name)) {
		uint64_t bit = scope_of(t, name);

		if (bit == 0)
			return fault_set(f, FAULT_INVALID_SCOPE,
				"there is no scope \"%.*s\"",
				STR_ARG(str_cut(name, 0, 100)));
		*bits |= bit;
	}
	return true;
}

uint64_t
scope_known(const struct scope_table *t, struct str text)
{
	struct str name;
	uint64_t bits = 0;

	while (next_name(&text, &name))
		bits |= scope_of(t, name);
	return bits;
}

struct str
scope_print(struct arena *a, const struct scope_table *t, uint64_t bits)
{
	struct buf out;

	buf_in(&out, a, SCOPE_MAX * (SCOPE_TEXT_MAX + 1));
	for (size_t i = 0; i < t->n; i++) {
		size_t bit = t->sorted[i];

		if ((bits & (uint64_t)1 << bit) == 0)
			continue;
		if (out.n > 0)
			buf_char(&out, ' ');
		buf_str(&out, t->rows[bit].name);
	}
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

uint64_t
scope_implied(uint64_t bits)
{
	if ((bits & SCOPE_MCP) != 0)
		bits |= SCOPE_BASIC;
	if ((bits & SCOPE_TOOLS_EXECUTE) != 0)
		bits |= SCOPE_TOOLS_READ;
	return bits;
}

uint64_t
scope_missing(uint64_t granted, uint64_t needed)
{
	return needed & ~scope_implied(granted);
}

uint64_t
scope_grantable(const struct scope_table *t)
{
	uint64_t all =
		t->n == SCOPE_MAX ? UINT64_MAX : ((uint64_t)1 << t->n) - 1;

	return all & ~SCOPE_ADMIN;
}

/* The bits of a text's built-in scopes. */
static uint64_t
built_in_of(struct str text)
{
	struct str name;
	uint64_t bits = 0;

	while (next_name(&text, &name))
		for (size_t i = 0; i < SCOPE_BUILT_IN; i++)
			if (str_eq(built_in[i].name, name))
				bits |= (uint64_t)1 << i;
	return bits;
}

static bool
names(struct str text, struct str wanted)
{
	struct str name;

	while (next_name(&text, &name))
		if (str_eq(name, wanted))
			return true;
	return false;
}

bool
scope_is_within(struct str asked, struct str granted)
{
	uint64_t has = scope_implied(built_in_of(granted));
	struct str name;

	while (next_name(&asked, &name)) {
		uint64_t bit = built_in_of(name);

		if ((has & bit) == 0 && !names(granted, name))
			return false;
	}
	return true;
}

/* Puts the name where it belongs among n sorted ones; n grows unless it is
 * there already. */
static void
insert_name(struct str *sorted, size_t *n, struct str name)
{
	size_t at = *n;

	while (at > 0 && str_cmp(name, sorted[at - 1]) < 0)
		at--;
	if (at > 0 && str_eq(name, sorted[at - 1]))
		return;
	for (size_t i = *n; i > at; i--)
		sorted[i] = sorted[i - 1];
	sorted[at] = name;
	++*n;
}

bool
scope_sort(
	struct arena *a, struct str text, struct str *sorted, struct fault *f)
{
	struct str names_of[SCOPE_MAX], name;
	struct buf out;
	size_t n = 0;

	if (!check_text(text, f))
		return false;
	while (next_name(&text, &name)) {
		if (n == SCOPE_MAX)
			return fault_set(
				f, FAULT_INVALID_SCOPE, "too many scopes");
		insert_name(names_of, &n, name);
	}
	buf_in(&out, a, SCOPE_TEXT_MAX + 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(&out, ' ');
		buf_str(&out, names_of[i]);
	}
	*sorted = buf_view(&out);
	return buf_ok(&out) || fault_set(f, FAULT_TOO_LARGE, "scopes");
}
