/* The HTTP client against peers that do exactly what they are told: what is
 * sent, what is answered, and how long it may take. */
#include "scene.h"

/* ---- what is sent ---- */

static void
test_the_request_is_written_as_asked(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };
	struct field fields[] = { { STR_INIT("Accept"), STR_INIT("*/*") },
		{ STR_INIT("X-Empty"), STR_INIT("") } };
	struct str parts[] = { STR_INIT("{\"a\""), STR_INIT(""),
		STR_INIT(":1}") };
	char expected[256];
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s,
		(struct http_ask){ .method = HTTP_POST,
			.target = STR("/mcp?x=1"),
			.fields = fields,
			.n = 2,
			.parts = parts,
			.part_count = 3 });
	snprintf(expected, sizeof(expected),
		"POST /mcp?x=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		"Accept: */*\r\nX-Empty: \r\nContent-Length: 7\r\n\r\n"
		"{\"a\":1}",
		s.peer.port);
	fails_with(&s.told, FAULT_NONE);
	assert_true(s.told.sent);
	assert_string_equal(s.peer.heard, expected);
	assert_int_equal(s.told.status, 200);
	assert_int_equal(s.told.pieces, 1);
	assert_body(&s.told, "hello");
	scene_close(&s);
}

static void
test_get_has_no_length_and_empty_post_has(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_HEAR },
		{ PEER_SAY, SIMPLE }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	assert_null(strstr(s.peer.heard, "Content-Length"));
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	scene_play(&s, (struct http_ask){ .method = HTTP_POST });
	assert_non_null(strstr(s.peer.heard, "Content-Length: 0\r\n"));
	assert_int_equal(s.peer.accepted, 1);
	scene_close(&s);
}

static void
test_a_large_body_is_sent_whole(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_SAY, "HTTP/1.1 100 Continue\r\n\r\n" }, { PEER_BREATH },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };
	static char big[60000];
	struct str parts[] = { { big, sizeof(big) }, STR_INIT("end") };
	struct scene s;

	(void)state;
	memset(big, 'x', sizeof(big));
	scene_open(&s, moves);
	scene_play(&s,
		(struct http_ask){
			.method = HTTP_POST, .parts = parts, .part_count = 2 });
	fails_with(&s.told, FAULT_NONE);
	assert_string_equal(s.peer.heard + s.peer.n - 5, "xxend");
	scene_close(&s);
}

static void
test_many_megabytes_wait_for_the_peer(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_BREATH }, { PEER_BREATH }, { PEER_UNTIL_CLOSED },
		{ PEER_END } };
	struct str part = { calloc(1, 16 << 20), 16 << 20 };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s,
		(struct http_ask){ .method = HTTP_POST,
			.parts = &part,
			.part_count = 1,
			.head_ms = 200 });
	fails_with(&s.told, FAULT_TIMEOUT);
	assert_true(s.told.sent);
	scene_close(&s);
	free((char *)(uintptr_t)part.p);
}

static void
lesson_B17_no_line_end_reaches_the_head(void **state)
{
	static const char *const bad[] = { "a\r\nX: y", "a\nb", "a\rb", "a\x01",
		"\x7f" };
	struct str with_nul = { "a\0b", 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct field field = { STR("X-A"), str_from(bad[i]) };
		struct field name = { str_from(bad[i]), STR("x") };
		char target[64];

		refused_unsent((struct http_ask){ .fields = &field, .n = 1 },
			FAULT_BAD_HTTP);
		refused_unsent((struct http_ask){ .fields = &name, .n = 1 },
			FAULT_BAD_HTTP);
		snprintf(target, sizeof(target), "/%s", bad[i]);
		refused_unsent((struct http_ask){ .target = str_from(target) },
			FAULT_BAD_HTTP);
	}
	refused_unsent((struct http_ask){ .fields = &(struct field){ STR("X"),
						  with_nul },
			       .n = 1 },
		FAULT_BAD_HTTP);
	refused_unsent(
		(struct http_ask){ .target = STR("/a b") }, FAULT_BAD_HTTP);
	refused_unsent((struct http_ask){ .target = STR("http://x/") },
		FAULT_BAD_HTTP);
}

/* ---- answers ---- */

struct answer {
	const char *name;
	const struct peer_move *moves; /* after the request */
	enum fault_id fault;
	int status;
	const char *body;
};

#define MOVES(...)                                                             \
	(const struct peer_move[])                                             \
	{                                                                      \
		{ PEER_ACCEPT }, { PEER_HEAR }, __VA_ARGS__,                   \
		{                                                              \
			PEER_END                                               \
		}                                                              \
	}
#define SAYS(text) MOVES({ PEER_SAY, text })
#define PIECE(text)                                                            \
	{ PEER_SAY, text },                                                    \
	{                                                                      \
		PEER_BREATH                                                    \
	}

static const struct answer answers[] = {
	{ "given length", SAYS(SIMPLE), FAULT_NONE, 200, "hello" },
	{ "no content", SAYS("HTTP/1.1 204 No Content\r\n\r\n"), FAULT_NONE,
		204, "" },
	{ "empty", SAYS("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		FAULT_NONE, 200, "" },
	{ "no reason phrase",
		SAYS("HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nno"),
		FAULT_NONE, 500, "no" },
	{ "split everywhere",
		MOVES(PIECE("H"), PIECE("TTP/1.1 200"), PIECE(" OK\r"),
			PIECE("\nContent-Le"), PIECE("ngth: 5\r\n\r"),
			PIECE("\nhe"), PIECE("l"), PIECE("lo")),
		FAULT_NONE, 200, "hello" },
	{ "chunked",
		SAYS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX-T: 1\r\n\r\n"),
		FAULT_NONE, 200, "hello" },
	{ "chunked, split",
		MOVES(PIECE("HTTP/1.1 200 OK\r\n"
			    "Transfer-Encoding: chunked\r\n\r\n"),
			PIECE("3\r"), PIECE("\nhe"), PIECE("l\r\n"),
			PIECE("2\r\nlo"), PIECE("\r\n0\r\n"), PIECE("\r\n")),
		FAULT_NONE, 200, "hello" },
	{ "until the end",
		MOVES({ PEER_SAY, "HTTP/1.1 200 OK\r\n\r\nhel" },
			{ PEER_BREATH }, { PEER_SAY, "lo" }),
		FAULT_NONE, 200, "hello" },
	{ "HTTP/1.0", SAYS("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		FAULT_NONE, 200, "hello" },
	{ "1xx first",
		SAYS("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
		     "HTTP/1.1 100 Continue\r\n\r\n" SIMPLE),
		FAULT_NONE, 200, "hello" },
	{ "redirect is an answer",
		SAYS("HTTP/1.1 302 Found\r\nLocation: http://[::1]/\r\n"
		     "Content-Length: 0\r\n\r\n"),
		FAULT_NONE, 302, "" },
	{ "garbage", SAYS("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"), FAULT_PEER_HTTP, 0,
		"" },
	{ "HTTP/2 preface", SAYS("PRI * HTTP/2.0\r\n\r\n"), FAULT_PEER_HTTP, 0,
		"" },
	{ "two lengths",
		SAYS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
		     "Content-Length: 6\r\n\r\nhello!"),
		FAULT_PEER_HTTP, 0, "" },
	{ "length and chunked",
		SAYS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		FAULT_PEER_HTTP, 0, "" },
	{ "switching unasked",
		SAYS("HTTP/1.1 101 Switching Protocols\r\n\r\n" SIMPLE),
		FAULT_PEER_HTTP, 0, "" },
	{ "1xx for ever",
		MOVES({ PEER_FLOOD, "HTTP/1.1 100 Continue\r\n\r\n", 20 }),
		FAULT_PEER_HTTP, 0, "" },
	{ "endless head",
		MOVES({ PEER_SAY, "HTTP/1.1 200 OK\r\n" },
			{ PEER_FLOOD, "X-Long-Field-Name: aaaaaaaaaaaaaaaa\r\n",
				2000 }),
		FAULT_PEER_HTTP, 0, "" },
	{ "bad chunk",
		SAYS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "0x3\r\nhel\r\n"),
		FAULT_PEER_HTTP, 200, "" },
	{ "nothing", MOVES({ PEER_CLOSE }), FAULT_PEER_CLOSED, 0, "" },
	{ "reset", MOVES({ PEER_RESET }), FAULT_PEER_CLOSED, 0, "" },
	{ "half a head", SAYS("HTTP/1.1 200 OK\r\nConte"), FAULT_PEER_CLOSED, 0,
		"" },
	{ "half a body",
		SAYS("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
		FAULT_PEER_CLOSED, 200, "" },
	{ "half a chunk",
		SAYS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "5\r\nhel"),
		FAULT_PEER_CLOSED, 200, "" },
	{ "no last chunk",
		SAYS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "5\r\nhello\r\n"),
		FAULT_PEER_CLOSED, 200, "" },
	{ "said to be too large",
		SAYS("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nhello"),
		FAULT_TOO_LARGE, 200, "" },
	{ "too large in chunks",
		MOVES({ PEER_SAY,
			      "HTTP/1.1 200 OK\r\n"
			      "Transfer-Encoding: chunked\r\n\r\n" },
			{ PEER_FLOOD, "5\r\nhello\r\n", 201 }),
		FAULT_TOO_LARGE, 200, "" },
	{ "too large until the end",
		MOVES({ PEER_SAY, "HTTP/1.1 200 OK\r\n\r\n" },
			{ PEER_FLOOD, "hello", 201 }),
		FAULT_TOO_LARGE, 200, "" },
};

static void
test_answers_gathered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		const struct answer *a = &answers[i];
		struct scene s;

		print_message("\t%s\n", a->name);
		scene_open(&s, a->moves);
		scene_play(&s,
			(struct http_ask){
				.method = HTTP_POST, .answer_max = 1000 });
		fails_with(&s.told, a->fault);
		assert_int_equal(s.told.status, a->status);
		assert_int_equal(s.told.heads, a->status != 0);
		assert_int_equal(s.told.pieces, a->fault == FAULT_NONE);
		assert_true(s.told.sent);
		assert_body(&s.told, a->body);
		scene_close(&s);
	}
}

