/* Which era a message speaks, and the modern checks in their order. */
#include "mcp/capability.h"
#include "mcp/era.h"

#include "check.h"

#define VERSION "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\""
#define CAPS    "\"io.modelcontextprotocol/clientCapabilities\":{}"
#define META    "\"_meta\":{" VERSION "," CAPS "}"
#define REQUEST(method, params)                                                \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method                   \
	"\",\"params\":{" params "}}"
#define NOTE(method, params)                                                   \
	"{\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":{" params   \
	"}}"

static struct envelope e;
static struct str data;

static struct era_fields
fields_of(const char *version, const char *method, const char *name)
{
	return (struct era_fields){ str_from(version), str_from(method),
		str_from(name), STR_NONE };
}

static void
test_decision(void **state)
{
	static const struct {
		const char *body;
		const char *version;
		enum era era;
	} rows[] = {
		{ REQUEST("tools/list", META), "2026-07-28", ERA_MODERN },
		{ REQUEST("tools/list", META), NULL, ERA_MODERN },
		{ REQUEST("tools/list", META), "2025-11-25", ERA_MODERN },
		{ REQUEST("tools/list", ""), "2026-07-28", ERA_MODERN },
		{ REQUEST("tools/list", ""), "2027-01-01", ERA_MODERN },
		{ REQUEST("tools/list", ""), "2025-06-18", ERA_LEGACY },
		{ REQUEST("tools/list", ""), NULL, ERA_LEGACY },
		{ REQUEST("tools/list", ""), "nonsense", ERA_LEGACY },
		{ REQUEST("server/discover", ""), NULL, ERA_MODERN },
		{ REQUEST("initialize", ""), NULL, ERA_LEGACY },
		/* by envelope, not by method (TR-16) */
		{ REQUEST("initialize", META), "2026-07-28", ERA_MODERN },
		{ REQUEST("ping", META), "2026-07-28", ERA_MODERN },
		{ NOTE("notifications/cancelled", ""), NULL, ERA_LEGACY },
		{ NOTE("notifications/cancelled", ""), "2026-07-28",
			ERA_MODERN },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", NULL,
			ERA_LEGACY },
		{ "[]", NULL, ERA_LEGACY },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct era_fields fields =
			fields_of(rows[i].version, NULL, NULL);

		assert_true(envelope_read(str_from(rows[i].body), &e, &fault));
		check_row(era_decide(&e, &fields), rows[i].era, i);
	}
}

static enum fault_id
check_with(const char *body, struct era_fields fields)
{
	struct era_ask ask = { .e = &e,
		.fields = fields,
		.offered = CAPABILITY_TOOLS | CAPABILITY_RESOURCES |
			CAPABILITY_COMPLETIONS };

	fault_clear(&fault);
	if (!envelope_read(str_from(body), &e, &fault))
		fail_msg("%s: %s", body, fault.detail);
	era_check_modern(arena, &ask, &data, &fault);
	return fault.id;
}

struct row {
	const char *body;
	const char *version, *method, *name;
	enum fault_id id;
};

#define V "2026-07-28"
#define CALL(name, arguments)                                                  \
	REQUEST("tools/call",                                                  \
		"\"name\":" name ",\"arguments\":" arguments "," META)
#define WITH(version, caps) "\"_meta\":{" version caps "}"

