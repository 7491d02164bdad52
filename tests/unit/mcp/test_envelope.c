/* The outline of a message: where things stand, and what is refused. */
#include "mcp/envelope.h"

#include "check.h"

static struct envelope e;

static void
takes(const char *text)
{
	if (!envelope_read(str_from(text), &e, &fault))
		fail_msg("%s: %s", text, fault.detail);
}

static void
refuses(const char *text, enum fault_id id, const char *kept_id)
{
	fault_clear(&fault);
	if (envelope_read(str_from(text), &e, &fault))
		fail_msg("taken: %s", text);
	if (fault.id != id)
		fail_msg("%s: %s (%s)", text, fault_name(fault.id),
			fault.detail);
	if (kept_id == NULL)
		assert_false(envelope_has(e.id));
	else
		check_str(e.id.value, kept_id);
}

static void
test_call(void **state)
{
	(void)state;
	takes(" {\"jsonrpc\":\"2.0\", \"id\" : 7,\"method\":\"tools/call\","
	      "\"params\":{\"name\":\"echo\",\"arguments\":{\"name\":[1]},"
	      "\"_meta\":{\"progressToken\":\"t\","
	      "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
	      "\"io.modelcontextprotocol/clientCapabilities\":{},"
	      "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"c\"},"
	      "\"io.modelcontextprotocol/logLevel\":\"info\"}}}\n");
	assert_int_equal(e.kind, ENVELOPE_REQUEST);
	assert_int_equal(e.method, METHOD_TOOLS_CALL);
	check_str(e.method_name, "tools/call");
	check_str(e.id.value, "7");
	check_str(str_of(e.id.key, 4), "\"id\"");
	check_str(e.name.value, "\"echo\"");
	check_str(e.arguments.value, "{\"name\":[1]}");
	check_str(e.meta_progress_token.value, "\"t\"");
	check_str(e.meta_version.value, "\"2026-07-28\"");
	check_str(e.meta_capabilities.value, "{}");
	check_str(e.meta_client_info.value, "{\"name\":\"c\"}");
	check_str(e.meta_log_level.value, "\"info\"");
	assert_true(e.body.p[0] == '{');
	assert_true(e.body.p[e.body.n - 1] == '}');
	assert_false(envelope_has(e.uri));
	assert_false(envelope_has(e.result));
}

static void
test_kinds(void **state)
{
	(void)state;
	takes("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
	      "\"params\":{\"requestId\":\"x\"}}");
	assert_int_equal(e.kind, ENVELOPE_NOTIFICATION);
	check_str(e.request_id.value, "\"x\"");
	takes("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"resultType\":"
	      "\"complete\",\"content\":[],\"ttlMs\":5,\"cacheScope\":"
	      "\"public\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
	      "{}},\"structuredContent\":3}}");
	assert_int_equal(e.kind, ENVELOPE_RESULT);
	check_str(e.id.value, "\"1\"");
	check_str(e.result_type.value, "\"complete\"");
	check_str(e.ttl_ms.value, "5");
	check_str(e.cache_scope.value, "\"public\"");
	check_str(e.meta_server_info.value, "{}");
	check_str(e.structured.value, "3");
	check_none(e.method_name);
	takes("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,"
	      "\"message\":\"no\",\"data\":{\"a\":1}}}");
	assert_int_equal(e.kind, ENVELOPE_ERROR);
	check_str(e.error_code.value, "-32602");
	check_str(e.error_message.value, "\"no\"");
	check_str(e.error_data.value, "{\"a\":1}");
	takes("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,"
	      "\"message\":\"no\"}}");
	assert_false(envelope_has(e.id));
	takes("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"\"}}");
	takes(" [1]");
	assert_int_equal(e.kind, ENVELOPE_BATCH);
}

static void
test_completion_ref(void **state)
{
	(void)state;
	takes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"completion/complete\""
	      ",\"params\":{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"p\"},"
	      "\"argument\":{\"name\":\"a\",\"value\":\"\"}}}");
	check_str(e.ref_type.value, "\"ref/prompt\"");
	check_str(e.ref_name.value, "\"p\"");
	assert_false(envelope_has(e.name));
}

