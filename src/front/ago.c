/* ago: see ago.h. */
#include "front/ago.h"

static const struct {
	int64_t seconds;
	const char *name;
} units[] = {
	{ (int64_t)24 * 60 * 60, "day" },
	{ (int64_t)60 * 60, "hour" },
	{ (int64_t)60, "minute" },
};

struct str
ago_text(struct arena *a, int64_t seconds)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t n = seconds / units[i].seconds;

		if (n > 0)
			return str_fmt(a, "%lld %s%s", (long long)n,
				units[i].name, n == 1 ? "" : "s");
	}
	return STR("");
}
