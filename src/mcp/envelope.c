/* envelope: see envelope.h.  Which keys are known at which level stands in
 * tables; one loop reads every level. */
#include "mcp/envelope.h"

#include "base/arena.h"
#include "base/attr.h"
#include "mcp/us.h"

#define KEY_MAX 64u /* longer than any known key */

struct row {
	struct str key;
	size_t at;                /* of the member in struct envelope */
	const struct tier *inner; /* read into, when it is an object */
};

struct tier {
	const struct row *rows;
	size_t n;
};

struct reader {
	struct json_scan scan;
	struct envelope *e;
	enum fault_id wrong; /* the first thing that is no JSON fault */
	const char *why;
	struct str what;
};

#define ROW(key, member)                                                       \
	{                                                                      \
		STR_INIT(key), offsetof(struct envelope, member), NULL         \
	}
#define INTO(key, member, inner)                                               \
	{                                                                      \
		STR_INIT(key), offsetof(struct envelope, member), &(inner)     \
	}
#define TIER(rows)                                                             \
	{                                                                      \
		rows, sizeof(rows) / sizeof((rows)[0])                         \
	}

static const struct row meta_rows[] = {
	ROW("progressToken", meta_progress_token),
	ROW(US_META "protocolVersion", meta_version),
	ROW(US_META "clientCapabilities", meta_capabilities),
	ROW(US_META "clientInfo", meta_client_info),
	ROW(US_META "logLevel", meta_log_level),
	ROW(US_META "serverInfo", meta_server_info),
	ROW(US_META "subscriptionId", meta_subscription),
};
static const struct tier meta_tier = TIER(meta_rows);

static const struct row ref_rows[] = {
	ROW("type", ref_type),
	ROW("name", ref_name),
	ROW("uri", ref_uri),
};
static const struct tier ref_tier = TIER(ref_rows);

static const struct row params_rows[] = {
	ROW("name", name),
	ROW("arguments", arguments),
	INTO("_meta", meta, meta_tier),
	ROW("uri", uri),
	ROW("cursor", cursor),
	INTO("ref", ref, ref_tier),
	ROW("protocolVersion", protocol_version),
	ROW("capabilities", capabilities),
	ROW("clientInfo", client_info),
	ROW("level", level),
	ROW("requestId", request_id),
	ROW("progressToken", progress_token),
	ROW("progress", progress),
	ROW("inputResponses", input_responses),
	ROW("requestState", request_state),
	ROW("task", task),
};
static const struct tier params_tier = TIER(params_rows);

static const struct row result_rows[] = {
	ROW("content", content),
	ROW("structuredContent", structured),
	ROW("resultType", result_type),
	INTO("_meta", meta, meta_tier),
	ROW("ttlMs", ttl_ms),
	ROW("cacheScope", cache_scope),
	ROW("messages", messages),
	ROW("contents", contents),
	ROW("capabilities", capabilities),
};
static const struct tier result_tier = TIER(result_rows);

static const struct row error_rows[] = {
	ROW("code", error_code),
	ROW("message", error_message),
	ROW("data", error_data),
};
static const struct tier error_tier = TIER(error_rows);

static const struct row top_rows[] = {
	ROW("jsonrpc", jsonrpc),
	ROW("id", id),
	ROW("method", method_raw),
	INTO("params", params, params_tier),
	INTO("result", result, result_tier),
	INTO("error", error, error_tier),
};
static const struct tier top_tier = TIER(top_rows);

/* ---- the pass ---- */

/* Remembers the first fault and lets the pass go on: the id may be ahead. */
static void
note(struct reader *r, enum fault_id id, const char *why, struct str what)
{
	if (r->wrong != FAULT_NONE)
		return;
	r->wrong = id;
	r->why = why;
	r->what = str_cut(what, 0, KEY_MAX);
}

/* A key without its "\/"; false when it holds other escapes. */
static bool
unslash(struct str key, char out[KEY_MAX], struct str *plain)
{
	size_t n = 0;

	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '\\' && key.p[++i] != '/')
			return false;
		if (n < KEY_MAX)
			out[n++] = key.p[i];
	}
	*plain = str_of(out, n);
	return true;
}

static const struct row *
find_row(const struct tier *tier, struct str key)
{
	for (size_t i = 0; i < tier->n; i++) {
		const struct row *row = &tier->rows[i];

		if (row->key.n == key.n &&
			memcmp(row->key.p, key.p, key.n) == 0)
			return row;
	}
	return NULL;
}

static NOT_INLINE const struct row *
find_escaped(struct reader *r, const struct tier *tier, struct str key)
{
	char bytes[KEY_MAX];
	struct str plain;

	if (unslash(key, bytes, &plain))
		return find_row(tier, plain);
	note(r, FAULT_MCP_INVALID, "a key holds an escape", key);
	return NULL;
}

static struct envelope_member *
member_at(struct envelope *e, const struct row *row)
{
	return (struct envelope_member *)(void *)((char *)e + row->at);
}

static void read_object(struct reader *r, const struct tier *tier);

