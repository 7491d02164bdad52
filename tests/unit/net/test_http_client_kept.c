/* The HTTP client's kept connections, what is given up, and whom credentials
 * go to. */
#include "scene.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- kept connections ---- */

static void
test_connections_are_kept_and_used_again_at_once(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_HEAR },
		{ PEER_SAY, SIMPLE }, { PEER_HEAR }, { PEER_SAY, SIMPLE },
		{ PEER_END } };
	struct http_ask ask = { .method = HTTP_POST };
	struct scene s;
	struct told second, third;

	(void)state;
	scene_open(&s, moves);
	told_init(&second, &s.caller);
	told_init(&third, &s.caller);
	ask.origin = origin_of(&s.peer);
	s.told.again = second.again = &ask;
	s.told.again_told = &second;
	second.again_told = &third;
	caller_ask(&s.told, &ask);
	caller_run(&s.caller);
	fails_with(&s.told, FAULT_NONE);
	fails_with(&second, FAULT_NONE);
	fails_with(&third, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 1);
	assert_body(&third, "hello");
	told_clear(&second);
	told_clear(&third);
	scene_close(&s);
}

/* Answers after which the connection must not be used again. */
static void
test_unfit_connections_are_dropped(void **state)
{
	static const char *const says[] = {
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1"
		"\r\n\r\nx",
		"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
		SIMPLE "HTTP/1.1 200 OK\r\n",
		SIMPLE SIMPLE,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
		const struct peer_move moves[] = { { PEER_ACCEPT },
			{ PEER_HEAR }, { PEER_SAY, says[i] },
			{ PEER_UNTIL_CLOSED }, { PEER_ACCEPT }, { PEER_HEAR },
			{ PEER_SAY, SIMPLE }, { PEER_END } };
		struct scene s;

		scene_open(&s, moves);
		scene_play(&s, (struct http_ask){ .method = HTTP_POST });
		fails_with(&s.told, FAULT_NONE);
		told_clear(&s.told);
		told_init(&s.told, &s.caller);
		scene_play(&s, (struct http_ask){ .method = HTTP_POST });
		fails_with(&s.told, FAULT_NONE);
		assert_body(&s.told, "hello");
		assert_int_equal(s.peer.accepted, 2);
		scene_close(&s);
	}
}

/* Runs the loop for some turns, so that what waits in sockets is seen. */
static void
stop(void *with)
{
	loop_stop(with);
}

static void
let_pass(struct caller *c, int64_t ms)
{
	struct loop_timer t;

	loop_timer_init(&t, c->loop, stop, c->loop);
	loop_timer_set(&t, ms);
	loop_run(c->loop);
}

static void
test_a_kept_connection_that_closes_is_forgotten(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_CLOSE },
		{ PEER_ACCEPT }, { PEER_HEAR }, { PEER_SAY, SIMPLE },
		{ PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_POST });
	let_pass(&s.caller, 10);
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	scene_play(&s, (struct http_ask){ .method = HTTP_POST });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 2);
	scene_close(&s);
}

/* The end has come, but the loop had no turn yet to see it. */
static void
test_an_old_connection_is_looked_at_before_a_post(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_BREATH },
		{ PEER_CLOSE }, { PEER_ACCEPT }, { PEER_HEAR },
		{ PEER_SAY, SIMPLE }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_POST });
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	usleep(1100 * 1000);
	scene_play(
		&s, (struct http_ask){ .method = HTTP_POST, .total_ms = 9000 });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 2);
	scene_close(&s);
}

/* The peer hears the second request and hangs up without a word. */
static const struct peer_move hangs_up[] = { { PEER_ACCEPT }, { PEER_HEAR },
	{ PEER_SAY, SIMPLE }, { PEER_HEAR }, { PEER_CLOSE }, { PEER_ACCEPT },
	{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };

static void
play_hang_up(struct scene *s, enum http_method m, const struct str *part)
{
	scene_open(s, hangs_up);
	scene_play(s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s->told, FAULT_NONE);
	told_clear(&s->told);
	told_init(&s->told, &s->caller);
	scene_play(s,
		(struct http_ask){ .method = m,
			.parts = part,
			.part_count = part != NULL });
}

static void
test_idempotent_calls_are_repeated_once(void **state)
{
	struct str part = STR("whole");
	struct scene s;

	(void)state;
	play_hang_up(&s, HTTP_GET, NULL);
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 2);
	assert_body(&s.told, "hello");
	scene_close(&s);
	play_hang_up(&s, HTTP_PUT, &part);
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 2);
	assert_string_equal(s.peer.heard + s.peer.n - 5, "whole");
	scene_close(&s);
}

static void
test_a_post_that_was_sent_is_never_repeated(void **state)
{
	struct scene s;

	(void)state;
	play_hang_up(&s, HTTP_POST, NULL);
	fails_with(&s.told, FAULT_PEER_CLOSED);
	assert_true(s.told.sent);
	assert_int_equal(s.peer.accepted, 1);
	scene_close(&s);
}

