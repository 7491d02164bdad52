/* headers: the values of headers.h; the annotations of tools are in
 * headers_params.c. */
#include "mcp/headers.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "text/base64.h"

#define OPENS  "=?base64?"
#define CLOSES "?="

static bool
is_sentinel(struct str s)
{
	return str_starts(s, STR(OPENS)) && str_ends(s, STR(CLOSES));
}

/* Tabs would be legal, but not every reader takes them. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return s.n > 0 && s.p[0] != ' ' && s.p[s.n - 1] != ' ';
}

struct str
headers_encode(struct arena *a, struct str value)
{
	struct buf out;

	if (is_plain(value) && !is_sentinel(value))
		return value;
	buf_in(&out, a, 2 * value.n + 32);
	buf_lit(&out, OPENS);
	base64_write(&out, value);
	buf_lit(&out, CLOSES);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static bool
is_field_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] > 0x7e)
			return false;
	return true;
}

bool
headers_decode(struct arena *a, struct str field, struct str *value)
{
	struct str s = str_trim(field);
	size_t around = strlen(OPENS) + strlen(CLOSES);

	if (!is_field_text(s))
		return false;
	*value = s;
	if (!is_sentinel(s) || s.n < around)
		return true;
	s = str_cut(s, strlen(OPENS), s.n - strlen(CLOSES));
	return base64_read(a, s, value) && utf8_is_valid(*value);
}
