/*
 * settings_value: the little languages of single settings.
 *
 * Pure; each takes a text and answers whether it is one.  What it should have
 * been is said by settings_value_expected().
 */
#ifndef APP_SETTINGS_VALUE_H
#define APP_SETTINGS_VALUE_H

#include "app/settings_rows.h"

/* A number and a unit: ms, s, m, h, d, w ("90s", "1h", "500ms"). */
bool settings_value_millis(struct str text, int64_t *ms);

/* As above, whole seconds only. */
bool settings_value_seconds(struct str text, int64_t *s);

/* A number of bytes, with a unit or without: B, KB, MB, GB (powers of 1024),
 * in either case. */
bool settings_value_size(struct str text, int64_t *bytes);

bool settings_value_count(struct str text, int64_t *n);

/* "127.0.0.1:3000", "[::1]:3000", "localhost:3000". */
bool settings_value_is_address(struct str text);

/* scheme://host[:port] and nothing after it but one slash: https, or http on
 * a loopback address. */
bool settings_value_is_origin(struct str text);

/* http or https with a host, without user information and fragment. */
bool settings_value_is_url(struct str text);

/* 1 to 32 of [A-Za-z0-9_-], no "__", no '_' at an end. */
bool settings_value_is_name(struct str text);

/* An IPv4 or IPv6 address, or a block of them: "10.0.0.0/8". */
bool settings_value_is_network(struct str text);

/* "a duration such as \"60s\"": for "expected ..., got ...".  Static. */
const char *settings_value_expected(enum setting_kind kind);

/* What is to be added when it isn't plain what is wrong with the text, which
 * may be STR_NONE: "; a port is at most 65535".  Static, never NULL. */
const char *settings_value_hint(enum setting_kind kind, struct str text);

#endif
