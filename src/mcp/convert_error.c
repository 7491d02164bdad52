/* convert_error: see convert_error.h. */
#include "mcp/convert_error.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mcp/message.h"
#include "text/json.h"

#define METHOD_NOT_FOUND      INT64_C(-32601)
#define INVALID_PARAMS        INT64_C(-32602)
#define INTERNAL              INT64_C(-32603)
#define RESOURCE_NOT_FOUND    INT64_C(-32002)
#define HEADER_MISMATCH       INT64_C(-32020)
#define MISSING_CAPABILITY    INT64_C(-32021)
#define UNSUPPORTED_VERSION   INT64_C(-32022)
/* Ours, outside the reserved range (TR-05): what an older client reads when
 * a server wants a capability. */
#define CAPABILITY_FOR_LEGACY INT64_C(-31021)

/* Of JSON-RPC itself; whoever sees them may take them for what they say. */
static bool
is_plain(int64_t code)
{
	return code == INVALID_PARAMS || code == METHOD_NOT_FOUND ||
		code == INTERNAL || code == -32600;
}

int64_t
convert_error_code(int64_t code, enum revision to)
{
	bool modern = revision_is_modern(to);

	if (is_plain(code) || code < -32768 || code > -32000)
		return code;
	if (code == RESOURCE_NOT_FOUND)
		return modern ? INVALID_PARAMS : code;
	if (code == MISSING_CAPABILITY)
		return modern ? code : CAPABILITY_FOR_LEGACY;
	return INTERNAL;
}

/* Whether the error speaks of how we called, not of what the client wants. */
static bool
is_about_us(int64_t code)
{
	return code == HEADER_MISMATCH || code == UNSUPPORTED_VERSION;
}

/* We declare no capabilities.  The client may hear that one is missing only
 * if it did not declare it either (BR-11). */
static bool
is_missing_for_client(struct arena *a, const struct convert_error *q)
{
	const struct json *data, *declared = NULL;
	struct str raw = q->e->error_data.value;

	if (str_is_none(raw))
		return false;
	data = json_parse(a, raw, NULL, NULL);
	if (envelope_has(q->declared))
		declared = json_parse(a, q->declared.value, NULL, NULL);
	data = json_get(data, "requiredCapabilities");
	if (!json_is(data, JSON_OBJECT))
		return false;
	json_each(wanted, data) {
		bool found = false;

		json_each(has, declared)
			found = found || str_eq(has->key, wanted->key);
		if (!found)
			return true;
	}
	return false;
}

static int
status_of(int64_t code, enum revision to)
{
	if (code == MISSING_CAPABILITY)
		return 400;
	return code == METHOD_NOT_FOUND && revision_is_modern(to) ? 404 : 200;
}

int
convert_error(struct arena *a, const struct convert_error *q, struct buf *out)
{
	struct message_error error = { .id = q->id,
		.data = q->e->error_data.value };
	struct fault f;
	int64_t code;

	if (!json_to_i64(&(struct json){ .kind = JSON_NUMBER,
				 .raw = q->e->error_code.value },
		    &code))
		code = INTERNAL;
	if (is_about_us(code)) {
		fault_set(&f, FAULT_SERVER_ANSWER, "about our own request");
		message_fault(out, q->id, &f, STR_NONE);
		return 200;
	}
	error.code = convert_error_code(code, q->to);
	if (error.code == MISSING_CAPABILITY && !is_missing_for_client(a, q))
		error.code = INTERNAL;
	error.message = envelope_text(a, q->e->error_message);
	message_error(out, &error);
	return status_of(error.code, q->to);
}
