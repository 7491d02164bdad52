/*
 * fuzz_envelope: a JSON-RPC message.  The outline agrees with the scan and
 * the tree, and whatever conversion it goes through, what comes out is one
 * valid message again.
 */
#include "fuzz.h"

#include "mcp/capability.h"
#include "mcp/convert_error.h"
#include "mcp/convert_request.h"
#include "mcp/convert_result.h"
#include "mcp/era.h"
#include "mcp/handshake.h"
#include "mcp/lists.h"

#define OUR_ID INT64_C(7)

static bool
is_json(struct str text)
{
	struct json_scan s;

	json_scan_init(&s, text, 0);
	return json_scan_value(&s, NULL) && json_scan_end(&s);
}

static bool
lies_in(struct str part, struct str whole)
{
	return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

/* The members are the struct's middle, side by side. */
static void
check_members(const struct envelope *e)
{
	const struct envelope_member *m = &e->jsonrpc;

	for (; m <= &e->error_data; m++) {
		insist((m->key == NULL) == str_is_none(m->value));
		if (m->key == NULL)
			continue;
		insist(*m->key == '"' && m->key < m->value.p);
		insist(m->key >= e->body.p && lies_in(m->value, e->body));
		insist(is_json(m->value));
	}
}

static void
same(const struct json *object, const char *key, struct envelope_member m)
{
	const struct json *v = json_get(object, key);

	insist((v == NULL) == (m.key == NULL));
	if (v != NULL)
		insist(v->raw.p == m.value.p && v->raw.n == m.value.n);
}

static void
check_tree(struct arena *a, const struct envelope *e)
{
	const struct json *v = json_parse(a, e->body, NULL, NULL);
	const struct json *params = json_get(v, "params");
	const struct json *result = json_get(v, "result");
	const struct json *meta =
		json_get(params != NULL ? params : result, "_meta");

	if (v == NULL) /* a key stands twice further in */
		return;
	same(v, "method", e->method_raw);
	same(v, "params", e->params);
	same(v, "result", e->result);
	same(v, "error", e->error);
	same(params, "name", e->name);
	same(params, "arguments", e->arguments);
	same(result, "resultType", e->result_type);
	same(meta, "io.modelcontextprotocol/protocolVersion", e->meta_version);
	same(meta, "progressToken", e->meta_progress_token);
}

static void
check_text(struct str text, struct str id)
{
	struct envelope e;

	insist(!str_is_none(text));
	insist(envelope_read(text, &e, NULL));
	insist(str_eq(e.id.value, id));
	check_members(&e);
}

static void
try_request(struct arena *a, const struct envelope *e, unsigned round)
{
	struct convert_request q = { .e = e,
		.id = OUR_ID,
		.from = (round & 1) != 0 ? REVISION_LATEST
					 : REVISION_LATEST_LEGACY,
		.to = (round & 2) != 0 ? REVISION_LATEST
				       : REVISION_LATEST_LEGACY,
		.name = (round & 4) != 0 ? STR("a\"b") : STR_NONE,
		.cursor = STR_NONE,
		.token = (round & 8) != 0 ? 3 : CONVERT_NO_TOKEN,
		.level = (round & 16) != 0 ? LEVEL_INFO : LEVEL_OFF };
	struct splice s;

	if (convert_request(a, &q, &s, NULL))
		check_text(splice_text(a, &s), STR("7"));
}

static void
try_result(struct arena *a, const struct envelope *e, enum method m)
{
	for (unsigned i = 0; i < REVISION_COUNT * REVISION_COUNT * 2; i++) {
		struct convert_result q = { .e = e,
			.method = m,
			.from = (enum revision)(i % REVISION_COUNT),
			.to = (enum revision)(i / 2 / REVISION_COUNT),
			.id = STR("\"x\""),
			.hub = (i & 1) != 0 ? STR("srv") : STR_NONE };
		struct splice s;

		if (convert_result(a, &q, &s, NULL))
			check_text(splice_text(a, &s), q.id);
	}
}

static void
try_list(struct arena *a, struct str result, enum lists_kind kind)
{
	struct lists_source source = { .kind = kind };
	struct lists_page page;

	if (!lists_read(a, &source, result, &page, NULL))
		return;
	for (int r = 0; r < REVISION_COUNT; r++) {
		struct lists_look look = { kind, (enum revision)r,
			STR("srv__x"), STR_NONE };
		struct lists_end end = { .to = look.to,
			.next_cursor = page.next_cursor };
		struct json_write w;
		struct buf out;

		buf_in(&out, a, FUZZ_ARENA_MAX / 8);
		json_write_init(&w, &out);
		lists_open(&w, kind, look.to);
		for (size_t i = 0; i < page.n; i++)
			lists_item_write(&w, &page.items[i], &look);
		lists_close(&w, &end);
		insist(!buf_ok(&out) || is_json(buf_view(&out)));
	}
}

static void
try_error(struct arena *a, const struct envelope *e)
{
	for (int r = 0; r < REVISION_COUNT; r++) {
		struct convert_error q = {
			.e = e, .to = (enum revision)r, .id = STR("\"x\"")
		};
		struct buf out;

		buf_in(&out, a, FUZZ_ARENA_MAX / 8);
		convert_error(a, &q, &out);
		if (buf_ok(&out))
			check_text(buf_view(&out), q.id);
	}
}

static void
try_answer(struct arena *a, const struct envelope *e)
{
	struct handshake_reply reply = { 200, e->body };
	struct handshake_server s;
	struct fault f;

	handshake_judge(a, &reply, &s, &f);
	if (e->kind == ENVELOPE_ERROR) {
		try_error(a, e);
		return;
	}
	handshake_initialize_read(a, e->result.value, &s, NULL);
	try_result(a, e, METHOD_TOOLS_CALL);
	try_result(a, e, METHOD_PROMPTS_GET);
	try_result(a, e, METHOD_RESOURCES_READ);
	for (int k = 0; k < LISTS_KINDS; k++)
		try_list(a, e->result.value, (enum lists_kind)k);
}

static void
try_call(struct arena *a, const struct envelope *e)
{
	struct era_ask ask = { .e = e,
		.fields = { STR("2026-07-28"), e->method_name,
			envelope_text(a, e->name), STR_NONE },
		.offered = CAPABILITY_TOOLS };
	struct str data;

	era_check_params(e, NULL);
	if (!era_check_modern(a, &ask, &data, NULL))
		insist(str_is_none(data) || is_json(data));
	if (e->kind != ENVELOPE_REQUEST)
		return;
	for (unsigned round = 0; round < 32; round++)
		try_request(a, e, round);
}

static void
try_batch(struct str text)
{
	struct envelope_batch b;
	struct envelope e;
	struct str message;

	if (!envelope_batch_check(text, NULL))
		return;
	envelope_batch_begin(&b, text);
	while (envelope_batch_next(&b, &message))
		insist(envelope_read(message, &e, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_str(data, size);
	struct arena *a;
	struct envelope e;
	struct fault f = { .id = FAULT_NONE };

	if (!envelope_read(text, &e, &f)) {
		insist((f.id == FAULT_BAD_JSON) == !is_json(text));
		return 0;
	}
	if (e.kind == ENVELOPE_BATCH) {
		try_batch(text);
		return 0;
	}
	insist(is_json(text));
	check_members(&e);
	a = arena_new(FUZZ_ARENA_MAX);
	check_tree(a, &e);
	if (e.kind == ENVELOPE_RESULT || e.kind == ENVELOPE_ERROR)
		try_answer(a, &e);
	else
		try_call(a, &e);
	arena_free(&a);
	return 0;
}
