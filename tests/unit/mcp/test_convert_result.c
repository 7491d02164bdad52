/* Results between every pair of eras, and content for older revisions. */
#include "mcp/convert_result.h"
#include "text/json.h"

#include "check.h"

#define US                                                                           \
	"{\"name\":\"ostiary\",\"title\":\"Ostiary\",\"version\":\"" OSTIARY_VERSION \
	"\"}"
#define INFO "\"io.modelcontextprotocol/serverInfo\""

#define LEGACY REVISION_2025_11_25
#define MODERN REVISION_2026_07_28

static struct envelope e;

static bool
try(const char *result, struct convert_result q, struct str *out)
{
	struct str text = str_join(arena,
		STR("{\"jsonrpc\":\"2.0\",\"id\":7,"
		    "\"result\":"),
		str_from(result), STR("}"));
	struct splice s;

	if (!envelope_read(text, &e, &fault))
		fail_msg("%s: %s", result, fault.detail);
	q.e = &e;
	q.id = STR("\"a\"");
	fault_clear(&fault);
	if (!convert_result(arena, &q, &s, &fault))
		return false;
	*out = splice_text(arena, &s);
	if (json_parse(arena, *out, NULL, &fault) == NULL)
		fail_msg("%.*s: %s", STR_ARG(*out), fault.detail);
	return true;
}

static void
gives(const char *result, struct convert_result q, const char *wanted)
{
	struct str out;

	if (!try(result, q, &out))
		fail_msg("%s: %s", result, fault.detail);
	check_str(out,
		str_join(arena,
			STR("{\"jsonrpc\":\"2.0\",\"id\":\"a\","
			    "\"result\":"),
			str_from(wanted), STR("}"))
			.p);
}

static struct convert_result
between(enum method m, enum revision from, enum revision to)
{
	return (struct convert_result){
		.method = m, .from = from, .to = to, .hub = STR_NONE
	};
}

#define CALL(from, to) between(METHOD_TOOLS_CALL, from, to)
#define READ(from, to) between(METHOD_RESOURCES_READ, from, to)
#define TEXT           "\"content\":[{\"type\":\"text\",\"text\":\"x\"}]"

static void
test_same_era_touches_little(void **state)
{
	struct convert_result q = CALL(LEGACY, LEGACY);
	struct str parts[SPLICE_PARTS_MAX];
	struct splice s;

	(void)state;
	gives("{" TEXT ",\"isError\":true}", q, "{" TEXT ",\"isError\":true}");
	q = CALL(MODERN, MODERN);
	gives("{\"resultType\":\"complete\"," TEXT ",\"_meta\":{" INFO
	      ":{\"name\":\"up\"},\"x\":1}}",
		q,
		"{\"resultType\":\"complete\"," TEXT ",\"_meta\":{" INFO ":" US
		",\"x\":1}}");
	q.e = &e;
	q.id = STR("1");
	assert_true(convert_result(arena, &q, &s, &fault));
	assert_true(splice_parts(&s, parts) <= 5);
}

static void
test_legacy_to_modern(void **state)
{
	(void)state;
	gives("{" TEXT "}", CALL(LEGACY, MODERN),
		"{\"resultType\":\"complete\",\"_meta\":{" INFO ":" US "}," TEXT
		"}");
	gives("{}", CALL(LEGACY, MODERN),
		"{\"resultType\":\"complete\",\"_meta\":{" INFO ":" US "}}");
	gives("{\"contents\":[]}", READ(LEGACY, MODERN),
		"{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":"
		"\"private\",\"_meta\":{" INFO ":" US "},\"contents\":[]}");
	gives("{\"_meta\":{},\"resultType\":\"odd\"}", CALL(LEGACY, MODERN),
		"{\"_meta\":{" INFO ":" US "},\"resultType\":\"complete\"}");
}

