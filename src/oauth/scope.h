/*
 * scope: what a token may be used for, as bits (RFC 6749 3.3).
 *
 * Seven scopes are built in; the settings add their own.  A table of both
 * gives each a bit of a uint64_t, so that the guard compares scopes with one
 * AND.  The bits hold for one table only; what is stored is text.  A table
 * lives in the arena that it was made in, beside its settings snapshot.
 *
 *	mcp ──▶ mcp:tools:execute ──▶ mcp:tools:read
 *	  └───▶ mcp:resources:read, mcp:prompts:read
 */
#ifndef OAUTH_SCOPE_H
#define OAUTH_SCOPE_H

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct scope_entry;
struct scope_table;

#define SCOPE_TOOLS_READ     ((uint64_t)1 << 0) /* mcp:tools:read */
#define SCOPE_TOOLS_EXECUTE  ((uint64_t)1 << 1) /* mcp:tools:execute */
#define SCOPE_RESOURCES_READ ((uint64_t)1 << 2) /* mcp:resources:read */
#define SCOPE_PROMPTS_READ   ((uint64_t)1 << 3) /* mcp:prompts:read */
#define SCOPE_MCP            ((uint64_t)1 << 4) /* mcp */
#define SCOPE_OFFLINE        ((uint64_t)1 << 5) /* offline_access */
#define SCOPE_ADMIN          ((uint64_t)1 << 6) /* ostiary:admin */
#define SCOPE_BUILT_IN       7u
#define SCOPE_MAX            64u

/* What an endpoint's metadata names, and what a request that names no scope
 * asks for: the four plain ones. */
#define SCOPE_BASIC                                                            \
	(SCOPE_TOOLS_READ | SCOPE_TOOLS_EXECUTE | SCOPE_RESOURCES_READ |       \
		SCOPE_PROMPTS_READ)

/* The longest text that is read. */
#define SCOPE_TEXT_MAX ((size_t)4096)

/* The built-in scopes and the settings' n own ones, copied.  NULL and
 * FAULT_SETTINGS when a name is no scope-token, is taken already, or there
 * are more than SCOPE_MAX in all. */
struct scope_table *scope_table_new(struct arena *a,
	const struct scope_entry *own, size_t n, struct fault *f);

size_t scope_count(const struct scope_table *t);

/* Of the i-th bit: its name, and its sentence for the consent page. */
struct str scope_name(const struct scope_table *t, size_t i);
struct str scope_sentence(const struct scope_table *t, size_t i);

/* The bit of that name, or 0. */
uint64_t scope_of(const struct scope_table *t, struct str name);

/* The bits of a space-separated list.  FAULT_INVALID_SCOPE when it is
 * malformed or names a scope that the table lacks. */
bool scope_parse(const struct scope_table *t, struct str text, uint64_t *bits,
	struct fault *f);

/* The bits of what the table knows; the rest is passed over.  For stored
 * texts, whose scopes the settings may have dropped since. */
uint64_t scope_known(const struct scope_table *t, struct str text);

/* The names, sorted, with a blank between: what is stored and sent.  "" for
 * none; STR_NONE at the arena's cap. */
struct str scope_print(
	struct arena *a, const struct scope_table *t, uint64_t bits);

/* With all that the bits imply. */
uint64_t scope_implied(uint64_t bits);

/* What is needed and not granted, implied ones counted; 0: enough. */
uint64_t scope_missing(uint64_t granted, uint64_t needed);

/* What a client can be given: all but ostiary:admin, which belongs to the
 * owner's browser. */
uint64_t scope_grantable(const struct scope_table *t);

/* ---- without a table, on stored texts ---- */

/* Whether each scope that is asked for was granted or is implied by one that
 * was. */
bool scope_is_within(struct str asked, struct str granted);

/* The names sorted, each once.  FAULT_INVALID_SCOPE when malformed. */
bool scope_sort(
	struct arena *a, struct str text, struct str *sorted, struct fault *f);

#endif
