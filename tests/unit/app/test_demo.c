/* The demo server, line by line, with a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/demo.h"

#include <stdio.h>

#define MODERN                                                                 \
	"\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"              \
	"\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}"

static struct demo *demo;
static struct buf out;

static int
begin(void **state)
{
	(void)state;
	demo = demo_new();
	buf_init(&out, (size_t)1 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	demo_free(&demo);
	buf_clear(&out);
	return 0;
}

static void
send_at(int64_t now, const char *line)
{
	buf_clear(&out);
	demo_line(demo, str_from(line), now, &out);
}

static void
says(const char *words)
{
	if (str_find(buf_view(&out), str_from(words)) == out.n)
		fail_msg("\"%.*s\" lacks \"%s\"", STR_ARG(buf_view(&out)),
			words);
}

static void
says_nothing(void)
{
	if (out.n > 0)
		fail_msg("said %.*s", STR_ARG(buf_view(&out)));
}

static void
initialize(const char *version)
{
	char line[256];

	snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\","
		"\"params\":{\"protocolVersion\":\"%s\",\"capabilities\":{},"
		"\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}",
		version);
	send_at(0, line);
}

static void
test_demo_initialize_negotiates(void **state)
{
	(void)state;
	initialize("2024-11-05");
	says("\"protocolVersion\":\"2024-11-05\"");
	says("\"tools\":{}");
	initialize("2026-07-28");
	says("\"protocolVersion\":\"2025-11-25\"");
	initialize("1999-01-01");
	says("\"protocolVersion\":\"2025-11-25\"");
}

static void
test_demo_lists_what_the_revision_knows(void **state)
{
	const char *list =
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";

	(void)state;
	initialize("2024-11-05");
	send_at(0, list);
	says("\"name\":\"countdown\"");
	assert_true(str_find(buf_view(&out), STR("annotations")) == out.n);
	assert_true(str_find(buf_view(&out), STR("resultType")) == out.n);
	initialize("2025-06-18");
	send_at(0, list);
	says("\"outputSchema\"");
	says("\"readOnlyHint\":true");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\","
		"\"params\":{\"cursor\":\"\"}}");
	says("\"code\":-32602");
}

static void
test_demo_wants_an_opening(void **state)
{
	(void)state;
	send_at(0, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
	says("\"code\":-32600");
	send_at(0, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
	says("\"result\":{}");
}

static void
test_demo_modern(void **state)
{
	(void)state;
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\","
		"\"params\":{" MODERN "}}}");
	says("\"supportedVersions\":[\"2026-07-28\"]");
	says("\"resultType\":\"complete\"");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\","
		"\"params\":{" MODERN "}}}");
	says("\"cacheScope\":\"public\"");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"slugify\",\"arguments\":{\"text\":"
		"\"A b\"}," MODERN "}}}");
	says("\"slug\":\"a-b\"");
	says("\"resultType\":\"complete\"");
	/* Methods of the other era, and unknown ones. */
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\","
		"\"params\":{" MODERN "}}}");
	says("\"code\":-32601");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/list\","
		"\"params\":{" MODERN "}}}");
	says("\"code\":-32601");
	/* An envelope that lacks something, and one from elsewhere. */
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\","
		"\"params\":{}}");
	says("\"code\":-32602");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\","
		"\"params\":{\"_meta\":{\"io.modelcontextprotocol/"
		"protocolVersion\":\"2030-01-01\",\"io.modelcontextprotocol/"
		"clientCapabilities\":{}}}}");
	says("\"code\":-32022");
	says("\"requested\":\"2030-01-01\"");
}

static void
test_demo_countdown(void **state)
{
	(void)state;
	initialize("2025-11-25");
	send_at(1000,
		"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":"
		"\"tools/call\",\"params\":{\"name\":\"countdown\","
		"\"arguments\":{\"seconds\":2},\"_meta\":"
		"{\"progressToken\":7}}}");
	says("\"progressToken\":7,\"progress\":0,\"total\":2");
	says("notifications/message");
	assert_int_equal(demo_due(demo), 2000);
	buf_clear(&out);
	demo_tick(demo, 1999, &out);
	says_nothing();
	demo_tick(demo, 2000, &out);
	says("\"progress\":1,\"total\":2");
	buf_clear(&out);
	demo_tick(demo, 3500, &out);
	says("\"id\":\"x\",\"result\"");
	says("\"seconds\":2");
	assert_int_equal(demo_due(demo), -1);
}

