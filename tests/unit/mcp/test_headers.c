/* Values in fields: the sentinel both ways, annotations, Mcp-Param-*. */
#include "base/buf.h"
#include "mcp/headers.h"
#include "text/field.h"
#include "text/json.h"

#include "check.h"

static void
test_values(void **state)
{
	static const struct {
		const char *value, *field;
	} rows[] = {
		{ "us-west1", "us-west1" },
		{ "us west 1", "us west 1" },
		{ "Hello, \xe4\xb8\x96\xe7\x95\x8c",
			"=?base64?SGVsbG8sIOS4lueVjA==?=" },
		{ " padded ", "=?base64?IHBhZGRlZCA=?=" },
		{ "line1\nline2", "=?base64?bGluZTEKbGluZTI=?=" },
		{ "\tindented", "=?base64?CWluZGVudGVk?=" },
		{ "in\tside", "=?base64?aW4Jc2lkZQ==?=" },
		{ "=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=" },
		{ "=?base64?=", "=?base64?PT9iYXNlNjQ/PQ==?=" },
		{ "=?base64?half", "=?base64?half" },
		{ "half?=", "half?=" },
		{ "=?BASE64?dA==?=", "=?BASE64?dA==?=" },
		{ "",
			"=?base64?"
			"?=" },
		{ "\x7f", "=?base64?fw==?=" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct str back;

		check_str(headers_encode(arena, str_from(rows[i].value)),
			rows[i].field);
		assert_true(
			headers_decode(arena, str_from(rows[i].field), &back));
		check_str(back, rows[i].value);
	}
}

static void
test_decode_refuses(void **state)
{
	static const char *rows[] = { "=?base64?SGVsbG8?=",
		"=?base64?SGVs!!!bG8=?=", "=?base64?SGVsbG9=?=",
		"=?base64?SGVsbG8=\r\n?=", "=?base64?/w==?=",
		"=?base64?SGVs bG8=?=", "caf\xc3\xa9", "a\rb", "a\x01" };
	struct str out;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		if (headers_decode(arena, str_from(rows[i]), &out))
			fail_msg("taken: %s", rows[i]);
	assert_true(headers_decode(arena, STR("  a b\t"), &out));
	check_str(out, "a b");
	assert_true(headers_decode(arena, STR("=?base64?=?="), &out) == false);
}

/* What reaches a field is visible ASCII, whatever the name or argument. */
static void
lesson_B17_no_byte_of_a_value_reaches_a_field_raw(void **state)
{
	static const char *hostile[] = { "a\r\nX-Evil: 1", "\n", "\r",
		"/../../etc/passwd", "a&x=1", "a?b#c", "%0d%0a", "\xc2\x85",
		"\xe2\x80\xa8", "a\x00b", "name\r\n\r\nGET / HTTP/1.1",
		" Authorization: Bearer x" };
	struct str back;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(hostile); i++) {
		struct str value = str_from(hostile[i]);
		struct str field = headers_encode(arena, value);

		assert_true(field_is_value(field));
		for (size_t k = 0; k < field.n; k++)
			assert_true(field.p[k] >= 0x20 && field.p[k] < 0x7f);
		assert_true(headers_decode(arena, field, &back));
		assert_true(str_eq(back, value));
	}
}

/* ---- annotations ---- */

static struct headers_params params;

static bool
collect(const char *schema)
{
	struct json *tree = json_parse(arena, str_from(schema), NULL, &fault);

	if (tree == NULL)
		fail_msg("%s: %s", schema, fault.detail);
	return headers_params_collect(arena, tree, &params, &fault);
}

#define PROPS(text) "{\"type\":\"object\",\"properties\":{" text "}}"
#define ONE(type, name)                                                        \
	PROPS("\"a\":{\"type\":" type ",\"x-mcp-header\":" name "}")

static void
test_annotations(void **state)
{
	(void)state;
	assert_true(collect(PROPS(
		"\"r\":{\"type\":\"string\",\"x-mcp-header\":"
		"\"Region\"},\"o\":{\"type\":\"object\",\"properties\":{\"n\":"
		"{\"type\":\"integer\",\"x-mcp-header\":\"Deep-N\"}}},"
		"\"b\":{\"type\":\"boolean\",\"x-mcp-header\":\"B\"}")));
	assert_int_equal(params.n, 3);
	check_str(params.items[0].field, "Mcp-Param-Region");
	check_str(params.items[1].field, "Mcp-Param-Deep-N");
	assert_int_equal(params.items[1].depth, 2);
	check_str(params.items[1].path[0], "o");
	check_str(params.items[1].path[1], "n");
	assert_int_equal(params.items[1].type, HEADERS_INTEGER);
	assert_int_equal(params.items[2].type, HEADERS_BOOLEAN);
	assert_true(collect("{}"));
	assert_int_equal(params.n, 0);
	assert_true(headers_params_collect(arena, NULL, &params, &fault));
	/* A property of that name is no annotation. */
	assert_true(collect(PROPS("\"x-mcp-header\":{\"type\":\"string\"}")));
	assert_int_equal(params.n, 0);
}