static void
test_modern_to_legacy(void **state)
{
	(void)state;
	gives("{\"resultType\":\"complete\"," TEXT ",\"_meta\":{" INFO
	      ":{\"name\":\"up\"}}}",
		CALL(MODERN, LEGACY), "{" TEXT ",\"_meta\":{}}");
	gives("{\"resultType\":\"complete\",\"ttlMs\":5,\"cacheScope\":"
	      "\"public\",\"contents\":[]}",
		READ(MODERN, LEGACY), "{\"contents\":[]}");
	gives("{\"contents\":[],\"ttlMs\":5,\"cacheScope\":\"public\","
	      "\"resultType\":\"complete\"}",
		READ(MODERN, LEGACY), "{\"contents\":[]}");
	gives("{\"resultType\":\"complete\"}", CALL(MODERN, LEGACY), "{}");
}

static void
test_cache_members(void **state)
{
	(void)state;
	gives("{\"resultType\":\"complete\",\"ttlMs\":60000,\"cacheScope\":"
	      "\"public\",\"_meta\":{" INFO ":{}}}",
		READ(MODERN, MODERN),
		"{\"resultType\":\"complete\",\"ttlMs\":60000,\"cacheScope\":"
		"\"public\",\"_meta\":{" INFO ":" US "}}");
	gives("{\"resultType\":\"complete\",\"ttlMs\":-1,\"cacheScope\":"
	      "\"all\",\"_meta\":{" INFO ":{}}}",
		READ(MODERN, MODERN),
		"{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":"
		"\"private\",\"_meta\":{" INFO ":" US "}}");
	gives("{\"resultType\":\"complete\",\"ttlMs\":1.5,\"cacheScope\":"
	      "\"private\",\"_meta\":{" INFO ":{}}}",
		READ(MODERN, MODERN),
		"{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":"
		"\"private\",\"_meta\":{" INFO ":" US "}}");
}

static void
test_result_types(void **state)
{
	struct str out;

	(void)state;
	/* Absent means complete (TR-04). */
	gives("{" TEXT "}", CALL(MODERN, LEGACY), "{" TEXT "}");
	assert_false(try("{\"resultType\":\"input_required\",\"inputRequests\""
			 ":{}}",
		CALL(MODERN, MODERN), &out));
	assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	assert_false(
		try("{\"resultType\":\"task\"}", CALL(MODERN, LEGACY), &out));
	assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
	assert_false(try("{\"resultType\":7}", CALL(MODERN, MODERN), &out));
	/* To an older server the word means nothing. */
	gives("{\"resultType\":\"task\"}", CALL(LEGACY, LEGACY), "{}");
}

static void
test_structured_content(void **state)
{
	(void)state;
	gives("{" TEXT ",\"structuredContent\":{\"a\":1}}",
		CALL(LEGACY, REVISION_2025_06_18),
		"{" TEXT ",\"structuredContent\":{\"a\":1}}");
	gives("{" TEXT ",\"structuredContent\":{\"a\":1}}",
		CALL(LEGACY, REVISION_2025_03_26), "{" TEXT "}");
	gives("{\"content\":[ ],\"structuredContent\":{\"a\":\"q\"}}",
		CALL(LEGACY, REVISION_2024_11_05),
		"{\"content\":[{\"type\":\"text\",\"text\":"
		"\"{\\\"a\\\":\\\"q\\\"}\"}]}");
	/* Only the modern revision takes what is no object. */
	gives("{\"resultType\":\"complete\"," TEXT
	      ",\"structuredContent\":[1,2]}",
		CALL(MODERN, LEGACY), "{" TEXT "}");
	gives("{\"resultType\":\"complete\",\"structuredContent\":5}",
		CALL(MODERN, LEGACY),
		"{\"content\":[{\"type\":\"text\",\"text\":\"5\"}]}");
	gives("{\"resultType\":\"complete\"," TEXT
	      ",\"structuredContent\":[1],\"_meta\":{" INFO ":{}}}",
		CALL(MODERN, MODERN),
		"{\"resultType\":\"complete\"," TEXT
		",\"structuredContent\":[1],\"_meta\":{" INFO ":" US "}}");
}

#define LINK                                                                   \
	"{\"type\":\"resource_link\",\"uri\":\"a:b\",\"name\":\"n\","          \
	"\"size\":1.0}"
#define AUDIO                                                                  \
	"{\"type\":\"audio\",\"data\":\"UklG\",\"mimeType\":\"audio/wav\"}"
#define EMBEDDED                                                               \
	"{\"type\":\"resource\",\"resource\":{\"uri\":\"a:b\",\"text\":"       \
	"\"t\"}}"

