/*
 * settings_schema: the settings as JSON Schema (2020-12), for editors.
 */
#ifndef APP_SETTINGS_SCHEMA_H
#define APP_SETTINGS_SCHEMA_H

#include "base/buf.h"

void settings_schema_write(struct buf *out);

#endif
