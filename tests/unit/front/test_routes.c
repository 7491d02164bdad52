/* The front door as strangers find it: every row of the table. */
#include "ground.h"

#include "front/routes.h"

static const char *
path_of(struct ground *g, const struct route *route)
{
	struct str p = route->path;

	if (p.p[p.n - 1] != '*')
		return str_dup(g->arena, p).p;
	return str_join(g->arena, str_cut(p, 0, p.n - 1), STR("alpha")).p;
}

static const char *
ask_row(struct ground *g, const struct route *route, const char *fields)
{
	const char *line = str_fmt(g->arena, "%.*s %s",
		STR_ARG(http_method_name(route->method)), path_of(g, route))
				   .p;
	bool has_body = route->method == HTTP_POST;

	return ground_request(g, line, fields, has_body ? "a=b" : "");
}

static void
lesson_F01_no_route_yields_a_code(void **state)
{
	struct ground *g = *state;

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		const char *answer = ask_row(g, route,
			"Content-Type: application/x-www-form-urlencoded\r\n");
		const char *location = ground_field(g, answer, "Location");

		assert_int_not_equal(ground_status(answer), 0);
		assert_null(strstr(answer, "ost_"));
		if (location != NULL)
			assert_null(strstr(location, "code="));
		if (route->kind == ROUTE_MCP)
			assert_int_equal(ground_status(answer), 401);
	}
}

static void
lesson_F23_no_principal_no_dispatch(void **state)
{
	struct ground *g = *state;
	static const char *const bearers[] = {
		"Authorization: Bearer x\r\n",
		"Authorization: Bearer ost_at_\r\n",
		("Authorization: bearer "
		 "ost_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA000000\r\n"),
		"Authorization: Basic YTpi\r\n",
		"Authorization: Bearer\r\n",
		"Authorization: \r\n",
	};

	for (size_t i = 0; i < routes_count; i++) {
		for (size_t k = 0; k < sizeof(bearers) / sizeof(*bearers);
			k++) {
			const struct route *route = &routes_table[i];
			const char *answer = ask_row(g, route, bearers[k]);
			int status = ground_status(answer);

			if (route->kind == ROUTE_MCP)
				assert_true(status == 401 || status == 400);
			else
				assert_int_not_equal(status, 0);
			assert_null(strstr(answer, "Connect a client"));
		}
	}
}

static void
lesson_F22_foreign_hosts_are_refused_everywhere(void **state)
{
	struct ground *g = *state;
	static const char *const hosts[] = { "evil.example", "localhost:3001",
		"localhost", "localhost:3000.evil.example",
		"127.0.0.1.nip.io:3000", "[::2]:3000", "" };

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];

		for (size_t k = 0; k < sizeof(hosts) / sizeof(*hosts); k++) {
			bool literal =
				route->door == DOOR_PROBE && hosts[k][0] == '[';
			const char *answer = ground_ask(g,
				str_fmt(g->arena,
					"%.*s %s HTTP/1.1\r\nHost: %s\r\n"
					"Connection: close\r\n\r\n",
					STR_ARG(http_method_name(
						route->method)),
					path_of(g, route), hosts[k]));
			int status = ground_status(answer);

			if (literal)
				assert_int_equal(status, 200);
			else
				assert_true(status == 403 || status == 400);
		}
	}
}

static void
lesson_F22_foreign_origins_are_refused(void **state)
{
	struct ground *g = *state;
	static const char *const origins[] = {
		"Origin: https://evil.example\r\n",
		"Origin: null\r\n",
		"Origin: http://localhost.evil.example:3000\r\n",
		("Origin: http://localhost:3000/\r\nOrigin: "
		 "http://localhost:3000\r\n"),
		"Origin: file://\r\n",
		"Origin: \r\n",
	};

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];

		if (route->door == DOOR_ANY)
			continue;
		for (size_t k = 0; k < sizeof(origins) / sizeof(*origins);
			k++) {
			const char *answer = ask_row(g, route, origins[k]);

			assert_int_equal(ground_status(answer), 403);
			assert_null(ground_field(
				g, answer, "Access-Control-Allow-Origin"));
			assert_null(
				ground_field(g, answer, "WWW-Authenticate"));
		}
	}
}

