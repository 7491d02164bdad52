/*
 * routes: a server whose answer hangs on the path, for the tests of the HTTP
 * server; see the table at routes.
 */
#ifndef TESTS_NET_ROUTES_H
#define TESTS_NET_ROUTES_H

#include "serving.h"

#include "base/arena.h"
#include "net/http_connection.h"

#define PARKED_MAX 8
#define FLOOD      ((size_t)1 << 16)

static struct serving serving;

/* Of the loop's thread. */
static struct http_request *parked[PARKED_MAX];
static struct http_request *streams[PARKED_MAX];
static unsigned gone_count;
static unsigned drained_count;

static void
answer_text(struct http_request *r, int status, struct str text)
{
	http_answer(r,
		&(struct http_answer){
			.status = status, .parts = &text, .part_count = 1 });
}

static void
put_in(struct http_request **table, struct http_request *r)
{
	for (size_t i = 0; i < PARKED_MAX; i++)
		if (table[i] == NULL) {
			table[i] = r;
			return;
		}
	http_abort(r);
}

static void
take_out(struct http_request **table, const struct http_request *r)
{
	for (size_t i = 0; i < PARKED_MAX; i++)
		if (table[i] == r)
			table[i] = NULL;
}

/* ---- routes ---- */

static void
echo(struct http_request *r)
{
	struct str parts[] = { r->head->method_text, STR_INIT(" "),
		r->head->target, STR_INIT(" "), r->body };

	http_answer(r,
		&(struct http_answer){
			.status = 200, .parts = parts, .part_count = 5 });
}

static void
park(struct http_request *r)
{
	put_in(parked, r);
}

static void
release(struct http_request *r)
{
	for (size_t i = 0; i < PARKED_MAX; i++)
		if (parked[i] != NULL) {
			struct http_request *p = parked[i];

			parked[i] = NULL;
			answer_text(p, 200, STR("released"));
		}
	answer_text(r, 200, STR("done"));
}

static void
count_gone(struct http_request *r)
{
	answer_text(r, 200, str_fmt(r->arena, "%u", gone_count));
}

static void
count_drained(struct http_request *r)
{
	answer_text(r, 200, str_fmt(r->arena, "%u", drained_count));
}

static void
big(struct http_request *r)
{
	size_t n = (size_t)8 << 20;
	char *text = arena_bytes(r->arena, n);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + i % 26);
	answer_text(r, 200, str_of(text, n));
}

static void
nothing(struct http_request *r)
{
	http_answer(r, &(struct http_answer){ .status = 204 });
}

static void
abort_it(struct http_request *r)
{
	http_abort(r);
}

/* Values that would split the answer, and fields that are the server's. */
static void
hostile_fields(struct http_request *r)
{
	const struct field fields[] = {
		{ STR_INIT("X-Good"), STR_INIT("a\tb") },
		{ STR_INIT("X-Split"), STR_INIT("a\r\nX-Evil: 1") },
		{ STR_INIT("X-Feed"), STR_INIT("a\nX-Evil: 1") },
		{ STR_INIT("X-Nul"), STR_INIT("a\0b") },
		{ STR_INIT("X: Evil"), STR_INIT("a") },
		{ STR_INIT(""), STR_INIT("a") },
		{ STR_INIT("content-length"), STR_INIT("7") },
		{ STR_INIT("Transfer-Encoding"), STR_INIT("chunked") },
		{ STR_INIT("Connection"), STR_INIT("close") },
		{ STR_INIT("DATE"), STR_INIT("never") },
	};

	http_answer(r,
		&(struct http_answer){ .status = 200,
			.fields = fields,
			.n = sizeof(fields) / sizeof(fields[0]) });
}

static void
many_fields(struct http_request *r)
{
	struct field fields[60];
	char *text = arena_bytes(r->arena, 100);

	memset(text, 'v', 100);
	for (size_t i = 0; i < 60; i++)
		fields[i] = (struct field){ STR("X-Many"), str_of(text, 100) };
	http_answer(r,
		&(struct http_answer){
			.status = 200, .fields = fields, .n = 60 });
}

static void
begin_stream(struct http_request *r)
{
	http_stream_begin(r, &(struct http_answer){ .status = 200 });
}

static void
stream_pieces(struct http_request *r)
{
	struct str parts[40];
	struct str nothing_at_all = STR("");

	for (size_t i = 0; i < 40; i++)
		parts[i] = STR("0123456789");
	begin_stream(r);
	assert_true(http_is_streaming(r));
	http_stream_write(r, parts, 1);
	http_stream_write(r, &nothing_at_all, 1);
	http_stream_write(r, parts, 40);
	http_stream_last(r, parts, 2);
}

static void
stream_nothing(struct http_request *r)
{
	begin_stream(r);
	http_stream_end(r);
}

/* Ends, one event each, when told to by /event and /end. */
static void
stream_events(struct http_request *r)
{
	put_in(streams, r);
	begin_stream(r);
	http_stream_slim(r);
	assert_null(r->head);
	assert_non_null(str_dup(r->arena, STR("kept")).p);
}

static void
event(struct http_request *r)
{
	struct str text = STR("event\n");

	for (size_t i = 0; i < PARKED_MAX; i++)
		if (streams[i] != NULL)
			http_stream_write(streams[i], &text, 1);
	answer_text(r, 200, STR("done"));
}

static void
end_streams(struct http_request *r)
{
	for (size_t i = 0; i < PARKED_MAX; i++)
		if (streams[i] != NULL) {
			struct http_request *s = streams[i];

			streams[i] = NULL;
			http_stream_end(s);
		}
	answer_text(r, 200, STR("done"));
}

