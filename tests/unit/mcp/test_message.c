/* Messages of our own, and the handshakes. */
#include "mcp/capability.h"
#include "mcp/handshake.h"
#include "mcp/message.h"

#include "check.h"

#define US                                                                           \
	"{\"name\":\"ostiary\",\"title\":\"Ostiary\",\"version\":\"" OSTIARY_VERSION \
	"\"}"
#define P "\"io.modelcontextprotocol/"
#define OURS                                                                   \
	P "protocolVersion\":\"2026-07-28\"," P "clientInfo\":" US "," P       \
	  "clientCapabilities\":{}"

static struct buf out;

static void
fresh(void)
{
	buf_in(&out, arena, 8192);
}

/* What was written is a message that we would take ourselves. */
static void
wrote(const char *wanted)
{
	struct envelope e;

	assert_true(buf_ok(&out));
	check_str(buf_view(&out), wanted);
	if (!envelope_read(buf_view(&out), &e, &fault))
		fail_msg("%s", fault.detail);
	fresh();
}

static void
test_errors(void **state)
{
	struct message_error e = { .id = STR("\"x\""),
		.code = -32602,
		.message = STR("no \"such\"\n"),
		.data = STR_NONE };
	struct fault f;

	(void)state;
	fresh();
	message_error(&out, &e);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32602,"
	      "\"message\":\"no \\\"such\\\"\\n\"}}");
	fault_set(&f, FAULT_MCP_VERSION, "detail stays here");
	message_fault(&out, STR("1"), &f, STR("{\"supported\":[]}"));
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32022,"
	      "\"message\":\"This protocol version is not supported. Use one "
	      "of the supported versions.\",\"data\":{\"supported\":[]}}}");
	fault_set(&f, FAULT_BAD_JSON, "detail stays here");
	message_fault(&out, STR_NONE, &f, STR_NONE);
	wrote("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":"
	      "\"The body is not valid JSON. Send one JSON value in UTF-8 "
	      "without duplicate keys.\",\"data\":{\"fault\":\"bad_json\"}}}");
}

/* No code that only the modern revision defines reaches an older client, and
 * none from the ranges that may not be minted (TR-05). */
static void
test_codes_of_every_fault(void **state)
{
	struct envelope e;
	struct fault f;
	int64_t code;

	(void)state;
	for (int id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
		fault_set(&f, (enum fault_id)id, "x");
		fresh();
		message_fault_legacy(&out, STR("1"), &f, STR_NONE);
		assert_true(envelope_read(buf_view(&out), &e, &fault));
		code = strtoll(e.error_code.value.p, NULL, 10);
		assert_false(code <= -32020 && code >= -32099);
		fresh();
		message_fault(&out, STR("1"), &f, STR_NONE);
		assert_true(envelope_read(buf_view(&out), &e, &fault));
		code = strtoll(e.error_code.value.p, NULL, 10);
		assert_false(code <= -32000 && code >= -32019);
		assert_false(code < -32022 && code >= -32099);
	}
}

static void
test_ours(void **state)
{
	struct message_list l = { .id = 3,
		.method = METHOD_TOOLS_LIST,
		.to = REVISION_2025_06_18,
		.cursor = STR_NONE };

	(void)state;
	fresh();
	message_result(&out, STR("1"), STR("{\"a\":1}"));
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1}}");
	message_empty(&out, STR("1"), REVISION_2025_06_18);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
	message_empty(&out, STR("1"), REVISION_2026_07_28);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":"
	      "\"complete\",\"_meta\":{" P "serverInfo\":" US "}}}");
	message_request(&out, 2, METHOD_PING, STR_NONE);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
	message_list(&out, &l);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}");
	l.cursor = STR("");
	message_list(&out, &l);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\","
	      "\"params\":{\"cursor\":\"\"}}");
	l.to = REVISION_2026_07_28;
	message_list(&out, &l);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\","
	      "\"params\":{\"cursor\":\"\",\"_meta\":{" OURS "}}}");
	message_set_level(&out, 4, LEVEL_INFO);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"logging/setLevel\","
	      "\"params\":{\"level\":\"info\"}}");
	message_notification(&out, METHOD_TOOLS_CHANGED, STR_NONE);
	wrote("{\"jsonrpc\":\"2.0\",\"method\":"
	      "\"notifications/tools/list_changed\"}");
	message_cancelled(&out, 5, STR("gone"));
	wrote("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
	      "\"params\":{\"requestId\":5,\"reason\":\"gone\"}}");
	message_cancelled(&out, 5, STR_NONE);
	wrote("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
	      "\"params\":{\"requestId\":5}}");
}

static void
test_line(void **state)
{
	struct str pretty = STR("{\n\t\"a\":\r\n 1}");
	struct str plain = STR("{\"a\":\"\\n\"}");

	(void)state;
	check_str(message_line(arena, pretty), "{ \t\"a\":   1}");
	assert_ptr_equal(message_line(arena, plain).p, plain.p);
}