static void
lesson_F22_two_origins_are_refused_at_every_door(void **state)
{
	struct ground *g = *state;

	for (size_t i = 0; i < routes_count; i++) {
		const char *answer = ask_row(g, &routes_table[i],
			"Origin: http://localhost:3000\r\n"
			"Origin: http://localhost:3000\r\n");

		assert_int_equal(ground_status(answer), 403);
	}
}

static void
lesson_F21_what_may_be_read_across_origins(void **state)
{
	struct ground *g = *state;

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		const char *answer =
			ask_row(g, route, "Origin: http://localhost:6274\r\n");
		const char *allow =
			ground_field(g, answer, "Access-Control-Allow-Origin");
		const char *expose = ground_field(
			g, answer, "Access-Control-Expose-Headers");

		assert_null(ground_field(
			g, answer, "Access-Control-Allow-Credentials"));
		if (route->door == DOOR_OWN || route->door == DOOR_PROBE) {
			assert_int_equal(ground_status(answer), 403);
			assert_null(allow);
			continue;
		}
		assert_non_null(allow);
		assert_string_equal(allow,
			route->door == DOOR_ANY ? "*"
						: "http://localhost:6274");
		assert_non_null(strstr(expose, "WWW-Authenticate"));
		assert_non_null(strstr(expose, "Mcp-Session-Id"));
		assert_non_null(strstr(expose, "MCP-Protocol-Version"));
	}
}

static void
preflights_are_answered_where_others_may_read(void **state)
{
	struct ground *g = *state;
	const char *answer;

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		const char *line =
			str_fmt(g->arena, "OPTIONS %s", path_of(g, route)).p;

		answer = ground_request(g, line,
			"Origin: http://localhost:6274\r\n"
			"Access-Control-Request-Method: POST\r\n"
			"Access-Control-Request-Headers: authorization\r\n",
			"");
		if (route->door == DOOR_OWN || route->door == DOOR_PROBE) {
			assert_int_equal(ground_status(answer), 403);
			continue;
		}
		assert_int_equal(ground_status(answer), 204);
		assert_non_null(strstr(
			ground_field(g, answer, "Access-Control-Allow-Headers"),
			"Authorization"));
		assert_non_null(strstr(
			ground_field(g, answer, "Access-Control-Allow-Methods"),
			http_method_name(route->method).p));
	}
	answer = ground_request(g, "OPTIONS /login", "", "");
	assert_int_equal(ground_status(answer), 405);
}

static void
other_methods_are_named(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(g, "PUT /mcp", "", "");

	assert_int_equal(ground_status(answer), 405);
	assert_string_equal(
		ground_field(g, answer, "Allow"), "GET, POST, DELETE");
	answer = ground_request(g, "HEAD /mcp", "", "");
	assert_int_equal(ground_status(answer), 405);
	answer = ground_request(g, "HEAD /health", "", "");
	assert_int_equal(ground_status(answer), 200);
	answer = ground_request(g, "DELETE /", "", "");
	assert_string_equal(ground_field(g, answer, "Allow"), "GET, HEAD");
}

static void
unknown_paths_are_404_in_the_readers_language(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(
		g, "GET /nothing", "Accept: text/html,*/*;q=0.8\r\n", "");

	assert_int_equal(ground_status(answer), 404);
	assert_non_null(strstr(answer, "<!doctype html>"));
	answer = ground_request(g, "GET /nothing", "", "");
	assert_int_equal(ground_status(answer), 404);
	assert_null(strstr(answer, "<!doctype html>"));
	answer = ground_request(g, "GET /mcp/nobody", "", "");
	assert_int_equal(ground_status(answer), 404);
	assert_non_null(strstr(answer, "\"jsonrpc\""));
}

static void
lesson_F20_headers_of_proxies_change_nothing(void **state)
{
	struct ground *g = *state;
	const char *plain = str_from(
		ground_field(g, ground_request(g, "POST /mcp", "", "{}"),
			"WWW-Authenticate"))
				    .p;
	const char *answer = ground_request(g, "POST /mcp",
		"X-Forwarded-Host: evil.example\r\n"
		"X-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /evil\r\n"
		"Forwarded: host=evil.example;proto=https\r\n"
		"X-Original-URL: /\r\nX-Rewrite-URL: /health\r\n"
		"X-HTTP-Method-Override: GET\r\n",
		"{}");

	assert_int_equal(ground_status(answer), 401);
	assert_null(strstr(answer, "evil"));
	assert_string_equal(ground_field(g, answer, "WWW-Authenticate"), plain);
}

