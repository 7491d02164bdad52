/* convert_result: see convert_result.h. */
#include "mcp/convert_result.h"

#include "base/arena.h"
#include "mcp/convert_content.h"
#include "mcp/us.h"

#define SERVER_INFO "\"" US_META "serverInfo\":" US_JSON

/* What a result says that it is (TR-04): "complete", or nothing, which older
 * servers mean by it.  We declared no capability, so nothing may be asked of
 * the client (TR-42). */
static bool
check_type(const struct convert_result *q, struct fault *f)
{
	struct envelope_member type = q->e->result_type;

	if (!revision_is_modern(q->from) || !envelope_has(type) ||
		envelope_is(type, STR("complete")))
		return true;
	if (envelope_is(type, STR("input_required")))
		return fault_set(f, FAULT_SERVER_ANSWER,
			"it asks for input that no declared capability allows");
	return fault_set(f, FAULT_SERVER_ANSWER, "unknown resultType %.*s",
		STR_ARG(str_cut(type.value, 0, 40)));
}

/* A member of ours, whose value begins at value_at. */
struct ours {
	struct str member;
	size_t value_at;
};

#define OURS(key, value)                                                       \
	{                                                                      \
		STR_INIT("\"" key "\":" value), sizeof("\"" key "\":") - 1     \
	}

/* Puts the value where the member stands, or the member first into result. */
static void
put(struct splice *s, const struct envelope *e, struct envelope_member m,
	const struct ours *ours)
{
	if (envelope_has(m))
		splice_replace(s, m.value,
			str_cut(ours->member, ours->value_at, ours->member.n));
	else
		splice_insert(s, e->result.value, ours->member);
}

static bool
is_ttl(struct str raw)
{
	uint64_t n;

	return str_to_u64(raw, &n) && n <= INT64_MAX;
}

static void
edit_cache(const struct envelope *e, struct splice *s)
{
	static const struct ours ttl = OURS("ttlMs", "0");
	static const struct ours scope = OURS("cacheScope", "\"private\"");

	if (!is_ttl(e->ttl_ms.value))
		put(s, e, e->ttl_ms, &ttl);
	if (!envelope_is(e->cache_scope, STR("public")) &&
		!envelope_is(e->cache_scope, STR("private")))
		put(s, e, e->cache_scope, &scope);
}

static void
edit_modern(const struct convert_result *q, struct splice *s)
{
	static const struct ours type = OURS("resultType", "\"complete\"");
	const struct envelope *e = q->e;

	if (!envelope_is(e->result_type, STR("complete")))
		put(s, e, e->result_type, &type);
	if (methods_has(q->method, METHOD_CACHEABLE))
		edit_cache(e, s);
	if (!envelope_has(e->meta))
		splice_insert(
			s, e->result.value, STR("\"_meta\":{" SERVER_INFO "}"));
	else if (!envelope_has(e->meta_server_info))
		splice_insert(s, e->meta.value, STR(SERVER_INFO));
	else
		splice_replace(s, e->meta_server_info.value, STR(US_JSON));
}

static void
edit_legacy(const struct envelope *e, struct splice *s)
{
	splice_remove(s, e->result_type);
	splice_remove(s, e->ttl_ms);
	splice_remove(s, e->cache_scope);
	splice_remove(s, e->meta_server_info);
	splice_remove(s, e->meta_subscription);
}

/* Whether structuredContent can't go to that revision: 2025-06-18 brought it,
 * as an object; other values came with the modern one. */
static bool
is_structure_refused(const struct convert_result *q)
{
	if (q->method != METHOD_TOOLS_CALL || !envelope_has(q->e->structured))
		return false;
	return q->to <= REVISION_2025_03_26 ||
		(!revision_is_modern(q->to) &&
			!envelope_is_object(q->e->structured));
}

static bool
is_empty_array(struct str raw)
{
	return raw.n >= 2 && raw.p[0] == '[' &&
		str_trim(str_cut(raw, 1, raw.n - 1)).n == 0;
}

/* Without the structure there has to be a text of it. */
static void
edit_structure(
	struct arena *a, const struct convert_result *q, struct splice *s)
{
	const struct envelope *e = q->e;
	struct str text;

	if (!is_structure_refused(q))
		return;
	splice_remove(s, e->structured);
	if (envelope_has(e->content) && !is_empty_array(e->content.value))
		return;
	text = convert_content_text(a, e->structured.value);
	if (envelope_has(e->content))
		splice_replace(s, e->content.value, text);
	else
		splice_insert(s, e->result.value,
			str_join(a, STR("\"content\":"), text));
}

static bool
find_content(const struct convert_result *q, struct convert_content *content)
{
	struct envelope_member m = { NULL, STR_NONE };

	if (q->method == METHOD_TOOLS_CALL) {
		content->kind = CONVERT_CONTENT_BLOCKS;
		m = q->e->content;
	} else if (q->method == METHOD_PROMPTS_GET) {
		content->kind = CONVERT_CONTENT_MESSAGES;
		m = q->e->messages;
	} else if (q->method == METHOD_RESOURCES_READ) {
		content->kind = CONVERT_CONTENT_RESOURCES;
		m = q->e->contents;
	}
	content->raw = m.value;
	return m.value.n > 0 && m.value.p[0] == '[' && !is_empty_array(m.value);
}

static bool
edit_content(struct arena *a, const struct convert_result *q, struct splice *s,
	struct fault *f)
{
	struct convert_content content = {
		.from = q->from, .to = q->to, .hub = q->hub
	};
	struct str text;

	if (!find_content(q, &content))
		return true;
	if (!convert_content(a, &content, &text, f))
		return false;
	if (text.p != content.raw.p)
		splice_replace(s, content.raw, text);
	return true;
}

bool
convert_result(struct arena *a, const struct convert_result *q,
	struct splice *out, struct fault *f)
{
	splice_init(out, q->e->body);
	if (!check_type(q, f))
		return false;
	splice_replace(out, q->e->id.value, q->id);
	if (revision_is_modern(q->to))
		edit_modern(q, out);
	else
		edit_legacy(q->e, out);
	edit_structure(a, q, out);
	if (!edit_content(a, q, out, f))
		return false;
	if (out->failed)
		return fault_set(f, FAULT_TOO_LARGE,
			"the result has no room to be converted");
	return true;
}