/* ---- handshakes ---- */

static void
test_as_server(void **state)
{
	struct handshake_offer o = { .id = STR("1"),
		.to = REVISION_2025_06_18,
		.offered = CAPABILITY_TOOLS | CAPABILITY_TOOLS_CHANGED,
		.instructions = STR("Be kind.") };

	(void)state;
	fresh();
	handshake_initialized(&out, &o);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":"
	      "\"2025-06-18\",\"capabilities\":{\"tools\":{\"listChanged\":"
	      "true}},\"serverInfo\":" US ",\"instructions\":\"Be kind.\"}}");
	o.to = REVISION_2026_07_28;
	o.offered = capability_offer(o.offered, o.to);
	o.instructions = STR_NONE;
	handshake_discovered(&out, &o);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":"
	      "\"complete\",\"supportedVersions\":[\"2026-07-28\"],"
	      "\"capabilities\":{\"tools\":{}},\"ttlMs\":0,\"cacheScope\":"
	      "\"private\",\"_meta\":{" P "serverInfo\":" US "}}}");
}

static void
test_negotiation(void **state)
{
	static const struct {
		const char *version;
		enum revision to;
	} rows[] = {
		{ "\"2024-11-05\"", REVISION_2025_11_25 },
		{ "\"2025-11-25\"", REVISION_2025_11_25 },
		{ "\"2026-07-28\"", REVISION_2025_11_25 },
		{ "\"\"", REVISION_2025_11_25 },
	};
	struct envelope e;
	enum revision to;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct str text = str_join(arena,
			STR("{\"jsonrpc\":\"2.0\","
			    "\"id\":1,\"method\":\"initialize\",\"params\":{"
			    "\"protocolVersion\":"),
			str_from(rows[i].version),
			STR(",\"capabilities\":{},\"clientInfo\":{"
			    "\"name\":\"x\",\"version\":\"1\"}}}"));

		assert_true(envelope_read(text, &e, &fault));
		assert_true(handshake_negotiate(
			arena, &e, REVISION_OLDEST_HTTP, &to, &fault));
		check_row(to, rows[i].to, i);
	}
}

/* What the schema of initialize asks for. */
static void
test_negotiation_refuses(void **state)
{
#define V    "\"protocolVersion\":\"2025-11-25\""
#define CAPS ",\"capabilities\":{}"
	static const char *const params[] = {
		"{}",
		"{" V "}",
		"{" V CAPS "}",
		"{" V ",\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}",
		"{" V CAPS ",\"clientInfo\":{}}",
		"{" V CAPS ",\"clientInfo\":{\"name\":\"x\"}}",
		"{" V CAPS ",\"clientInfo\":{\"name\":1,\"version\":\"1\"}}",
		"{" V CAPS ",\"clientInfo\":\"x\"}",
		"{" V ",\"capabilities\":[],\"clientInfo\":{\"name\":\"x\","
		"\"version\":\"1\"}}",
		"{\"protocolVersion\":7" CAPS ",\"clientInfo\":{\"name\":"
		"\"x\",\"version\":\"1\"}}",
	};
#undef V
#undef CAPS
	struct envelope e;
	enum revision to;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(params); i++) {
		struct str text = str_join(arena,
			STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			    "\"initialize\",\"params\":"),
			str_from(params[i]), STR("}"));

		assert_true(envelope_read(text, &e, &fault));
		check_row(handshake_negotiate(
				  arena, &e, REVISION_OLDEST_HTTP, &to, &fault),
			false, i);
		assert_int_equal(fault.id, FAULT_MCP_CALL_PARAMS);
	}
}

static void
test_as_client(void **state)
{
	(void)state;
	fresh();
	handshake_initialize(&out, 1, REVISION_2025_11_25);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\","
	      "\"params\":{\"protocolVersion\":\"2025-11-25\","
	      "\"capabilities\":{},\"clientInfo\":" US "}}");
	handshake_discover(&out, 1);
	wrote("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\","
	      "\"params\":{\"_meta\":{" OURS "}}}");
}

