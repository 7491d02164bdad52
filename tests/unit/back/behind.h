/*
 * behind: an upstream and the server behind it, both on the test's own loop,
 * whose clock the test moves.  The server is one of HTTP, or a child.
 */
#ifndef TESTS_BACK_BEHIND_H
#define TESTS_BACK_BEHIND_H

#include "back/back.h"
#include "base/arena.h"
#include "crypto/digest.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <cmocka.h>

#define MINUTE_MS ((int64_t)60 * 1000)
/* A condition that does not come true in so many looks never will. */
#define LOOKS_MAX 4000

struct behind {
	struct loop *loop;
	struct tls_context *tls;
	struct http_client *http;
	struct http_server *server;
	struct settings *settings;
	struct server_entry entry;
	struct back *back;
	struct upstream *upstream;
	/* the server's */
	bool speaks_modern;
	bool speaks_legacy;
	unsigned discovers, initializes, lists, cancels;
	struct http_request *stream; /* the answer to a tool's call, or NULL */
	int stream_id;
	bool has_tool;
	bool is_tired; /* refuses to list */
	/* the hall's */
	bool heeds;
	unsigned listed;
	/* waiting */
	struct loop_timer look;
	bool (*is_so)(struct behind *b);
	unsigned looks;
};

static void
behind_say(struct http_request *r, int status, const char *text)
{
	static const struct field json = { STR_INIT("Content-Type"),
		STR_INIT("application/json") };
	struct str body = str_from(text);

	http_answer(r,
		&(struct http_answer){ .status = status,
			.fields = &json,
			.n = 1,
			.parts = &body,
			.part_count = 1 });
}

/* The request's id, which is a number of ours. */
static int
behind_id(struct str body)
{
	size_t at = str_find(body, STR("\"id\":"));

	return atoi(body.p + at + strlen("\"id\":"));
}

static bool
behind_asks(const struct http_request *r, const char *method)
{
	return str_find(r->body, str_from(method)) < r->body.n;
}

#define BEHIND_MODERN                                                          \
	"\"resultType\":\"complete\",\"ttlMs\":60000,\"cacheScope\":"          \
	"\"private\","

static void
behind_result(struct http_request *r, const char *modern, const char *result)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{%s%s}}",
		behind_id(r->body), modern, result);
	behind_say(r, 200, text);
}

static void
behind_refuse(struct http_request *r)
{
	char text[256];

	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"error\":{\"code\":-32000,"
		"\"message\":\"what is this?\"}}",
		behind_id(r->body));
	behind_say(r, 400, text);
}

/* A tool's call is answered by a stream that says nothing by itself. */
static void
behind_stream(struct behind *b, struct http_request *r)
{
	static const struct field type = { STR_INIT("Content-Type"),
		STR_INIT("text/event-stream") };

	b->stream = r;
	b->stream_id = behind_id(r->body);
	http_stream_begin(r,
		&(struct http_answer){
			.status = 200, .fields = &type, .n = 1 });
}

/* "poke": progress of the call, whose id is its token. */
static void
behind_progress(struct behind *b)
{
	char text[200];
	struct str part;

	snprintf(text, sizeof(text),
		"data: {\"jsonrpc\":\"2.0\",\"method\":"
		"\"notifications/progress\",\"params\":{\"progressToken\":%d,"
		"\"progress\":1}}\n\n",
		b->stream_id);
	part = str_from(text);
	http_stream_write(b->stream, &part, 1);
}

static void
behind_hear_note(struct behind *b, struct http_request *r)
{
	b->cancels += behind_asks(r, "notifications/cancelled");
	if (behind_asks(r, "poke"))
		behind_progress(b);
	behind_say(r, 202, "");
}

static void
behind_gone(void *with, struct http_request *r)
{
	struct behind *b = with;

	if (b->stream == r)
		b->stream = NULL;
}

static void
behind_serve(void *with, struct http_request *r)
{
	struct behind *b = with;
	bool modern = behind_asks(r, "/protocolVersion\"");

	if (r->head->method != HTTP_POST)
		behind_say(r, 405, "");
	else if (!behind_asks(r, "\"id\":"))
		behind_hear_note(b, r);
	else if (behind_asks(r, "tools/call"))
		behind_stream(b, r);
	else if (behind_asks(r, "server/discover")) {
		b->discovers++;
		if (b->speaks_modern)
			behind_result(r, BEHIND_MODERN,
				"\"supportedVersions\":[\"2026-07-28\"],"
				"\"capabilities\":{\"tools\":{}}");
		else
			behind_refuse(r);
	} else if (modern ? !b->speaks_modern : !b->speaks_legacy)
		behind_refuse(r);
	else if (behind_asks(r, "\"initialize\"")) {
		b->initializes++;
		behind_result(r, "",
			"\"protocolVersion\":\"2025-11-25\","
			"\"capabilities\":{\"tools\":{}},"
			"\"serverInfo\":{\"name\":\"x\",\"version\":\"1\"}");
	} else if (++b->lists > 0 && b->is_tired) {
		behind_refuse(r);
	} else {
		behind_result(r, modern ? BEHIND_MODERN : "",
			b->has_tool ? "\"tools\":[{\"name\":\"t\","
				      "\"inputSchema\":{\"type\":"
				      "\"object\"}}]"
				    : "\"tools\":[]");
	}
}

