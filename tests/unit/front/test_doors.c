/* Which Hosts and Origins come in, and what they may read. */
#include "front/doors.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct request {
	const char *host;
	const char *origin; /* NULL: none */
	enum door door;
};

static bool
comes_in(const struct doors *d, const struct request *r, enum fault_id *why)
{
	struct http_head head = { .authority = str_from(r->host) };
	struct fault f = { 0 };
	bool in;

	head.known[HTTP_FIELD_ORIGIN] = str_from(r->origin);
	head.known_count[HTTP_FIELD_ORIGIN] = r->origin != NULL;
	in = doors_check(d, &head, r->door, &f);
	if (why != NULL)
		*why = f.id;
	return in;
}

static bool
host_is_let_in(const struct doors *d, const char *host, enum door door)
{
	return comes_in(d, &(struct request){ host, NULL, door }, NULL);
}

static struct doors *
doors_for(const char *listen, const char *public_url)
{
	struct settings s = { .listen = str_from(listen),
		.public_url = str_from(public_url),
		.tls_cert = STR_NONE };

	return doors_new(&s, STR_NONE);
}

static void
lesson_F22_hosts_of_a_local_server(void **state)
{
	struct doors *d = doors_for("127.0.0.1:3000", "http://localhost:3000");
	static const char *const good[] = { "localhost:3000", "127.0.0.1:3000",
		"[::1]:3000", "LOCALHOST:3000" };
	static const char *const bad[] = { "localhost", "127.0.0.1",
		"localhost:3001", "127.0.0.2:3000", "localhost.:3000",
		"a.localhost:3000", "localhost:3000:3000", "", ":3000",
		"0.0.0.0:3000", "127.1:3000", "2130706433:3000",
		"localhost:03000", "user@localhost:3000" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(host_is_let_in(d, good[i], DOOR_OWN));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(host_is_let_in(d, bad[i], DOOR_ALLOWED));
	assert_false(
		comes_in(d, &(struct request){ NULL, NULL, DOOR_OWN }, NULL));
	doors_free(&d);
	doors_free(&d);
}

static void
lesson_F22_hosts_of_a_public_server(void **state)
{
	struct doors *d = doors_for("0.0.0.0:8080", "https://mcp.example.com");

	(void)state;
	assert_true(host_is_let_in(d, "mcp.example.com", DOOR_OWN));
	assert_true(host_is_let_in(d, "mcp.example.com:443", DOOR_OWN));
	assert_true(host_is_let_in(d, "MCP.Example.com", DOOR_OWN));
	assert_true(host_is_let_in(d, "127.0.0.1:8080", DOOR_OWN));
	assert_false(host_is_let_in(d, "mcp.example.com:80", DOOR_OWN));
	assert_false(host_is_let_in(d, "mcp.example.com:8080", DOOR_OWN));
	assert_false(host_is_let_in(d, "www.mcp.example.com", DOOR_OWN));
	assert_false(host_is_let_in(d, "mcp.example.com.evil", DOOR_OWN));
	assert_false(host_is_let_in(d, "10.0.0.5:8080", DOOR_OWN));
	doors_free(&d);
}

static void
the_bound_port_counts(void **state)
{
	struct settings s = { .listen = STR("127.0.0.1:0"),
		.public_url = STR("http://127.0.0.1:3000"),
		.tls_cert = STR_NONE };
	struct doors *d = doors_new(&s, STR("127.0.0.1:41234"));

	(void)state;
	assert_true(host_is_let_in(d, "localhost:41234", DOOR_OWN));
	assert_true(host_is_let_in(d, "127.0.0.1:3000", DOOR_OWN));
	assert_false(host_is_let_in(d, "localhost:0", DOOR_OWN));
	doors_free(&d);
}

static void
probes_may_use_an_address(void **state)
{
	struct doors *d = doors_for("0.0.0.0:8080", "https://mcp.example.com");
	static const char *const good[] = { "10.0.0.5:8080", "10.0.0.5",
		"[fd00::7]:8080", "[fd00::7]" };
	static const char *const bad[] = { "evil.example", "10.0.0.5.nip.io",
		"[fd00::7].evil", "10.0.0", "[]", "[::1", "", "10.0.0.5:8080x",
		"10.0.0.5:", "fd00::7" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(host_is_let_in(d, good[i], DOOR_PROBE));
		assert_false(host_is_let_in(d, good[i], DOOR_ALLOWED));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(host_is_let_in(d, bad[i], DOOR_PROBE));
	doors_free(&d);
}

static void
lesson_F22_origins_of_a_public_server(void **state)
{
	struct doors *d = doors_for("0.0.0.0:8080", "https://mcp.example.com");
	static const char *const bad[] = { "http://mcp.example.com",
		"https://mcp.example.com:444", "https://mcp.example.com/",
		"https://evil.example", "null", "", "http://localhost:6274",
		"https://mcp.example.com https://evil.example" };
	enum fault_id why;

	(void)state;
	for (enum door door = DOOR_OWN; door <= DOOR_ALLOWED; door++) {
		struct request r = { "mcp.example.com",
			"https://mcp.example.com", door };

		assert_true(comes_in(d, &r, NULL));
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			r.origin = bad[i];
			assert_false(comes_in(d, &r, &why));
			assert_int_equal(why, FAULT_FOREIGN_ORIGIN);
		}
	}
	doors_free(&d);
}

static void
lesson_F22_origins_of_a_local_server(void **state)
{
	struct doors *d = doors_for("127.0.0.1:3000", "http://127.0.0.1:3000");
	static const char *const good[] = { "http://localhost:6274",
		"http://127.0.0.1:1", "http://[::1]:3000",
		"https://localhost:8443", "http://localhost" };
	static const char *const bad[] = { "http://localhost:6274/",
		"http://localhost.evil.example", "http://evil.example",
		"http://user@localhost:6274", "ftp://localhost",
		"http://127.0.0.1.nip.io", "null", "http://localhost:6274?a",
		"http://localhost:6274#", "http://10.0.0.1:3000" };
	struct request r = { "localhost:3000", NULL, DOOR_ALLOWED };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		r.origin = good[i];
		r.door = DOOR_ALLOWED;
		assert_true(comes_in(d, &r, NULL));
		r.door = DOOR_OWN;
		assert_int_equal(comes_in(d, &r, NULL),
			strcmp(good[i], "http://[::1]:3000") == 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		r.origin = bad[i];
		r.door = DOOR_ALLOWED;
		assert_false(comes_in(d, &r, NULL));
	}
	doors_free(&d);
}

static void
lesson_F21_nothing_is_said_through_our_own_doors(void **state)
{
	struct field out[DOORS_PREFLIGHT_FIELDS];
	struct str origin = STR("http://localhost:3000");

	(void)state;
	assert_int_equal(doors_cors(DOOR_OWN, origin, out), 0);
	assert_int_equal(doors_cors(DOOR_PROBE, origin, out), 0);
	assert_int_equal(doors_cors(DOOR_ALLOWED, STR_NONE, out), 0);
	assert_int_equal(doors_preflight(DOOR_OWN, origin, STR("GET"), out), 0);
	assert_int_equal(doors_cors(DOOR_ANY, STR_NONE, out), 2);
	assert_true(str_eq_lit(out[0].value, "*"));
	assert_int_equal(doors_cors(DOOR_ALLOWED, origin, out), DOORS_FIELDS);
	assert_true(str_eq(out[0].value, origin));
	assert_true(str_eq_lit(out[1].name, "Vary"));
	assert_true(doors_preflight(DOOR_ALLOWED, origin, STR("POST"), out) <=
		DOORS_PREFLIGHT_FIELDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lesson_F22_hosts_of_a_local_server),
		cmocka_unit_test(lesson_F22_hosts_of_a_public_server),
		cmocka_unit_test(the_bound_port_counts),
		cmocka_unit_test(probes_may_use_an_address),
		cmocka_unit_test(lesson_F22_origins_of_a_public_server),
		cmocka_unit_test(lesson_F22_origins_of_a_local_server),
		cmocka_unit_test(
			lesson_F21_nothing_is_said_through_our_own_doors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