static void
read_member(struct reader *r, const struct row *row, struct str key)
{
	struct envelope_member *m = member_at(r->e, row);
	const char *from;

	if (m->key != NULL) {
		note(r, FAULT_MCP_INVALID, "a key stands twice", key);
		json_scan_value(&r->scan, NULL);
		return;
	}
	m->key = key.p - 1;
	if (row->inner == NULL || json_scan_peek(&r->scan) != JSON_OBJECT) {
		json_scan_value(&r->scan, &m->value);
		return;
	}
	from = r->scan.at;
	read_object(r, row->inner);
	m->value = str_of(from, (size_t)(r->scan.at - from));
}

static void
read_object(struct reader *r, const struct tier *tier)
{
	bool first = true, escaped;
	struct str key;

	if (!json_scan_enter(&r->scan, '{'))
		return;
	while (json_scan_key(&r->scan, &first, &key, &escaped)) {
		const struct row *row = escaped ? find_escaped(r, tier, key)
						: find_row(tier, key);

		if (row == NULL)
			json_scan_value(&r->scan, NULL);
		else
			read_member(r, row, key);
	}
}

/* ---- what must hold ---- */

static bool
is_integer(struct str raw)
{
	if (raw.n == 0 ||
		(raw.p[0] != '-' && (raw.p[0] < '0' || raw.p[0] > '9')))
		return false;
	for (size_t i = 1; i < raw.n; i++)
		if (raw.p[i] < '0' || raw.p[i] > '9')
			return false;
	return true;
}

/* What JSON-RPC and MCP use as an id or a progress token. */
static bool
is_token(struct str raw)
{
	return raw.n <= ENVELOPE_ID_MAX &&
		(is_integer(raw) || (raw.n >= 2 && raw.p[0] == '"'));
}

static void
check_id(struct reader *r)
{
	struct envelope_member *id = &r->e->id;
	bool null = str_eq_lit(id->value, "null");

	if (!envelope_has(*id) || is_token(id->value))
		return;
	if (!null || !envelope_has(r->e->error))
		note(r, FAULT_MCP_INVALID, "id is no string or integer",
			id->value);
	*id = (struct envelope_member){ NULL, STR_NONE };
}

static void
check_method(struct reader *r)
{
	struct envelope *e = r->e;
	struct str raw = e->method_raw.value, plain;
	char bytes[KEY_MAX];

	if (raw.n < 3 || raw.p[0] != '"') {
		note(r, FAULT_MCP_INVALID, "method is no string", raw);
		return;
	}
	e->method_name = str_cut(raw, 1, raw.n - 1);
	e->method = methods_find(e->method_name);
	if (str_find_char(raw, '\\') == raw.n)
		return;
	if (unslash(e->method_name, bytes, &plain))
		e->method = methods_find(plain);
	if (e->method == METHOD_UNKNOWN)
		note(r, FAULT_MCP_INVALID, "method holds an escape", raw);
	e->method_name = methods_name(e->method);
}

static void
check_call(struct reader *r)
{
	struct envelope *e = r->e;

	e->kind =
		envelope_has(e->id) ? ENVELOPE_REQUEST : ENVELOPE_NOTIFICATION;
	check_method(r);
	if (envelope_has(e->result) || envelope_has(e->error))
		note(r, FAULT_MCP_INVALID, "a method and an answer at once",
			e->method_name);
	if (envelope_has(e->params) && !envelope_is_object(e->params))
		note(r, FAULT_MCP_INVALID, "params is no object",
			STR("params"));
	if (envelope_has(e->meta) && !envelope_is_object(e->meta))
		note(r, FAULT_MCP_PARAMS, "_meta is no object", STR("_meta"));
	if (envelope_has(e->meta_progress_token) &&
		!is_token(e->meta_progress_token.value))
		note(r, FAULT_MCP_PARAMS, "it is no string or integer",
			STR("progressToken"));
}

static void
check_answer(struct reader *r)
{
	struct envelope *e = r->e;
	bool result = envelope_has(e->result);

	e->kind = result ? ENVELOPE_RESULT : ENVELOPE_ERROR;
	if (result == envelope_has(e->error))
		note(r, FAULT_MCP_INVALID, "neither or both",
			STR("result and error"));
	if (envelope_has(e->params))
		note(r, FAULT_MCP_INVALID, "an answer has none", STR("params"));
	if (result && !envelope_has(e->id))
		note(r, FAULT_MCP_INVALID, "it is missing", STR("id"));
	if (result && !envelope_is_object(e->result))
		note(r, FAULT_MCP_INVALID, "it is no object", STR("result"));
	if (result && envelope_has(e->meta) && !envelope_is_object(e->meta))
		note(r, FAULT_MCP_INVALID, "it is no object", STR("_meta"));
	if (!result &&
		(!is_integer(e->error_code.value) ||
			e->error_message.value.n < 2 ||
			e->error_message.value.p[0] != '"'))
		note(r, FAULT_MCP_INVALID, "code or message is missing",
			STR("error"));
}

