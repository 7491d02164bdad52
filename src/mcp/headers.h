/*
 * headers: values of the body mirrored in HTTP fields (TR-24 to TR-28).
 *
 * A value that could not stand in a field as it is, or that looks like an
 * encoded one, travels as =?base64?...?= (standard alphabet, padded).  No
 * byte of a stranger's value reaches a field by any other way.
 */
#ifndef MCP_HEADERS_H
#define MCP_HEADERS_H

#include "base/fault.h"
#include "base/str.h"
#include "text/field.h"

struct arena;
struct json;

/* The value as a field carries it; STR_NONE at the arena's cap. */
struct str headers_encode(struct arena *a, struct str value);

/* The value that a field carries, blanks around cut.  False: a sentinel whose
 * base64 or UTF-8 is bad, or bytes that no field may hold, or the cap. */
bool headers_decode(struct arena *a, struct str field, struct str *value);

/* ---- Mcp-Param-* ---- */

enum headers_type { HEADERS_STRING, HEADERS_INTEGER, HEADERS_BOOLEAN };

struct headers_param {
	struct str field;       /* "Mcp-Param-Region" */
	const struct str *path; /* keys from arguments down */
	size_t depth;
	enum headers_type type;
};

struct headers_params {
	struct headers_param *items;
	size_t n;
};

#define HEADERS_PARAMS_MAX 32u

/* The x-mcp-header annotations of a tool's inputSchema (may be NULL).  False
 * and FAULT_SERVER_ANSWER with the reason when one is not valid (TR-27): the
 * tool must be dropped.  What is found points into the arena and the tree. */
bool headers_params_collect(struct arena *a, const struct json *schema,
	struct headers_params *out, struct fault *f);

struct headers_fields {
	struct field all[HEADERS_PARAMS_MAX];
	size_t n;
};

/* The fields for a call with these arguments (raw JSON object, or STR_NONE),
 * values encoded.  Absent, null, composite and unsafe ones are left out.
 * False: FAULT_TOO_LARGE, or FAULT_BAD_JSON for arguments that hold a key
 * twice. */
bool headers_params_make(struct arena *a, const struct headers_params *params,
	struct str arguments, struct headers_fields *out, struct fault *f);

struct headers_check {
	const struct headers_params *params;
	struct str arguments;       /* raw, or STR_NONE */
	const struct field *fields; /* of the request */
	size_t n;
};

/* Whether the request's Mcp-Param-* fields mirror its arguments:
 * FAULT_MCP_HEADER, or FAULT_BAD_JSON for arguments that hold a key twice.
 * Numbers compare as such.  A field without its argument, which may be null,
 * mirrors nothing and is refused, too; unknown fields are ignored (V-09). */
bool headers_params_check(
	struct arena *a, const struct headers_check *check, struct fault *f);

#endif
