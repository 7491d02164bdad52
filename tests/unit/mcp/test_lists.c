/* Lists: read from servers, written for every revision; cursors. */
#include "mcp/cursor.h"
#include "mcp/lists.h"
#include "text/json.h"

#include "check.h"

#define US                                                                           \
	"{\"name\":\"ostiary\",\"title\":\"Ostiary\",\"version\":\"" OSTIARY_VERSION \
	"\"}"
#define INFO "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":" US "}"

static struct lists_page page;

static bool
reads(enum lists_kind kind, const char *result)
{
	struct lists_source source = { .kind = kind, .over_http = true };

	fault_clear(&fault);
	return lists_read(arena, &source, str_from(result), &page, &fault);
}

static struct str
write(struct lists_look look)
{
	static struct buf out;
	struct lists_end end = { .to = look.to, .next_cursor = STR_NONE };
	struct json_write w;

	buf_in(&out, arena, 64 << 10);
	json_write_init(&w, &out);
	lists_open(&w, look.kind, look.to);
	for (size_t i = 0; i < page.n; i++)
		lists_item_write(&w, &page.items[i], &look);
	lists_close(&w, &end);
	assert_true(buf_ok(&out));
	if (json_parse(arena, buf_view(&out), NULL, &fault) == NULL)
		fail_msg("%s", fault.detail);
	return buf_view(&out);
}

static struct lists_look
look_at(enum lists_kind kind, enum revision to)
{
	return (struct lists_look){ kind, to, STR_NONE, STR_NONE };
}

#define TOOL                                                                   \
	"{\"name\":\"t\",\"title\":\"T\",\"description\":\"d\","               \
	"\"inputSchema\":{\"type\":\"object\",\"x\":1.0},"                     \
	"\"outputSchema\":{\"type\":\"object\"},\"annotations\":{"             \
	"\"readOnlyHint\":true},\"execution\":{\"taskSupport\":\"optional\"}," \
	"\"icons\":[],\"_meta\":{\"a\":1}}"

static void
test_kinds(void **state)
{
	enum lists_kind kind;

	(void)state;
	for (int k = 0; k < LISTS_KINDS; k++) {
		assert_true(
			lists_kind_of(lists_method((enum lists_kind)k), &kind));
		assert_int_equal(kind, k);
	}
	assert_false(lists_kind_of(METHOD_TOOLS_CALL, &kind));
}

static void
test_read(void **state)
{
	(void)state;
	assert_true(reads(LISTS_TOOLS,
		"{\"tools\":[" TOOL ",{\"name\":\"b\","
		"\"annotations\":{\"title\":\"B\"}},{\"name\":\"c\"}],"
		"\"nextCursor\":\"\",\"ttlMs\":5,\"cacheScope\":\"public\"}"));
	assert_int_equal(page.n, 3);
	check_str(page.items[0].name, "t");
	check_str(page.items[0].title, "T");
	check_str(page.items[0].description, "d");
	check_str(page.items[1].title, "B");
	check_str(page.items[2].title, "c");
	check_none(page.items[2].description);
	check_str(page.next_cursor, "");
	assert_int_equal(page.ttl_ms, 5);
	assert_true(page.is_public);
	assert_true(reads(LISTS_PROMPTS, "{\"prompts\":[],\"ttlMs\":-5}"));
	check_none(page.next_cursor);
	assert_int_equal(page.ttl_ms, 0);
	assert_false(page.is_public);
	assert_true(reads(LISTS_TEMPLATES,
		"{\"resourceTemplates\":[{"
		"\"uriTemplate\":\"a:{b}\",\"name\":\"n\"}]}"));
	check_str(page.items[0].name, "a:{b}");
	check_str(page.items[0].title, "n");
}

