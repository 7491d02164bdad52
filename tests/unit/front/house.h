/*
 * house: a whole front, with a store on disk and a loop of its own thread,
 * and a client that speaks HTTP to it over loopback.
 *
 * public_url is BASE; two endpoints are there: the hub and the group "work".
 */
#ifndef TESTS_FRONT_HOUSE_H
#define TESTS_FRONT_HOUSE_H

#include "back/back.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/event.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "front/front.h"
#include "hall/hall.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/tls.h"
#include "oauth/token.h"
#include "store/store.h"
#include "store/tables.h"
#include "text/form.h"
#include "text/json.h"
#include "text/uri.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BASE "http://127.0.0.1:3000"
#define NOW  (loop_wall(house.loop))

struct house {
	char folder[64];
	char path[96];
	struct settings *settings;
	struct seal_key *key;
	struct store *store;
	struct loop *loop;
	struct loop_wake *wake;
	struct tls_context *tls;
	struct http_client *client;
	struct back *back;
	struct hall *hall;
	struct front *front;
	struct http_server *server;
	pthread_t thread;
	uint16_t port;
};

static struct house house;
static struct arena *arena; /* a test's */

/* ---- building ---- */

static void
house_wake(void *with)
{
	(void)with;
	loop_wake(house.wake);
}

static void
house_collect(void *with)
{
	(void)with;
	if (house.store != NULL)
		store_collect(house.store);
}

static void *
house_run(void *with)
{
	loop_run(with);
	return NULL;
}

static struct settings *
house_settings(void)
{
	static struct str schemes[] = { STR_INIT("cursor") };
	static struct str proxies[] = { STR_INIT("127.0.0.1") };
	static struct group_entry groups[] = { { .name = STR_INIT("work") } };
	static struct scope_entry scopes[] = { { STR_INIT("issues:write"),
		STR_INIT("Create and <change> issues") } };
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct settings *s = arena_new_of(a, struct settings);

	*s = (struct settings){
		.arena = a,
		.holders = 1,
		.groups = groups,
		.group_count = 1,
		.listen = STR("127.0.0.1:0"),
		.public_url = STR(BASE),
		.trusted_proxies = proxies,
		.trusted_proxy_count = 1,
		.login_password = true,
		.registration = REGISTRATION_OPEN,
		.custom_schemes = schemes,
		.custom_scheme_count = 1,
		.access_s = 3600,
		.refresh_s = 30 * 86400,
		.refresh_grace_s = 10,
		.code_s = 60,
		.session_s = 365 * 86400,
		.calls = 64,
		.streams = 32,
		.scopes = scopes,
		.scope_count = 1,
		.body_max = (size_t)4 << 20,
	};
	return s;
}

static void
house_put_together(struct fault *f)
{
	static const unsigned char bytes[SEAL_KEY_BYTES] = { 42 };
	struct http_client_settings client = { .https_proxy = STR("") };
	struct store_plan plan = { .path = house.path, .wake = house_wake };

	house.key = seal_key_new(bytes);
	house.loop = loop_new();
	house.wake = loop_wake_new(house.loop, house_collect, NULL);
	assert_true(store_open(&house.store, &plan, f));
	house.tls = tls_client_new(NULL, f);
	assert_non_null(house.tls);
	house.client = http_client_new(house.loop, house.tls, &client);
	house.back = back_new(&(struct back_parts){ .loop = house.loop,
		.http = house.client,
		.settings = house.settings });
	house.hall = hall_new(&(struct hall_parts){ .loop = house.loop,
		.back = house.back,
		.key = house.key,
		.settings = house.settings });
	hall_start(house.hall);
	house.front = front_new(&(struct front_parts){ .loop = house.loop,
		.store = house.store,
		.hall = house.hall,
		.settings = house.settings,
		.master = house.key });
}