static void
test_a_fresh_connection_is_not_tried_twice(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_CLOSE }, { PEER_ACCEPT }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s.told, FAULT_PEER_CLOSED);
	scene_close(&s);
	assert_int_equal(s.peer.accepted, 1);
}

static void
test_keep_alive_timeout_is_heeded(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY,
			"HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=1\r\n"
			"Content-Length: 0\r\n\r\n" },
		{ PEER_UNTIL_CLOSED }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s.told, FAULT_NONE);
	/* The client leaves first, without being asked. */
	let_pass(&s.caller, 520);
	peer_wait(&s.peer);
	told_clear(&s.told);
	caller_close(&s.caller);
}

static void
test_idle_connections_leave_after_a_while(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_UNTIL_CLOSED },
		{ PEER_END } };
	struct http_client_settings short_idle = { .idle_ms = 5 };
	struct scene s;

	(void)state;
	peer_start(&s.peer, moves, NULL);
	caller_open(&s.caller, &short_idle);
	told_init(&s.told, &s.caller);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s.told, FAULT_NONE);
	let_pass(&s.caller, 20);
	peer_wait(&s.peer);
	told_clear(&s.told);
	caller_close(&s.caller);
}

/* Two calls at once need two connections; one of them is kept. */
static void
test_idle_connections_are_bounded(void **state)
{
	static const struct peer_move none[] = { { PEER_END } };
	struct http_client_settings one = { .idle_per_origin = 1 };
	struct http_ask ask = { .method = HTTP_GET };
	struct caller caller;
	struct told told[2];
	struct peer peer;
	unsigned ended = 0;
	char waste[512];
	int fds[2];

	(void)state;
	peer_start(&peer, none, NULL);
	caller_open(&caller, &one);
	ask.origin = origin_of(&peer);
	for (size_t i = 0; i < 2; i++) {
		told_init(&told[i], &caller);
		caller_ask(&told[i], &ask);
	}
	let_pass(&caller, 5);
	for (size_t i = 0; i < 2; i++) {
		fds[i] = accept(peer.listener, NULL, NULL);
		assert_true(write(fds[i], SIMPLE, strlen(SIMPLE)) > 0);
	}
	caller_run(&caller);
	for (size_t i = 0; i < 2; i++) {
		fails_with(&told[i], FAULT_NONE);
		assert_true(recv(fds[i], waste, sizeof(waste), 0) > 0);
		ended += recv(fds[i], waste, sizeof(waste), MSG_DONTWAIT) == 0;
		close(fds[i]);
		told_clear(&told[i]);
	}
	assert_int_equal(ended, 1);
	caller_close(&caller);
	peer_join(&peer);
}

/* An early answer leaves the rest of the request unsent. */
static void
test_an_answer_before_the_request_is_whole(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_SAY,
			"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n"
			"no" },
		{ PEER_BREATH }, { PEER_UNTIL_CLOSED }, { PEER_END } };
	struct str part = { calloc(1, 16 << 20), 16 << 20 };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s,
		(struct http_ask){
			.method = HTTP_POST, .parts = &part, .part_count = 1 });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.told.status, 413);
	scene_close(&s);
	free((char *)(uintptr_t)part.p);
}

/* ---- giving up ---- */

static void
test_cancel_at_each_stage(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe" },
		{ PEER_UNTIL_CLOSED }, { PEER_END } };
	static const enum caller_cancel stages[] = { CANCEL_IN_HEAD,
		CANCEL_IN_BODY };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		scene_open(&s, moves);
		s.told.stream = true;
		s.told.cancel = stages[i];
		scene_play(&s, (struct http_ask){ .method = HTTP_GET });
		assert_int_equal(s.told.dones, 0);
		assert_int_equal(s.told.heads, 1);
		assert_null(s.told.call);
		/* The peer sees that it is over. */
		let_pass(&s.caller, 1);
		peer_wait(&s.peer);
		told_clear(&s.told);
		caller_close(&s.caller);
	}
}

static void
test_cancel_before_anything_happens(void **state)
{
	static const struct peer_move moves[] = { { PEER_END } };
	struct http_ask ask = { .method = HTTP_GET };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	ask.origin = origin_of(&s.peer);
	caller_ask(&s.told, &ask);
	http_call_cancel(&s.told.call);
	assert_null(s.told.call);
	http_call_cancel(&s.told.call);
	let_pass(&s.caller, 5);
	assert_int_equal(s.told.dones, 0);
	/* And what still runs when the client goes. */
	caller_ask(&s.told, &ask);
	scene_close(&s);
	assert_int_equal(s.told.dones, 0);
}

/* ---- credentials ---- */

