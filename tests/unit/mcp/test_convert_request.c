/* Requests between every pair of eras: golden texts. */
#include "mcp/convert_request.h"
#include "text/json.h"

#include "check.h"

#define US                                                                           \
	"{\"name\":\"ostiary\",\"title\":\"Ostiary\",\"version\":\"" OSTIARY_VERSION \
	"\"}"
#define P "\"io.modelcontextprotocol/"
#define OURS                                                                   \
	P "protocolVersion\":\"2026-07-28\"," P "clientInfo\":" US "," P       \
	  "clientCapabilities\":{}"

#define LEGACY REVISION_2025_06_18
#define MODERN REVISION_2026_07_28

static struct envelope e;

static struct str
convert(const char *text, struct convert_request q)
{
	struct splice s;
	struct str out;

	if (!envelope_read(str_from(text), &e, &fault))
		fail_msg("%s: %s", text, fault.detail);
	q.e = &e;
	if (!convert_request(arena, &q, &s, &fault))
		fail_msg("%s: %s", text, fault.detail);
	out = splice_text(arena, &s);
	/* Whatever came out is one valid message with our id. */
	if (json_parse(arena, out, NULL, &fault) == NULL ||
		!envelope_read(out, &e, &fault))
		fail_msg("%.*s: %s", STR_ARG(out), fault.detail);
	return out;
}

static struct convert_request
ask(enum revision from, enum revision to)
{
	return (struct convert_request){ .from = from,
		.to = to,
		.id = 7,
		.name = STR_NONE,
		.cursor = STR_NONE,
		.token = CONVERT_NO_TOKEN,
		.level = LEVEL_OFF };
}

static void
test_legacy_to_legacy(void **state)
{
	struct convert_request q = ask(LEGACY, LEGACY);

	(void)state;
	check_str(convert(" {\"jsonrpc\":\"2.0\",\"id\":\"abc\",\"method\":"
			  "\"tools/call\", \"params\" : {\"name\":\"echo\","
			  "\"arguments\":{\"n\":1.0}}} ",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":"
		"\"tools/call\", \"params\" : {\"name\":\"echo\","
		"\"arguments\":{\"n\":1.0}}}");
	q.name = STR("own \"name\"");
	q.token = 9;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"s__x\","
			  "\"_meta\":{\"progressToken\":\"mine\",\"a\":1}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"own \\\"name\\\"\","
		"\"_meta\":{\"progressToken\":9,\"a\":1}}}");
	q.token = CONVERT_NO_TOKEN;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"prompts/get\",\"params\":{\"name\":\"s__x\","
			  "\"_meta\":{\"progressToken\":\"mine\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"prompts/get\","
		"\"params\":{\"name\":\"own \\\"name\\\"\",\"_meta\":{}}}");
}

static void
test_modern_to_modern(void **state)
{
	struct convert_request q = ask(MODERN, MODERN);

	(void)state;
	q.token = 3;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"x\",\"_meta\":"
			  "{" P "protocolVersion\":\"2026-07-28\"," P
			  "clientInfo\":{\"name\":\"c\",\"version\":\"1\"}," P
			  "clientCapabilities\":{\"sampling\":{}},"
			  "\"traceparent\":\"00-ab\",\"x.example/y\":1," P
			  "logLevel\":\"info\",\"progressToken\":\"t\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"x\",\"_meta\":{" OURS
		",\"traceparent\":\"00-ab\",\"x.example/y\":1," P
		"logLevel\":\"info\",\"progressToken\":3}}}");
	/* Without clientInfo, ours is put in. */
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"resources/read\",\"params\":{\"uri\":\"a:b\","
			  "\"_meta\":{" P "protocolVersion\":\"2026-07-28\"," P
			  "clientCapabilities\":{}}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"resources/read\","
		"\"params\":{\"uri\":\"a:b\",\"_meta\":{" P "clientInfo\":" US
		"," P "protocolVersion\":\"2026-07-28\"," P
		"clientCapabilities\":{}}}}");
}

static void
test_modern_to_legacy(void **state)
{
	struct convert_request q = ask(MODERN, LEGACY);

	(void)state;
	q.token = 3;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"x\",\"_meta\":"
			  "{" P "protocolVersion\":\"2026-07-28\"," P
			  "clientInfo\":{}," P "clientCapabilities\":{},"
			  "\"traceparent\":\"00-ab\"," P "logLevel\":\"info\","
			  "\"progressToken\":\"t\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"x\",\"_meta\":{"
		"\"traceparent\":\"00-ab\",\"progressToken\":3}}}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"_meta\":"
			  "{" P "protocolVersion\":\"2026-07-28\"," P
			  "clientCapabilities\":{}},\"name\":\"x\"}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"_meta\":{},\"name\":\"x\"}}");
}