static void
house_listen(struct fault *f)
{
	struct str address;
	uint64_t port;

	house.server = http_server_new(house.loop,
		&(struct http_server_plan){ .listen = STR("127.0.0.1:0"),
			.handler = front_handler(house.front) },
		f);
	assert_non_null(house.server);
	address = http_server_address(house.server);
	front_bound(house.front, address);
	assert_true(str_to_u64(
		str_cut(address, str_find_char(address, ':') + 1, address.n),
		&port));
	house.port = (uint16_t)port;
}

static int
house_open(void **state)
{
	struct fault f;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	digest_start();
	event_setup(null, EVENT_FORMAT_TEXT, FAULT_LEVEL_DEBUG);
	snprintf(house.folder, sizeof(house.folder), "/tmp/ostiary-XXXXXX");
	assert_non_null(mkdtemp(house.folder));
	snprintf(house.path, sizeof(house.path), "%s/db", house.folder);
	house.settings = house_settings();
	house_put_together(&f);
	house_listen(&f);
	assert_int_equal(
		pthread_create(&house.thread, NULL, house_run, house.loop), 0);
	return 0;
}

static int
house_close(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char path[128];

	(void)state;
	loop_stop(house.loop);
	pthread_join(house.thread, NULL);
	http_server_free(&house.server);
	store_close(&house.store);
	front_free(&house.front);
	hall_free(&house.hall);
	back_free(&house.back);
	http_client_free(&house.client);
	loop_wake_free(&house.wake);
	tls_context_free(&house.tls);
	loop_free(&house.loop);
	seal_key_free(&house.key);
	settings_drop(&house.settings);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", house.path, ends[i]);
		unlink(path);
	}
	rmdir(house.folder);
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	loop_set_clock(house.loop, 0);
	arena_free(&arena);
	return 0;
}

#define CHECK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* ---- in the store ---- */

struct login_job {
	struct store_job job;
	struct person person;
	struct web_session session;
};

static inline bool
house_save_login(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct login_job *j = (struct login_job *)(void *)job;

	return person_save(t, &j->person, f) &&
		web_session_save(t, &j->session, f);
}

/* Somebody of that name logs in: the cookie's pair. */
static inline struct str
house_login(const char *name)
{
	unsigned char bits[32] = { 0 };
	struct str token;
	struct token_name digest;
	struct login_job j = { 0 };

	memcpy(bits, name, strlen(name) > 32 ? 32 : strlen(name));
	token = token_make(arena, TOKEN_SESSION, bits);
	digest = token_name(token);
	j.job.arena = arena;
	j.job.run = house_save_login;
	j.person = (struct person){
		.id = str_from(name), .name = str_from(name), .created = NOW
	};
	j.session = (struct web_session){ .digest = token_name_str(&digest),
		.person_id = str_from(name),
		.created = NOW,
		.expires = NOW + 365 * 86400 };
	if (!store_run(house.store, &j.job))
		fail_msg("login: %s", j.job.fault.detail);
	return str_join(arena, STR("ostiary="), token);
}

/* ---- asking ---- */

struct answer {
	int status;
	struct str head;
	struct str body;
};

