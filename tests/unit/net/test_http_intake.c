/* What the server reads: bodies of every kind, early answers,
 * expectations. */
#include "routes.h"

/* ---- bodies ---- */

static void
bodies_of_all_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 8000, 8192, 8193, 70000,
		(size_t)1 << 20 };
	struct client c = client_dial(&serving);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct reply *r;

		post(&c, "/p", sizes[i], sizes[i]);
		r = client_hear_reply(&c, false);
		assert_int_equal(r->head.status, 200);
		assert_int_equal(r->body.n, sizes[i] + strlen("POST /p "));
		reply_free(&r);
	}
	client_hang_up(&c);
}

static void
chunked_body_behind_a_long_head(void **state)
{
	struct client c = client_dial(&serving);
	struct buf b;

	(void)state;
	buf_init(&b, (size_t)1 << 20);
	/* Heads that end near the end of the buffer, at each distance. */
	for (size_t pad = 8000; pad < 8192; pad += 7) {
		buf_fmt(&b,
			"POST /c HTTP/1.1\r\nHost: x\r\n"
			"Transfer-Encoding: chunked\r\nX: %0*d\r\n\r\n",
			(int)pad - 70, 0);
		for (int i = 0; i < 300; i++)
			buf_lit(&b, "a\r\n0123456789\r\n");
		buf_lit(&b, "0\r\nTrailer: x\r\n\r\n");
		client_say(&c, buf_view(&b));
		buf_clear(&b);
		struct reply *r = client_hear_reply(&c, false);

		assert_int_equal(r->head.status, 200);
		assert_int_equal(r->body.n, 3000 + strlen("POST /c "));
		reply_free(&r);
	}
	client_hang_up(&c);
}

static void
too_large_bodies_are_refused(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	post(&c, "/p", ((size_t)1 << 20) + 1, 0);
	client_hears(&c, 413, NULL);
	client_hears_end(&c);
	client_hang_up(&c);
	c = client_dial(&serving);
	post(&c, "/small", 101, 0);
	client_hears(&c, 413,
		"too_large: The message is too large. Send less, or raise the "
		"limit in the settings.\n");
	client_hears_end(&c);
	client_hang_up(&c);
	c = client_dial(&serving);
	client_say(&c,
		STR("POST /small HTTP/1.1\r\nHost: x\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n64\r\n"));
	for (int i = 0; i < 10; i++)
		client_say(&c, STR("0123456789"));
	client_say(&c, STR("\r\n1\r\nx"));
	client_hears(&c, 413, NULL);
	client_hears_end(&c);
	client_hang_up(&c);
	/* The handler had seen the heads. */
	ask("/gone", "3");
}

static void
broken_chunks_take_the_request_back(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	client_say(&c,
		STR("POST /c HTTP/1.1\r\nHost: x\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n2\r\n{}"));
	client_say(&c, STR("XX0\r\n\r\nGET /smuggled HTTP/1.1\r\n"));
	client_hears(&c, 400, NULL);
	client_hears_end(&c);
	client_hang_up(&c);
	ask("/gone", "1");
}

static void
early_answer_and_the_rest_of_the_body(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	/* Short: read and forgotten. */
	post(&c, "/early", 60000, 10);
	client_hears(&c, 401, "early");
	post(&c, "/next", 0, 59990); /* its head is body still */
	for (int i = 0; i < 10; i++)
		client_say(&c, STR("0123456789"));
	client_say(&c, GET("/after"));
	client_hang_up(&c);

	c = client_dial(&serving);
	post(&c, "/early", 60000, 60000);
	client_hears(&c, 401, "early");
	client_say(&c,
		STR("POST /early HTTP/1.1\r\nHost: x\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"));
	client_hears(&c, 401, "early");
	client_say(&c, STR("2\r\n{}\r\n0\r\n\r\n"));
	client_say(&c, GET("/after"));
	client_hears(&c, 200, "GET /after ");
	client_say(&c,
		STR("POST /early-stream HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 2\r\n\r\n"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->body.n, 430);
	reply_free(&r);
	client_say(&c, STR("{}"));
	client_say(&c, GET("/after"));
	client_hears(&c, 200, "GET /after ");

	/* Long: the connection ends. */
	post(&c, "/early", 70000, 10);
	r = client_hear_reply(&c, false);
	assert_true(r->whole && r->head.close);
	reply_free(&r);
	client_hears_end(&c);
	client_hang_up(&c);
}

#define EXPECTING(path, what)                                                  \
	STR("POST " path " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"       \
	    "Expect: " what "\r\n\r\n")

static void
expectations(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, EXPECTING("/p", "100-Continue"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->head.status, 100);
	reply_free(&r);
	client_say(&c, STR("{}"));
	client_hears(&c, 200, "POST /p {}");

	/* A body that is here already needs no word. */
	client_say(&c,
		STR("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2"
		    "\r\nExpect: 100-continue\r\n\r\n{}"));
	client_hears(&c, 200, "POST /p {}");

	/* No word for a body that is not wanted. */
	client_say(&c, EXPECTING("/early", "100-continue"));
	r = client_hear_reply(&c, false);
	assert_true(r->head.status == 401 && r->head.close);
	reply_free(&r);
	client_hears_end(&c);
	client_hang_up(&c);

	c = client_dial(&serving);
	client_say(&c, EXPECTING("/p", "tea"));
	client_hears(&c, 417, NULL);
	client_hears_end(&c);
	client_hang_up(&c);
	ask("/gone", "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PEACE(bodies_of_all_sizes),
		IN_PEACE(chunked_body_behind_a_long_head),
		IN_PEACE(too_large_bodies_are_refused),
		IN_PEACE(broken_chunks_take_the_request_back),
		IN_PEACE(early_answer_and_the_rest_of_the_body),
		IN_PEACE(expectations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
