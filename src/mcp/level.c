/* level: see level.h. */
#include "mcp/level.h"

static const struct str names[] = {
	[LEVEL_DEBUG] = STR_INIT("debug"),
	[LEVEL_INFO] = STR_INIT("info"),
	[LEVEL_NOTICE] = STR_INIT("notice"),
	[LEVEL_WARNING] = STR_INIT("warning"),
	[LEVEL_ERROR] = STR_INIT("error"),
	[LEVEL_CRITICAL] = STR_INIT("critical"),
	[LEVEL_ALERT] = STR_INIT("alert"),
	[LEVEL_EMERGENCY] = STR_INIT("emergency"),
	[LEVEL_OFF] = STR_INIT(""),
};

bool
level_parse(struct str text, enum level *out)
{
	for (int l = 0; l < LEVEL_OFF; l++) {
		if (str_eq(names[l], text)) {
			*out = (enum level)l;
			return true;
		}
	}
	return false;
}

struct str
level_name(enum level l)
{
	return names[l];
}
