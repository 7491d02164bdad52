#include "oauth/redirect.h"

#include "check.h"
#include "model/client.h"

static const struct str schemes[] = { STR_INIT("cursor"),
	STR_INIT("com.example.app"), STR_INIT("javascript"), STR_INIT("data"),
	STR_INIT("file"), STR_INIT("blob"), STR_INIT("vbscript") };
static const struct redirect_rules rules = { schemes,
	sizeof(schemes) / sizeof(schemes[0]) };

static void
test_what_may_be_registered(void **state)
{
	static const char *const good[] = {
		"https://client.example/cb",
		"https://client.example",
		"https://client.example:8443/cb?x=1",
		"http://127.0.0.1/cb",
		"http://127.0.0.1:3334/cb",
		"http://[::1]:3334/cb",
		"http://localhost:3334/cb",
		"https://localhost/cb",
		"cursor://anysphere.cursor-retrieval/oauth/callback",
		"com.example.app:/cb",
		"CURSOR://x/y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!redirect_check(str_from(good[i]), &rules, &fault))
			fail_msg("%s: %s", good[i], fault.detail);
}

static void
lesson_F17_addresses_that_may_not_be_registered(void **state)
{
	static const char *const bad[] = {
		"",
		"/cb",
		"client.example/cb",
		"http://client.example/cb",
		"http://127.0.0.1.evil.example/cb",
		"http://127.0.0.2/cb",
		"http://localhost.evil.example/cb",
		"http://0.0.0.0/cb",
		"http://2130706433/cb",
		"http://[::ffff:127.0.0.1]/cb",
		"https://client.example/cb#",
		"https://client.example/cb#x",
		"https://user@client.example/cb",
		"https://user:pw@client.example/cb",
		"http://localhost@evil.example/cb",
		"https://",
		"https:///cb",
		"https:client.example",
		"https://client.example:/cb",
		"https://client.example:0/cb",
		"https://client.example:99999/cb",
		"https://cli ent.example/cb",
		"https://client.example/c b",
		"https://client.example/\r\nX: y",
		"https://client.example\\@evil.example/",
		"https://client.example/%zz",
		"https://client.example;evil/cb",
		"https://*.example/cb",
		"https://client.example/<script>",
		"javascript:alert(1)",
		"JavaScript:alert(1)",
		"javascript://client.example/%0aalert(1)",
		"data:text/html,x",
		"file:///etc/passwd",
		"blob:https://client.example/x",
		"vbscript:x",
		"about:blank",
		"myapp://cb",
		"cursor",
		"ftp://client.example/",
	};
	static char longest[REDIRECT_MAX + 8] = "https://client.example/";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault_clear(&fault);
		if (redirect_check(str_from(bad[i]), &rules, &fault))
			fail_msg("%s was accepted", bad[i]);
		assert_fault(FAULT_INVALID_REDIRECT_URI);
	}
	assert_false(redirect_check(STR_NONE, &rules, &fault));
	memset(longest + 23, 'a', sizeof(longest) - 24);
	assert_false(redirect_check(
		str_of(longest, REDIRECT_MAX + 1), &rules, &fault));
	assert_true(
		redirect_check(str_of(longest, REDIRECT_MAX), &rules, &fault));
}

static void
test_schemes_are_nobodys_by_default(void **state)
{
	static const struct redirect_rules none = { NULL, 0 };

	(void)state;
	assert_false(redirect_check(STR("cursor://x/y"), &none, &fault));
}