/* The same as they come: whatever was right before the fault is given. */
static void
test_answers_streamed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		const struct answer *a = &answers[i];
		struct scene s;

		if (a->fault == FAULT_TOO_LARGE)
			continue;
		print_message("\t%s\n", a->name);
		scene_open(&s, a->moves);
		s.told.stream = true;
		scene_play(&s, (struct http_ask){ .method = HTTP_POST });
		fails_with(&s.told, a->fault);
		assert_int_equal(s.told.status, a->status);
		if (a->fault == FAULT_NONE)
			assert_body(&s.told, a->body);
		scene_close(&s);
	}
}

static void
test_head_has_no_body(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .method = HTTP_HEAD });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.told.body.n, 0);
	told_init(&s.told, &s.caller);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.peer.accepted, 1);
	scene_close(&s);
}

/* A million bytes need a buffer of 2 MB at most, and one origin may have half
 * of what all may.  What was kept is free again afterwards, however it ended. */
static void
test_answers_are_bounded_together(void **state)
{
#define LARGE                                                                   \
	{ PEER_HEAR },                                                          \
		{ PEER_SAY,                                                     \
			"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" }, \
	{                                                                       \
		PEER_FLOOD, "0123456789", 100000                                \
	}
	static const struct peer_move enough[] = { { PEER_ACCEPT }, LARGE,
		LARGE, LARGE, { PEER_END } };
	static const struct peer_move scarce[] = { { PEER_ACCEPT }, LARGE,
		{ PEER_ACCEPT }, { PEER_HEAR }, { PEER_SAY, SIMPLE },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_END } };