static void
test_order(void **state)
{
	static const struct row rows[] = {
		{ REQUEST("tools/list", META), V, "tools/list", NULL, 0 },
		/* 1: only requests and notifications */
		{ "[]", V, NULL, NULL, FAULT_MCP_BATCH },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", V, NULL, NULL,
			FAULT_MCP_INVALID },
		/* 2: _meta comes before every field */
		{ REQUEST("tools/list", ""), V, NULL, NULL, FAULT_MCP_PARAMS },
		{ REQUEST("server/discover", ""), NULL, NULL, NULL,
			FAULT_MCP_PARAMS },
		{ REQUEST("nothing", WITH("", CAPS)), V, "x", NULL,
			FAULT_MCP_PARAMS },
		{ REQUEST("tools/list", WITH(VERSION, "")), V, "x", NULL,
			FAULT_MCP_PARAMS },
		{ REQUEST("tools/list",
			  WITH("\"io.modelcontextprotocol/protocolVersion\":1,",
				  CAPS)),
			V, "tools/list", NULL, FAULT_MCP_PARAMS },
		{ REQUEST("tools/list",
			  WITH(VERSION ",\"io.modelcontextprotocol/"
				       "clientCapabilities\":",
				  "[]")),
			V, "tools/list", NULL, FAULT_MCP_PARAMS },
		{ REQUEST("tools/list",
			  WITH(VERSION "," CAPS ",\"io.modelcontextprotocol/"
				       "clientInfo\":",
				  "\"x\"")),
			V, "tools/list", NULL, FAULT_MCP_PARAMS },
		{ REQUEST("tools/list",
			  WITH(VERSION "," CAPS ",\"io.modelcontextprotocol/"
				       "logLevel\":",
				  "\"loud\"")),
			V, "tools/list", NULL, FAULT_MCP_PARAMS },
		{ REQUEST("tools/list",
			  WITH(VERSION "," CAPS ",\"io.modelcontextprotocol/"
				       "logLevel\":",
				  "\"info\"")),
			V, "tools/list", NULL, 0 },
		/* 3: fields */
		{ REQUEST("tools/list", META), NULL, "tools/list", NULL,
			FAULT_MCP_HEADER },
		{ REQUEST("tools/list", META), "2025-11-25", "tools/list", NULL,
			FAULT_MCP_HEADER },
		{ REQUEST("tools/list", META), V, NULL, NULL,
			FAULT_MCP_HEADER },
		{ REQUEST("tools/list", META), V, "prompts/list", NULL,
			FAULT_MCP_HEADER },
		{ REQUEST("tools/list", META), V, "TOOLS/LIST", NULL,
			FAULT_MCP_HEADER },
		{ CALL("\"t\"", "{}"), V, "tools/call", NULL,
			FAULT_MCP_HEADER },
		{ CALL("\"t\"", "{}"), V, "tools/call", "u", FAULT_MCP_HEADER },
		{ CALL("\"t\"", "{}"), V, "tools/call", "T", FAULT_MCP_HEADER },
		{ CALL("\"t\"", "{}"), V, "tools/call", "t", 0 },
		{ CALL("\"t\"", "{}"), V, "tools/call", "  t ", 0 },
		{ CALL("\"t\"", "{}"), V, "tools/call", "=?base64?dA==?=", 0 },
		{ CALL("\"t\"", "{}"), V, "tools/call",
			"=?base64?dA?=", FAULT_MCP_HEADER },
		{ CALL("\"\\u0074\"", "{}"), V, "tools/call", "t", 0 },
		{ REQUEST("resources/read", "\"uri\":\"a:b\"," META), V,
			"resources/read", "a:c", FAULT_MCP_HEADER },
		{ REQUEST("resources/read", "\"uri\":\"a:b\"," META), V,
			"resources/read", "a:b", 0 },
		{ REQUEST("resources/read",
			  "\"name\":\"x\",\"uri\":\"a:b\"," META),
			V, "resources/read", "x", FAULT_MCP_HEADER },
		/* a field too many says nothing */
		{ REQUEST("tools/list", META), V, "tools/list", "x", 0 },
		/* 4: version */
		{ REQUEST("tools/list",
			  WITH("\"io.modelcontextprotocol/protocolVersion\":"
			       "\"v999\",",
				  CAPS)),
			"v999", "tools/list", NULL, FAULT_MCP_VERSION },
		{ REQUEST("tools/list",
			  WITH("\"io.modelcontextprotocol/protocolVersion\":"
			       "\"2025-11-25\",",
				  CAPS)),
			"2025-11-25", "tools/list", NULL, FAULT_MCP_VERSION },
		/* header good, body bad: the mismatch first */
		{ REQUEST("tools/list",
			  WITH("\"io.modelcontextprotocol/protocolVersion\":"
			       "\"v999\",",
				  CAPS)),
			V, "tools/list", NULL, FAULT_MCP_HEADER },
		/* 5: method */
		{ REQUEST("nothing/at/all", META), V, "nothing/at/all", NULL,
			FAULT_MCP_METHOD },
		{ REQUEST("initialize", META), V, "initialize", NULL,
			FAULT_MCP_METHOD },
		{ REQUEST("ping", META), V, "ping", NULL, FAULT_MCP_METHOD },
		{ REQUEST("logging/setLevel", META), V, "logging/setLevel",
			NULL, FAULT_MCP_METHOD },
		{ REQUEST("resources/subscribe", META), V,
			"resources/subscribe", NULL, FAULT_MCP_METHOD },
		{ REQUEST("resources/unsubscribe", META), V,
			"resources/unsubscribe", NULL, FAULT_MCP_METHOD },
		{ REQUEST("tasks/list", META), V, "tasks/list", NULL,
			FAULT_MCP_METHOD },
		{ REQUEST("tasks/get", META), V, "tasks/get", NULL,
			FAULT_MCP_METHOD },
		{ REQUEST("subscriptions/listen", META), V,
			"subscriptions/listen", NULL, FAULT_MCP_METHOD },
		{ REQUEST("prompts/list", META), V, "prompts/list", NULL,
			FAULT_MCP_METHOD },
		{ REQUEST("sampling/createMessage", META), V,
			"sampling/createMessage", NULL, FAULT_MCP_METHOD },
		/* 6: params */
		{ REQUEST("tools/call", META), V, "tools/call", NULL,
			FAULT_MCP_CALL_PARAMS },
		{ REQUEST("tools/call", "\"name\":7," META), V, "tools/call",
			"7", FAULT_MCP_CALL_PARAMS },
		{ CALL("\"t\"", "[]"), V, "tools/call", "t",
			FAULT_MCP_CALL_PARAMS },
		{ REQUEST("tools/list", "\"cursor\":1," META), V, "tools/list",
			NULL, FAULT_MCP_CURSOR },
		{ REQUEST("completion/complete", META), V,
			"completion/complete", NULL, FAULT_MCP_CALL_PARAMS },
		/* notifications */
		{ NOTE("notifications/x", ""), V, NULL, NULL, 0 },
		{ NOTE("notifications/x", META), NULL, NULL, NULL, 0 },
		{ NOTE("notifications/x", META), V, "notifications/y", NULL,
			FAULT_MCP_HEADER },
		{ NOTE("notifications/x", ""), "2030-01-01", NULL, NULL,
			FAULT_MCP_VERSION },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_row(check_with(rows[i].body,
				  fields_of(rows[i].version, rows[i].method,
					  rows[i].name)),
			rows[i].id, i);
}