static void
test_bad_annotations(void **state)
{
	static const char *rows[] = {
		ONE("\"string\"", "\"\""),
		ONE("\"string\"", "\"a b\""),
		ONE("\"string\"", "\"a:b\""),
		ONE("\"string\"", "\"a\\r\\nb\""),
		ONE("\"string\"", "\"\xc3\xa9\""),
		ONE("\"string\"", "7"),
		ONE("\"string\"", "null"),
		ONE("\"number\"", "\"N\""),
		ONE("\"object\"", "\"O\""),
		ONE("\"array\"", "\"A\""),
		ONE("\"null\"", "\"Z\""),
		ONE("[\"string\",\"null\"]", "\"U\""),
		PROPS("\"a\":{\"x-mcp-header\":\"A\"}"),
		PROPS("\"a\":{\"type\":\"string\",\"x-mcp-header\":\"Same\"},"
		      "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"Same\"}"),
		PROPS("\"a\":{\"type\":\"string\",\"x-mcp-header\":\"Same\"},"
		      "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"SAME\"}"),
		"{\"type\":\"string\",\"x-mcp-header\":\"Root\"}",
		PROPS("\"l\":{\"type\":\"array\",\"items\":{\"type\":"
		      "\"string\",\"x-mcp-header\":\"I\"}}"),
		"{\"anyOf\":[{\"properties\":{\"a\":{\"type\":\"string\","
		"\"x-mcp-header\":\"I\"}}}]}",
		"{\"$defs\":{\"d\":{\"type\":\"string\",\"x-mcp-header\":"
		"\"I\"}}}",
		"{\"if\":{\"properties\":{\"a\":{\"type\":\"string\","
		"\"x-mcp-header\":\"I\"}}}}",
		PROPS("\"o\":{\"additionalProperties\":{\"type\":\"string\","
		      "\"x-mcp-header\":\"I\"}}"),
		PROPS("\"o\":{\"items\":{\"properties\":{\"p\":{\"not\":{"
		      "\"x-mcp-header\":\"I\"}}}}}"),
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		if (collect(rows[i]))
			fail_msg("taken: %s", rows[i]);
		assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	}
}

static void
test_too_many_annotations(void **state)
{
	char text[HEADERS_PARAMS_MAX * 64 + 200] = "{\"properties\":{";
	char one[80];

	(void)state;
	for (unsigned i = 0; i <= HEADERS_PARAMS_MAX; i++) {
		snprintf(one, sizeof(one),
			"%s\"p%u\":{\"type\":\"string\","
			"\"x-mcp-header\":\"H%u\"}",
			i == 0 ? "" : ",", i, i);
		strcat(text, one);
	}
	strcat(text, "}}");
	assert_false(collect(text));
}

/* ---- fields from arguments, and back ---- */

#define SCHEMA                                                                 \
	PROPS("\"s\":{\"type\":\"string\",\"x-mcp-header\":\"S\"},"            \
	      "\"i\":{\"type\":\"integer\",\"x-mcp-header\":\"I\"},"           \
	      "\"b\":{\"type\":\"boolean\",\"x-mcp-header\":\"B\"},"           \
	      "\"o\":{\"properties\":{\"d\":{\"type\":\"string\","             \
	      "\"x-mcp-header\":\"D\"}}}")

static struct str
made(const char *arguments)
{
	struct headers_fields out;
	struct buf text;

	assert_true(collect(SCHEMA));
	if (!headers_params_make(
		    arena, &params, str_from(arguments), &out, &fault))
		fail_msg("%s", fault.detail);
	buf_in(&text, arena, 4096);
	for (size_t i = 0; i < out.n; i++) {
		buf_str(&text, out.all[i].name);
		buf_char(&text, '=');
		buf_str(&text, out.all[i].value);
		buf_char(&text, ';');
	}
	return buf_view(&text);
}

