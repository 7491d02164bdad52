/*
 * fuzz_template: what templates write can't leave its text or attribute.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/html.h"

/* The entities that html_escape() writes. */
static bool
is_entity(struct str s)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;",
		"&quot;", "&#39;", "&#96;" };

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (str_starts(s, str_from(entities[i])))
			return true;
	return false;
}

static void
check_inert(struct str out)
{
	insist(utf8_is_valid(out));
	for (size_t i = 0; i < out.n; i++) {
		unsigned char c = (unsigned char)out.p[i];

		insist(c >= 0x20 || c == '\t' || c == '\n');
		insist(c == '\0' || strchr("<>\"'`\x7f", c) == NULL);
		if (c == '&')
			insist(is_entity(str_cut(out, i, out.n)));
	}
}

static void
check_url(struct str out)
{
	check_inert(out);
	if (str_eq_lit(out, "#"))
		return;
	insist(str_starts_nocase(out, STR("http://")) ||
		str_starts_nocase(out, STR("https://")) ||
		(out.p[0] == '/' && !str_starts(out, STR("//")) &&
			!str_starts(out, STR("/\\"))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_str(data, size);
	struct buf out;

	buf_init(&out, FUZZ_ARENA_MAX);
	html_escape(&out, text);
	check_inert(buf_view(&out));
	buf_clear(&out);
	html_url(&out, text);
	check_url(buf_view(&out));
	buf_clear(&out);
	return 0;
}