static void
test_data(void **state)
{
	(void)state;
	check_with(REQUEST("tools/list",
			   WITH("\"io.modelcontextprotocol/protocolVersion\":"
				"\"v9\\\"9\",",
				   CAPS)),
		fields_of("v9\"9", "tools/list", NULL));
	assert_int_equal(fault.id, FAULT_MCP_VERSION);
	check_str(data,
		"{\"supported\":[\"2026-07-28\"],"
		"\"requested\":\"v9\\\"9\"}");
	check_with(REQUEST("tools/list", ""), fields_of(V, NULL, NULL));
	check_str(data,
		"{\"missing\":[\"io.modelcontextprotocol/"
		"protocolVersion\"]}");
	check_with(
		REQUEST("tools/list", META), fields_of(V, "tools/list", NULL));
	check_none(data);
}

static void
test_legacy(void **state)
{
	static const struct {
		const char *version;
		bool ok;
	} rows[] = {
		{ NULL, true },
		{ "2024-11-05", false },
		{ "2025-03-26", true },
		{ "2025-11-25", true },
		{ "2026-07-28", false },
		{ "bad", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct era_fields fields =
			fields_of(rows[i].version, NULL, NULL);

		check_row(era_check_legacy(&fields, &fault), rows[i].ok, i);
	}
	/* 404 would mean a lost session to them. */
	assert_int_equal(era_status(ERA_LEGACY, FAULT_MCP_METHOD), 200);
	assert_int_equal(era_status(ERA_MODERN, FAULT_MCP_METHOD), 404);
	assert_int_equal(era_status(ERA_LEGACY, FAULT_MCP_CALLS), 200);
	assert_int_equal(era_status(ERA_MODERN, FAULT_MCP_CALLS), 429);
	assert_int_equal(era_status(ERA_LEGACY, FAULT_MCP_STREAMS), 429);
	assert_int_equal(era_status(ERA_LEGACY, FAULT_MCP_NO_SESSION), 404);
	assert_int_equal(era_status(ERA_LEGACY, FAULT_MCP_INVALID), 400);
	assert_int_equal(era_status(ERA_MODERN, FAULT_MCP_PARAMS), 400);
}

static void
test_refs(void **state)
{
	static const struct {
		const char *body;
		bool ok;
	} rows[] = {
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"ref/prompt\",\"name\":\"p\"}"),
			true },
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"ref/resource\",\"uri\":\"a:{b}\"}"),
			true },
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"ref\\/resource\",\"uri\":\"a:b\"}"),
			true },
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"ref/prompt\",\"uri\":\"p\"}"),
			false },
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"ref/resource\",\"name\":\"p\"}"),
			false },
		{ REQUEST("completion/complete",
			  "\"ref\":{\"type\":"
			  "\"x\",\"name\":\"p\"}"),
			false },
		{ REQUEST("completion/complete", "\"ref\":7"), false },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		assert_true(envelope_read(str_from(rows[i].body), &e, &fault));
		check_row(era_check_params(&e, &fault), rows[i].ok, i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decision),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_refs),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
