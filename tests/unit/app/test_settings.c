/* Settings: what is kept, what is refused and with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/settings.h"
#include "app/settings_rows.h"
#include "app/settings_value.h"
#include "base/arena.h"

static char env_x[] = "X=https://x.example/mcp";
static char env_id[] = "ID=abc";
static char *const env[] = { env_x, env_id, NULL };

static struct settings *
parse_with(
	const char *text, const struct settings_flags *flags, struct fault *f)
{
	struct settings_plan plan = {
		.path = STR("mcp_settings.json"),
		.exe = STR("/usr/bin/ostiary"),
		.flags = *flags,
		.expand = { .env = env, .home = STR("/home/p") },
	};

	fault_clear(f);
	return settings_parse(&plan, str_from(text), f);
}

static struct settings *
parsed(const char *text)
{
	struct settings_flags none = { STR_NONE };
	struct fault f;
	struct settings *s = parse_with(text, &none, &f);

	if (s == NULL)
		fail_msg("%s", f.detail);
	return s;
}

static void
refused(const char *text, const char *detail)
{
	struct settings_flags none = { STR_NONE };
	struct fault f;
	struct settings *s = parse_with(text, &none, &f);

	if (s != NULL)
		fail_msg("taken: %s", text);
	if (strncmp(f.detail, detail, strlen(detail)) != 0)
		fail_msg("got \"%s\" instead of \"%s\"", f.detail, detail);
}

static bool
noted(const struct settings *s, const char *words)
{
	for (size_t i = 0; i < s->note_count; i++)
		if (str_find(s->notes[i], str_from(words)) < s->notes[i].n)
			return true;
	return false;
}

static void
is(struct str got, const char *expected)
{
	if (!str_eq(got, str_from(expected)))
		fail_msg("got \"%.*s\" instead of \"%s\"", STR_ARG(got),
			expected);
}

static void
test_settings_defaults(void **state)
{
	struct settings *s = parsed(NULL);

	(void)state;
	is(s->listen, "127.0.0.1:3000");
	is(s->public_url, "http://127.0.0.1:3000");
	is(s->store, "sqlite:");
	assert_true(s->login_password);
	assert_int_equal(s->registration, REGISTRATION_OPEN);
	assert_int_equal(s->access_s, 3600);
	assert_int_equal(s->refresh_s, 30 * 86400);
	assert_int_equal(s->refresh_grace_s, 10);
	assert_int_equal(s->code_s, 60);
	assert_int_equal(s->session_s, 12 * 3600);
	assert_int_equal(s->body_max, 4 << 20);
	assert_int_equal(s->connections, 4096);
	assert_int_equal(s->log_level, FAULT_LEVEL_INFO);
	assert_int_equal(s->custom_scheme_count, 6);
	assert_int_equal(s->note_count, 0);
	assert_int_equal(s->server_count, 1);
	is(s->servers[0].name, "demo");
	is(s->servers[0].command, "/usr/bin/ostiary");
	is(s->servers[0].args[0], "demo");
	assert_int_equal(s->servers[0].timeout_ms, 60000);
	settings_drop(&s);
}

static void
test_settings_demo_is_the_default_of_servers(void **state)
{
	struct settings *s = parsed("{\"listen\":\"127.0.0.1:1\"}");

	(void)state;
	assert_int_equal(s->server_count, 1);
	settings_drop(&s);
	s = parsed("{\"mcpServers\":{}}");
	assert_int_equal(s->server_count, 0);
	settings_drop(&s);
}

/* The example of the manual, as far as it has an effect. */
static const char example[] =
	"\xef\xbb\xbf{ // comment\n"
	" \"mcpServers\": {\n"
	"  \"files\": {\"command\":\"npx\",\"args\":[\"-y\",\"${userHome}/n\"],"
	"\"env\":{\"K\":\"v\",\"N\":3,\"Z\":null},\"cwd\":\"\"},\n"
	"  \"linear\": {\"type\":\"sse\",\"url\":\"https://l.example/mcp\"},\n"
	"  \"github\": {\"url\":\"https://g.example/mcp/\","
	"\"headers\":{\"X-Team\":\"${env:ID}\"},"
	"\"oauth\":{\"clientId\":\"${ID}\",\"authorizationEndpoint\":\"\","
	"\"grant\":\"authorization_code\","
	"\"dynamicRegistration\":{\"enabled\":true,\"metadata\":{\"a\":[]}}},"
	"\"description\":\"\",\"disabled\":false,\"timeout\":\"90s\","
	"\"protocol\":\"2025-06-18\",\"share\":\"all\","
	"\"tools\":{\"del\":{\"enabled\":false},"
	"\"make\":{\"scope\":\"issues:write\",\"description\":\"D\"}}},\n"
	" },\n"
	" \"groups\": {\"work\":[\"github\",\"linear\"]},\n"
	" \"listen\": \"127.0.0.1:3001\", \"tls\": {\"cert\":\"\",\"key\":\"\"},"
	" \"trustedProxies\": [],\n"
	" \"login\": {\"password\":true,\"signup\":\"invite\",\"providers\":"
	"{\"google\":{\"clientId\":\"\"},\"github\":{}}},\n"
	" \"clients\": {\"metadataDocuments\":true,\"registration\":\"off\","
	"\"customSchemes\":[\"cursor\"]},\n"
	" \"tokens\": {\"access\":\"5m\",\"session\":\"1d\"},\n"
	" \"scopes\": {\"issues:read\":\"Read issues\"},\n"
	" \"policy\": [], \"limits\": {\"body\":\"1mb\",\"connections\":7},\n"
	" \"log\": {\"level\":\"warn\",\"format\":\"json\",\"audit\":true},\n"
	"}\n";

