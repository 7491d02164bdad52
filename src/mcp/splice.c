/* splice: see splice.h. */
#include "mcp/splice.h"

#include "base/arena.h"

void
splice_init(struct splice *s, struct str original)
{
	s->original = original;
	s->n = 0;
	s->failed = false;
}

static void
add(struct splice *s, struct splice_edit edit)
{
	if (s->n == SPLICE_EDITS_MAX || str_is_none(edit.text)) {
		s->failed = true;
		return;
	}
	s->edits[s->n++] = edit;
}

void
splice_replace(struct splice *s, struct str part, struct str text)
{
	add(s,
		(struct splice_edit){ .kind = SPLICE_REPLACE,
			.from = part.p,
			.to = part.p + part.n,
			.text = text });
}

void
splice_remove(struct splice *s, struct envelope_member m)
{
	if (!envelope_has(m))
		return;
	add(s,
		(struct splice_edit){ .kind = SPLICE_REMOVE,
			.from = m.key,
			.to = m.value.p + m.value.n,
			.text = STR("") });
}

void
splice_insert(struct splice *s, struct str object, struct str member)
{
	const char *at = object.p + 1;

	add(s,
		(struct splice_edit){ .kind = SPLICE_INSERT,
			.from = at,
			.to = at,
			.text = member });
}

/* ---- commas ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next byte from at on that is no blank; s->original ends in one. */
static const char *
pass_blanks(const struct splice *s, const char *at)
{
	const char *end = s->original.p + s->original.n;

	while (at < end && is_blank(*at))
		at++;
	return at;
}

static bool
is_at_close(const struct splice *s, const char *at)
{
	return at == s->original.p + s->original.n || *at == '}';
}

static bool
stands_before(const struct splice_edit *a, const struct splice_edit *b)
{
	if (a->from != b->from)
		return a->from < b->from;
	return a->kind == SPLICE_INSERT && b->kind != SPLICE_INSERT;
}

/* By place; at one place insertions come first, in the order given. */
static void
sort(struct splice *s)
{
	for (unsigned i = 1; i < s->n; i++) {
		struct splice_edit edit = s->edits[i];
		unsigned k = i;

		for (; k > 0 && stands_before(&edit, &s->edits[k - 1]); k--)
			s->edits[k] = s->edits[k - 1];
		s->edits[k] = edit;
	}
}

/* The removal that begins at at, or NULL. */
static const struct splice_edit *
removal_at(const struct splice *s, const char *at)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->edits[i].kind == SPLICE_REMOVE && s->edits[i].from == at)
			return &s->edits[i];
	return NULL;
}

/* Says of each removal whether a member stays after it.  From the right, so
 * that the neighbour's answer is known. */
static void
find_last(struct splice *s)
{
	for (unsigned i = s->n; i-- > 0;) {
		struct splice_edit *edit = &s->edits[i];
		const struct splice_edit *next;
		const char *at;

		if (edit->kind != SPLICE_REMOVE)
			continue;
		at = pass_blanks(s, edit->to);
		if (is_at_close(s, at)) {
			edit->last = true;
			continue;
		}
		next = removal_at(s, pass_blanks(s, at + 1));
		edit->last = next != NULL && next->last;
	}
}

/* Whether a member stays between the insertion and the object's end. */
static bool
has_follower(const struct splice *s, const struct splice_edit *insert)
{
	const char *at = pass_blanks(s, insert->from);
	const struct splice_edit *next = removal_at(s, at);

	if (is_at_close(s, at))
		return false;
	return next == NULL || !next->last;
}

/* Takes the comma too: the one behind while a member stays after this one,
 * else the one before. */
static void
widen(const struct splice *s, struct splice_edit *edit)
{
	const char *at;

	if (!edit->last) {
		edit->to = pass_blanks(s, edit->to) + 1;
		return;
	}
	for (at = edit->from; is_blank(at[-1]); at--)
		;
	if (at[-1] == ',')
		edit->from = at - 1;
}

/* ---- parts ---- */

struct parts {
	struct str *at;
	size_t n;
	const char *done; /* the original is taken up to here */
};

static void
put(struct parts *p, struct str part)
{
	if (part.n > 0)
		p->at[p->n++] = part;
}

static void
put_edit(const struct splice *s, struct parts *p, unsigned i)
{
	struct splice_edit edit = s->edits[i];
	bool twin = i + 1 < s->n && s->edits[i + 1].kind == SPLICE_INSERT &&
		s->edits[i + 1].from == edit.from;

	if (edit.kind == SPLICE_REMOVE)
		widen(s, &edit);
	if (edit.from > p->done)
		put(p, str_of(p->done, (size_t)(edit.from - p->done)));
	put(p, edit.text);
	if (edit.kind == SPLICE_INSERT && (twin || has_follower(s, &edit)))
		put(p, STR(","));
	if (edit.to > p->done)
		p->done = edit.to;
}

size_t
splice_parts(struct splice *s, struct str parts[SPLICE_PARTS_MAX])
{
	struct parts p = { .at = parts, .done = s->original.p };
	const char *end = s->original.p + s->original.n;

	if (s->failed)
		return 0;
	sort(s);
	find_last(s);
	for (unsigned i = 0; i < s->n; i++)
		put_edit(s, &p, i);
	put(&p, str_of(p.done, (size_t)(end - p.done)));
	return p.n;
}

struct str
splice_text(struct arena *a, struct splice *s)
{
	struct str parts[SPLICE_PARTS_MAX];
	size_t n = splice_parts(s, parts);

	return n == 0 ? STR_NONE : str_join_parts(a, parts, n);
}

size_t
splice_size(const struct str *parts, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += parts[i].n;
	return sum;
}
