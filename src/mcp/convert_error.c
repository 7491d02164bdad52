/* convert_error: see convert_error.h. */
#include "mcp/convert_error.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mcp/message.h"
#include "text/json_write.h"

#define INVALID_REQUEST     INT64_C(-32600)
#define METHOD_NOT_FOUND    INT64_C(-32601)
#define INVALID_PARAMS      INT64_C(-32602)
#define INTERNAL            INT64_C(-32603)
#define PARSE_ERROR         INT64_C(-32700)
#define RESOURCE_NOT_FOUND  INT64_C(-32002)
#define HEADER_MISMATCH     INT64_C(-32020)
#define MISSING_CAPABILITY  INT64_C(-32021)
#define UNSUPPORTED_VERSION INT64_C(-32022)

/* Members of what is wanted and of what is declared that are compared, each with
 * each. */
#define CAPABILITIES_MAX 256u

#define WANTED_MAX 512u /* bytes of the names of what a server wants */

/* What was meant for the client, and means the same to it. */
static bool
is_plain(int64_t code)
{
	return code == INVALID_PARAMS || code == METHOD_NOT_FOUND ||
		code == INTERNAL || code < -32768 || code > -32000;
}

/* Servers' own, of the older revisions: what stands in their data is no
 * business of the protocol's. */
static bool
is_servers_own(int64_t code)
{
	return code >= -32019 && code <= -32000;
}

int64_t
convert_error_code(int64_t code, enum revision to)
{
	if (is_plain(code))
		return code;
	if (code == RESOURCE_NOT_FOUND)
		return revision_is_modern(to) ? INVALID_PARAMS : code;
	if (code == MISSING_CAPABILITY)
		return revision_is_modern(to)
			? code
			: fault_row(FAULT_SERVER_WANTS)->jsonrpc;
	return INTERNAL;
}

/* Whether the error speaks of how we called, not of what the client wants. */
static bool
is_about_us(int64_t code)
{
	return code == HEADER_MISMATCH || code == UNSUPPORTED_VERSION ||
		code == INVALID_REQUEST || code == PARSE_ERROR;
}

/* A modern client that did not declare what the server needs has to hear so
 * (TR-13).  One that did would be sent in a circle, since we pass no capability
 * on (BR-11). */
static bool
is_missing_for_client(struct arena *a, const struct convert_error *q)
{
	const struct json *data, *declared = NULL;
	struct str raw = q->e->error_data.value;

	if (!revision_is_modern(q->to) || str_is_none(raw))
		return false;
	data = json_get(json_parse(a, raw, NULL, NULL), "requiredCapabilities");
	if (!json_is(data, JSON_OBJECT) || data->count > CAPABILITIES_MAX)
		return false;
	if (envelope_has(q->declared))
		declared = json_parse(a, q->declared.value, NULL, NULL);
	if (declared != NULL && declared->count > CAPABILITIES_MAX)
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

/* What the client can't give it, whatever it declares, since we pass on no
 * capability: {"fault":...,"wants":["sampling"]}. */
static struct str
wants_data(struct arena *a, struct str raw)
{
	const struct json *data = json_parse(a, raw, NULL, NULL);
	struct json_write w;
	struct buf out;

	buf_in(&out, a, WANTED_MAX);
	json_write_init(&w, &out);
	json_begin(&w, '{');
	json_member_str(&w, "fault", str_from(fault_name(FAULT_SERVER_WANTS)));
	json_member(&w, "wants");
	json_begin(&w, '[');
	json_each(one, json_get(data, "requiredCapabilities"))
		json_str(&w, one->key);
	json_end(&w);
	json_end(&w);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static void
write_wants(struct arena *a, const struct convert_error *q, struct buf *out)
{
	struct str raw = q->e->error_data.value;
	struct fault f;

	fault_set(&f, FAULT_SERVER_WANTS, "a capability");
	message_fault(out, q->id, &f,
		str_is_none(raw) ? STR_NONE : wants_data(a, raw));
}

static void
write_about_us(const struct convert_error *q, struct buf *out)
{
	struct fault f;

	fault_set(&f, FAULT_SERVER_ANSWER, "about our own request");
	message_fault(out, q->id, &f, STR_NONE);
}

/* The server's words; its data only where its code did not give that a meaning
 * which is not passed on. */
static void
write_theirs(struct arena *a, const struct convert_error *q, int64_t code,
	struct buf *out)
{
	struct message_error error = { .id = q->id,
		.code = convert_error_code(code, q->to),
		.message = envelope_text(a, q->e->error_message),
		.data = q->e->error_data.value };

	if (!is_plain(code) && !is_servers_own(code) &&
		error.code != MISSING_CAPABILITY)
		error.data = STR("{\"fault\":\"server_answer\"}");
	message_error(out, &error);
}

int
convert_error(struct arena *a, const struct convert_error *q, struct buf *out)
{
	bool modern = revision_is_modern(q->to);
	int64_t code;

	if (!json_to_i64(&(struct json){ .kind = JSON_NUMBER,
				 .raw = q->e->error_code.value },
		    &code))
		code = INTERNAL;
	if (is_about_us(code)) {
		write_about_us(q, out);
		return 200;
	}
	if (code == MISSING_CAPABILITY && !is_missing_for_client(a, q)) {
		write_wants(a, q, out);
		return 200;
	}
	write_theirs(a, q, code, out);
	return code == MISSING_CAPABILITY            ? 400
		: code == METHOD_NOT_FOUND && modern ? 404
						     : 200;
}

bool
convert_error_is_mismatch(const struct envelope *e)
{
	int64_t code;

	return json_to_i64(&(struct json){ .kind = JSON_NUMBER,
				   .raw = e->error_code.value },
		       &code) &&
		code == HEADER_MISMATCH;
}