static void
test_settings_example_servers(void **state)
{
	struct settings *s = parsed(example);
	const struct server_entry *e;

	(void)state;
	assert_int_equal(s->server_count, 3);
	e = settings_server(s, STR("files"));
	assert_int_equal(e->transport, SERVER_STDIO);
	is(e->args[1], "/home/p/n");
	assert_int_equal(e->env_count, 2);
	is(e->env[1].value, "3");
	assert_true(str_is_none(e->cwd));
	e = settings_server(s, STR("linear"));
	assert_int_equal(e->transport, SERVER_SSE);
	e = settings_server(s, STR("github"));
	assert_int_equal(e->transport, SERVER_HTTP);
	is(e->headers[0].value, "abc");
	assert_int_equal(e->timeout_ms, 90000);
	is(e->protocol, "2025-06-18");
	assert_int_equal(e->share, SHARE_ALL);
	assert_true(server_tool_rule(e, STR("del"))->disabled);
	assert_false(server_tool_rule(e, STR("make"))->disabled);
	is(server_tool_rule(e, STR("make"))->scope, "issues:write");
	is(server_tool_rule(e, STR("make"))->description, "D");
	assert_true(str_is_none(e->description));
	assert_true(noted(s, "oauth: is understood, but has no effect"));
	assert_true(noted(s, "linear: type \"sse\" is tried as"));
	assert_int_equal(s->note_count, 2);
	settings_drop(&s);
}

static void
test_settings_example_rest(void **state)
{
	struct settings *s = parsed(example);

	(void)state;
	assert_int_equal(settings_group(s, STR("work"))->server_count, 2);
	is(s->public_url, "http://127.0.0.1:3001");
	assert_true(str_is_none(s->tls_cert));
	assert_int_equal(s->registration, REGISTRATION_OFF);
	assert_int_equal(s->custom_scheme_count, 1);
	assert_int_equal(s->access_s, 300);
	assert_int_equal(s->session_s, 86400);
	assert_int_equal(s->body_max, 1 << 20);
	assert_int_equal(s->connections, 7);
	assert_int_equal(s->log_level, FAULT_LEVEL_WARN);
	assert_true(s->log_json);
	/* A tool's scope defines itself. */
	assert_int_equal(s->scope_count, 2);
	is(s->scopes[0].sentence, "Read issues");
	is(s->scopes[1].name, "issues:write");
	is(s->scopes[1].sentence, "Use make on github");
	settings_drop(&s);
}