static inline int
house_dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(house.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static inline void
house_send(int fd, struct str bytes)
{
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

static inline struct answer
house_hear(int fd)
{
	struct buf in;
	struct answer answer = { 0 };
	size_t end;

	buf_in(&in, arena, (size_t)4 << 20);
	for (;;) {
		char *to = buf_room(&in, 65536);
		ssize_t n = read(fd, to, 65536);

		if (n <= 0)
			break;
		buf_took(&in, (size_t)n);
	}
	close(fd);
	end = str_find(buf_view(&in), STR("\r\n\r\n"));
	assert_true(end + 4 <= in.n);
	answer.head = str_cut(buf_view(&in), 0, end + 2);
	answer.body = str_cut(buf_view(&in), end + 4, in.n);
	assert_true(str_starts(answer.head, STR("HTTP/1.1 ")));
	for (size_t i = 9; i < 12; i++)
		answer.status = 10 * answer.status + (answer.head.p[i] - '0');
	return answer;
}

struct ask {
	const char *method; /* NULL: GET, or POST with a body */
	struct str target;
	struct str cookie;
	struct str fields; /* whole lines */
	struct str type;   /* of the body; STR_NONE: a form */
	struct str body;
};

static inline struct str
house_request(const struct ask *ask)
{
	const char *method = ask->method != NULL ? ask->method
		: str_is_none(ask->body)         ? "GET"
						 : "POST";
	struct buf out;

	buf_in(&out, arena, (size_t)1 << 20);
	buf_fmt(&out,
		"%s %.*s HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n"
		"Connection: close\r\n",
		method, STR_ARG(ask->target));
	if (!str_is_none(ask->cookie))
		buf_fmt(&out, "Cookie: %.*s\r\n", STR_ARG(ask->cookie));
	if (!str_is_none(ask->fields))
		buf_str(&out, ask->fields);
	if (!str_is_none(ask->body))
		buf_fmt(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			str_is_none(ask->type)
				? "application/x-www-form-urlencoded"
				: ask->type.p,
			ask->body.n);
	buf_lit(&out, "\r\n");
	buf_str(&out, ask->body);
	assert_true(buf_ok(&out));
	return buf_view(&out);
}

static inline struct answer
house_ask(const struct ask *ask)
{
	int fd = house_dial();

	house_send(fd, house_request(ask));
	return house_hear(fd);
}

/* A field's value, or STR_NONE. */
static inline struct str
field(const struct answer *answer, const char *name)
{
	struct str rest = answer->head;
	struct str prefix = str_join(arena, str_from(name), STR(": "));

	while (!str_is_none(rest)) {
		struct str line = str_split(&rest, '\n');

		if (str_starts_nocase(line, prefix))
			return str_cut(line, prefix.n, line.n - 1);
	}
	return STR_NONE;
}

static inline bool
has(struct str text, const char *part)
{
	return str_find(text, str_from(part)) < text.n;
}

/* What stands between the first a and the next b. */
static inline struct str
between(struct str text, const char *a, const char *b)
{
	size_t at = str_find(text, str_from(a));
	struct str rest = str_cut(text, at + strlen(a), text.n);

	if (at == text.n)
		fail_msg("no %s", a);
	return str_cut(rest, 0, str_find(rest, str_from(b)));
}

static inline struct str
encoded(struct str s)
{
	struct buf out;

	buf_in(&out, arena, 100000);
	uri_encode(&out, s);
	return buf_view(&out);
}

static inline struct str
json_member_of(const struct answer *answer, const char *key)
{
	struct fault f;
	const struct json *doc = json_parse(arena, answer->body, NULL, &f);

	if (doc == NULL)
		fail_msg("%d %.*s", answer->status, STR_ARG(answer->body));
	return json_get_str(doc, key);
}

static inline void
assert_str(struct str s, const char *wanted)
{
	if (!str_eq(s, str_from(wanted)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), wanted);
}

/* ---- OAuth ---- */

#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static inline struct answer
house_register(const char *metadata)
{
	return house_ask(&(struct ask){ .target = STR("/oauth/register"),
		.type = STR("application/json"),
		.body = str_from(metadata) });
}

/* A public client with a loopback redirect; its id. */
static inline struct str
house_client(void)
{
	struct answer a = house_register(
		"{\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
		"\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
		"\"token_endpoint_auth_method\":\"none\","
		"\"client_name\":\"<script>Tester</script>\"}");

	assert_int_equal(a.status, 201);
	return json_member_of(&a, "client_id");
}

#define REDIRECT "http%3A%2F%2F127.0.0.1%3A8123%2Fcb"

static inline struct str
authorize_target(struct str client_id, const char *more)
{
	return str_join(arena,
		STR("/oauth/authorize?response_type=code&client_id="),
		client_id,
		STR("&redirect_uri=" REDIRECT "&state=s%26+1&"
		    "code_challenge=" CHALLENGE "&code_challenge_method=S256"),
		str_from(more));
}

static inline struct str
consent_form(const struct answer *page, const char *decision)
{
	return str_join(arena, STR("form_token="),
		encoded(between(
			page->body, "name=\"form_token\" value=\"", "\"")),
		STR("&request="),
		encoded(between(page->body, "name=\"request\" value=\"", "\"")),
		STR("&decision="), str_from(decision));
}

static inline struct answer
decide(struct str cookie, const struct answer *page, const char *decision)
{
	return house_ask(&(struct ask){ .target = STR("/oauth/authorize"),
		.cookie = cookie,
		.body = consent_form(page, decision) });
}

/* A parameter of the answer's Location. */
static inline struct str
returned(const struct answer *a, const char *name)
{
	struct str location = field(a, "Location");
	size_t mark = str_find_char(location, '?');
	struct form form;

	if (a->status != 303 ||
		!str_starts(location, STR("http://127.0.0.1:8123/cb?")))
		fail_msg("%d %.*s", a->status, STR_ARG(a->head));
	assert_true(form_parse(arena, str_cut(location, mark + 1, location.n),
		NULL, &form, NULL));
	return form_get(&form, name);
}

/* From the login to the code. */
static inline struct str
house_code(struct str cookie, struct str client_id, const char *more)
{
	struct answer page = house_ask(
		&(struct ask){ .target = authorize_target(client_id, more),
			.cookie = cookie });
	struct answer back;

	if (page.status != 200)
		fail_msg("%d %.*s", page.status, STR_ARG(page.head));
	back = decide(cookie, &page, "allow");
	return returned(&back, "code");
}

static inline struct answer
token_post(struct str body)
{
	return house_ask(
		&(struct ask){ .target = STR("/oauth/token"), .body = body });
}

static inline struct str
redeem_body(struct str client_id, struct str code, const char *more)
{
	return str_join(arena, STR("grant_type=authorization_code&client_id="),
		client_id, STR("&code="), code,
		STR("&redirect_uri=" REDIRECT "&code_verifier=" VERIFIER),
		str_from(more));
}

static inline struct str
refresh_body(struct str client_id, struct str token, const char *more)
{
	return str_join(arena, STR("grant_type=refresh_token&client_id="),
		client_id, STR("&refresh_token="), token, str_from(more));
}

/* Tokens of a fresh consent: the token endpoint's answer. */
static inline struct answer
house_tokens(struct str cookie, struct str client_id)
{
	struct answer a = token_post(
		redeem_body(client_id, house_code(cookie, client_id, ""), ""));

	if (a.status != 200)
		fail_msg("%d %.*s", a.status, STR_ARG(a.body));
	return a;
}

static inline void
assert_refused(const struct answer *a, int status, const char *error)
{
	if (a->status != status)
		fail_msg("%d is not %d: %.*s", a->status, status,
			STR_ARG(a->body));
	assert_str(json_member_of(a, "error"), error);
	assert_str(field(a, "Cache-Control"), "no-store");
	assert_true(json_member_of(a, "error_description").n > 0);
}

/* A tools/list at that path: the status says whether the guard let it in. */
static inline struct answer
call(const char *path, struct str token)
{
	return house_ask(&(struct ask){ .target = str_from(path),
		.type = STR("application/json"),
		.fields = str_join(arena, STR("Authorization: Bearer "), token,
			STR("\r\nAccept: application/json, "
			    "text/event-stream\r\n")),
		.body = STR("{\"jsonrpc\":\"2.0\",\"id\":1,"
			    "\"method\":\"initialize\",\"params\":{"
			    "\"protocolVersion\":\"2025-06-18\","
			    "\"capabilities\":{},\"clientInfo\":{"
			    "\"name\":\"t\",\"version\":\"1\"}}}") });
}

#endif