static void
test_read_refuses(void **state)
{
	static const char *rows[] = { "{}", "[]", "{\"tools\":{}}",
		"{\"tools\":null}", "{\"tools\":[{\"name\":\"a\"},]}",
		"{\"tools\":[],\"tools\":[]}", "{\"resources\":[]}", "" };

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		if (reads(LISTS_TOOLS, rows[i]))
			fail_msg("taken: %s", rows[i]);
		assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	}
}

static void
test_dropped(void **state)
{
	(void)state;
	assert_true(reads(LISTS_TOOLS,
		"{\"tools\":[{\"name\":\"a\"},7,{},"
		"{\"name\":\"\"},{\"name\":5},{\"name\":\"a\",\"x\":1},"
		"{\"name\":\"bad\",\"inputSchema\":{\"properties\":{\"p\":{"
		"\"type\":\"number\",\"x-mcp-header\":\"P\"}}}},"
		"{\"name\":\"good\",\"inputSchema\":{\"properties\":{\"p\":{"
		"\"type\":\"string\",\"x-mcp-header\":\"P\"}}}}]}"));
	assert_int_equal(page.n, 2);
	check_str(page.items[0].name, "a");
	assert_null(json_get(page.items[0].node, "x"));
	check_str(page.items[1].name, "good");
	assert_int_equal(page.items[1].params.n, 1);
	assert_int_equal(page.dropped_n, 6);
	check_none(page.dropped[0].name);
	check_str(page.dropped[4].name, "a");
	check_str(page.dropped[5].name, "bad");
	check_str(page.dropped[5].reason,
		"x-mcp-header P: its property is no "
		"string, integer or boolean");
}

/* Over stdio a bad annotation costs the annotations, not the tool. */
static void
test_stripped(void **state)
{
	struct lists_source source = { .kind = LISTS_TOOLS };

	(void)state;
	assert_true(lists_read(arena, &source,
		STR("{\"tools\":[{\"name\":"
		    "\"a\",\"inputSchema\":{\"type\":\"object\",\"properties\":{"
		    "\"p\":{\"type\":\"number\",\"x-mcp-header\":\"P\",\"m\":1.0},"
		    "\"x-mcp-header\":{\"type\":\"string\",\"x-mcp-header\":\"\"}"
		    "},\"anyOf\":[{\"x-mcp-header\":1}]}}]}"),
		&page, &fault));
	assert_int_equal(page.n, 1);
	assert_int_equal(page.items[0].params.n, 0);
	check_str(write(look_at(LISTS_TOOLS, REVISION_2025_11_25)),
		"{\"tools\":[{\"name\":\"a\",\"inputSchema\":{\"type\":"
		"\"object\",\"properties\":{\"p\":{\"type\":\"number\","
		"\"m\":1.0},\"x-mcp-header\":{\"type\":\"string\"}},"
		"\"anyOf\":[{}]}}]}");
}

/* Deeper than the writer goes: written as it came, not a crash. */
static void
test_stripped_deep(void **state)
{
	struct lists_source source = { .kind = LISTS_TOOLS };
	char text[4000] = "{\"tools\":[{\"name\":\"a\",\"inputSchema\":{"
			  "\"x-mcp-header\":1";
	unsigned deep = 50;

	(void)state;
	for (unsigned i = 0; i < deep; i++)
		strcat(text, ",\"not\":{\"a\":1");
	for (unsigned i = 0; i < deep; i++)
		strcat(text, "}");
	strcat(text, "}}]}");
	assert_true(lists_read(arena, &source, str_from(text), &page, &fault));
	assert_true(page.items[0].strip);
	write(look_at(LISTS_TOOLS, REVISION_2026_07_28));
}

