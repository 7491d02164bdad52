/* convert_request: see convert_request.h. */
#include "mcp/convert_request.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mcp/message.h"
#include "mcp/us.h"
#include "text/json_write.h"

#define VERSION_KEY      "\"" US_META "protocolVersion\":"
#define INFO_KEY         "\"" US_META "clientInfo\":"
#define CAPABILITIES_KEY "\"" US_META "clientCapabilities\":"
#define LOG_KEY          "\"" US_META "logLevel\":"

#define VERSION      VERSION_KEY "\"2026-07-28\""
#define INFO         INFO_KEY US_JSON
#define CAPABILITIES CAPABILITIES_KEY "{}"
#define LOG(level)   LOG_KEY "\"" level "\""
#define BARE         VERSION "," INFO "," CAPABILITIES
#define WITH(level)  STR_INIT("{" BARE "," LOG(level) "}")

static const struct str metas[] = {
	[LEVEL_DEBUG] = WITH("debug"),
	[LEVEL_INFO] = WITH("info"),
	[LEVEL_NOTICE] = WITH("notice"),
	[LEVEL_WARNING] = WITH("warning"),
	[LEVEL_ERROR] = WITH("error"),
	[LEVEL_CRITICAL] = WITH("critical"),
	[LEVEL_ALERT] = WITH("alert"),
	[LEVEL_EMERGENCY] = WITH("emergency"),
	[LEVEL_OFF] = STR_INIT("{" BARE "}"),
};

struct str
convert_request_meta(enum level level)
{
	return metas[level];
}

/* A member of ours, whose value begins at value_at. */
struct ours {
	struct str member;
	size_t value_at;
};

/* Put where the client's stands, or first into _meta. */
static void
put_meta(struct splice *s, const struct envelope *e, struct envelope_member m,
	const struct ours *ours)
{
	if (envelope_has(m))
		splice_replace(s, m.value,
			str_cut(ours->member, ours->value_at, ours->member.n));
	else
		splice_insert(s, e->meta.value, ours->member);
}

static void
edit_log_level(const struct convert_request *q, struct splice *s)
{
	struct str whole = convert_request_meta(q->level);

	if (revision_is_modern(q->from))
		return;
	if (q->level == LEVEL_OFF)
		splice_remove(s, q->e->meta_log_level);
	else
		put_meta(s, q->e, q->e->meta_log_level,
			&(struct ours){ str_cut(whole, strlen("{" BARE ","),
						whole.n - 1),
				strlen(LOG_KEY) });
}

/* No _meta came, so a whole one is put in, with params if need be. */
static void
add_meta(struct arena *a, const struct convert_request *q, struct splice *s)
{
	const struct envelope *e = q->e;
	struct str meta = convert_request_meta(q->level);

	if (envelope_has(e->params))
		splice_insert(s, e->params.value,
			str_join(a, STR("\"_meta\":"), meta));
	else
		splice_insert(s, e->body,
			str_join(a, STR("\"params\":{\"_meta\":"), meta,
				STR("}")));
}

static void
edit_meta(struct arena *a, const struct convert_request *q, struct splice *s)
{
	static const struct ours version = { STR_INIT(VERSION),
		sizeof(VERSION_KEY) - 1 };
	static const struct ours info = { STR_INIT(INFO),
		sizeof(INFO_KEY) - 1 };
	static const struct ours capabilities = { STR_INIT(CAPABILITIES),
		sizeof(CAPABILITIES_KEY) - 1 };
	const struct envelope *e = q->e;

	if (!revision_is_modern(q->to)) {
		splice_remove(s, e->meta_version);
		splice_remove(s, e->meta_client_info);
		splice_remove(s, e->meta_capabilities);
		splice_remove(s, e->meta_log_level);
		return;
	}
	if (!envelope_has(e->meta)) {
		add_meta(a, q, s);
		return;
	}
	put_meta(s, e, e->meta_version, &version);
	put_meta(s, e, e->meta_client_info, &info);
	put_meta(s, e, e->meta_capabilities, &capabilities);
	edit_log_level(q, s);
}

static struct str
decimal(struct arena *a, int64_t n)
{
	struct buf out;

	buf_in(&out, a, 24);
	buf_i64(&out, n);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static struct str
quoted(struct arena *a, struct str s)
{
	struct buf out;

	buf_in(&out, a, 6 * s.n + 2);
	json_quote(&out, s);
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

static void
edit_token(struct arena *a, const struct convert_request *q, struct splice *s)
{
	struct envelope_member token = q->e->meta_progress_token;

	if (!envelope_has(token))
		return;
	if (q->token == CONVERT_NO_TOKEN)
		splice_remove(s, token);
	else
		splice_replace(s, token.value, decimal(a, q->token));
}

/* Where the name of what is asked for stands. */
static struct envelope_member
target(const struct envelope *e)
{
	if (e->method == METHOD_COMPLETE)
		return envelope_has(e->ref_name) &&
				!envelope_is(e->ref_type, STR("ref/resource"))
			? e->ref_name
			: e->ref_uri;
	return methods_names_uri(e->method) ? e->uri : e->name;
}

bool
convert_request(struct arena *a, const struct convert_request *q,
	struct splice *out, struct fault *f)
{
	const struct envelope *e = q->e;
	struct envelope_member name = target(e);

	splice_init(out, e->body);
	splice_replace(out, e->id.value, decimal(a, q->id));
	if (!str_is_none(q->name) && envelope_has(name))
		splice_replace(out, name.value, quoted(a, q->name));
	if (!str_is_none(q->cursor) && envelope_has(e->cursor))
		splice_replace(out, e->cursor.value, quoted(a, q->cursor));
	splice_remove(out, e->input_responses);
	splice_remove(out, e->request_state);
	splice_remove(out, e->task);
	edit_token(a, q, out);
	edit_meta(a, q, out);
	if (out->failed)
		return fault_set(f, FAULT_TOO_LARGE,
			"the request has no room to be converted");
	return true;
}