static void
test_demo_countdown_is_cancelled_by_its_id_alone(void **state)
{
	(void)state;
	initialize("2025-11-25");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"countdown\",\"arguments\":"
		"{\"seconds\":1}}}");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"tools/call\","
		"\"params\":{\"name\":\"countdown\",\"arguments\":"
		"{\"seconds\":1}}}");
	send_at(1,
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
		"\"params\":{\"requestId\":1}}");
	says_nothing();
	demo_tick(demo, 2000, &out);
	says("\"id\":\"1\"");
	assert_true(str_find(buf_view(&out), STR("\"id\":1,")) == out.n);
}

static void
test_demo_logs_by_level(void **state)
{
	(void)state;
	/* Modern: only who asks hears. */
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"countdown\",\"arguments\":"
		"{\"seconds\":1}," MODERN "}}}");
	says_nothing();
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"countdown\",\"arguments\":"
		"{\"seconds\":1}," MODERN
		",\"io.modelcontextprotocol/logLevel\":\"info\"}}}");
	says("notifications/message");
	/* Legacy: what setLevel said. */
	initialize("2025-11-25");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"logging/setLevel\","
		"\"params\":{\"level\":\"warning\"}}");
	says("\"result\":{}");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"countdown\",\"arguments\":"
		"{\"seconds\":1}}}");
	says_nothing();
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"logging/setLevel\","
		"\"params\":{\"level\":\"loud\"}}");
	says("\"code\":-32602");
}

static void
test_demo_bad_calls(void **state)
{
	static const char *const seconds[] = { "0", "16", "1.5", "\"1\"", "-1",
		"null", "99999999999999999999" };
	char line[256];

	(void)state;
	initialize("2025-11-25");
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		snprintf(line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
			"\"tools/call\",\"params\":{\"name\":\"countdown\","
			"\"arguments\":{\"seconds\":%s}}}",
			seconds[i]);
		send_at(0, line);
		says("\"isError\":true");
	}
	assert_int_equal(demo_due(demo), -1);
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"no\"}}");
	says("\"code\":-32602");
	send_at(0, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}");
	says("\"code\":-32602");
	send_at(0,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
		"\"params\":{\"name\":\"slugify\",\"arguments\":[]}}");
	says("\"code\":-32602");
}

static void
test_demo_bounds_what_runs(void **state)
{
	char line[256];

	(void)state;
	initialize("2025-11-25");
	for (unsigned i = 0; i <= DEMO_RUNNING_MAX; i++) {
		snprintf(line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":"
			"\"tools/call\",\"params\":{\"name\":\"countdown\","
			"\"arguments\":{\"seconds\":15}}}",
			i);
		send_at(0, line);
	}
	says("Too many");
}

static void
test_demo_bad_lines(void **state)
{
	(void)state;
	send_at(0, "");
	says_nothing();
	send_at(0, " \r");
	says_nothing();
	send_at(0, "junk");
	says("\"code\":-32700");
	send_at(0, "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}");
	says("\"code\":-32600");
	send_at(0, "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}");
	says_nothing();
	send_at(0, "[]");
	says("\"code\":-32600");
	buf_clear(&out);
	demo_overlong(demo, &out);
	says("\"code\":-32600");
}

static void
test_demo_batches_belong_to_one_revision(void **state)
{
	const char *batch =
		"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}]";

	(void)state;
	initialize("2025-06-18");
	send_at(0, batch);
	says("\"code\":-32600");
	initialize("2025-03-26");
	send_at(0, batch);
	says("\"id\":1,\"result\":{}");
	says("\"id\":2,\"result\":{}");
}

#define DEMO_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEMO_TEST(test_demo_initialize_negotiates),
		DEMO_TEST(test_demo_lists_what_the_revision_knows),
		DEMO_TEST(test_demo_wants_an_opening),
		DEMO_TEST(test_demo_modern),
		DEMO_TEST(test_demo_countdown),
		DEMO_TEST(test_demo_countdown_is_cancelled_by_its_id_alone),
		DEMO_TEST(test_demo_logs_by_level),
		DEMO_TEST(test_demo_bad_calls),
		DEMO_TEST(test_demo_bounds_what_runs),
		DEMO_TEST(test_demo_bad_lines),
		DEMO_TEST(test_demo_batches_belong_to_one_revision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
