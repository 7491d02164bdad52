/* Errors and notifications on their way home. */
#include "base/buf.h"
#include "mcp/convert_error.h"
#include "mcp/convert_note.h"

#include "check.h"

#include <math.h>
#include <stdio.h>

#define LEGACY REVISION_2025_11_25
#define MODERN REVISION_2026_07_28

static void
test_codes(void **state)
{
	static const struct {
		int64_t code, legacy, modern;
	} rows[] = {
		{ -32700, -32603, -32603 },
		{ -32600, -32603, -32603 },
		{ -32601, -32601, -32601 },
		{ -32602, -32602, -32602 },
		{ -32603, -32603, -32603 },
		{ -32000, -32603, -32603 },
		{ -32001, -32603, -32603 },
		{ -32002, -32002, -32602 },
		{ -32003, -32603, -32603 },
		{ -32019, -32603, -32603 },
		{ -32020, -32603, -32603 },
		{ -32021, -31021, -32021 },
		{ -32022, -32603, -32603 },
		{ -32023, -32603, -32603 },
		{ -32042, -32603, -32603 },
		{ -32099, -32603, -32603 },
		{ -32500, -32603, -32603 },
		{ -32768, -32603, -32603 },
		{ -32769, -32769, -32769 },
		{ -31999, -31999, -31999 },
		{ -1, -1, -1 },
		{ 0, 0, 0 },
		{ 404, 404, 404 },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		check_row(convert_error_code(rows[i].code, LEGACY),
			rows[i].legacy, i);
		check_row(convert_error_code(rows[i].code, MODERN),
			rows[i].modern, i);
	}
}

static int
convert(const char *declared, const char *error, enum revision to,
	struct buf *out)
{
	struct envelope e;
	struct convert_error q = { .e = &e, .to = to, .id = STR("\"a\"") };
	struct str text = str_join(arena,
		STR("{\"jsonrpc\":\"2.0\",\"id\":7,"
		    "\"error\":"),
		str_from(error), STR("}"));

	if (declared != NULL)
		q.declared = (struct envelope_member){ declared,
			str_from(declared) };
	assert_true(envelope_read(text, &e, &fault));
	buf_in(out, arena, 16384);
	return convert_error(arena, &q, out);
}

static int
status_of(const char *declared, const char *error)
{
	struct buf out;

	return convert(declared, error, MODERN, &out);
}

static void
gives_to(const char *declared, const char *error, enum revision to, int status,
	const char *wanted)
{
	struct buf out;

	check_row(convert(declared, error, to, &out), status, 0);
	check_str(buf_view(&out), wanted);
}

static void
gives(const char *error, enum revision to, int status, const char *wanted)
{
	gives_to(NULL, error, to, status, wanted);
}

#define ERROR(rest) "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{" rest "}}"
#define SAMPLING                                                               \
	"{\"code\":-32021,\"message\":\"needs sampling\",\"data\":"            \
	"{\"requiredCapabilities\":{\"sampling\":{}}}}"

static void
test_errors(void **state)
{
	(void)state;
	gives("{\"code\":-32602,\"message\":\"a\\nb\",\"data\":{\"x\":1.0}}",
		MODERN, 200,
		ERROR("\"code\":-32602,\"message\":\"a\\nb\",\"data\":{\"x\":"
		      "1.0}"));
	gives("{\"code\":-32601,\"message\":\"no\"}", MODERN, 404,
		ERROR("\"code\":-32601,\"message\":\"no\""));
	gives("{\"code\":-32601,\"message\":\"no\"}", LEGACY, 200,
		ERROR("\"code\":-32601,\"message\":\"no\""));
	gives("{\"code\":99999999999999999999,\"message\":\"\"}", LEGACY, 200,
		ERROR("\"code\":-32603,\"message\":\"\""));
	/* A server's own code: its data is its own, too. */
	gives("{\"code\":-32001,\"message\":\"busy\",\"data\":{\"x\":1}}",
		MODERN, 200,
		ERROR("\"code\":-32603,\"message\":\"busy\",\"data\":{\"x\":1}"));
	/* We offer no elicitation, so nobody is sent to an address. */
	gives("{\"code\":-32042,\"message\":\"log in\",\"data\":{"
	      "\"elicitations\":[{\"url\":\"https://evil.example\"}]}}",
		LEGACY, 200,
		ERROR("\"code\":-32603,\"message\":\"log in\",\"data\":{"
		      "\"fault\":\"server_answer\"}"));
}

/* About our own hop: neither its words nor its data go on. */
static void
test_about_us(void **state)
{
	static const char *const errors[] = {
		"{\"code\":-32022,\"message\":\"v\",\"data\":{\"supported\":["
		"\"x\"],\"requested\":\"y\"}}",
		"{\"code\":-32020,\"message\":\"v\"}",
		"{\"code\":-32600,\"message\":\"no\",\"data\":7}",
		"{\"code\":-32700,\"message\":\"no\"}",
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(errors); i++)
		for (int modern = 0; modern <= 1; modern++)
			gives(errors[i], modern ? MODERN : LEGACY, 200,
				ERROR("\"code\":-32603,\"message\":\"The MCP "
				      "server behind this answered something "
				      "that is not valid. Look at its state on "
				      "the dashboard.\",\"data\":{\"fault\":"
				      "\"server_answer\"}"));
}