static void
test_tool_shapes(void **state)
{
	static const struct {
		enum revision to;
		const char *wanted;
	} rows[] = {
		{ REVISION_2026_07_28,
			"{\"resultType\":\"complete\",\"tools\":[{\"name\":"
			"\"t\",\"title\":\"T\",\"description\":\"d\","
			"\"inputSchema\":{\"type\":\"object\",\"x\":1.0},"
			"\"outputSchema\":{\"type\":\"object\"},"
			"\"annotations\":{\"readOnlyHint\":true},\"icons\":[],"
			"\"_meta\":{\"a\":1}}],\"ttlMs\":0,\"cacheScope\":"
			"\"private\"," INFO "}" },
		{ REVISION_2025_11_25,
			"{\"tools\":[{\"name\":"
			"\"t\",\"title\":\"T\",\"description\":\"d\","
			"\"inputSchema\":{\"type\":\"object\",\"x\":1.0},"
			"\"outputSchema\":{\"type\":\"object\"},"
			"\"annotations\":{\"readOnlyHint\":true},\"icons\":[],"
			"\"_meta\":{\"a\":1}}]}" },
		{ REVISION_2025_03_26,
			"{\"tools\":[{\"name\":\"t\",\"description\":\"d\","
			"\"inputSchema\":{\"type\":\"object\",\"x\":1.0},"
			"\"annotations\":{\"readOnlyHint\":true},\"icons\":[],"
			"\"_meta\":{\"a\":1}}]}" },
		{ REVISION_2024_11_05,
			"{\"tools\":[{\"name\":\"t\",\"description\":\"d\","
			"\"inputSchema\":{\"type\":\"object\",\"x\":1.0},"
			"\"icons\":[],\"_meta\":{\"a\":1}}]}" },
	};

	(void)state;
	assert_true(reads(LISTS_TOOLS, "{\"tools\":[" TOOL "]}"));
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_str(write(look_at(LISTS_TOOLS, rows[i].to)),
			rows[i].wanted);
}

