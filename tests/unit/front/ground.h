/*
 * ground: the front door on its real ground: loop, store in memory, HTTP
 * server, hall without servers.  A thread plays the peer: it says a request
 * and hears until the connection ends or a text has come.
 */
#ifndef TESTS_FRONT_GROUND_H
#define TESTS_FRONT_GROUND_H

#include "back/back.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "front/front.h"
#include "hall/hall.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/tables.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define GROUND_URL    "http://localhost:3000"
#define GROUND_HOST   "Host: localhost:3000\r\n"
#define GROUND_ANSWER ((size_t)256 << 10)

struct ground {
	struct loop *loop;
	struct loop_wake *wake;
	struct store *store;
	struct back *back;
	struct hall *hall;
	struct front *front;
	struct http_server *server;
	struct settings *settings;
	struct seal_key *key;
	struct arena *arena; /* of the test */
	/* the peer's */
	uint16_t port;
	struct str say;
	const char *until;
	char *heard;
	size_t heard_n;
};

static inline struct settings *
ground_settings(const char *url)
{
	static const struct scope_entry own[] = { { STR_INIT("notes:write"),
		STR_INIT("Write notes") } };
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct settings *s = arena_new_of(a, struct settings);
	struct server_entry *servers = arena_array(a, 2, sizeof(*servers));

	servers[0] = (struct server_entry){ .name = STR("alpha"),
		.trouble = STR("not started in tests"),
		.entry = STR("a"),
		.command = STR("false"),
		.args = NULL,
		.cwd = STR_NONE,
		.description = STR("<b>first</b>"),
		.protocol = STR_NONE,
		.timeout_ms = 1000 };
	servers[1] = servers[0];
	servers[1].name = STR("beta");
	servers[1].entry = STR("b");
	*s = (struct settings){
		.arena = a,
		.holders = 1,
		.servers = servers,
		.server_count = 2,
		.listen = STR("127.0.0.1:3000"),
		.public_url = str_from(url),
		.store = STR("sqlite:"),
		.login_password = true,
		.access_s = 3600,
		.refresh_s = 86400,
		.refresh_grace_s = 10,
		.code_s = 60,
		.session_s = 3600,
		.body_max = 64 << 10,
		.head_ms = 5000,
		.body_ms = 5000,
		.idle_ms = 5000,
		.connections = 64,
		.calls = 64,
		.streams = 32,
	};
	s->scopes = arena_array(a, 1, sizeof(*s->scopes));
	s->scopes[0] = own[0];
	s->scope_count = 1;
	return s;
}

static inline void
ground_wake(void *with)
{
	loop_wake(((struct ground *)with)->wake);
}

static inline void
ground_collect(void *with)
{
	store_collect(((struct ground *)with)->store);
}

static inline void
ground_listen(struct ground *g)
{
	struct http_limits limits = http_limits_default;
	struct fault f = { 0 };
	struct str address;
	uint64_t port;

	g->server = http_server_new(g->loop,
		&(struct http_server_plan){ .listen = STR("127.0.0.1:0"),
			.limits = &limits,
			.handler = front_handler(g->front) },
		&f);
	assert_non_null(g->server);
	address = http_server_address(g->server);
	assert_true(str_to_u64(
		str_cut(address, STR("127.0.0.1:").n, address.n), &port));
	g->port = (uint16_t)port;
}

static inline void
ground_open_at(struct ground *g, const char *url)
{
	static const unsigned char key[SEAL_KEY_BYTES] = "an ordinary test key";
	struct store_plan plan = {
		.path = ":memory:", .wake = ground_wake, .with = g
	};
	struct fault f = { 0 };

	*g = (struct ground){ 0 };
	g->arena = arena_new(ARENA_SCRATCH_MAX);
	g->settings = ground_settings(url);
	g->key = seal_key_new(key);
	g->loop = loop_new();
	g->wake = loop_wake_new(g->loop, ground_collect, g);
	assert_true(store_open(&g->store, &plan, &f));
	g->back = back_new(&(struct back_parts){
		.loop = g->loop, .http = NULL, .settings = g->settings });
	g->hall = hall_new(&(struct hall_parts){ .loop = g->loop,
		.back = g->back,
		.key = g->key,
		.settings = g->settings });
	hall_start(g->hall);
	g->front = front_new(&(struct front_parts){ .loop = g->loop,
		.store = g->store,
		.hall = g->hall,
		.settings = g->settings,
		.master = g->key });
	g->heard = calloc(1, GROUND_ANSWER + 1);
	ground_listen(g);
}

static inline int
ground_open(void **state)
{
	struct ground *g = test_malloc(sizeof(*g));

	ground_open_at(g, GROUND_URL);
	*state = g;
	return 0;
}

static inline int
ground_close(void **state)
{
	struct ground *g = *state;

	http_server_free(&g->server);
	store_close(&g->store);
	front_free(&g->front);
	back_free(&g->back);
	hall_free(&g->hall);
	loop_wake_free(&g->wake);
	loop_free(&g->loop);
	seal_key_free(&g->key);
	settings_drop(&g->settings);
	arena_free(&g->arena);
	free(g->heard);
	test_free(g);
	return 0;
}

static inline int
ground_dial(const struct ground *g)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(g->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return -1;
	return fd;
}