#undef LARGE
	struct http_client_settings settings = { .answers_max = (size_t)5
			<< 20 };
	struct http_ask ask = { .method = HTTP_GET };
	struct scene s;

	(void)state;
	peer_start(&s.peer, enough, NULL);
	caller_open(&s.caller, &settings);
	for (int i = 0; i < 3; i++) {
		told_init(&s.told, &s.caller);
		scene_play(&s, ask);
		fails_with(&s.told, FAULT_NONE);
		assert_int_equal(s.told.body.n, 1000000);
		told_clear(&s.told);
	}
	caller_close(&s.caller);
	peer_join(&s.peer);

	settings.answers_max = (size_t)1 << 20;
	peer_start(&s.peer, scarce, NULL);
	caller_open(&s.caller, &settings);
	told_init(&s.told, &s.caller);
	scene_play(&s, ask);
	fails_with(&s.told, FAULT_CROWDED);
	for (int i = 0; i < 2; i++) {
		told_init(&s.told, &s.caller);
		scene_play(&s, ask);
		fails_with(&s.told, FAULT_NONE);
		told_clear(&s.told);
	}
	caller_close(&s.caller);
	peer_join(&s.peer);
}

/* Two origins can't take what there is for others. */
static void
test_each_origin_has_a_share(void **state)
{
	static const struct peer_move moves[] = { { PEER_END } };
	struct http_client_settings settings = { .answers_max = 4000000 };
	struct http_ask ask = { .method = HTTP_GET };
	static struct peer peers[3];
	struct told tolds[3];
	struct fault f = { 0 };
	struct scene s;

	(void)state;
	caller_open(&s.caller, &settings);
	for (int i = 0; i < 3; i++) {
		peer_start(&peers[i], moves, NULL);
		told_init(&tolds[i], &s.caller);
		ask.origin = origin_of(&peers[i]);
		caller_ask(&tolds[i], &ask);
	}
	assert_true(http_call_keeps(tolds[0].call, 2000000, &f));
	assert_true(http_call_keeps(tolds[1].call, 2000000, &f));
	assert_true(http_call_keeps(tolds[2].call, 250000, &f));
	assert_false(http_call_keeps(tolds[2].call, 250001, &f));
	assert_int_equal(f.id, FAULT_CROWDED);
	for (int i = 0; i < 3; i++) {
		http_call_cancel(&tolds[i].call);
		told_clear(&tolds[i]);
	}
	caller_close(&s.caller);
	for (int i = 0; i < 3; i++)
		peer_join(&peers[i]);
}