static void
lesson_F28_inner_headers_from_outside_mean_nothing(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(g, "POST /mcp",
		"X-Ostiary-Person: p_1\r\nX-Ostiary-Principal: ada\r\n"
		"X-Forwarded-User: ada\r\nX-Remote-User: ada\r\n"
		"X-Auth-Request-User: ada\r\nX-Forwarded-Access-Token: x\r\n"
		"X-MCP-Authorization: Bearer x\r\n"
		"Proxy-Authorization: Bearer x\r\n",
		"{}");

	assert_int_equal(ground_status(answer), 401);
	answer = ground_request(g, "GET /",
		"X-Forwarded-User: ada\r\nX-Remote-User: ada\r\n", "");
	assert_int_equal(ground_status(answer), 303);
}

static void
lesson_F04_pages_have_a_strict_policy(void **state)
{
	struct ground *g = *state;
	static const char hostile[] =
		"%22%3E%3Cscript%3Ealert(1)%3C/script%3E%27";

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		const char *line, *answer, *policy;

		if (route->kind != ROUTE_PAGE)
			continue;
		line = str_fmt(g->arena, "%.*s %s?next=%s&token=%s&error=%s",
			STR_ARG(http_method_name(route->method)),
			path_of(g, route), hostile, hostile, hostile)
			       .p;
		answer = ground_request(g, line, "", "");
		assert_null(strstr(answer, "<script>alert"));
		assert_null(strstr(answer,
			"\">"
			"<script"));
		policy = ground_field(g, answer, "Content-Security-Policy");
		if (ground_status(answer) == 303)
			continue;
		assert_non_null(policy);
		assert_null(strstr(policy, "unsafe"));
		assert_non_null(strstr(policy, "frame-ancestors 'none'"));
		assert_string_equal(
			ground_field(g, answer, "Cache-Control"), "no-store");
		assert_string_equal(
			ground_field(g, answer, "X-Frame-Options"), "DENY");
	}
}

static void
assets_are_revalidated(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(g, "GET /assets/style.css", "", "");
	const char *etag = ground_field(g, answer, "ETag");

	assert_int_equal(ground_status(answer), 200);
	assert_non_null(etag);
	answer = ground_request(g, "GET /assets/style.css",
		str_fmt(g->arena, "If-None-Match: \"x\", W/%s\r\n", etag).p,
		"");
	assert_int_equal(ground_status(answer), 304);
	answer = ground_request(g, "GET /assets/../routes.c", "", "");
	assert_true(
		ground_status(answer) == 404 || ground_status(answer) == 400);
}

static void
readiness_asks_the_store(void **state)
{
	struct ground *g = *state;
	const char *answer = ground_request(g, "GET /ready", "", "");

	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "ready"));
}

int
main(void)
{
#define ROUTE_TEST(f)                                                          \
	cmocka_unit_test_setup_teardown(f, ground_open, ground_close)
	const struct CMUnitTest tests[] = {
		ROUTE_TEST(lesson_F01_no_route_yields_a_code),
		ROUTE_TEST(lesson_F23_no_principal_no_dispatch),
		ROUTE_TEST(lesson_F22_foreign_hosts_are_refused_everywhere),
		ROUTE_TEST(lesson_F22_foreign_origins_are_refused),
		ROUTE_TEST(lesson_F22_two_origins_are_refused_at_every_door),
		ROUTE_TEST(lesson_F21_what_may_be_read_across_origins),
		ROUTE_TEST(preflights_are_answered_where_others_may_read),
		ROUTE_TEST(other_methods_are_named),
		ROUTE_TEST(unknown_paths_are_404_in_the_readers_language),
		ROUTE_TEST(lesson_F20_headers_of_proxies_change_nothing),
		ROUTE_TEST(lesson_F28_inner_headers_from_outside_mean_nothing),
		ROUTE_TEST(lesson_F04_pages_have_a_strict_policy),
		ROUTE_TEST(assets_are_revalidated),
		ROUTE_TEST(readiness_asks_the_store),
	};

	digest_start();
	event_setup(2, EVENT_FORMAT_TEXT, FAULT_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