static void
test_a_credential_goes_to_its_origin(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };
	struct http_credential c = { .scheme = STR("Bearer"),
		.value = STR("s3cret") };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	c.origin = origin_of(&s.peer);
	scene_play(&s, (struct http_ask){ .credential = &c });
	fails_with(&s.told, FAULT_NONE);
	assert_non_null(
		strstr(s.peer.heard, "\r\nAuthorization: Bearer s3cret\r\n"));
	scene_close(&s);
}

static void
lesson_B07_a_credential_of_another_origin_stays_here(void **state)
{
	static const char *const others[] = { "https://api.example.com",
		"http://127.0.0.1", "http://127.0.0.1:1", "http://localhost",
		"", "*" };
	struct http_credential c = { .scheme = STR("Bearer"),
		.value = STR("s3cret") };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		c.origin = str_from(others[i]);
		refused_unsent((struct http_ask){ .credential = &c },
			FAULT_DIAL_FORBIDDEN);
	}
}

static void
test_a_credential_never_travels_in_the_clear(void **state)
{
	struct http_credential c = { .origin = STR("http://192.0.2.1"),
		.scheme = STR("Bearer"),
		.value = STR("s3cret") };
	struct http_ask ask = {
		.origin = c.origin, .credential = &c, .connect_ms = 50
	};
	struct caller caller;
	struct told told;

	(void)state;
	caller_open(&caller, NULL);
	told_init(&told, &caller);
	caller_ask(&told, &ask);
	caller_run(&caller);
	fails_with(&told, FAULT_DIAL_FORBIDDEN);
	assert_null(strstr(told.fault.detail, "s3cret"));
	told_clear(&told);
	caller_close(&caller);
}

static void
test_a_credential_with_line_ends_is_refused(void **state)
{
	static const struct peer_move moves[] = { { PEER_END } };
	struct http_credential c = { .scheme = STR("Bearer"),
		.value = STR("a\r\nX: y") };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	c.origin = origin_of(&s.peer);
	scene_play(&s, (struct http_ask){ .credential = &c });
	fails_with(&s.told, FAULT_BAD_HTTP);
	scene_close(&s);
}

static void
ours(void *with)
{
	struct field field = { *(struct str *)with, STR("x") };
	struct http_ask ask = {
		.origin = STR("http://127.0.0.1:1"), .fields = &field, .n = 1
	};
	struct caller caller;
	struct told told;

	caller_open(&caller, NULL);
	told_init(&told, &caller);
	caller_ask(&told, &ask);
}

/* The program's own mistake ends it, in a process of its own. */
static void
test_reserved_fields_are_our_own_mistake(void **state)
{
	static const char *const names[] = { "Host", "authorization",
		"CONTENT-LENGTH", "Connection", "Transfer-Encoding",
		"Proxy-Authorization" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str name = str_from(names[i]);
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			close(STDERR_FILENO);
			signal(SIGABRT, SIG_DFL);
			ours(&name);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

/* ---- memory ---- */

static void
test_many_origins_leave_nothing_behind(void **state)
{
	struct caller caller;
	struct told told;

	(void)state;
	caller_open(&caller, NULL);
	for (unsigned i = 1; i <= 50; i++) {
		char origin[64];
		struct http_ask ask = { .vet = VET_PUBLIC };

		snprintf(origin, sizeof(origin), "http://10.0.0.%u", i);
		ask.origin = str_from(origin);
		told_init(&told, &caller);
		caller_ask(&told, &ask);
		caller_run(&caller);
		fails_with(&told, FAULT_DIAL_FORBIDDEN);
		told_clear(&told);
	}
	caller_close(&caller); /* insists that no pool is left */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_connections_are_kept_and_used_again_at_once),
		cmocka_unit_test(test_unfit_connections_are_dropped),
		cmocka_unit_test(
			test_a_kept_connection_that_closes_is_forgotten),
		cmocka_unit_test(
			test_an_old_connection_is_looked_at_before_a_post),
		cmocka_unit_test(test_idempotent_calls_are_repeated_once),
		cmocka_unit_test(test_a_post_that_was_sent_is_never_repeated),
		cmocka_unit_test(test_a_fresh_connection_is_not_tried_twice),
		cmocka_unit_test(test_keep_alive_timeout_is_heeded),
		cmocka_unit_test(test_idle_connections_leave_after_a_while),
		cmocka_unit_test(test_idle_connections_are_bounded),
		cmocka_unit_test(test_an_answer_before_the_request_is_whole),
		cmocka_unit_test(test_cancel_at_each_stage),
		cmocka_unit_test(test_cancel_before_anything_happens),
		cmocka_unit_test(test_a_credential_goes_to_its_origin),
		cmocka_unit_test(
			lesson_B07_a_credential_of_another_origin_stays_here),
		cmocka_unit_test(test_a_credential_never_travels_in_the_clear),
		cmocka_unit_test(test_a_credential_with_line_ends_is_refused),
		cmocka_unit_test(test_reserved_fields_are_our_own_mistake),
		cmocka_unit_test(test_many_origins_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