static void
test_legacy_to_modern(void **state)
{
	struct convert_request q = ask(LEGACY, MODERN);

	(void)state;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"x\"}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"_meta\":{" OURS "},\"name\":\"x\"}}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/list\"}",
			  q),
		"{\"params\":{\"_meta\":{" OURS "}},\"jsonrpc\":\"2.0\","
		"\"id\":7,\"method\":\"tools/list\"}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/list\",\"params\":{}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\","
		"\"params\":{\"_meta\":{" OURS "}}}");
	q.level = LEVEL_WARNING;
	q.token = 4;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"x\",\"_meta\":"
			  "{\"progressToken\":0}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"x\",\"_meta\":{" OURS "," P
		"logLevel\":\"warning\",\"progressToken\":4}}}");
	/* A legacy client's own logLevel key means nothing (BR-50). */
	q.level = LEVEL_OFF;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"name\":\"x\",\"_meta\":"
			  "{" P "logLevel\":\"debug\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"x\",\"_meta\":{" OURS "}}}");
}

static void
test_unoffered_params_go(void **state)
{
	struct convert_request q = ask(LEGACY, LEGACY);

	(void)state;
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/call\",\"params\":{\"task\":{\"ttl\":1},"
			  "\"name\":\"x\",\"inputResponses\":{},"
			  "\"requestState\":\"s\"}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"x\"}}");
}

static void
test_names_and_cursors(void **state)
{
	struct convert_request q = ask(LEGACY, LEGACY);

	(void)state;
	q.name = STR("own");
	q.cursor = STR("");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"completion/complete\",\"params\":{\"ref\":{"
			  "\"type\":\"ref/prompt\",\"name\":\"s__own\"},"
			  "\"argument\":{\"name\":\"a\",\"value\":\"\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":"
		"\"completion/complete\",\"params\":{\"ref\":{"
		"\"type\":\"ref/prompt\",\"name\":\"own\"},"
		"\"argument\":{\"name\":\"a\",\"value\":\"\"}}}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"completion/complete\",\"params\":{\"ref\":{"
			  "\"type\":\"ref/resource\",\"uri\":\"u\"}}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":"
		"\"completion/complete\",\"params\":{\"ref\":{"
		"\"type\":\"ref/resource\",\"uri\":\"own\"}}}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"resources/read\",\"params\":{\"uri\":\"u\","
			  "\"name\":\"n\"}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"resources/read\","
		"\"params\":{\"uri\":\"own\",\"name\":\"n\"}}");
	check_str(convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			  "\"tools/list\",\"params\":{\"cursor\":\"c\"}}",
			  q),
		"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\","
		"\"params\":{\"cursor\":\"\"}}");
}

/* Every edit at once stays within the splice's bound. */
static void
test_everything_at_once(void **state)
{
	struct convert_request q = ask(LEGACY, MODERN);

	(void)state;
	q.name = STR("own");
	q.token = 1;
	q.level = LEVEL_INFO;
	convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"task\":{},\"name\":\"x\",\"inputResponses\":{},"
		"\"cursor\":\"c\",\"requestState\":\"s\",\"_meta\":{"
		"\"progressToken\":5," P "logLevel\":\"debug\"}}}",
		q);
	check_str(e.id.value, "7");
	check_str(e.name.value, "\"own\"");
	check_str(e.meta_log_level.value, "\"info\"");
	assert_false(envelope_has(e.task));
}

/* A name stays inside its string, whatever it is. */
static void
lesson_B17_names_stay_in_their_place(void **state)
{
	static const char *hostile[] = { "a\r\nb", "\",\"x\":\"", "/../../etc",
		"a&b=c", "\\", "\"}}", "\x01", "\xf0\x9f\x92\xa9" };
	struct convert_request q = ask(LEGACY, MODERN);

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(hostile); i++) {
		q.name = str_from(hostile[i]);
		convert("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			"\"tools/call\",\"params\":{\"name\":\"x\","
			"\"arguments\":{}}}",
			q);
		check_str(envelope_text(arena, e.name), hostile[i]);
		check_str(e.arguments.value, "{}");
	}
}

static void
test_no_room(void **state)
{
	struct convert_request q = ask(LEGACY, LEGACY);
	struct arena *tiny = arena_new(2);
	struct splice s;

	(void)state;
	q.name = STR("own");
	assert_true(envelope_read(
		STR("{\"jsonrpc\":\"2.0\",\"id\":1,"
		    "\"method\":\"tools/call\",\"params\":{\"name\":\"x\"}}"),
		&e, &fault));
	q.e = &e;
	assert_false(convert_request(tiny, &q, &s, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	arena_free(&tiny);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy_to_legacy),
		cmocka_unit_test(test_modern_to_modern),
		cmocka_unit_test(test_modern_to_legacy),
		cmocka_unit_test(test_legacy_to_modern),
		cmocka_unit_test(test_unoffered_params_go),
		cmocka_unit_test(test_names_and_cursors),
		cmocka_unit_test(test_everything_at_once),
		cmocka_unit_test(lesson_B17_names_stay_in_their_place),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