static void
test_make(void **state)
{
	static const struct {
		const char *arguments, *fields;
	} rows[] = {
		{ "{\"s\":\"x\",\"i\":42,\"b\":true,\"o\":{\"d\":\"y\"}}",
			"Mcp-Param-S=x;Mcp-Param-I=42;Mcp-Param-B=true;"
			"Mcp-Param-D=y;" },
		{ "{}", "" },
		{ NULL, "" },
		{ "{\"s\":null,\"i\":null,\"o\":null}", "" },
		{ "{\"s\":[],\"i\":{},\"o\":[{\"d\":\"no\"}]}", "" },
		{ "{\"s\":\"\"}",
			"Mcp-Param-S==?base64?"
			"?=;" },
		{ "{\"s\":\"a\\r\\nb\"}", "Mcp-Param-S==?base64?YQ0KYg==?=;" },
		{ "{\"i\":-7,\"b\":false}",
			"Mcp-Param-I=-7;Mcp-Param-B=false;" },
		{ "{\"i\":42.0}", "Mcp-Param-I=42;" },
		{ "{\"i\":1e3}", "Mcp-Param-I=1000;" },
		{ "{\"i\":-0}", "Mcp-Param-I=0;" },
		{ "{\"i\":9007199254740991}", "Mcp-Param-I=9007199254740991;" },
		{ "{\"i\":9007199254740993}", "" },
		{ "{\"i\":-9007199254740993}", "" },
		{ "{\"i\":1e400}", "" },
		{ "{\"i\":1.5}", "" },
		{ "{\"s\":5}", "Mcp-Param-S=5;" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_str(made(rows[i].arguments), rows[i].fields);
}

static enum fault_id
checked(const char *arguments, const char *name, const char *value)
{
	struct field fields[2] = {
		{ str_from(name), str_from(value) },
		{ STR("Mcp-Param-Unknown"), STR("ignored") },
	};
	struct headers_check check = { .params = &params,
		.arguments = str_from(arguments),
		.fields = fields,
		.n = 2 };

	assert_true(collect(SCHEMA));
	fault_clear(&fault);
	headers_params_check(arena, &check, &fault);
	return fault.id;
}

static void
test_check(void **state)
{
	static const struct {
		const char *arguments, *name, *value;
		enum fault_id id;
	} rows[] = {
		{ "{\"s\":\"Hello\"}", "mcp-param-s", "Hello", 0 },
		{ "{\"s\":\"Hello\"}", "MCP-PARAM-S",
			"=?base64?SGVsbG8=?=", 0 },
		{ "{\"s\":\"Hello\"}", "Mcp-Param-S",
			"=?base64?SGVsbG8?=", FAULT_MCP_HEADER },
		{ "{\"s\":\"Hello\"}", "Mcp-Param-S",
			"=?base64?SGVs!!!bG8=?=", FAULT_MCP_HEADER },
		{ "{\"s\":\"SGVsbG8=\"}", "Mcp-Param-S", "SGVsbG8=", 0 },
		{ "{\"s\":\"=?base64?SGVsbG8=\"}", "Mcp-Param-S",
			"=?base64?SGVsbG8=", 0 },
		{ "{\"s\":\"hello\"}", "Mcp-Param-S", "Hello",
			FAULT_MCP_HEADER },
		{ "{\"s\":\"x\"}", "X-Other", "x", FAULT_MCP_HEADER },
		{ "{\"s\":\"\"}", "Mcp-Param-S", "", 0 },
		{ "{\"s\":null}", "X-Other", "x", 0 },
		{ "{}", "Mcp-Param-S", "anything", FAULT_MCP_HEADER },
		{ "{}", "Mcp-Param-S", "", FAULT_MCP_HEADER },
		{ "{\"s\":null}", "Mcp-Param-S", "null", FAULT_MCP_HEADER },
		{ "{\"s\":[\"x\"]}", "Mcp-Param-S", "x", FAULT_MCP_HEADER },
		{ NULL, "Mcp-Param-S", "x", FAULT_MCP_HEADER },
		{ "{\"i\":1.5}", "Mcp-Param-I", "1.5", 0 },
		{ "{\"i\":1.5}", "Mcp-Param-I", "1", FAULT_MCP_HEADER },
		{ "{\"i\":1.5}", "X-Other", "x", 0 },
		{ NULL, "X-Other", "x", 0 },
		{ "{\"i\":42}", "Mcp-Param-I", "42.0", 0 },
		{ "{\"i\":42.0}", "Mcp-Param-I", "42", 0 },
		{ "{\"i\":42}", "Mcp-Param-I", "0x2a", FAULT_MCP_HEADER },
		{ "{\"i\":42}", "Mcp-Param-I", "4.2e1", FAULT_MCP_HEADER },
		{ "{\"i\":42}", "Mcp-Param-I", "43", FAULT_MCP_HEADER },
		{ "{\"b\":true}", "Mcp-Param-B", "true", 0 },
		{ "{\"b\":true}", "Mcp-Param-B", "True", FAULT_MCP_HEADER },
		{ "{\"s\":\"a\",\"s\":\"b\"}", "Mcp-Param-S", "a",
			FAULT_BAD_JSON },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_row(
			checked(rows[i].arguments, rows[i].name, rows[i].value),
			rows[i].id, i);
}

static void
test_a_field_twice(void **state)
{
	struct field fields[2] = { { STR("Mcp-Param-S"), STR("x") },
		{ STR("mcp-param-s"), STR("x") } };
	struct headers_check check = { .params = &params,
		.arguments = STR("{\"s\":\"x\"}"),
		.fields = fields,
		.n = 2 };

	(void)state;
	assert_true(collect(SCHEMA));
	assert_false(headers_params_check(arena, &check, &fault));
	assert_int_equal(fault.id, FAULT_MCP_HEADER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_decode_refuses),
		cmocka_unit_test(
			lesson_B17_no_byte_of_a_value_reaches_a_field_raw),
		cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_bad_annotations),
		cmocka_unit_test(test_too_many_annotations),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_a_field_twice),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