static void
test_missing_capability(void **state)
{
#define WANTS                                                                  \
	"\"code\":-31021,\"message\":\"The MCP server behind this wants "      \
	"something of the client that is not passed on here. Use that "        \
	"server without this one in between.\",\"data\":{\"fault\":"           \
	"\"server_wants\""
	(void)state;
	gives_to("{}", SAMPLING, MODERN, 400,
		ERROR("\"code\":-32021,\"message\":\"needs sampling\","
		      "\"data\":{\"requiredCapabilities\":{\"sampling\":{}}}"));
	/* It declared it, and we don't pass it on: not to be told again. */
	gives_to("{\"sampling\":{}}", SAMPLING, MODERN, 200,
		ERROR(WANTS ",\"wants\":[\"sampling\"]}"));
	gives(SAMPLING, LEGACY, 200, ERROR(WANTS ",\"wants\":[\"sampling\"]}"));
	gives_to("{}", "{\"code\":-32021,\"message\":\"x\"}", MODERN, 200,
		ERROR(WANTS "}"));
	gives_to("{}", "{\"code\":-32021,\"message\":\"x\",\"data\":[1]}",
		MODERN, 200, ERROR(WANTS ",\"wants\":[]}"));
#undef WANTS
}

/* Each of many wanted is looked up among many declared. */
static void
test_too_many_capabilities(void **state)
{
	static char many[4096] = "{\"c0\":{}", error[8192];
	size_t n = strlen(many);

	(void)state;
	for (int i = 1; i < 300; i++)
		n += (size_t)snprintf(
			many + n, sizeof(many) - n, ",\"c%d\":{}", i);
	snprintf(many + n, sizeof(many) - n, "}");
	snprintf(error, sizeof(error),
		"{\"code\":-32021,\"message\":\"x\",\"data\":"
		"{\"requiredCapabilities\":%s}}",
		many);
	assert_int_equal(status_of("{}", error), 200);
	assert_int_equal(status_of(many, SAMPLING), 200);
	assert_int_equal(status_of("{}", SAMPLING), 400);
}

/* ---- notifications ---- */

static struct envelope note;

static void
read_note(const char *params)
{
	struct str text = str_join(arena,
		STR("{\"jsonrpc\":\"2.0\","
		    "\"method\":\"notifications/x\",\"params\":"),
		str_from(params), STR("}"));

	if (!envelope_read(text, &note, &fault))
		fail_msg("%s: %s", params, fault.detail);
}

static void
test_progress(void **state)
{
	struct splice s;
	int64_t token;

	(void)state;
	read_note("{\"progressToken\":12,\"progress\":0.5,\"total\":1}");
	assert_true(convert_note_token(&note, &token));
	assert_int_equal(token, 12);
	assert_true(convert_note_progress(&note, STR("\"mine\""), &s, &fault));
	check_str(splice_text(arena, &s),
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\","
		"\"params\":{\"progressToken\":\"mine\",\"progress\":0.5,"
		"\"total\":1}}");
	assert_false(convert_note_progress(&note, STR_NONE, &s, &fault));
	read_note("{\"progressToken\":\"12\"}");
	assert_false(convert_note_token(&note, &token));
	read_note("{\"progressToken\":-1}");
	assert_false(convert_note_token(&note, &token));
	read_note("{}");
	assert_false(convert_note_token(&note, &token));
	assert_false(convert_note_progress(&note, STR("1"), &s, &fault));
}

static void
test_progress_increases(void **state)
{
	static const struct {
		const char *progress;
		bool passes;
	} rows[] = { { "-1", true }, { "0", true }, { "5", true },
		{ "3", false }, { "5", false }, { "5.0", false },
		{ "5.25", true }, { "\"9\"", false }, { "null", false },
		{ "1e1", true }, { "9.99", false }, { "1e999", true },
		{ "1e999", false } };
	double last = -INFINITY;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		char params[80];

		snprintf(params, sizeof(params),
			"{\"progressToken\":1,\"progress\":%s}",
			rows[i].progress);
		read_note(str_dup(arena, str_from(params)).p);
		check_row(
			convert_note_advances(&note, &last), rows[i].passes, i);
	}
	read_note("{\"progressToken\":1}");
	last = -INFINITY;
	assert_false(convert_note_advances(&note, &last));
}

static void
test_levels_pass(void **state)
{
	static const struct {
		const char *params;
		enum level least;
		bool passes;
	} rows[] = {
		{ "{\"level\":\"info\"}", LEVEL_INFO, true },
		{ "{\"level\":\"info\"}", LEVEL_DEBUG, true },
		{ "{\"level\":\"info\"}", LEVEL_NOTICE, false },
		{ "{\"level\":\"emergency\"}", LEVEL_OFF, false },
		{ "{\"level\":\"loud\"}", LEVEL_DEBUG, false },
		{ "{\"level\":7}", LEVEL_DEBUG, false },
		{ "{}", LEVEL_DEBUG, false },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		read_note(rows[i].params);
		check_row(convert_note_passes(&note, rows[i].least),
			rows[i].passes, i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_about_us),
		cmocka_unit_test(test_missing_capability),
		cmocka_unit_test(test_too_many_capabilities),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_progress_increases),
		cmocka_unit_test(test_levels_pass),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