static void
test_settings_vscode_form(void **state)
{
	struct settings *s = parsed(
		"{\"inputs\":[{\"type\":\"promptString\",\"id\":\"u\","
		"\"description\":\"d\",\"default\":\"https://v.example/\","
		"\"password\":true}],"
		"\"servers\":{\"v\":{\"type\":\"http\",\"url\":\"${input:u}\"}}}");

	(void)state;
	is(settings_server(s, STR("v"))->url, "https://v.example/");
	assert_int_equal(s->note_count, 0);
	settings_drop(&s);
	refused("{\"servers\":{\"v\":{\"url\":\"http://a/\"}},"
		"\"mcpServers\":{\"v\":{\"url\":\"http://a/\"}}}",
		"mcp_settings.json:1:56: mcpServers.v: there is a server");
}

static void
lesson_B20_checks_come_after_expansion(void **state)
{
	struct settings *s =
		parsed("{\"mcpServers\":{\"a\":{\"url\":\"${X}\"}}}");

	(void)state;
	is(s->servers[0].url, "https://x.example/mcp");
	assert_true(str_is_none(s->servers[0].trouble));
	settings_drop(&s);
	refused("{\"mcpServers\":{\"a\":{\"url\":\"${ID}\"}}}",
		"mcp_settings.json:1:27: mcpServers.a.url: expected an http or "
		"https URL, got \"${ID}\"");
}

static void
lesson_B20_unknown_variable_names_server_key_and_variable(void **state)
{
	struct settings *s = parsed(
		"{\"mcpServers\":{\"a\":{\"url\":\"https://a.example/\",\n"
		"  \"headers\":{\"X-K\":\"${NO_SUCH}\"}},\n"
		"\"b\":{\"url\":\"https://b.example/\"}}}");
	const struct server_entry *a = settings_server(s, STR("a"));

	(void)state;
	is(a->trouble,
		"mcp_settings.json:2:20: mcpServers.a.headers.X-K: the variable "
		"NO_SUCH is not set; set it, or write ${NO_SUCH:-default}");
	assert_true(noted(s, "NO_SUCH"));
	assert_true(str_is_none(settings_server(s, STR("b"))->trouble));
	settings_drop(&s);
	refused("{\"mcpServers\":{},\"publicUrl\":\"${NO_SUCH}\"}",
		"mcp_settings.json:1:30: publicUrl: the variable NO_SUCH");
}

static void
test_settings_entry_bytes_follow_expansion(void **state)
{
	struct settings *s =
		parsed("{\"mcpServers\":{\"a\":{\"url\":\"${X}\"},"
		       "\"b\":{\"url\":\"https://x.example/mcp\"},"
		       "\"c\":{\"url\":\"https://x.example/mcp2\"}}}");

	(void)state;
	assert_true(str_eq(s->servers[0].entry, s->servers[1].entry));
	assert_false(str_eq(s->servers[1].entry, s->servers[2].entry));
	settings_drop(&s);
}

static void
test_settings_places(void **state)
{
	(void)state;
	refused("{\n  \"listen\": 3000\n}",
		"mcp_settings.json:2:13: listen: expected host:port, got 3000");
	refused("{\"listen\": \"3000\"}",
		"mcp_settings.json:1:12: listen: expected host:port, got "
		"\"3000\"");
	refused("{\"tokens\":{\"access\":\"1x\"}}",
		"mcp_settings.json:1:21: tokens.access: expected a duration");
	refused("{\"tokens\":{\"access\":60}}",
		"mcp_settings.json:1:21: tokens.access: expected a duration");
	refused("{\"tokens\":{\"access\":\"2d\"}}",
		"mcp_settings.json:1:21: tokens.access: expected 1 to 86400 s");
	refused("{\"log\":{\"level\":\"loud\"}}",
		"mcp_settings.json:1:17: log.level: expected one of "
		"debug|info|warn|error, got \"loud\"");
	refused("{\"mcpServers\":{\"a\":{\"command\":\"x\",\"args\":[1]}}}",
		"mcp_settings.json:1:43: mcpServers.a.args[0]: expected a "
		"string, got a number");
	refused("{\"limits\":{\"calls\":-1}}",
		"mcp_settings.json:1:20: limits.calls: expected a whole number, "
		"1 to 1000000, got -1");
	refused("{\"listen\":\"[::1]:65536\"}",
		"mcp_settings.json:1:11: listen: expected host:port, got "
		"\"[::1]:65536\"; a port is at most 65535");
	refused("{\"a\":1,}}", "mcp_settings.json:1:9: ");
	refused("[]", "mcp_settings.json:1:1: expected an object");
	refused("", "mcp_settings.json:1:1: is empty");
	refused(" \n", "mcp_settings.json:1:1: is empty");
	refused("listen: x\n", "mcp_settings.json:1:1: is no JSON");
	refused("--- # YAML\n", "mcp_settings.json:1:1: is no JSON");
	refused("\xff\xfe{", "mcp_settings.json:1:1: is UTF-16");
	refused("{'listen': 1}",
		"mcp_settings.json:1:2: a key in double quotes");
	refused("\"x\"", "mcp_settings.json:1:1: expected an object, got a");
}

