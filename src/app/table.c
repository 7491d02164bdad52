/* table: see table.h. */
#include "app/table.h"

#include "app/command.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "base/utf8.h"
#include "text/json_write.h"

#include <stdio.h>
#include <unistd.h>

#define PRINTED_MAX ((size_t)64 << 20)

void
table_begin(struct table *t, const struct command_run *run,
	const char *const *columns, size_t n)
{
	insist(n <= TABLE_COLUMNS_MAX);
	*t = (struct table){ run, columns, n, NULL, NULL };
	t->tail = &t->first;
}

void
table_row(struct table *t, const struct str *cells)
{
	struct table_line *line =
		arena_new_of(t->run->arena, struct table_line);

	insist(line != NULL);
	memcpy(line->cells, cells, t->column_count * sizeof(*cells));
	*t->tail = line;
	t->tail = &line->next;
}

/* How many characters a text has; bytes that are no UTF-8 count each. */
static size_t
width_of(struct str s)
{
	size_t n = 0;
	uint32_t point;

	while (s.n > 0) {
		if (!utf8_next(&s, &point))
			s = str_cut(s, 1, s.n);
		n++;
	}
	return n;
}

static bool
is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
		(point >= 0x200b && point <= 0x200f) ||
		(point >= 0x2028 && point <= 0x202e) ||
		(point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

static void
write_shown(struct buf *out, struct str s)
{
	uint32_t point;

	while (s.n > 0) {
		if (!utf8_next(&s, &point)) {
			s = str_cut(s, 1, s.n);
			point = '?';
		}
		utf8_write(out, is_control(point) ? '?' : point);
	}
}

static void
write_cell(struct buf *out, struct str s, size_t width)
{
	write_shown(out, s);
	for (size_t n = width_of(s); n < width; n++)
		buf_char(out, ' ');
}

static void
write_line(const struct table *t, struct buf *out, const struct str *cells,
	const size_t *width)
{
	for (size_t i = 0; i < t->column_count; i++)
		write_cell(out, cells[i],
			i + 1 < t->column_count ? width[i] + 2 : 0);
}

static void
write_people(const struct table *t, struct buf *out)
{
	struct str heads[TABLE_COLUMNS_MAX];
	bool bold = command_has_colours(t->run, STDOUT_FILENO);
	size_t width[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < t->column_count; i++) {
		heads[i] = str_from(t->columns[i]);
		width[i] = heads[i].n;
		for (struct table_line *l = t->first; l != NULL; l = l->next)
			if (width_of(l->cells[i]) > width[i])
				width[i] = width_of(l->cells[i]);
	}
	if (bold)
		buf_lit(out, "\033[1m");
	write_line(t, out, heads, width);
	if (bold)
		buf_lit(out, "\033[0m");
	for (struct table_line *l = t->first; l != NULL; l = l->next) {
		buf_char(out, '\n');
		write_line(t, out, l->cells, width);
	}
	buf_char(out, '\n');
}

static void
write_json(const struct table *t, struct buf *out)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '[');
	for (struct table_line *l = t->first; l != NULL; l = l->next) {
		json_begin(&w, '{');
		for (size_t i = 0; i < t->column_count; i++)
			json_member_str(&w, t->columns[i], l->cells[i]);
		json_end(&w);
	}
	json_end(&w);
	buf_char(out, '\n');
}

void
table_end(struct table *t)
{
	struct buf out;

	buf_init(&out, PRINTED_MAX);
	if ((t->run->options->given & OPTION_JSON) != 0)
		write_json(t, &out);
	else if (t->first != NULL)
		write_people(t, &out);
	else
		buf_lit(&out, "none\n");
	fwrite(buf_view(&out).p, 1, out.n, stdout);
	buf_clear(&out);
}

struct str
table_time(struct arena *a, int64_t when)
{
	time_t t = when;
	struct tm tm;
	char text[32];

	if (when == 0)
		return STR("never");
	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%MZ", &tm);
	return str_dup(a, str_from(text));
}