static void
test_odd_output_schemas(void **state)
{
	(void)state;
	assert_true(reads(LISTS_TOOLS,
		"{\"tools\":[{\"name\":\"a\","
		"\"outputSchema\":{\"type\":\"array\"}},{\"name\":\"b\","
		"\"outputSchema\":{\"anyOf\":[]}}]}"));
	check_str(write(look_at(LISTS_TOOLS, REVISION_2025_11_25)),
		"{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
	check_str(write(look_at(LISTS_TOOLS, REVISION_2026_07_28)),
		"{\"resultType\":\"complete\",\"tools\":[{\"name\":\"a\","
		"\"outputSchema\":{\"type\":\"array\"}},{\"name\":\"b\","
		"\"outputSchema\":{\"anyOf\":[]}}],\"ttlMs\":0,\"cacheScope\":"
		"\"private\"," INFO "}");
}

static void
test_renamed(void **state)
{
	struct lists_look look = look_at(LISTS_TOOLS, REVISION_2025_06_18);

	(void)state;
	look.name = STR("s__t");
	look.description = STR("other \"d\"");
	assert_true(reads(LISTS_TOOLS,
		"{\"tools\":[{\"description\":\"d\","
		"\"name\":\"t\"}]}"));
	check_str(write(look),
		"{\"tools\":[{\"description\":"
		"\"other \\\"d\\\"\",\"name\":\"s__t\"}]}");
	assert_true(reads(LISTS_TOOLS, "{\"tools\":[{\"name\":\"t\"}]}"));
	check_str(write(look),
		"{\"tools\":[{\"name\":\"s__t\","
		"\"description\":\"other \\\"d\\\"\"}]}");
	look = look_at(LISTS_RESOURCES, REVISION_2025_03_26);
	look.name = STR("ostiary://s/a:b");
	assert_true(reads(LISTS_RESOURCES,
		"{\"resources\":[{\"uri\":\"a:b\","
		"\"name\":\"n\",\"title\":\"T\",\"size\":3}]}"));
	check_str(write(look),
		"{\"resources\":[{\"uri\":\"ostiary://s/a:b\","
		"\"name\":\"n\",\"size\":3}]}");
	look = look_at(LISTS_TEMPLATES, REVISION_2025_11_25);
	look.name = STR("ostiary://s/a:{b}");
	assert_true(reads(LISTS_TEMPLATES,
		"{\"resourceTemplates\":[{"
		"\"uriTemplate\":\"a:{b}\",\"uri\":1}]}"));
	check_str(write(look),
		"{\"resourceTemplates\":[{\"uriTemplate\":"
		"\"ostiary://s/a:{b}\",\"uri\":1}]}");
	look = look_at(LISTS_PROMPTS, REVISION_2025_03_26);
	look.name = STR("s__p");
	assert_true(reads(LISTS_PROMPTS,
		"{\"prompts\":[{\"name\":\"p\","
		"\"title\":\"T\",\"arguments\":[{\"name\":\"a\"}]}]}"));
	check_str(write(look),
		"{\"prompts\":[{\"name\":\"s__p\","
		"\"arguments\":[{\"name\":\"a\"}]}]}");
}

static void
test_end(void **state)
{
	struct lists_end end = { .to = REVISION_2026_07_28,
		.next_cursor = STR("c\"d"),
		.ttl_ms = 60000,
		.is_public = true };
	struct json_write w;
	struct buf out;

	(void)state;
	buf_in(&out, arena, 4096);
	json_write_init(&w, &out);
	lists_open(&w, LISTS_PROMPTS, end.to);
	lists_close(&w, &end);
	check_str(buf_view(&out),
		"{\"resultType\":\"complete\",\"prompts\":[],"
		"\"nextCursor\":\"c\\\"d\",\"ttlMs\":60000,\"cacheScope\":"
		"\"public\"," INFO "}");
}

static void
test_no_room(void **state)
{
	struct lists_source source = { .kind = LISTS_TOOLS };
	struct arena *tiny = arena_new(600);

	(void)state;
	assert_false(lists_read(
		tiny, &source, STR("{\"tools\":[" TOOL "]}"), &page, &fault));
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	arena_free(&tiny);
}

/* ---- cursors ---- */

static void
test_cursor(void **state)
{
	struct cursor rows[] = {
		{ LISTS_TOOLS, STR("s"), STR("inner\"x"), 0 },
		{ LISTS_TOOLS, STR("s"), STR(""), 7 },
		{ LISTS_TOOLS, STR("s"), STR_NONE, 1u << 31 },
	};
	struct cursor c;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		struct str text = cursor_write(arena, &rows[i]);

		assert_true(cursor_read(arena, text, LISTS_TOOLS, &c, &fault));
		assert_true(str_eq(c.server, rows[i].server));
		assert_true(str_eq(c.inner, rows[i].inner));
		assert_int_equal(
			str_is_none(c.inner), str_is_none(rows[i].inner));
		assert_int_equal(c.offset, rows[i].offset);
		assert_false(
			cursor_read(arena, text, LISTS_PROMPTS, &c, &fault));
		assert_int_equal(fault.id, FAULT_MCP_CURSOR);
	}
}

static void
test_bad_cursors(void **state)
{
	static const char *rows[] = { "", "[]", "{}", "null", "[0,\"s\",null]",
		"[0,\"s\",null,-1]", "[0,\"s\",5,0]", "[0,5,null,0]",
		"[\"0\",\"s\",null,0]", "[0,\"s\",null,0,0]",
		"[0,\"s\",null,1.5]", "[0,\"s\",[],0]", "[0,\"s\",null,0]x" };
	struct cursor c;

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++) {
		fault_clear(&fault);
		if (cursor_read(
			    arena, str_from(rows[i]), LISTS_TOOLS, &c, &fault))
			fail_msg("taken: %s", rows[i]);
		assert_int_equal(fault.id, FAULT_MCP_CURSOR);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_refuses),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_stripped),
		cmocka_unit_test(test_stripped_deep),
		cmocka_unit_test(test_tool_shapes),
		cmocka_unit_test(test_odd_output_schemas),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_bad_cursors),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