static bool
read_message(struct reader *r, struct fault *f)
{
	struct envelope *e = r->e;
	const char *from = r->scan.at;

	read_object(r, &top_tier);
	e->body = str_of(from, (size_t)(r->scan.at - from));
	if (!json_scan_end(&r->scan)) {
		e->id = (struct envelope_member){ NULL, STR_NONE };
		return fault_set(f, FAULT_BAD_JSON, "%s at byte %zu",
			r->scan.wrong, (size_t)(r->scan.at - r->scan.start));
	}
	check_id(r);
	if (!envelope_is(e->jsonrpc, STR("2.0")))
		note(r, FAULT_MCP_INVALID, "it is not \"2.0\"", STR("jsonrpc"));
	if (envelope_has(e->method_raw))
		check_call(r);
	else
		check_answer(r);
	if (r->wrong == FAULT_NONE)
		return true;
	return fault_set(f, r->wrong, "%.*s: %s", STR_ARG(r->what), r->why);
}

bool
envelope_read(struct str body, struct envelope *e, struct fault *f)
{
	struct reader r = { .e = e };
	enum json_kind kind;

	*e = (struct envelope){ .kind = ENVELOPE_NOTIFICATION };
	json_scan_init(&r.scan, body, 0);
	kind = json_scan_peek(&r.scan);
	if (kind == JSON_OBJECT)
		return read_message(&r, f);
	e->body = body;
	if (kind == JSON_ARRAY) {
		e->kind = ENVELOPE_BATCH;
		return true;
	}
	if (json_scan_value(&r.scan, NULL) && json_scan_end(&r.scan))
		return fault_set(
			f, FAULT_MCP_INVALID, "the message is no object");
	return fault_set(f, FAULT_BAD_JSON, "%s at byte %zu", r.scan.wrong,
		(size_t)(r.scan.at - r.scan.start));
}

/* ---- members ---- */

struct str
envelope_text(struct arena *a, struct envelope_member m)
{
	if (m.value.n < 2 || m.value.p[0] != '"')
		return STR_NONE;
	return json_unquote(a, m.value);
}

bool
envelope_is(struct envelope_member m, struct str text)
{
	return m.value.n == text.n + 2 && m.value.p[0] == '"' &&
		str_eq(str_cut(m.value, 1, m.value.n - 1), text);
}

bool
envelope_is_object(struct envelope_member m)
{
	return m.value.n > 0 && m.value.p[0] == '{';
}

bool
envelope_id(const struct envelope *e, int64_t *id)
{
	uint64_t n;

	if (!str_to_u64(e->id.value, &n) || n > INT64_MAX)
		return false;
	*id = (int64_t)n;
	return true;
}

/* ---- batches ---- */

static bool
check_batched(struct str message, enum envelope_kind *sort, struct fault *f)
{
	struct envelope e;
	bool answer;

	if (!envelope_read(message, &e, f))
		return false;
	if (e.kind == ENVELOPE_BATCH)
		return fault_set(f, FAULT_MCP_INVALID, "a batch in a batch");
	if (e.method == METHOD_INITIALIZE)
		return fault_set(f, FAULT_MCP_INVALID, "initialize in a batch");
	if (envelope_has(e.meta_version))
		return fault_set(
			f, FAULT_MCP_INVALID, "a modern message in a batch");
	answer = e.kind == ENVELOPE_RESULT || e.kind == ENVELOPE_ERROR;
	if (*sort == ENVELOPE_BATCH)
		*sort = answer ? ENVELOPE_RESULT : ENVELOPE_REQUEST;
	if (answer != (*sort == ENVELOPE_RESULT))
		return fault_set(f, FAULT_MCP_INVALID,
			"requests and answers in one batch");
	return true;
}

bool
envelope_batch_check(struct str body, struct fault *f)
{
	enum envelope_kind sort = ENVELOPE_BATCH;
	struct envelope_batch b;
	struct json_scan whole;
	struct str message;
	unsigned n = 0;

	json_scan_init(&whole, body, 0);
	if (!json_scan_value(&whole, NULL) || !json_scan_end(&whole))
		return fault_set(f, FAULT_BAD_JSON, "%s at byte %zu",
			whole.wrong, (size_t)(whole.at - whole.start));
	envelope_batch_begin(&b, body);
	while (envelope_batch_next(&b, &message)) {
		if (++n > ENVELOPE_BATCH_MAX)
			return fault_set(f, FAULT_MCP_INVALID,
				"more than %u messages in a batch",
				ENVELOPE_BATCH_MAX);
		if (!check_batched(message, &sort, f))
			return fault_within(f, "message %u of the batch", n);
	}
	if (n == 0)
		return fault_set(f, FAULT_MCP_INVALID, "an empty batch");
	return true;
}

void
envelope_batch_begin(struct envelope_batch *b, struct str body)
{
	json_scan_init(&b->scan, body, 0);
	b->first = true;
	json_scan_enter(&b->scan, '[');
}

bool
envelope_batch_next(struct envelope_batch *b, struct str *message)
{
	return json_scan_element(&b->scan, &b->first) &&
		json_scan_value(&b->scan, message);
}
