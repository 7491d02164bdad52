/* The table of methods, and capabilities. */
#include "mcp/capability.h"
#include "mcp/methods.h"
#include "text/json.h"
#include "text/json_write.h"

#include "check.h"

static void
test_find(void **state)
{
	(void)state;
	for (int m = 1; m < METHOD_COUNT; m++)
		assert_int_equal(methods_find(methods_name((enum method)m)), m);
	assert_int_equal(methods_find(STR("")), METHOD_UNKNOWN);
	assert_int_equal(methods_find(STR_NONE), METHOD_UNKNOWN);
	assert_int_equal(methods_find(STR("tools/cal")), METHOD_UNKNOWN);
	assert_int_equal(methods_find(STR("TOOLS/CALL")), METHOD_UNKNOWN);
	assert_int_equal(methods_find(STR("tools/call ")), METHOD_UNKNOWN);
}

/* Which revisions know which method from a client: 24, 03, 06, 11, 26. */
static void
test_matrix(void **state)
{
	static const struct {
		enum method m;
		const char *revisions;
	} rows[] = {
		{ METHOD_INITIALIZE, "11110" },
		{ METHOD_PING, "11110" },
		{ METHOD_DISCOVER, "00001" },
		{ METHOD_TOOLS_LIST, "11111" },
		{ METHOD_TOOLS_CALL, "11111" },
		{ METHOD_RESOURCES_READ, "11111" },
		{ METHOD_COMPLETE, "11111" },
		{ METHOD_SET_LEVEL, "11110" },
		{ METHOD_RESOURCES_SUBSCRIBE, "11110" },
		{ METHOD_RESOURCES_UNSUBSCRIBE, "11110" },
		{ METHOD_LISTEN, "00001" },
		{ METHOD_TASKS_RESULT, "00010" },
		{ METHOD_TASKS_LIST, "00010" },
		{ METHOD_TASKS_GET, "00011" },
		{ METHOD_TASKS_UPDATE, "00001" },
		{ METHOD_SAMPLING, "00000" },
		{ METHOD_MESSAGE, "00000" },
		{ METHOD_UNKNOWN, "00000" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		for (int r = 0; r < REVISION_COUNT; r++)
			check_row(
				methods_for_server(rows[i].m, (enum revision)r),
				rows[i].revisions[r] == '1', i);
}

static void
test_scopes(void **state)
{
	static const struct {
		enum method m;
		const char *ref;
		const char *scope;
	} rows[] = {
		{ METHOD_TOOLS_LIST, NULL, "mcp:tools:read" },
		{ METHOD_TOOLS_CALL, NULL, "mcp:tools:execute" },
		{ METHOD_PROMPTS_LIST, NULL, "mcp:prompts:read" },
		{ METHOD_PROMPTS_GET, NULL, "mcp:prompts:read" },
		{ METHOD_RESOURCES_LIST, NULL, "mcp:resources:read" },
		{ METHOD_TEMPLATES_LIST, NULL, "mcp:resources:read" },
		{ METHOD_RESOURCES_READ, NULL, "mcp:resources:read" },
		{ METHOD_COMPLETE, "ref/prompt", "mcp:prompts:read" },
		{ METHOD_COMPLETE, "ref/resource", "mcp:resources:read" },
		{ METHOD_COMPLETE, "other", "mcp:prompts:read" },
	};

	(void)state;
	for (size_t i = 0; i < CHECK_COUNT(rows); i++)
		check_str(methods_scope_name(methods_scope(
				  rows[i].m, str_from(rows[i].ref))),
			rows[i].scope);
	check_none(methods_scope_name(methods_scope(METHOD_PING, STR_NONE)));
	check_none(methods_scope_name(methods_scope(METHOD_UNKNOWN, STR_NONE)));
}

/* Whatever goes to a server needs a scope and a capability. */
static void
test_routed_methods_are_guarded(void **state)
{
	(void)state;
	for (int m = 1; m < METHOD_COUNT; m++) {
		const struct method_row *row = methods_row((enum method)m);

		if ((row->traits & METHOD_ROUTED) == 0)
			continue;
		if (row->scope == METHOD_SCOPE_NONE || row->capability == 0)
			fail_msg("%.*s", STR_ARG(row->name));
	}
}

static void
test_traits(void **state)
{
	(void)state;
	assert_true(methods_has(METHOD_RESOURCES_READ, METHOD_CACHEABLE));
	assert_true(methods_has(METHOD_DISCOVER, METHOD_CACHEABLE));
	assert_false(methods_has(METHOD_TOOLS_CALL, METHOD_CACHEABLE));
	assert_true(methods_has(METHOD_TEMPLATES_LIST, METHOD_LISTS));
	assert_false(methods_has(METHOD_UNKNOWN, ~0u));
	assert_int_equal(
		methods_row(METHOD_TOOLS_CALL)->named, METHOD_NAMED_NAME);
	assert_int_equal(
		methods_row(METHOD_PROMPTS_GET)->named, METHOD_NAMED_NAME);
	assert_int_equal(
		methods_row(METHOD_RESOURCES_READ)->named, METHOD_NAMED_URI);
	assert_int_equal(methods_row(METHOD_COMPLETE)->named, METHOD_NAMED_NOT);
}

/* ---- capabilities ---- */

static unsigned
read_caps(const char *text, enum revision r)
{
	return capability_read(
		json_parse(arena, str_from(text), NULL, &fault), r);
}

static struct str
write_caps(unsigned offered, enum revision r)
{
	static struct buf out;
	struct json_write w;

	buf_in(&out, arena, 4096);
	json_write_init(&w, &out);
	capability_write(&w, offered, r);
	return buf_view(&out);
}

#define ALL                                                                    \
	"{\"tools\":{\"listChanged\":true},\"prompts\":{\"listChanged\":"      \
	"true},\"resources\":{\"subscribe\":true,\"listChanged\":true},"       \
	"\"completions\":{},\"logging\":{},\"tasks\":{\"list\":{}},"           \
	"\"experimental\":{},\"extensions\":{}}"

static void
test_capabilities(void **state)
{
	unsigned all = read_caps(ALL, REVISION_2025_11_25);

	(void)state;
	assert_int_equal(all, 0x1ff);
	check_str(write_caps(capability_offer(all, REVISION_2025_11_25),
			  REVISION_2025_11_25),
		"{\"completions\":{},\"logging\":{},\"prompts\":{"
		"\"listChanged\":true},\"resources\":{\"listChanged\":true,"
		"\"subscribe\":true},\"tools\":{\"listChanged\":true}}");
	check_str(write_caps(capability_offer(all, REVISION_2026_07_28),
			  REVISION_2026_07_28),
		"{\"completions\":{},\"logging\":{},\"prompts\":{},"
		"\"resources\":{},\"tools\":{}}");
	check_str(write_caps(capability_offer(all, REVISION_2024_11_05),
			  REVISION_2024_11_05),
		"{\"logging\":{},\"prompts\":{\"listChanged\":true},"
		"\"resources\":{\"listChanged\":true,\"subscribe\":true},"
		"\"tools\":{\"listChanged\":true}}");
	check_str(write_caps(0, REVISION_2026_07_28), "{}");
}

static void
test_capabilities_of_old_and_odd_servers(void **state)
{
	(void)state;
	assert_int_equal(capability_read(NULL, REVISION_2025_11_25), 0);
	assert_int_equal(read_caps("{\"tools\":true,\"prompts\":null}",
				 REVISION_2025_11_25),
		0);
	assert_int_equal(read_caps("{\"prompts\":{}}", REVISION_2024_11_05),
		CAPABILITY_PROMPTS | CAPABILITY_COMPLETIONS);
	assert_int_equal(read_caps("{\"prompts\":{}}", REVISION_2025_03_26),
		CAPABILITY_PROMPTS);
	assert_int_equal(read_caps("{\"tools\":{\"listChanged\":1}}",
				 REVISION_2025_11_25),
		CAPABILITY_TOOLS);
}

static void
test_what_is_served(void **state)
{
	unsigned some = CAPABILITY_TOOLS | CAPABILITY_RESOURCES;

	(void)state;
	assert_true(capability_serves(some, METHOD_TOOLS_CALL));
	assert_true(capability_serves(some, METHOD_TEMPLATES_LIST));
	assert_true(capability_serves(0, METHOD_DISCOVER));
	assert_false(capability_serves(some, METHOD_PROMPTS_LIST));
	assert_false(capability_serves(some, METHOD_COMPLETE));
	assert_false(capability_serves(some, METHOD_UNKNOWN));
	/* Whatever servers say: not offered here. */
	some = capability_offer(~0u, REVISION_2025_11_25);
	assert_true(capability_serves(some, METHOD_RESOURCES_SUBSCRIBE));
	assert_false(capability_serves(some, METHOD_TASKS_GET));
	assert_false(capability_serves(some, METHOD_LISTEN));
	some = capability_offer(~0u, REVISION_2026_07_28);
	assert_false(capability_serves(some, METHOD_RESOURCES_SUBSCRIBE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_routed_methods_are_guarded),
		cmocka_unit_test(test_traits),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_capabilities_of_old_and_odd_servers),
		cmocka_unit_test(test_what_is_served),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
