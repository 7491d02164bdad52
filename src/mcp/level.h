/*
 * level: how grave a log message of a server is (RFC 5424's eight).
 */
#ifndef MCP_LEVEL_H
#define MCP_LEVEL_H

#include "base/str.h"

enum level {
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_NOTICE,
	LEVEL_WARNING,
	LEVEL_ERROR,
	LEVEL_CRITICAL,
	LEVEL_ALERT,
	LEVEL_EMERGENCY,
	LEVEL_OFF /* nobody asked: nothing passes */
};

/* "warning", without quotes.  False for anything else; "off" too. */
bool level_parse(struct str text, enum level *out);

/* Static; "" for LEVEL_OFF. */
struct str level_name(enum level l);

#endif
