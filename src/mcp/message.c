/* message: see message.h. */
#include "mcp/message.h"

#include "base/arena.h"
#include "mcp/convert_request.h"
#include "mcp/us.h"
#include "text/json_write.h"

#include <stdio.h>

struct str
message_us(void)
{
	return STR(US_JSON);
}

static void
begin(struct json_write *w, struct buf *out)
{
	json_write_init(w, out);
	json_begin(w, '{');
	json_member_raw(w, "jsonrpc", STR("\"2.0\""));
}

/* ---- answers ---- */

void
message_error(struct buf *out, const struct message_error *e)
{
	struct json_write w;

	begin(&w, out);
	json_member_raw(&w, "id", e->id);
	json_member(&w, "error");
	json_begin(&w, '{');
	json_member_i64(&w, "code", e->code);
	json_member(&w, "message");
	json_str(&w, e->message);
	json_member_raw(&w, "data", e->data);
	json_end(&w);
	json_end(&w);
}

#define SAID_MAX  512u /* a sentence and an advice of the table */
#define NAMED_MAX 64u

static void
write_fault(struct buf *out, struct message_error *e, const struct fault *f)
{
	const struct fault_row *row = fault_row(f->id);
	char said[SAID_MAX], name[NAMED_MAX];

	snprintf(said, sizeof(said), "%s %s", row->sentence, row->advice);
	e->message = str_from(said);
	if (str_is_none(e->data)) {
		snprintf(name, sizeof(name), "{\"fault\":\"%s\"}",
			fault_name(f->id));
		e->data = str_from(name);
	}
	message_error(out, e);
}

void
message_fault(
	struct buf *out, struct str id, const struct fault *f, struct str data)
{
	struct message_error e = {
		.id = id, .code = fault_row(f->id)->jsonrpc, .data = data
	};

	write_fault(out, &e, f);
}

void
message_fault_legacy(
	struct buf *out, struct str id, const struct fault *f, struct str data)
{
	struct message_error e = {
		.id = id, .code = fault_row(f->id)->jsonrpc, .data = data
	};

	if (e.code >= -32099 && e.code <= -32020)
		e.code = -32600;
	write_fault(out, &e, f);
}

void
message_result(struct buf *out, struct str id, struct str result)
{
	struct json_write w;

	begin(&w, out);
	json_member_raw(&w, "id", id);
	json_member_raw(&w, "result", result);
	json_end(&w);
}

void
message_empty(struct buf *out, struct str id, enum revision to)
{
	message_result(out, id,
		revision_is_modern(to)
			? STR("{\"resultType\":\"complete\",\"_meta\":{"
			      "\"" US_META "serverInfo\":" US_JSON "}}")
			: STR("{}"));
}

/* ---- requests and notifications of ours ---- */

void
message_request(struct buf *out, int64_t id, enum method m, struct str params)
{
	struct json_write w;

	begin(&w, out);
	json_member_i64(&w, "id", id);
	json_member_str(&w, "method", methods_name(m));
	json_member_raw(&w, "params", params);
	json_end(&w);
}

void
message_list(struct buf *out, const struct message_list *l)
{
	bool modern = revision_is_modern(l->to);
	struct json_write w;

	begin(&w, out);
	json_member_i64(&w, "id", l->id);
	json_member_str(&w, "method", methods_name(l->method));
	if (modern || !str_is_none(l->cursor)) {
		json_member(&w, "params");
		json_begin(&w, '{');
		json_member_str(&w, "cursor", l->cursor);
		if (modern)
			json_member_raw(
				&w, "_meta", convert_request_meta(LEVEL_OFF));
		json_end(&w);
	}
	json_end(&w);
}

void
message_set_level(struct buf *out, int64_t id, enum level level)
{
	struct json_write w;

	begin(&w, out);
	json_member_i64(&w, "id", id);
	json_member_str(&w, "method", methods_name(METHOD_SET_LEVEL));
	json_member(&w, "params");
	json_begin(&w, '{');
	json_member_str(&w, "level", level_name(level));
	json_end(&w);
	json_end(&w);
}

static void
end_with_uri(struct json_write *w, struct str uri)
{
	json_member(w, "params");
	json_begin(w, '{');
	json_member_str(w, "uri", uri);
	json_end(w);
	json_end(w);
}

void
message_resource(struct buf *out, int64_t id, enum method m, struct str uri)
{
	struct json_write w;

	begin(&w, out);
	json_member_i64(&w, "id", id);
	json_member_str(&w, "method", methods_name(m));
	end_with_uri(&w, uri);
}

void
message_updated(struct buf *out, struct str uri)
{
	struct json_write w;

	begin(&w, out);
	json_member_str(&w, "method", methods_name(METHOD_RESOURCES_UPDATED));
	end_with_uri(&w, uri);
}

void
message_notification(struct buf *out, enum method m, struct str params)
{
	struct json_write w;

	begin(&w, out);
	json_member_str(&w, "method", methods_name(m));
	json_member_raw(&w, "params", params);
	json_end(&w);
}

void
message_cancelled(struct buf *out, int64_t id, struct str reason)
{
	struct json_write w;

	begin(&w, out);
	json_member_str(&w, "method", methods_name(METHOD_CANCELLED));
	json_member(&w, "params");
	json_begin(&w, '{');
	json_member_i64(&w, "requestId", id);
	json_member_str(&w, "reason", reason);
	json_end(&w);
	json_end(&w);
}

struct str
message_line(struct arena *a, struct str json)
{
	char *p;

	if (str_find_char(json, '\n') == json.n &&
		str_find_char(json, '\r') == json.n)
		return json;
	p = arena_bytes(a, json.n);
	if (p == NULL)
		return STR_NONE;
	for (size_t i = 0; i < json.n; i++)
		p[i] = json.p[i] == '\n' || json.p[i] == '\r' ? ' ' : json.p[i];
	return str_of(p, json.n);
}
