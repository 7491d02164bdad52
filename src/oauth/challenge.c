/* challenge: see challenge.h. */
#include "oauth/challenge.h"

/* A parameter in the quoted form, without what would need escapes (RFC 6750
 * 3). */
static void
put(struct buf *out, bool *first, const char *name, struct str value)
{
	if (str_is_none(value))
		return;
	if (*first)
		buf_char(out, ' ');
	else
		buf_lit(out, ", ");
	*first = false;
	buf_str(out, str_from(name));
	buf_lit(out, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
			buf_char(out, c);
	}
	buf_char(out, '"');
}

void
challenge_write(struct buf *out, const struct challenge *c)
{
	bool first = true;

	buf_lit(out, "Bearer");
	put(out, &first, "error", c->error);
	put(out, &first, "error_description", c->description);
	put(out, &first, "scope", c->scope);
	put(out, &first, "resource_metadata", c->metadata);
}