static void
test_slashes_may_be_escaped(void **state)
{
	(void)state;
	takes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools\\/call\","
	      "\"params\":{\"_meta\":{\"io.modelcontextprotocol\\/"
	      "protocolVersion\":\"x\",\"a\\/b\":1}}}");
	assert_int_equal(e.method, METHOD_TOOLS_CALL);
	check_str(e.method_name, "tools/call");
	check_str(e.meta_version.value, "\"x\"");
}

#define CALL(rest) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"" rest "}"

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		enum fault_id id;
		const char *kept;
	} rows[] = {
		{ "", FAULT_BAD_JSON, NULL },
		{ "{", FAULT_BAD_JSON, NULL },
		{ "nul", FAULT_BAD_JSON, NULL },
		{ "{\"id\":1,}", FAULT_BAD_JSON, NULL },
		{ CALL(",\"params\":{\"a\":}"), FAULT_BAD_JSON, NULL },
		{ CALL("") "x", FAULT_BAD_JSON, NULL },
		{ CALL(",\"x\":\"\xff\""), FAULT_BAD_JSON, NULL },
		{ CALL(",\"x\":\"\\ud800\""), FAULT_BAD_JSON, NULL },
		{ "1", FAULT_MCP_INVALID, NULL },
		{ "null", FAULT_MCP_INVALID, NULL },
		{ "{}", FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"1.0\",\"method\":\"m\",\"id\":\"a\"}",
			FAULT_MCP_INVALID, "\"a\"" },
		{ "{\"jsonrpc\":2.0,\"method\":\"m\",\"id\":2}",
			FAULT_MCP_INVALID, "2" },
		{ "{\"method\":\"m\",\"id\":2}", FAULT_MCP_INVALID, "2" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}",
			FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"m\"}",
			FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1e2,\"method\":\"m\"}",
			FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}",
			FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}",
			FAULT_MCP_INVALID, NULL },
		{ "{\"jsonrpc\":\"2.0\",\"method\":5,\"id\":3}",
			FAULT_MCP_INVALID, "3" },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"\",\"id\":3}",
			FAULT_MCP_INVALID, "3" },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"pi\\u006eg\",\"id\":3}",
			FAULT_MCP_INVALID, "3" },
		{ CALL(",\"params\":[]"), FAULT_MCP_INVALID, "1" },
		{ CALL(",\"params\":null"), FAULT_MCP_INVALID, "1" },
		{ CALL(",\"result\":{}"), FAULT_MCP_INVALID, "1" },
		{ CALL(",\"id\":2"), FAULT_MCP_INVALID, "1" },
		{ CALL(",\"\\u0069d\":2"), FAULT_MCP_INVALID, "1" },
		{ CALL(",\"params\":{},\"params\":{}"), FAULT_MCP_INVALID,
			"1" },
		{ CALL(",\"params\":{\"name\":\"a\",\"name\":\"b\"}"),
			FAULT_MCP_INVALID, "1" },
		{ CALL(",\"params\":{\"n\\u0061me\":\"a\"}"), FAULT_MCP_INVALID,
			"1" },
		{ CALL(",\"params\":{\"_meta\":{},\"_meta\":{}}"),
			FAULT_MCP_INVALID, "1" },
		{ CALL(",\"params\":{\"_meta\":{\"progressToken\":1,"
		       "\"progressToken\":2}}"),
			FAULT_MCP_INVALID, "1" },
		{ CALL(",\"params\":{\"_meta\":[]}"), FAULT_MCP_PARAMS, "1" },
		{ CALL(",\"params\":{\"_meta\":{\"progressToken\":null}}"),
			FAULT_MCP_PARAMS, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1}", FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"result\":{}}", FAULT_MCP_INVALID,
			NULL },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[]}",
			FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{"
		  "\"code\":1,\"message\":\"\"}}",
			FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"params\":{}}",
			FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1.5,"
		  "\"message\":\"\"}}",
			FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}",
			FAULT_MCP_INVALID, "1" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"x\"}",
			FAULT_MCP_INVALID, "1" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		refuses(rows[i].text, rows[i].id, rows[i].kept);
}

static void
test_long_keys_are_no_prefix(void **state)
{
	char text[400], key[200];

	(void)state;
	memset(key, 'x', sizeof(key));
	memcpy(key, "a\\/", 3);
	key[sizeof(key) - 1] = '\0';
	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"%s\":2}",
		key);
	takes(text);
	check_str(e.id.value, "1");
}