static void
test_read_initialize(void **state)
{
	struct handshake_server s;

	(void)state;
	assert_true(handshake_initialize_read(arena,
		STR("{"
		    "\"protocolVersion\":\"2025-03-26\",\"capabilities\":{"
		    "\"tools\":{}},\"serverInfo\":{\"name\":\"n\",\"version\":"
		    "\"1\"},\"instructions\":\"i\"}"),
		&s, &fault));
	assert_int_equal(s.revision, REVISION_2025_03_26);
	assert_int_equal(s.capabilities, CAPABILITY_TOOLS);
	check_str(s.name, "n");
	check_str(s.title, "n");
	check_str(s.version, "1");
	check_str(s.instructions, "i");
	assert_false(handshake_initialize_read(arena,
		STR("{"
		    "\"protocolVersion\":\"2026-07-28\",\"capabilities\":{}}"),
		&s, &fault));
	assert_false(handshake_initialize_read(arena,
		STR("{"
		    "\"protocolVersion\":\"x\",\"capabilities\":{}}"),
		&s, &fault));
	assert_false(handshake_initialize_read(arena,
		STR("{"
		    "\"protocolVersion\":\"2025-03-26\"}"),
		&s, &fault));
	assert_false(handshake_initialize_read(arena, STR("[]"), &s, &fault));
	assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	/* A server without serverInfo is used all the same. */
	assert_true(handshake_initialize_read(arena,
		STR("{"
		    "\"protocolVersion\":\"2024-11-05\",\"capabilities\":{}}"),
		&s, &fault));
	check_none(s.name);
}

#define ANSWER(rest) "{\"jsonrpc\":\"2.0\",\"id\":1," rest "}"
#define GOOD                                                                   \
	ANSWER("\"result\":{\"resultType\":\"complete\","                      \
	       "\"supportedVersions\":[\"2025-11-25\",\"2026-07-28\"],"        \
	       "\"capabilities\":{\"prompts\":{}},\"_meta\":{" P               \
	       "serverInfo\":{\"name\":\"n\",\"title\":\"N\",\"version\":"     \
	       "\"2\"}}}")
#define ERROR(code, data)                                                      \
	ANSWER("\"error\":{\"code\":" code ",\"message\":\"m\"" data "}")
#define DATA(text) ",\"data\":" text

static void
test_judge(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum handshake_verdict verdict;
	} rows[] = {
		{ 200, GOOD, HANDSHAKE_MODERN },
		{ 0, GOOD, HANDSHAKE_MODERN },
		{ 200,
			ANSWER("\"result\":{\"supportedVersions\":["
			       "\"2025-11-25\"],\"capabilities\":{}}"),
			HANDSHAKE_LEGACY },
		{ 200, ANSWER("\"result\":{}"), HANDSHAKE_LEGACY },
		{ 200, "", HANDSHAKE_LEGACY },
		{ 404, "<html>", HANDSHAKE_LEGACY },
		{ 405, "", HANDSHAKE_LEGACY },
		{ 400, ERROR("-32000", ""), HANDSHAKE_LEGACY },
		{ 0, ERROR("-32601", ""), HANDSHAKE_LEGACY },
		{ 400,
			ERROR("-32022",
				DATA("{\"supported\":[\"2026-07-28\"],"
				     "\"requested\":\"x\"}")),
			HANDSHAKE_AGAIN },
		{ 400,
			ERROR("-32022",
				DATA("{\"supported\":[\"2025-11-25\"],"
				     "\"requested\":\"x\"}")),
			HANDSHAKE_LEGACY },
		/* the code alone proves nothing (V-07) */
		{ 400, ERROR("-32022", ""), HANDSHAKE_LEGACY },
		{ 400, ERROR("-32022", DATA("{\"supported\":\"all\"}")),
			HANDSHAKE_LEGACY },
		{ 400, ERROR("-32021", DATA("{\"requiredCapabilities\":{}}")),
			HANDSHAKE_AGAIN },
		{ 400, ERROR("-32021", DATA("{\"requiredCapabilities\":[]}")),
			HANDSHAKE_LEGACY },
		{ 400, ERROR("-32020", DATA("{}")), HANDSHAKE_AGAIN },
		{ 400, ERROR("-32020", ""), HANDSHAKE_AGAIN },
		{ 401, "", HANDSHAKE_UNKNOWN },
		{ 403, ERROR("-32600", ""), HANDSHAKE_UNKNOWN },
		{ 429, "", HANDSHAKE_UNKNOWN },
		{ 500, GOOD, HANDSHAKE_UNKNOWN },
		{ 503, "", HANDSHAKE_UNKNOWN },
	};
	struct handshake_server s;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct handshake_reply reply = { rows[i].status,
			str_from(rows[i].body) };

		check_row(handshake_judge(arena, &reply, &s, &fault),
			rows[i].verdict, i);
		if (rows[i].verdict != HANDSHAKE_MODERN)
			continue;
		check_str(s.title, "N");
		assert_int_equal(s.revision, REVISION_2026_07_28);
		assert_int_equal(s.capabilities, CAPABILITY_PROMPTS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_codes_of_every_fault),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_as_server),
		cmocka_unit_test(test_negotiation),
		cmocka_unit_test(test_negotiation_refuses),
		cmocka_unit_test(test_as_client),
		cmocka_unit_test(test_read_initialize),
		cmocka_unit_test(test_judge),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