/* What the asker keeps counts as well. */
static void
test_what_an_asker_keeps_counts(void **state)
{
	static const struct peer_move moves[] = { { PEER_END } };
	struct http_client_settings settings = { .answers_max = 4000000 };
	struct http_ask ask = { .method = HTTP_GET };
	struct fault f = { 0 };
	struct told other;
	struct scene s;

	(void)state;
	peer_start(&s.peer, moves, NULL);
	caller_open(&s.caller, &settings);
	told_init(&s.told, &s.caller);
	told_init(&other, &s.caller);
	ask.origin = origin_of(&s.peer);
	caller_ask(&s.told, &ask);
	assert_true(http_call_keeps(s.told.call, 1500000, &f));
	assert_false(http_call_keeps(s.told.call, 2500000, &f));
	assert_int_equal(f.id, FAULT_CROWDED);
	caller_ask(&other, &ask);
	assert_false(http_call_keeps(other.call, 600000, &f));
	assert_true(http_call_keeps(other.call, 65536, &f)); /* is free */
	assert_true(http_call_keeps(s.told.call, 1000000, &f));
	assert_true(http_call_keeps(other.call, 1000000, &f));
	http_call_cancel(&other.call);
	assert_true(http_call_keeps(s.told.call, 2000000, &f));
	http_call_cancel(&s.told.call);
	told_clear(&other);
	told_clear(&s.told);
	caller_close(&s.caller);
	peer_join(&s.peer);
}

static void
test_a_large_answer_is_gathered_in_one_piece(void **state)
{
	static const struct peer_move chunked[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			"\r\n" },
		{ PEER_FLOOD, "a\r\n0123456789\r\n", 100000 },
		{ PEER_SAY, "0\r\n\r\n" }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, chunked);
	scene_play(&s, (struct http_ask){ .method = HTTP_GET });
	fails_with(&s.told, FAULT_NONE);
	assert_int_equal(s.told.pieces, 1);
	assert_int_equal(s.told.body.n, 1000000);
	for (size_t i = 0; i < s.told.body.n; i++)
		assert_int_equal(s.told.body.p[i], '0' + (int)(i % 10));
	scene_close(&s);
}