static void
test_id_bounds(void **state)
{
	char text[800], id[600];

	(void)state;
	memset(id, '9', sizeof(id));
	id[ENVELOPE_ID_MAX] = '\0';
	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"m\"}", id);
	takes(text);
	id[ENVELOPE_ID_MAX] = '9';
	id[ENVELOPE_ID_MAX + 1] = '\0';
	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"m\"}", id);
	refuses(text, FAULT_MCP_INVALID, NULL);
}

static void
test_depth(void **state)
{
	char text[400], deep[200];

	(void)state;
	memset(deep, '[', 70);
	memset(deep + 70, ']', 70);
	deep[140] = '\0';
	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":1,"
		"\"method\":\"m\",\"params\":{\"arguments\":%s}}",
		deep);
	refuses(text, FAULT_BAD_JSON, NULL);
}

static void
test_values(void **state)
{
	int64_t id;

	(void)state;
	takes("{\"jsonrpc\":\"2.0\",\"id\":42,\"method\":\"m\",\"params\":"
	      "{\"name\":\"a\\u00e9\",\"uri\":5,\"level\":\"info\"}}");
	check_str(envelope_text(arena, e.name), "a\xc3\xa9");
	check_none(envelope_text(arena, e.uri));
	check_none(envelope_text(arena, e.cursor));
	assert_true(envelope_is(e.level, STR("info")));
	assert_false(envelope_is(e.level, STR("inf")));
	assert_false(envelope_is(e.cursor, STR("")));
	assert_true(envelope_id(&e, &id));
	assert_int_equal(id, 42);
	takes("{\"jsonrpc\":\"2.0\",\"id\":\"42\",\"method\":\"m\"}");
	assert_false(envelope_id(&e, &id));
	takes("{\"jsonrpc\":\"2.0\",\"id\":-1,\"method\":\"m\"}");
	assert_false(envelope_id(&e, &id));
	takes("{\"jsonrpc\":\"2.0\",\"id\":9223372036854775808,"
	      "\"method\":\"m\"}");
	assert_false(envelope_id(&e, &id));
}

#define PING   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"
#define NOTE   "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}"
#define ANSWER "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"

static void
test_batch(void **state)
{
	static const struct {
		const char *text;
		enum fault_id id;
	} rows[] = {
		{ "[" PING "," NOTE "]", FAULT_NONE },
		{ " [ " ANSWER " ] ", FAULT_NONE },
		{ "[]", FAULT_MCP_INVALID },
		{ "[1]", FAULT_MCP_INVALID },
		{ "[" PING ",[" PING "]]", FAULT_MCP_INVALID },
		{ "[" PING "," ANSWER "]", FAULT_MCP_INVALID },
		{ "[" ANSWER "," NOTE "]", FAULT_MCP_INVALID },
		{ "[" PING "", FAULT_BAD_JSON },
		{ "[" PING "]]", FAULT_BAD_JSON },
		{ "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}]",
			FAULT_MCP_INVALID },
		{ "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\","
		  "\"params\":{\"_meta\":{\"io.modelcontextprotocol/"
		  "protocolVersion\":\"2026-07-28\"}}}]",
			FAULT_MCP_INVALID },
	};
	struct envelope_batch b;
	struct str message;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		fault_clear(&fault);
		envelope_batch_check(str_from(rows[i].text), &fault);
		check_row(fault.id, rows[i].id, i);
	}
	envelope_batch_begin(&b, STR("[ " PING " , " NOTE "]"));
	assert_true(envelope_batch_next(&b, &message));
	check_str(message, PING);
	assert_true(envelope_batch_next(&b, &message));
	check_str(message, NOTE);
	assert_false(envelope_batch_next(&b, &message));
}

static void
test_batch_bound(void **state)
{
	char text[ENVELOPE_BATCH_MAX * 50 + 100] = "[";

	(void)state;
	for (unsigned i = 0; i < ENVELOPE_BATCH_MAX; i++)
		strcat(text, i == 0 ? PING : "," PING);
	strcat(text, "]");
	assert_true(envelope_batch_check(str_from(text), &fault));
	text[strlen(text) - 1] = '\0';
	strcat(text, "," PING "]");
	assert_false(envelope_batch_check(str_from(text), &fault));
	assert_int_equal(fault.id, FAULT_MCP_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_completion_ref),
		cmocka_unit_test(test_slashes_may_be_escaped),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_keys_are_no_prefix),
		cmocka_unit_test(test_id_bounds),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_batch_bound),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
