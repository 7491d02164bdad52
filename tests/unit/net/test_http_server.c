/* The server over loopback: order, answers, limits, the end. */
#include "routes.h"

#include <sys/resource.h>

/* ---- order ---- */

static void
one_connection_serves_many(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	for (int i = 0; i < 3; i++) {
		client_say(&c, GET("/a?b"));
		client_hears(&c, 200, "GET /a?b ");
	}
	client_say(&c, STR("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"));
	client_hears(&c, 200, "OPTIONS * ");
	client_say(&c, STR("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n"));
	client_hears(&c, 200, "BREW /pot ");
	client_hang_up(&c);
}

static void
pipelined_requests_wait_their_turn(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	client_say(&c,
		STR("GET /park HTTP/1.1\r\nHost: x\r\n\r\n"
		    "POST /b HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 2\r\n\r\n{}"
		    "POST /c HTTP/1.1\r\nHost: x\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"
		    "2\r\n[]\r\n0\r\n\r\n"
		    "GET /d HTTP/1.1\r\nHost: x\r\n\r\n"));
	ask("/release", "done");
	client_hears(&c, 200, "released");
	client_hears(&c, 200, "POST /b {}");
	client_hears(&c, 200, "POST /c []");
	client_hears(&c, 200, "GET /d ");
	client_hang_up(&c);
}

/* More than the buffer holds, behind a request that is not answered. */
static void
pipelining_is_bounded(void **state)
{
	struct client c = client_dial(&serving);
	struct buf b;

	(void)state;
	buf_init(&b, (size_t)64 << 20);
	buf_str(&b, GET("/park"));
	for (int i = 0; i < 5000; i++)
		buf_str(&b, GET("/x"));
	client_say(&c, buf_view(&b));
	ask("/release", "done");
	client_hears(&c, 200, "released");
	for (int i = 0; i < 5000; i++)
		client_hears(&c, 200, "GET /x ");
	buf_clear(&b);
	client_hang_up(&c);
}