static void
lesson_B21_messages_show_no_secret(void **state)
{
	(void)state;
	refused("{\"clients\":{\"registrationToken\":12345}}",
		"mcp_settings.json:1:33: clients.registrationToken: expected a "
		"string, got a number");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://u:p@h/\"}}}",
		"mcp_settings.json:1:27: mcpServers.a.url: expected an http or "
		"https URL, got a string");
}

static void
test_settings_unknown_keys_are_noted(void **state)
{
	struct settings *s =
		parsed("{\"lisen\":\"x\",\"zzzzzzzz\":1,\"mcpServers\":{\"a\":"
		       "{\"url\":\"http://a/\",\"heders\":{}}}}");

	(void)state;
	assert_true(noted(s,
		"mcp_settings.json:1:2: lisen: is not known; did "
		"you mean \"listen\"?"));
	assert_true(noted(s, "zzzzzzzz: is not known"));
	assert_true(noted(s,
		"mcpServers.a.heders: is not known; did you mean "
		"\"headers\"?"));
	assert_int_equal(s->note_count, 3);
	settings_drop(&s);
}

static void
test_settings_servers_refused(void **state)
{
	(void)state;
	refused("{\"mcpServers\":{\"a__b\":{\"url\":\"http://a/\"}}}",
		"mcp_settings.json:1:23: mcpServers.a__b: expected a name");
	refused("{\"mcpServers\":{\"a__b\":{\"url\":\"${NO_SUCH}\"}}}",
		"mcp_settings.json:1:23: mcpServers.a__b: expected a name");
	refused("{\"mcpServers\":{\"a b\":{\"url\":\"http://a/\"}}}",
		"mcp_settings.json:1:22: mcpServers.a b: expected a name");
	refused("{\"mcpServers\":{\"a\":{}}}",
		"mcp_settings.json:1:20: mcpServers.a: has neither");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://a/\",\"command\":"
		"\"x\"}}}",
		"mcp_settings.json:1:20: mcpServers.a: has both");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"ftp://a/\"}}}",
		"mcp_settings.json:1:27: mcpServers.a.url: expected an http");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://u:p@a/\"}}}",
		"mcp_settings.json:1:27: mcpServers.a.url: expected an http");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://a/\",\"headers\":"
		"{\"A\":\"b\\r\\nC: d\"}}}}",
		"mcp_settings.json:1:54: mcpServers.a.headers.A: is no value");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://a/\",\"headers\":"
		"{\"Host\":\"b\"}}}}",
		"mcp_settings.json:1:57: mcpServers.a.headers.Host: can't");
	refused("{\"mcpServers\":{\"a\":{\"url\":\"http://a/\",\"headers\":"
		"{\"A b\":\"c\"}}}}",
		"mcp_settings.json:1:56: mcpServers.a.headers.A b: is no name");
	refused("{\"mcpServers\":{\"a\":{\"command\":\"x\\u0000y\"}}}",
		"mcp_settings.json:1:31: mcpServers.a.command: expected");
	refused("{\"mcpServers\":{\"a\":{\"command\":\"x\",\"env\":"
		"{\"A=B\":\"c\"}}}}",
		"mcp_settings.json:1:48: mcpServers.a.env.A=B: a name");
	refused("{\"mcpServers\":{\"a\":1}}",
		"mcp_settings.json:1:20: mcpServers.a: expected an object");
	refused("{\"mcpServers\":{},\"groups\":{\"g\":[\"x\"]}}",
		"mcp_settings.json:1:33: groups.g[0]: there is no server \"x\"");
}

