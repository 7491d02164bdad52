/*
 * convert_note: a server's notifications made the client's.
 */
#ifndef MCP_CONVERT_NOTE_H
#define MCP_CONVERT_NOTE_H

#include "mcp/level.h"
#include "mcp/splice.h"

/* notifications/progress with the client's own token (raw JSON) put back.
 * False when it has no token (FAULT_SERVER_ANSWER). */
bool convert_note_progress(const struct envelope *e, struct str token,
	struct splice *out, struct fault *f);

/* Whether a notifications/progress says more than *last, which becomes what it
 * says (BR-51).  Begin with -INFINITY. */
bool convert_note_advances(const struct envelope *e, double *last);

/* The integer token of a notifications/progress; false when it is none of
 * ours. */
bool convert_note_token(const struct envelope *e, int64_t *token);

/* Whether a notifications/message is grave enough to pass (BR-50); one whose
 * level nobody knows doesn't. */
bool convert_note_passes(const struct envelope *e, enum level least);

#endif