static void
closing_is_honoured(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c,
		STR("GET / HTTP/1.1\r\nHost: x\r\nConnection: close"
		    "\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"));
	r = client_hear_reply(&c, false);
	assert_true(r->whole && r->head.close);
	reply_free(&r);
	client_hears_end(&c);
	client_hang_up(&c);
	c = client_dial(&serving);
	client_say(&c, STR("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	client_hears(&c, 200, "GET / ");
	client_hears_end(&c);
	client_hang_up(&c);
}

/* ---- answers ---- */

static void
head_is_answered_without_body(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, STR("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n"));
	r = client_hear_reply(&c, true);
	assert_int_equal(r->head.content_length, strlen("HEAD /abc "));
	reply_free(&r);
	client_say(&c, STR("HEAD /pieces HTTP/1.1\r\nHost: x\r\n\r\n"));
	r = client_hear_reply(&c, true);
	assert_true(r->whole);
	reply_free(&r);
	client_say(&c, GET("/nothing"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->head.status, 204);
	assert_int_equal(r->head.known_count[HTTP_FIELD_CONTENT_LENGTH], 0);
	reply_free(&r);
	client_say(&c, GET("/still"));
	client_hears(&c, 200, "GET /still ");
	client_hang_up(&c);
}

static void
lesson_B17_fields_cannot_split_the_answer(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/hostile"));
	r = client_hear_reply(&c, false);
	/* Date, Content-Length, X-Good. */
	assert_int_equal(r->head.n, 3);
	assert_true(str_eq_lit(r->head.fields[0].name, "Date"));
	assert_int_equal(r->head.fields[0].value.n, 29);
	assert_int_equal(r->head.content_length, 0);
	assert_true(str_eq_lit(r->head.fields[2].value, "a\tb"));
	assert_true(str_find(buf_view(&r->text), STR("Evil")) == r->text.n);
	reply_free(&r);
	client_say(&c, GET("/many"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->head.n, 62);
	reply_free(&r);
	client_hang_up(&c);
}

static void
big_answer_reaches_a_slow_reader(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/big"));
	client_say(&c, GET("/next"));
	usleep(20000);
	r = client_hear_reply(&c, false);
	assert_int_equal(r->body.n, (size_t)8 << 20);
	for (size_t i = 0; i < r->body.n; i++)
		if (r->body.p[i] != (char)('a' + i % 26))
			fail_msg("byte %zu is wrong", i);
	reply_free(&r);
	client_hears(&c, 200, "GET /next ");
	client_hang_up(&c);
}

static void
half_closed_peer_gets_a_running_answer(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/big"));
	while (c.in.n == 0)
		client_hear(&c);
	shutdown(c.fd, SHUT_WR);
	r = client_hear_reply(&c, false);
	assert_int_equal(r->body.n, (size_t)8 << 20);
	reply_free(&r);
	client_hears_end(&c);
	client_hang_up(&c);
}

static void
aborted_request_closes(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	client_say(&c, GET("/abort"));
	client_hears_end(&c);
	client_hang_up(&c);
	ask("/gone", "0");
}

static void
secrets_are_wiped(void **state)
{
	static const struct {
		struct str request, answer;
		const char *left;
		int status;
	} rows[] = {
		{ STR_INIT("POST /plain/a HTTP/1.1\r\nHost: x\r\n"
			   "Content-Length: 7\r\n\r\n" SECRET),
			STR_INIT("POST /plain/a " SECRET), "left", 200 },
		{ STR_INIT("POST /secret/a HTTP/1.1\r\nHost: x\r\n"
			   "Content-Length: 7\r\n\r\n" SECRET),
			STR_INIT("POST /secret/a " SECRET), "wiped", 200 },
		{ STR_INIT("POST /secret/b HTTP/1.1\r\nHost: x\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n7\r\n" SECRET
			   "\r\n0\r\n\r\n"),
			STR_INIT("POST /secret/b " SECRET), "wiped", 200 },
		{ STR_INIT("POST /secret/early HTTP/1.1\r\nHost: x\r\n"
			   "Content-Length: 7\r\n\r\n" SECRET),
			STR_INIT("early"), "wiped", 401 },
	};
	struct client c = client_dial(&serving);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		client_say(&c, rows[i].request);
		client_hears(&c, rows[i].status, rows[i].answer.p);
		ask("/secret-left", rows[i].left);
	}
	/* What waits behind a secret is kept. */
	client_say(&c, rows[1].request);
	client_say(&c, GET("/next"));
	client_hears(&c, 200, rows[1].answer.p);
	client_hears(&c, 200, "GET /next ");
	client_hang_up(&c);
}

/* ---- limits ---- */

static void
restart_with(const struct http_limits *limits)
{
	serving_stop(&serving);
	start_with(limits);
}

static void
slow_heads_and_bodies_run_out_of_time(void **state)
{
	struct http_limits limits = quick;
	struct client c;

	(void)state;
	limits.head_ms = limits.body_ms = 40;
	restart_with(&limits);
	c = client_dial(&serving);
	client_say(&c, STR("GET / HTTP/1.1\r\nHost: x\r\n"));
	/* A word now and then earns no more time. */
	while (c.in.n == 0 && !c.ended) {
		client_say(&c, STR("A: b\r\n"));
		if (recv(c.fd, &(char){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
			client_hear(&c);
		usleep(1000);
	}
	client_hears(&c, 408, NULL);
	client_hang_up(&c);
	c = client_dial(&serving);
	post(&c, "/p", 10, 5);
	client_hears(&c, 408, NULL);
	client_hears_end(&c);
	client_hang_up(&c);
	wait_for_gone(1);
	/* One that never says anything hears nothing. */
	c = client_dial(&serving);
	client_hears_end(&c);
	client_hang_up(&c);
}

static void
idle_connections_are_closed(void **state)
{
	struct http_limits limits = quick;
	struct client c;

	(void)state;
	limits.idle_ms = 40;
	restart_with(&limits);
	c = client_dial(&serving);
	client_say(&c, GET("/a"));
	client_hears(&c, 200, "GET /a ");
	client_hears_end(&c);
	client_hang_up(&c);
}

static void
readers_that_stop_are_cut(void **state)
{
	struct http_limits limits = quick;
	struct client c;

	(void)state;
	limits.write_ms = 40;
	restart_with(&limits);
	c = client_dial(&serving);
	client_say(&c, GET("/flood"));
	wait_for_gone(1);
	client_hang_up(&c);
}

static void
the_longest_idle_makes_room(void **state)
{
	struct http_limits limits = quick;
	struct client old, young, newest;

	(void)state;
	limits.connections = 2;
	restart_with(&limits);
	old = client_dial(&serving);
	client_say(&old, GET("/a"));
	client_hears(&old, 200, "GET /a ");
	young = client_dial(&serving);
	client_say(&young, GET("/a"));
	client_hears(&young, 200, "GET /a ");
	newest = client_dial(&serving);
	client_say(&newest, GET("/park"));
	client_hears_end(&old);
	client_say(&young, GET("/park"));
	while (parked[1] == NULL)
		usleep(1000);
	/* Both are busy: the next one waits in the kernel. */
	client_hang_up(&old);
	old = client_dial(&serving);
	client_say(&old, GET("/b"));
	usleep(20000);
	assert_int_equal(http_server_counts(serving.server).connections, 2);
	client_hang_up(&young);
	client_hears(&old, 200, "GET /b ");
	client_hang_up(&old);
	client_hang_up(&newest);
}

static void
lack_of_descriptors_is_survived(void **state)
{
	struct rlimit was, few;
	struct client c = client_socket();
	int held[256], n = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &was);
	few = was;
	few.rlim_cur = 200;
	setrlimit(RLIMIT_NOFILE, &few);
	while (n < 256 && (held[n] = dup(c.fd)) >= 0)
		n++;
	assert_int_equal(errno, EMFILE);
	client_connect(&c, &serving);
	client_say(&c, GET("/a"));
	usleep(20000);
	assert_int_equal(http_server_counts(serving.server).connections, 0);
	while (n > 0)
		close(held[--n]);
	setrlimit(RLIMIT_NOFILE, &was);
	client_hears(&c, 200, "GET /a ");
	client_hang_up(&c);
}

/* ---- the end ---- */

static _Atomic bool was_drained;

static void
on_drained(void *with)
{
	(void)with;
	was_drained = true;
}

static struct loop_wake *drain_wake;

static void
drain_now(void *with)
{
	(void)with;
	loop_wake_free(&drain_wake);
	http_server_drain(serving.server, 60000, on_drained, NULL);
}

static void
drain_lets_running_requests_finish(void **state)
{
	struct client idle = client_dial(&serving);
	struct client busy = client_dial(&serving);
	struct client helper = client_dial(&serving);
	struct reply *r;

	(void)state;
	was_drained = false;
	drain_wake = loop_wake_new(serving.loop, drain_now, NULL);
	client_say(&idle, GET("/a"));
	client_hears(&idle, 200, "GET /a ");
	client_say(&busy, GET("/park"));
	while (parked[0] == NULL)
		usleep(1000);
	client_say(&helper,
		STR("POST /release HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 2\r\n\r\n{"));
	client_say(&idle, GET("/a")); /* so that helper's head was read */
	client_hears(&idle, 200, "GET /a ");
	usleep(20000);
	loop_wake(drain_wake);
	client_hears_end(&idle);
	assert_false(was_drained);
	client_say(&helper, STR("}"));
	r = client_hear_reply(&busy, false);
	assert_true(str_eq_lit(buf_view(&r->body), "released"));
	assert_true(r->head.close);
	reply_free(&r);
	client_hears_end(&busy);
	client_hears(&helper, 200, "done");
	client_hears_end(&helper);
	client_hang_up(&busy);
	client_hang_up(&helper);
	client_hang_up(&idle);
	while (!was_drained)
		usleep(1000);
	assert_int_equal(http_server_counts(serving.server).connections, 0);
	serving_stop(&serving);
	start_with(&quick);
}

static void
shorten_now(void *with)
{
	struct http_limits limits = quick;

	(void)with;
	loop_wake_free(&drain_wake);
	limits.head_ms = 40;
	http_server_set_limits(serving.server, &limits);
}

/* With the old limits the client would lose its patience. */
static void
limits_can_change(void **state)
{
	struct client before = client_dial(&serving), c;

	(void)state;
	drain_wake = loop_wake_new(serving.loop, shorten_now, NULL);
	client_say(&before, GET("/a"));
	client_hears(&before, 200, "GET /a ");
	loop_wake(drain_wake);
	client_say(&before, GET("/a"));
	client_hears(&before, 200, "GET /a ");
	c = client_dial(&serving);
	client_say(&c, STR("GET /a HTTP/1.1\r\nHo"));
	client_hears(&c, 408, NULL);
	client_hang_up(&c);
	client_hang_up(&before);
	restart_with(&quick);
}

/* Without the short end the client would lose its patience. */
static void
drain_does_not_wait_for_half_a_head(void **state)
{
	struct client half = client_dial(&serving);
	struct client idle = client_dial(&serving);

	(void)state;
	was_drained = false;
	drain_wake = loop_wake_new(serving.loop, drain_now, NULL);
	client_say(&half, GET("/a"));
	client_hears(&half, 200, "GET /a ");
	client_say(&half, STR("GET /a HTTP/1.1\r\nHo"));
	client_say(&idle, GET("/a")); /* so that half's bytes were read */
	client_hears(&idle, 200, "GET /a ");
	loop_wake(drain_wake);
	client_hears_end(&half);
	client_hears_end(&idle);
	while (!was_drained)
		usleep(1000);
	client_hang_up(&half);
	client_hang_up(&idle);
	serving_stop(&serving);
	start_with(&quick);
}

static void
addresses_are_checked(void **state)
{
	static const char *const bad[] = { "", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:http", "127.0.0.1:123456", "[::1",
		"256.1.1.1.:1" };
	struct http_server_plan plan = { .handler.serve = serve };
	struct loop *l = loop_new();
	struct http_server *s;
	struct fault f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		plan.listen = str_from(bad[i]);
		s = http_server_new(l, &plan, &f);
		assert_null(s);
		assert_int_equal(f.id, FAULT_LISTEN);
	}
	/* Taken already. */
	plan.listen = str_from(serving.host);
	s = http_server_new(l, &plan, &f);
	assert_null(s);
	assert_int_equal(f.id, FAULT_LISTEN);
	plan.listen = STR("[::1]:0");
	s = http_server_new(l, &plan, &f);
	if (s != NULL)
		assert_true(str_starts(http_server_address(s), STR("[::1]:")));
	http_server_free(&s);
	loop_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PEACE(one_connection_serves_many),
		IN_PEACE(pipelined_requests_wait_their_turn),
		IN_PEACE(pipelining_is_bounded),
		IN_PEACE(closing_is_honoured),
		IN_PEACE(head_is_answered_without_body),
		IN_PEACE(lesson_B17_fields_cannot_split_the_answer),
		IN_PEACE(big_answer_reaches_a_slow_reader),
		IN_PEACE(half_closed_peer_gets_a_running_answer),
		IN_PEACE(aborted_request_closes),
		IN_PEACE(secrets_are_wiped),
		IN_PEACE(slow_heads_and_bodies_run_out_of_time),
		IN_PEACE(idle_connections_are_closed),
		IN_PEACE(readers_that_stop_are_cut),
		IN_PEACE(the_longest_idle_makes_room),
		IN_PEACE(lack_of_descriptors_is_survived),
		IN_PEACE(drain_lets_running_requests_finish),
		IN_PEACE(limits_can_change),
		IN_PEACE(drain_does_not_wait_for_half_a_head),
		IN_PEACE(addresses_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