/* AS-09 */
static void
test_settings_plain_http_is_noted(void **state)
{
	static const char *const near[] = { "127.0.0.1:1", "127.3.2.1:1",
		"[::1]:1", "localhost:1" };
	static const char *const far[] = { "0.0.0.0:1", "[::]:1",
		"192.168.0.7:1", "[fd00::1]:1", "host.example:1" };
	static const char *const ways[] = { "",
		",\"trustedProxies\":[\"10.0.0.1\"]",
		",\"tls\":{\"cert\":\"c\",\"key\":\"k\"}" };
	const char *said = "mcp_settings.json:1:2: listen: over plain http";
	char text[200];

	(void)state;
	for (size_t w = 0; w < 3; w++) {
		for (size_t i = 0; i < 4 + 5; i++) {
			const char *listen = i < 4 ? near[i] : far[i - 4];
			struct settings *s;

			snprintf(text, sizeof(text),
				"{\"listen\":\"%s\",\"publicUrl\":"
				"\"https://a.example\"%s}",
				listen, ways[w]);
			s = parsed(text);
			assert_int_equal(noted(s, said), i >= 4 && w == 0);
			settings_drop(&s);
		}
	}
}

static void
test_settings_public_url(void **state)
{
	struct settings *s;

	(void)state;
	s = parsed("{\"publicUrl\":\"HTTPS://Auth.Example:443/\"}");
	is(s->public_url, "https://auth.example");
	settings_drop(&s);
	s = parsed("{\"listen\":\"0.0.0.0:8080\"}");
	is(s->public_url, "http://127.0.0.1:8080");
	assert_true(noted(s, "publicUrl is not set"));
	assert_int_equal(s->note_count, 2);
	settings_drop(&s);
	refused("{\"publicUrl\":\"http://a.example\"}",
		"mcp_settings.json:1:14: publicUrl: expected scheme");
	refused("{\"publicUrl\":\"https://a.example/path\"}",
		"mcp_settings.json:1:14: publicUrl: expected scheme");
	refused("{\"publicUrl\":\"https://a.example?x\"}",
		"mcp_settings.json:1:14: publicUrl: expected scheme");
	refused("{\"listen\":\"192.168.1.2:80\"}",
		"mcp_settings.json:1:1: publicUrl: is needed here");
	refused("{\"listen\":\"127.0.0.1:0\"}",
		"mcp_settings.json:1:11: listen: port 0");
}

static void
test_settings_security_is_not_silently_left_out(void **state)
{
	(void)state;
	refused("{\"policy\":[{\"deny\":\"*\"}]}",
		"mcp_settings.json:1:11: policy: this version keeps no rules");
	refused("{\"store\":\"postgresql://x\"}",
		"mcp_settings.json:1:10: store: this version");
	refused("{\"login\":{\"password\":false}}",
		"mcp_settings.json:1:22: login.password: ");
	refused("{\"clients\":{\"registration\":\"token\"}}",
		"mcp_settings.json:1:28: clients.registration: \"token\" needs");
	refused("{\"clients\":{\"customSchemes\":[\"javascript\"]}}",
		"mcp_settings.json:1:29: clients.customSchemes: ");
	refused("{\"trustedProxies\":[\"10.0.0.0/8\",\"::1\",\"lb\"]}",
		"mcp_settings.json:1:19: trustedProxies: expected addresses");
	refused("{\"trustedProxies\":[\"10.0.0.0/33\"]}",
		"mcp_settings.json:1:19: trustedProxies: expected addresses");
	refused("{\"tls\":{\"cert\":\"x\"}}", "mcp_settings.json:1:8: tls: ");
	refused("{\"scopes\":{\"mcp\":\"x\"}}",
		"mcp_settings.json:1:11: scopes: ");
}

