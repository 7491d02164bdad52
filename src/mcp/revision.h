/*
 * revision: the dated revisions of the Model Context Protocol, in order.
 *
 * "Legacy" ones open with initialize and may keep a session; "modern" ones
 * (2026-07-28) carry everything in each request's _meta.
 */
#ifndef MCP_REVISION_H
#define MCP_REVISION_H

#include "base/str.h"

enum revision {
	REVISION_2024_11_05,
	REVISION_2025_03_26,
	REVISION_2025_06_18,
	REVISION_2025_11_25,
	REVISION_2026_07_28
};

#define REVISION_COUNT         5
#define REVISION_LATEST        REVISION_2026_07_28
#define REVISION_LATEST_LEGACY REVISION_2025_11_25
/* What a legacy request without MCP-Protocol-Version speaks when nothing else
 * is known (2025-06-18, Protocol Version Header). */
#define REVISION_ASSUMED       REVISION_2025_03_26

/* "2025-06-18", exactly.  False when we don't know it. */
bool revision_parse(struct str text, enum revision *out);

/* Static. */
struct str revision_name(enum revision r);

static inline bool
revision_is_modern(enum revision r)
{
	return r >= REVISION_2026_07_28;
}

/* Whether the text names a modern revision, known to us or of the future:
 * a date from 2026-07-28 on. */
bool revision_claims_modern(struct str text);

/* The oldest that knows Streamable HTTP. */
#define REVISION_OLDEST_HTTP REVISION_2025_03_26

/* What InitializeResult answers to the version that a client asked for: the
 * same if it is a legacy one that we know, not older than oldest; else the
 * latest legacy one. */
enum revision revision_negotiate(struct str asked, enum revision oldest);

/* The modern revisions as a JSON array, for supportedVersions and for the
 * "supported" of -32022: ["2026-07-28"].  Static. */
struct str revision_supported_json(void);

#endif