static void
test_pause_holds_the_rest_back(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			"\r\n2\r\nhe\r\n2\r\nll\r\n" },
		{ PEER_BREATH }, { PEER_SAY, "1\r\no\r\n0\r\n\r\n" },
		{ PEER_UNTIL_CLOSED }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	s.told.stream = s.told.pause_first = true;
	/* The pause is ours and does not count as the peer's silence. */
	scene_play(&s, (struct http_ask){ .method = HTTP_GET, .idle_ms = 200 });
	fails_with(&s.told, FAULT_NONE);
	assert_true(s.told.pieces >= 2);
	assert_body(&s.told, "hello");
	scene_close(&s);
}

/* ---- time ---- */

static void
test_limits(void **state)
{
	static const struct peer_move silent[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_UNTIL_CLOSED }, { PEER_END } };
	static const struct peer_move stuck[] = { { PEER_ACCEPT },
		{ PEER_HEAR },
		{ PEER_SAY, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe" },
		{ PEER_UNTIL_CLOSED }, { PEER_END } };
	struct http_ask head = { .head_ms = 10, .idle_ms = -1 };
	struct http_ask idle = { .head_ms = -1, .idle_ms = 10 };
	struct http_ask total = {
		.head_ms = -1, .idle_ms = -1, .total_ms = 10
	};
	struct scene s;

	(void)state;
	scene_open(&s, silent);
	scene_play(&s, head);
	fails_with(&s.told, FAULT_TIMEOUT);
	assert_true(s.told.sent);
	scene_close(&s);
	scene_open(&s, stuck);
	scene_play(&s, idle);
	fails_with(&s.told, FAULT_TIMEOUT);
	assert_int_equal(s.told.status, 200);
	scene_close(&s);
	scene_open(&s, silent);
	scene_play(&s, total);
	fails_with(&s.told, FAULT_TIMEOUT);
	scene_close(&s);
	scene_open(&s, stuck);
	scene_play(&s, total);
	fails_with(&s.told, FAULT_TIMEOUT);
	scene_close(&s);
}

/* A deadline of an earlier call on the same connection counts no more. */
static void
test_a_short_limit_after_a_long_one(void **state)
{
	static const struct peer_move moves[] = { { PEER_ACCEPT },
		{ PEER_HEAR }, { PEER_SAY, SIMPLE }, { PEER_HEAR },
		{ PEER_UNTIL_CLOSED }, { PEER_END } };
	struct scene s;

	(void)state;
	scene_open(&s, moves);
	scene_play(&s, (struct http_ask){ .head_ms = 60000 });
	fails_with(&s.told, FAULT_NONE);
	told_clear(&s.told);
	told_init(&s.told, &s.caller);
	scene_play(&s, (struct http_ask){ .head_ms = 10 });
	fails_with(&s.told, FAULT_TIMEOUT);
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_request_is_written_as_asked),
		cmocka_unit_test(test_get_has_no_length_and_empty_post_has),
		cmocka_unit_test(test_a_large_body_is_sent_whole),
		cmocka_unit_test(test_many_megabytes_wait_for_the_peer),
		cmocka_unit_test(lesson_B17_no_line_end_reaches_the_head),
		cmocka_unit_test(test_answers_gathered),
		cmocka_unit_test(test_answers_streamed),
		cmocka_unit_test(test_head_has_no_body),
		cmocka_unit_test(test_a_large_answer_is_gathered_in_one_piece),
		cmocka_unit_test(test_answers_are_bounded_together),
		cmocka_unit_test(test_each_origin_has_a_share),
		cmocka_unit_test(test_what_an_asker_keeps_counts),
		cmocka_unit_test(test_pause_holds_the_rest_back),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_short_limit_after_a_long_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