static void
test_settings_flags_win(void **state)
{
	struct settings_flags flags = { .listen = STR("127.0.0.1:9"),
		.log_level = STR("debug"),
		.log_format = STR("json") };
	struct fault f;
	struct settings *s = parse_with(
		"{\"listen\":\"127.0.0.1:1\",\"log\":{\"level\":\"error\"}}",
		&flags, &f);

	(void)state;
	assert_non_null(s);
	is(s->listen, "127.0.0.1:9");
	is(s->public_url, "http://127.0.0.1:9");
	assert_int_equal(s->log_level, FAULT_LEVEL_DEBUG);
	assert_true(s->log_json);
	settings_drop(&s);
	flags.listen = STR("nowhere");
	assert_null(parse_with("{}", &flags, &f));
	assert_int_equal(f.id, FAULT_USAGE);
	assert_string_equal(
		f.detail, "--listen: expected host:port, got \"nowhere\"");
	flags.listen = STR("127.0.0.1:99999");
	assert_null(parse_with("{}", &flags, &f));
	assert_string_equal(f.detail,
		"--listen: expected host:port, got \"127.0.0.1:99999\"; a port "
		"is at most 65535");
}

static void
test_settings_values(void **state)
{
	int64_t v;

	(void)state;
	assert_true(settings_value_millis(STR("500ms"), &v) && v == 500);
	assert_true(settings_value_millis(STR("2h"), &v) && v == 7200000);
	assert_true(settings_value_seconds(STR("30d"), &v) && v == 2592000);
	assert_false(settings_value_seconds(STR("1500ms"), &v));
	assert_false(settings_value_millis(STR("60"), &v));
	assert_false(settings_value_millis(STR("s"), &v));
	assert_false(settings_value_millis(STR("-1s"), &v));
	assert_false(settings_value_millis(STR("99999999999999999999s"), &v));
	assert_true(settings_value_size(STR("4MB"), &v) && v == 4 << 20);
	assert_true(settings_value_size(STR("1000"), &v) && v == 1000);
	assert_false(settings_value_size(STR("4 MB"), &v));
	assert_true(settings_value_is_address(STR("[::1]:80")));
	assert_true(settings_value_is_address(STR("localhost:80")));
	assert_false(settings_value_is_address(STR("::1:80")));
	assert_false(settings_value_is_address(STR(":80")));
	assert_false(settings_value_is_address(STR("a:65536")));
	assert_false(settings_value_is_address(STR("a:")));
	assert_true(settings_value_is_name(STR("a_b-C9")));
	assert_false(settings_value_is_name(STR("_a")));
	assert_false(settings_value_is_name(STR("a_")));
	assert_false(settings_value_is_name(
		STR("abcdefghijabcdefghijabcdefghijabc")));
	assert_false(settings_value_is_name(STR("")));
}

static void
test_settings_rows_hang_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < settings_row_count(); i++) {
		const struct setting_row *row = settings_row_at(i);
		struct str path = str_from(row->path);

		assert_ptr_equal(settings_row_find(path), row);
		assert_true(*row->sentence != '\0');
		assert_true((row->kind == SETTING_CHOICE) ==
			(*row->choices != '\0'));
		if (row->kind == SETTING_CHOICE && *row->fallback != '\0')
			assert_true(settings_choice_of(row->choices,
					    str_from(row->fallback)) >= 0);
	}
	assert_null(settings_row_below(NULL, STR("tls.cert")));
	assert_null(settings_row_below(NULL, STR("inputs[]")));
	assert_int_equal(settings_distance(STR("lisen"), STR("LISTEN")), 1);
	assert_int_equal(
		settings_distance(STR("a"), STR("bcdefgh")), SETTINGS_FAR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_defaults),
		cmocka_unit_test(test_settings_demo_is_the_default_of_servers),
		cmocka_unit_test(test_settings_example_servers),
		cmocka_unit_test(test_settings_example_rest),
		cmocka_unit_test(test_settings_vscode_form),
		cmocka_unit_test(lesson_B20_checks_come_after_expansion),
		cmocka_unit_test(
			lesson_B20_unknown_variable_names_server_key_and_variable),
		cmocka_unit_test(test_settings_entry_bytes_follow_expansion),
		cmocka_unit_test(test_settings_places),
		cmocka_unit_test(lesson_B21_messages_show_no_secret),
		cmocka_unit_test(test_settings_unknown_keys_are_noted),
		cmocka_unit_test(test_settings_servers_refused),
		cmocka_unit_test(test_settings_plain_http_is_noted),
		cmocka_unit_test(test_settings_public_url),
		cmocka_unit_test(
			test_settings_security_is_not_silently_left_out),
		cmocka_unit_test(test_settings_flags_win),
		cmocka_unit_test(test_settings_values),
		cmocka_unit_test(test_settings_rows_hang_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