static void
behind_listed(void *with, struct upstream *u, enum lists_kind kind,
	struct str person_id)
{
	struct behind *b = with;

	(void)u;
	(void)kind;
	(void)person_id;
	b->listed++;
}

static bool
behind_heeds(void *with, struct upstream *u, struct str person_id)
{
	struct behind *b = with;

	(void)u;
	(void)person_id;
	return b->heeds;
}

static void
behind_lost(void *with, struct upstream *u, struct str person_id)
{
	(void)with;
	(void)u;
	(void)person_id;
}

static void
behind_heard(void *with, struct upstream *u, struct str person_id,
	const struct envelope *e)
{
	(void)with;
	(void)u;
	(void)person_id;
	(void)e;
}

static void
behind_told(void *with, struct upstream *u)
{
	(void)with;
	(void)u;
}

static void
behind_look(void *with)
{
	struct behind *b = with;

	if (b->is_so(b))
		loop_stop(b->loop);
	else if (b->looks++ == LOOKS_MAX)
		fail_msg("it does not come");
	else
		loop_timer_set(&b->look, 5);
}

/* Runs the loop until it is so. */
static void
behind_until(struct behind *b, bool (*is_so)(struct behind *b))
{
	b->is_so = is_so;
	b->looks = 0;
	loop_timer_init(&b->look, b->loop, behind_look, b);
	loop_timer_set(&b->look, 0);
	loop_run(b->loop);
}

static inline bool
behind_turned(struct behind *b)
{
	return b->looks == 20;
}

/* Time enough for what would happen at once. */
static inline void
behind_let_run(struct behind *b)
{
	behind_until(b, behind_turned);
}

static bool
behind_is_connected(struct behind *b)
{
	return upstream_state(b->upstream) == UPSTREAM_CONNECTED;
}

static void
behind_settings(struct behind *b, const char *protocol)
{
	struct arena *a = arena_new(1 << 20);
	struct settings *s = arena_new_of(a, struct settings);

	s->arena = a;
	s->holders = 1;
	b->entry = (struct server_entry){ .name = STR("it"),
		.trouble = STR_NONE,
		.entry = STR("e"),
		.transport = SERVER_HTTP,
		.url = str_fmt(a, "http://%.*s/mcp",
			STR_ARG(http_server_address(b->server))),
		.cwd = STR_NONE,
		.description = STR_NONE,
		.protocol = protocol == NULL ? STR_NONE : str_from(protocol),
		.timeout_ms = 30000 };
	s->servers = &b->entry;
	s->server_count = 1;
	b->settings = s;
}

/* A legacy server, and settings that name it. */
static void
behind_prepare(struct behind *b, const char *protocol)
{
	struct fault f = { 0 };

	*b = (struct behind){ .speaks_legacy = true };
	digest_start();
	b->loop = loop_new();
	b->tls = tls_client_new(NULL, &f);
	b->http = http_client_new(
		b->loop, b->tls, &(struct http_client_settings){ 0 });
	b->server = http_server_new(b->loop,
		&(struct http_server_plan){ .listen = STR("127.0.0.1:0"),
			.handler = { .serve = behind_serve,
				.gone = behind_gone,
				.with = b } },
		&f);
	assert_non_null(b->server);
	behind_settings(b, protocol);
}

/* An upstream that is connected to what the settings name. */
static void
behind_connect(struct behind *b)
{
	b->back = back_new(&(struct back_parts){
		.loop = b->loop, .http = b->http, .settings = b->settings });
	back_start(b->back,
		(struct back_listener){ .listed = behind_listed,
			.heard = behind_heard,
			.heeds = behind_heeds,
			.lost = behind_lost,
			.missed = behind_lost,
			.needs = behind_heeds,
			.settled = behind_told,
			.leaving = behind_told,
			.with = b });
	b->upstream = back_at(b->back, 0);
	behind_until(b, behind_is_connected);
}

static inline void
behind_open(struct behind *b, const char *protocol)
{
	behind_prepare(b, protocol);
	behind_connect(b);
}

/* Its children are gone, and reaped. */
static bool
behind_is_alone(struct behind *b)
{
	siginfo_t info;

	(void)b;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0;
}

static void
behind_close(struct behind *b)
{
	back_free(&b->back);
	behind_until(b, behind_is_alone);
	http_client_free(&b->http);
	http_server_free(&b->server);
	tls_context_free(&b->tls);
	settings_drop(&b->settings);
	loop_free(&b->loop);
}

#endif