/* Until it is full; goes on when it is drained, up to FLOOD_ENOUGH. */
#define FLOOD_ENOUGH 160

static void
flood_on(struct http_request *r)
{
	static char text[FLOOD];
	struct str part = str_of(text, sizeof(text));
	bool takes = true;

	drained_count++;
	memset(text, 'f', sizeof(text));
	while (takes && (uintptr_t)r->user < FLOOD_ENOUGH) {
		r->user = (void *)((uintptr_t)r->user + 1);
		takes = http_stream_write(r, &part, 1);
	}
	if (takes) {
		take_out(streams, r);
		http_stream_end(r);
	}
}

static void
flood(struct http_request *r)
{
	put_in(streams, r);
	begin_stream(r);
	r->drained = flood_on;
	drained_count = 0;
	flood_on(r);
}

/* Heeds no warning. */
static void
overflow(struct http_request *r)
{
	static char text[FLOOD];
	struct str part = str_of(text, sizeof(text));

	put_in(streams, r);
	begin_stream(r);
	for (int i = 0; i < 10000; i++)
		http_stream_write(r, &part, 1);
}

#define SECRET "hunter2"

/* The connection of the last secret, which is still open. */
static const struct http_connection *secretive;

static void
secret_left(struct http_request *r)
{
	const struct http_input *in = &secretive->in;
	struct str all = str_of(in->p, in->cap);
	bool found = str_find(all, STR(SECRET)) < all.n;

	answer_text(r, 200, found ? STR("left") : STR("wiped"));
}

static const struct route {
	const char *path;
	void (*serve)(struct http_request *r);
} routes[] = {
	{ "/park", park },
	{ "/release", release },
	{ "/gone", count_gone },
	{ "/drained", count_drained },
	{ "/big", big },
	{ "/nothing", nothing },
	{ "/abort", abort_it },
	{ "/hostile", hostile_fields },
	{ "/many", many_fields },
	{ "/pieces", stream_pieces },
	{ "/empty", stream_nothing },
	{ "/events", stream_events },
	{ "/event", event },
	{ "/end", end_streams },
	{ "/flood", flood },
	{ "/overflow", overflow },
	{ "/secret-left", secret_left },
};

static void
serve(void *with, struct http_request *r)
{
	(void)with;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (str_eq(r->head->path, str_from(routes[i].path))) {
			routes[i].serve(r);
			return;
		}
	echo(r);
}

static void
see_head(void *with, struct http_request *r)
{
	(void)with;
	if (str_starts(r->head->path, STR("/secret/")) ||
		str_starts(r->head->path, STR("/plain/")))
		secretive = r->connection;
	if (str_starts(r->head->path, STR("/secret/")))
		http_hold_secret(r);
	if (str_ends(r->head->path, STR("/early")))
		answer_text(r, 401, STR("early"));
	else if (str_eq_lit(r->head->path, "/early-stream"))
		stream_pieces(r);
	else if (str_eq_lit(r->head->path, "/small"))
		http_allow_body(r, 100);
}

static void
see_gone(void *with, struct http_request *r)
{
	(void)with;
	gone_count++;
	take_out(parked, r);
	take_out(streams, r);
}

/* ---- helpers ---- */

static const struct http_limits quick = {
	.body_max = (size_t)1 << 20,
	.head_ms = 60000,
	.body_ms = 60000,
	.idle_ms = 60000,
	.write_ms = 60000,
	.connections = 100,
	.stream_buffer = (size_t)1 << 20,
};

static void
start_with(const struct http_limits *limits)
{
	memset(parked, 0, sizeof(parked));
	memset(streams, 0, sizeof(streams));
	gone_count = 0;
	serving_start(&serving, limits,
		(struct http_handler){
			.head = see_head, .serve = serve, .gone = see_gone });
}

static int
set_up(void **state)
{
	(void)state;
	start_with(&quick);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	serving_stop(&serving);
	return 0;
}

#define GET(path) STR("GET " path " HTTP/1.1\r\nHost: x\r\n\r\n")

static void
ask(const char *path, const char *answer)
{
	struct client c = client_dial(&serving);
	char text[128];

	snprintf(text, sizeof(text),
		"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		path);
	client_say(&c, str_from(text));
	client_hears(&c, 200, answer);
	client_hears_end(&c);
	client_hang_up(&c);
}

/* Until /gone says so. */
static inline void
wait_for_gone(unsigned wanted)
{
	struct client c = client_dial(&serving);
	unsigned long n = 0;

	for (int i = 0; i < 10000 && n < wanted; i++) {
		struct reply *r;

		client_say(&c, GET("/gone"));
		r = client_hear_reply(&c, false);
		buf_char(&r->body, '\0');
		n = strtoul(r->body.p, NULL, 10);
		reply_free(&r);
		if (n < wanted)
			usleep(1000);
	}
	assert_int_equal(n, wanted);
	client_hang_up(&c);
}

/* A request with a body of n bytes, as many of them as said. */
static void
post(struct client *c, const char *path, size_t n, size_t said)
{
	struct buf b;

	buf_init(&b, (size_t)64 << 20);
	buf_fmt(&b,
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n"
		"\r\n",
		path, n);
	memset(buf_room(&b, said), 'b', said);
	buf_took(&b, said);
	client_say(c, buf_view(&b));
	buf_clear(&b);
}

#define IN_PEACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