static void
lesson_F02_near_misses(void **state)
{
	static const struct {
		const char *registered, *given;
	} rows[] = {
		{ "https://client.example/cb", "https://client.example/cb/" },
		{ "https://client.example/cb", "https://client.example/CB" },
		{ "https://client.example/cb", "https://CLIENT.example/cb" },
		{ "https://client.example/cb", "HTTPS://client.example/cb" },
		{ "https://client.example/cb", "http://client.example/cb" },
		{ "https://client.example/cb",
			"https://client.example:443/cb" },
		{ "https://client.example/cb",
			"https://client.example:8443/cb" },
		{ "https://client.example/cb", "https://client.example/cb?x" },
		{ "https://client.example/cb", "https://client.example/cb?" },
		{ "https://client.example/cb", "https://client.example/cb#x" },
		{ "https://client.example/cb", "https://client.example/cb#" },
		{ "https://client.example/cb", "https://client.example/cb/x" },
		{ "https://client.example/cb",
			"https://client.example/x/../cb" },
		{ "https://client.example/cb", "https://client.example/%63b" },
		{ "https://client.example/cb", "https://client.example/c" },
		{ "https://client.example/cb", "https://client.example" },
		{ "https://client.example/cb", "https://x@client.example/cb" },
		{ "https://client.example/cb",
			"https://client.example@evil.example/cb" },
		{ "https://client.example/cb",
			"https://client.example.evil.example/cb" },
		{ "https://client.example/cb", "https://evil.example/cb" },
		{ "https://client.example/cb", " https://client.example/cb" },
		{ "https://client.example/cb", "https://client.example/cb " },
		{ "https://localhost/cb", "https://localhost:9/cb" },
		{ "http://127.0.0.1/cb", "http://localhost/cb" },
		{ "http://localhost/cb", "http://127.0.0.1/cb" },
		{ "http://localhost/cb", "http://LOCALHOST/cb" },
		{ "http://127.0.0.1/cb", "http://[::1]/cb" },
		{ "http://[::1]/cb", "http://[0::1]/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.2/cb" },
		{ "http://127.0.0.1/cb", "https://127.0.0.1/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:8/cb/" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:8/cb?x=1" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:8/cb#x" },
		{ "http://127.0.0.1/cb", "http://x@127.0.0.1:8/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:8@evil.example/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:0/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:70000/cb" },
		{ "http://127.0.0.1/cb?x=1", "http://127.0.0.1:8/cb?x=2" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb" },
		{ "http://10.0.0.1/cb", "http://10.0.0.1:8/cb" },
		{ "cursor://x/cb", "cursor://x:8/cb" },
		{ "cursor://x/cb", "cursor://x/cb2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (redirect_matches(str_from(rows[i].registered),
			    str_from(rows[i].given)))
			fail_msg("%s passed for %s", rows[i].given,
				rows[i].registered);
	assert_false(redirect_matches(STR("https://x/"), STR_NONE));
}

static void
test_matches(void **state)
{
	static const struct {
		const char *registered, *given;
	} rows[] = {
		{ "https://client.example/cb", "https://client.example/cb" },
		{ "http://127.0.0.1/cb", "http://127.0.0.1:51234/cb" },
		{ "http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb" },
		{ "http://127.0.0.1:1/cb", "http://127.0.0.1/cb" },
		{ "http://[::1]:1/cb", "http://[::1]:2/cb" },
		{ "http://localhost/", "http://localhost:33418/" },
		{ "http://localhost/cb?x=1", "http://localhost:33418/cb?x=1" },
		{ "cursor://x/cb", "cursor://x/cb" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!redirect_matches(str_from(rows[i].registered),
			    str_from(rows[i].given)))
			fail_msg("%s did not pass for %s", rows[i].given,
				rows[i].registered);
}

static void
test_choose(void **state)
{
	struct client one = { .redirects = { STR("http://127.0.0.1/cb") },
		.redirect_count = 1 };
	struct client two = { .redirects = { STR("https://a.example/cb"),
				      STR("http://127.0.0.1/cb") },
		.redirect_count = 2 };
	struct client none = { 0 };
	struct str out;

	(void)state;
	assert_true(redirect_choose(&one, STR_NONE, &out, &fault));
	assert_str(out, "http://127.0.0.1/cb");
	assert_true(redirect_choose(
		&two, STR("http://127.0.0.1:8/cb"), &out, &fault));
	assert_str(out, "http://127.0.0.1:8/cb");
	assert_false(redirect_choose(&two, STR_NONE, &out, &fault));
	assert_fault(FAULT_BAD_REDIRECT);
	fault_clear(&fault);
	assert_false(redirect_choose(
		&two, STR("https://b.example/cb"), &out, &fault));
	assert_fault(FAULT_BAD_REDIRECT);
	assert_false(redirect_choose(&none, STR_NONE, &out, &fault));
}

static void
test_what_a_person_sees(void **state)
{
	(void)state;
	assert_str(redirect_host(arena, STR("https://Client.example/cb?x")),
		"client.example");
	assert_str(redirect_host(arena, STR("http://127.0.0.1:80/cb")),
		"127.0.0.1");
	assert_str(redirect_host(arena, STR("http://[::1]:8/cb")), "[::1]:8");
	assert_str(redirect_host(arena, STR("cursor://x/cb")), "cursor:");
}

/* AS-30: nothing of the address is left out. */
static void
test_cut_where_a_person_looks(void **state)
{
	static const char *const rows[][3] = {
		{ "https://", "Client.example:8443", "/a/b/cb?x=1" },
		{ "https://", "client.example", "" },
		{ "https://", "client.example", "?to=https://good.example/" },
		{ "http://", "127.0.0.1:47811", "/callback" },
		{ "http://", "[::1]:8", "/cb" },
		{ "", "cursor:", "//anysphere.cursor/cb?x" },
		{ "", "com.example.app:", "/cb" },
		{ "", "no URI at all", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str whole = str_join(arena, str_from(rows[i][0]),
			str_from(rows[i][1]), str_from(rows[i][2]));
		struct redirect_parts cut = redirect_cut(whole);

		assert_str(cut.before, rows[i][0]);
		assert_str(cut.place, rows[i][1]);
		assert_str(cut.after, rows[i][2]);
	}
}

static void
test_local(void **state)
{
	(void)state;
	assert_true(redirect_is_local(STR("http://localhost:8/cb")));
	assert_true(redirect_is_local(STR("https://localhost/cb")));
	assert_true(redirect_is_local(STR("cursor://x/cb")));
	assert_false(redirect_is_local(STR("https://a.example/cb")));
	assert_false(redirect_is_local(STR("http://a.example/cb")));
	assert_true(redirect_is_loopback(STR("http://[::1]:8/cb")));
	assert_true(redirect_is_loopback(STR("https://localhost/cb")));
	assert_false(redirect_is_loopback(STR("cursor://localhost/cb")));
	assert_false(redirect_is_loopback(STR("https://a.example/cb")));
}

static void
test_csp_source(void **state)
{
	static const struct {
		const char *address, *source;
	} rows[] = {
		{ "https://Client.example/cb", "https://client.example" },
		{ "https://client.example:8443/cb",
			"https://client.example:8443" },
		{ "http://127.0.0.1:51234/cb", "http://127.0.0.1:51234" },
		{ "http://[::1]:51234/cb", "http:" },
		{ "cursor://x;y/cb", "cursor:" },
		{ "com.example.app:/cb", "com.example.app:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_str(
			redirect_csp_source(arena, str_from(rows[i].address)),
			rows[i].source);
}

static struct str
written(const char *address, struct str state)
{
	struct redirect_param params[] = {
		{ "code", STR("a b") },
		{ "state", state },
		{ "iss", STR("https://x/") },
	};
	struct buf out;

	buf_in(&out, arena, 1000);
	redirect_write(&out, str_from(address), params, 3);
	assert_true(buf_ok(&out));
	return buf_view(&out);
}

static void
test_write(void **state)
{
	(void)state;
	assert_str(written("https://c/cb", STR_NONE),
		"https://c/cb?code=a%20b&iss=https%3A%2F%2Fx%2F");
	assert_str(written("https://c/cb?x=?", STR("&=#%\xc3\xa9")),
		"https://c/cb?x=?&code=a%20b&state=%26%3D%23%25%C3%A9"
		"&iss=https%3A%2F%2Fx%2F");
	assert_str(written("https://c/cb?", STR_NONE),
		"https://c/cb?code=a%20b&iss=https%3A%2F%2Fx%2F");
	assert_str(written("cursor:cb", STR("s")),
		"cursor:cb?code=a%20b&state=s&iss=https%3A%2F%2Fx%2F");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_what_may_be_registered),
		CHECK(lesson_F17_addresses_that_may_not_be_registered),
		CHECK(test_schemes_are_nobodys_by_default),
		CHECK(lesson_F02_near_misses),
		CHECK(test_matches),
		CHECK(test_choose),
		CHECK(test_what_a_person_sees),
		CHECK(test_cut_where_a_person_looks),
		CHECK(test_local),
		CHECK(test_csp_source),
		CHECK(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
