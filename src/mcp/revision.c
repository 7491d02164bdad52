/* revision: see revision.h. */
#include "mcp/revision.h"

static const struct str names[REVISION_COUNT] = {
	[REVISION_2024_11_05] = STR_INIT("2024-11-05"),
	[REVISION_2025_03_26] = STR_INIT("2025-03-26"),
	[REVISION_2025_06_18] = STR_INIT("2025-06-18"),
	[REVISION_2025_11_25] = STR_INIT("2025-11-25"),
	[REVISION_2026_07_28] = STR_INIT("2026-07-28"),
};

bool
revision_parse(struct str text, enum revision *out)
{
	/* The latest first: it is asked for on each of its requests. */
	for (int r = REVISION_COUNT - 1; r >= 0; r--) {
		if (str_eq(names[r], text)) {
			*out = (enum revision)r;
			return true;
		}
	}
	return false;
}

struct str
revision_name(enum revision r)
{
	return names[r];
}

static bool
is_date(struct str text)
{
	if (text.n != names[0].n)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		bool dash = i == 4 || i == 7;
		char c = text.p[i];

		if (dash ? c != '-' : c < '0' || c > '9')
			return false;
	}
	return true;
}

bool
revision_claims_modern(struct str text)
{
	return is_date(text) && str_cmp(text, names[REVISION_2026_07_28]) >= 0;
}

enum revision
revision_negotiate(struct str asked, enum revision oldest)
{
	enum revision r;

	if (revision_parse(asked, &r) && r >= oldest && !revision_is_modern(r))
		return r;
	return REVISION_LATEST_LEGACY;
}

struct str
revision_supported_json(void)
{
	return STR("[\"2026-07-28\"]");
}