static inline void *
ground_peer(void *with)
{
	struct ground *g = with;
	int fd = ground_dial(g);
	struct str rest = g->say;
	ssize_t n = 0;

	while (fd >= 0 && rest.n > 0 &&
		(n = send(fd, rest.p, rest.n, MSG_NOSIGNAL)) > 0)
		rest = str_cut(rest, (size_t)n, rest.n);
	while (fd >= 0 && g->heard_n < GROUND_ANSWER) {
		n = recv(fd, g->heard + g->heard_n, GROUND_ANSWER - g->heard_n,
			0);
		if (n <= 0)
			break;
		g->heard_n += (size_t)n;
		g->heard[g->heard_n] = '\0';
		if (g->until != NULL && strstr(g->heard, g->until) != NULL)
			break;
	}
	if (fd >= 0)
		close(fd);
	loop_stop(g->loop);
	return NULL;
}

/* Says the bytes and gives what was heard, NUL-terminated, until the server
 * closes or the text has come. */
static inline const char *
ground_ask_until(struct ground *g, struct str say, const char *until)
{
	pthread_t peer;

	g->say = say;
	g->until = until;
	g->heard_n = 0;
	g->heard[0] = '\0';
	assert_int_equal(pthread_create(&peer, NULL, ground_peer, g), 0);
	loop_run(g->loop);
	pthread_join(peer, NULL);
	return g->heard;
}

static inline const char *
ground_ask(struct ground *g, struct str say)
{
	return ground_ask_until(g, say, NULL);
}

/* "GET /path" with more fields (each with its CR LF), then the body. */
static inline const char *
ground_request(struct ground *g, const char *line, const char *fields,
	const char *body)
{
	bool empty = body[0] == '\0';

	return ground_ask(g,
		str_fmt(g->arena,
			"%s HTTP/1.1\r\n" GROUND_HOST
			"Connection: close\r\n%s%s%s\r\n\r\n%s",
			line, fields, empty ? "X-None: 1" : "Content-Length: ",
			empty ? "" : str_fmt(g->arena, "%zu", strlen(body)).p,
			body));
}

static inline int
ground_status(const char *answer)
{
	uint64_t status = 0;

	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 ||
		!str_to_u64(str_of(answer + 9, 3), &status))
		return 0;
	return (int)status;
}

/* The value of a field of the answer, or NULL; in the test's arena. */
static inline const char *
ground_field(struct ground *g, const char *answer, const char *name)
{
	const char *end = strstr(answer, "\r\n\r\n");
	const char *line = strstr(answer, "\r\n");
	size_t n = strlen(name);

	for (; line != NULL && line < end; line = strstr(line + 2, "\r\n")) {
		const char *from = line + 2 + n + 2;

		if (strncasecmp(line + 2, name, n) != 0 || line[2 + n] != ':')
			continue;
		return str_dup(g->arena,
			str_of(from, (size_t)(strstr(from, "\r\n") - from)))
			.p;
	}
	return NULL;
}

/* What stands between two texts in the answer, or NULL. */
static inline const char *
ground_between(struct ground *g, const char *answer, const char *before,
	const char *after)
{
	const char *from = strstr(answer, before);
	const char *to;

	if (from == NULL)
		return NULL;
	from += strlen(before);
	to = strstr(from, after);
	if (to == NULL)
		return NULL;
	return str_dup(g->arena, str_of(from, (size_t)(to - from))).p;
}

/* ---- what the store holds ---- */

struct ground_job {
	struct store_job job;
	struct str grant;
	struct str token;
	struct str resource;
	int64_t expires;
};

static inline bool
ground_put_token(struct store_txn *t, struct store_job *job, struct fault *f)
{
	struct ground_job *j = (struct ground_job *)(void *)job;
	struct digest digest = token_digest(j->token);
	struct person person = { .id = STR("p_1"),
		.name = STR("ada"),
		.password_hash = STR_NONE,
		.created = 1 };
	struct client client = { .id = STR("c_1"),
		.secret_digest = STR_NONE,
		.name = STR("client"),
		.uri = STR_NONE,
		.scope = STR_NONE,
		.application_type = STR_NONE,
		.registration_digest = STR_NONE,
		.network = STR("127.0.0.1"),
		.created = 1 };
	struct grant grant = { .id = j->grant,
		.person_id = person.id,
		.client_id = client.id,
		.resource = j->resource,
		.scope = STR("mcp"),
		.created = 1 };
	struct access_token token = { .digest = digest_hex(job->arena, &digest),
		.grant_id = grant.id,
		.scope = STR("mcp"),
		.expires = j->expires };

	return person_save(t, &person, f) && client_save(t, &client, f) &&
		grant_save(t, &grant, f) && access_token_save(t, &token, f);
}

struct ground_token {
	unsigned char seed; /* another one, another token */
	const char *grant;
	const char *resource;
	int64_t seconds; /* in force */
};

static inline struct str
ground_token_for(struct ground *g, const struct ground_token *t)
{
	unsigned char bytes[32];
	struct ground_job j = { .job.run = ground_put_token,
		.job.arena = g->arena,
		.grant = str_from(t->grant),
		.resource = str_from(t->resource),
		.expires = loop_wall(g->loop) + t->seconds };

	memset(bytes, t->seed, sizeof(bytes));
	j.token = token_make(g->arena, TOKEN_ACCESS, bytes);
	if (!store_run(g->store, &j.job))
		fail_msg("%s", j.job.fault.detail);
	return j.token;
}

/* In force for an hour. */
static inline struct str
ground_token(struct ground *g, unsigned char seed, const char *grant,
	const char *resource)
{
	return ground_token_for(
		g, &(struct ground_token){ seed, grant, resource, 3600 });
}

#endif