static void
test_content_for_older_revisions(void **state)
{
	(void)state;
	gives("{\"content\":[" LINK "]}", CALL(LEGACY, REVISION_2025_06_18),
		"{\"content\":[" LINK "]}");
	gives("{\"content\":[" LINK ", " AUDIO "]}",
		CALL(LEGACY, REVISION_2025_03_26),
		"{\"content\":[{\"type\":\"text\",\"text\":\"n <a:b>\"}," AUDIO
		"]}");
	gives("{\"content\":[" AUDIO "," EMBEDDED "]}",
		CALL(LEGACY, REVISION_2024_11_05),
		"{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":"
		"\"urn:ostiary:audio\",\"mimeType\":\"audio/wav\",\"blob\":"
		"\"UklG\"}}," EMBEDDED "]}");
	gives("{\"messages\":[{\"role\":\"user\",\"content\":" LINK "}]}",
		between(METHOD_PROMPTS_GET, LEGACY, REVISION_2025_03_26),
		"{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":"
		"\"text\",\"text\":\"n <a:b>\"}}]}");
	/* The server's revision is no newer: nothing to look for. */
	gives("{\"content\":[" LINK "]}",
		CALL(REVISION_2025_03_26, REVISION_2025_03_26),
		"{\"content\":[" LINK "]}");
}

static void
test_hub_uris(void **state)
{
	struct convert_result q = CALL(LEGACY, LEGACY);

	(void)state;
	q.hub = STR("s");
	gives("{\"content\":[" LINK "," EMBEDDED ",{\"type\":\"text\","
	      "\"text\":\"\\\"uri\\\"\"}]}",
		q,
		"{\"content\":[{\"type\":\"resource_link\",\"uri\":"
		"\"ostiary://s/a:b\",\"name\":\"n\",\"size\":1.0},"
		"{\"type\":\"resource\",\"resource\":{\"uri\":"
		"\"ostiary://s/a:b\",\"text\":\"t\"}},{\"type\":\"text\","
		"\"text\":\"\\\"uri\\\"\"}]}");
	q = READ(LEGACY, LEGACY);
	q.hub = STR("s");
	gives("{\"contents\":[{\"uri\":\"a:\\u0062\",\"blob\":\"\"}]}", q,
		"{\"contents\":[{\"uri\":\"ostiary://s/a:b\",\"blob\":\"\"}]}");
	q = between(METHOD_PROMPTS_GET, LEGACY, LEGACY);
	q.hub = STR("s");
	gives("{\"messages\":[{\"role\":\"user\",\"content\":" EMBEDDED "},7]}",
		q,
		"{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":"
		"\"resource\",\"resource\":{\"uri\":\"ostiary://s/a:b\","
		"\"text\":\"t\"}}},7]}");
}

static void
test_odd_content(void **state)
{
	struct convert_result q = CALL(LEGACY, REVISION_2024_11_05);
	struct str out;

	(void)state;
	q.hub = STR("s");
	gives("{\"content\":\"uri\"}", q, "{\"content\":\"uri\"}");
	gives("{\"content\":[7,null,\"\\\"audio\\\"\",{\"uri\":1}]}", q,
		"{\"content\":[7,null,\"\\\"audio\\\"\",{\"uri\":1}]}");
	gives("{\"content\":[{\"type\":\"audio\",\"x\":\"\\\"audio\\\"\"},"
	      "{\"type\":\"resource_link\"}]}",
		q,
		"{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":"
		"\"urn:ostiary:audio\",\"blob\":\"\"}},{\"type\":\"text\","
		"\"text\":\" <>\"}]}");
	assert_false(
		try("{\"content\":[{\"uri\":\"a\",\"uri\":\"b\"}]}", q, &out));
	assert_int_equal(fault.id, FAULT_SERVER_ANSWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_era_touches_little),
		cmocka_unit_test(test_legacy_to_modern),
		cmocka_unit_test(test_modern_to_legacy),
		cmocka_unit_test(test_cache_members),
		cmocka_unit_test(test_result_types),
		cmocka_unit_test(test_structured_content),
		cmocka_unit_test(test_content_for_older_revisions),
		cmocka_unit_test(test_hub_uris),
		cmocka_unit_test(test_odd_content),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
