/* handshake: see handshake.h; judging a server's era is in
 * handshake_judge.c. */
#include "mcp/handshake.h"

#include "base/arena.h"
#include "mcp/capability.h"
#include "mcp/convert_request.h"
#include "mcp/message.h"
#include "mcp/us.h"
#include "text/json_write.h"

/* ---- as a server ---- */

static bool
names_itself(struct arena *a, const struct envelope *e)
{
	const struct json *info;

	if (!envelope_is_object(e->client_info))
		return false;
	info = json_parse(a, e->client_info.value, NULL, NULL);
	return json_is(json_get(info, "name"), JSON_STRING) &&
		json_is(json_get(info, "version"), JSON_STRING);
}

bool
handshake_negotiate(struct arena *a, const struct envelope *e,
	enum revision oldest, enum revision *to, struct fault *f)
{
	struct str raw = e->protocol_version.value;

	if (raw.n < 2 || raw.p[0] != '"')
		return fault_set(f, FAULT_MCP_CALL_PARAMS,
			"protocolVersion is no string");
	if (!envelope_is_object(e->capabilities))
		return fault_set(
			f, FAULT_MCP_CALL_PARAMS, "capabilities is no object");
	if (!names_itself(a, e))
		return fault_set(f, FAULT_MCP_CALL_PARAMS,
			"clientInfo has no name and version");
	*to = revision_negotiate(str_cut(raw, 1, raw.n - 1), oldest);
	return true;
}

static void
open_result(struct json_write *w, struct buf *out, struct str id)
{
	json_write_init(w, out);
	json_begin(w, '{');
	json_member_raw(w, "jsonrpc", STR("\"2.0\""));
	json_member_raw(w, "id", id);
	json_member(w, "result");
	json_begin(w, '{');
}

void
handshake_initialized(struct buf *out, const struct handshake_offer *o)
{
	struct json_write w;

	open_result(&w, out, o->id);
	json_member_str(&w, "protocolVersion", revision_name(o->to));
	json_member(&w, "capabilities");
	capability_write(&w, o->offered, o->to);
	json_member_raw(&w, "serverInfo", message_us());
	json_member_str(&w, "instructions", o->instructions);
	json_end(&w);
	json_end(&w);
}

void
handshake_discovered(struct buf *out, const struct handshake_offer *o)
{
	struct json_write w;

	open_result(&w, out, o->id);
	json_member_str(&w, "resultType", STR("complete"));
	json_member_raw(&w, "supportedVersions", revision_supported_json());
	json_member(&w, "capabilities");
	capability_write(&w, o->offered, o->to);
	json_member_str(&w, "instructions", o->instructions);
	json_member_i64(&w, "ttlMs", 0);
	json_member_str(&w, "cacheScope", STR("private"));
	json_member(&w, "_meta");
	json_begin(&w, '{');
	json_member_raw(&w, US_META "serverInfo", message_us());
	json_end(&w);
	json_end(&w);
	json_end(&w);
}

/* ---- as a client ---- */

void
handshake_initialize(struct buf *out, int64_t id, enum revision r)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_raw(&w, "jsonrpc", STR("\"2.0\""));
	json_member_i64(&w, "id", id);
	json_member_str(&w, "method", methods_name(METHOD_INITIALIZE));
	json_member(&w, "params");
	json_begin(&w, '{');
	json_member_str(&w, "protocolVersion", revision_name(r));
	json_member_raw(&w, "capabilities", STR("{}"));
	json_member_raw(&w, "clientInfo", message_us());
	json_end(&w);
	json_end(&w);
}

void
handshake_discover(struct buf *out, int64_t id)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_raw(&w, "jsonrpc", STR("\"2.0\""));
	json_member_i64(&w, "id", id);
	json_member_str(&w, "method", methods_name(METHOD_DISCOVER));
	json_member(&w, "params");
	json_begin(&w, '{');
	json_member_raw(&w, "_meta", convert_request_meta(LEVEL_OFF));
	json_end(&w);
	json_end(&w);
}

static bool
bad_answer(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_SERVER_ANSWER, "the handshake: %s", why);
}

static void
read_info(const struct json *info, struct handshake_server *s)
{
	s->name = json_get_str(info, "name");
	s->title = json_get_str(info, "title");
	s->version = json_get_str(info, "version");
	if (s->title.n == 0)
		s->title = s->name;
}

static const struct json *
read_object(struct arena *a, struct str result, struct fault *f)
{
	struct fault inner = { .id = FAULT_NONE };
	const struct json *v = json_parse(a, result, NULL, &inner);

	if (json_is(v, JSON_OBJECT))
		return v;
	bad_answer(f, v == NULL ? inner.detail : "the result is no object");
	return NULL;
}

bool
handshake_initialize_read(struct arena *a, struct str result,
	struct handshake_server *s, struct fault *f)
{
	const struct json *v = read_object(a, result, f);

	*s = (struct handshake_server){ .instructions = STR_NONE };
	if (v == NULL)
		return false;
	if (!revision_parse(json_get_str(v, "protocolVersion"), &s->revision) ||
		revision_is_modern(s->revision))
		return bad_answer(f, "its protocolVersion is not known here");
	if (!json_is(json_get(v, "capabilities"), JSON_OBJECT))
		return bad_answer(f, "it has no capabilities");
	s->capabilities =
		capability_read(json_get(v, "capabilities"), s->revision);
	s->instructions = json_get_str(v, "instructions");
	read_info(json_get(v, "serverInfo"), s);
	return true;
}

static bool
pick_revision(const struct json *versions, enum revision *best)
{
	bool found = false;
	enum revision r;

	json_each(one, versions) {
		if (!json_is(one, JSON_STRING) ||
			!revision_parse(one->text, &r) ||
			!revision_is_modern(r))
			continue;
		if (!found || r > *best)
			*best = r;
		found = true;
	}
	return found;
}

bool
handshake_discover_read(struct arena *a, struct str result,
	struct handshake_server *s, struct fault *f)
{
	const struct json *v = read_object(a, result, f), *info;

	*s = (struct handshake_server){ .instructions = STR_NONE };
	if (v == NULL)
		return false;
	if (!json_is(json_get(v, "supportedVersions"), JSON_ARRAY) ||
		!pick_revision(json_get(v, "supportedVersions"), &s->revision))
		return bad_answer(f, "no version of it is known here");
	if (!json_is(json_get(v, "capabilities"), JSON_OBJECT))
		return bad_answer(f, "it has no capabilities");
	s->capabilities =
		capability_read(json_get(v, "capabilities"), s->revision);
	s->instructions = json_get_str(v, "instructions");
	info = json_get(json_get(v, "_meta"), US_META "serverInfo");
	if (info == NULL) /* where drafts had it (V-17) */
		info = json_get(v, "serverInfo");
	read_info(info, s);
	return true;
}
