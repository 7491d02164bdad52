/* Answers that come piece by piece, and peers that leave meanwhile. */
#include "routes.h"

/* ---- streams ---- */

static void
stream_is_chunked(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/pieces"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->head.length, HTTP_LENGTH_CHUNKED);
	assert_true(r->whole);
	assert_int_equal(r->body.n, 430);
	for (size_t i = 0; i < 430; i++)
		assert_int_equal(r->body.p[i], '0' + i % 10);
	reply_free(&r);
	client_say(&c, GET("/empty"));
	client_hears(&c, 200, "");
	client_say(&c, GET("/next"));
	client_hears(&c, 200, "GET /next ");
	client_say(&c, STR("GET /pieces HTTP/1.0\r\n\r\n"));
	r = client_hear_reply(&c, false);
	assert_int_equal(r->head.length, HTTP_LENGTH_CLOSE);
	assert_int_equal(r->body.n, 430);
	reply_free(&r);
	client_hears_end(&c);
	client_hang_up(&c);
}

static void
slim_stream_lives_on(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/events"));
	/* The head comes though nothing is written yet. */
	while (c.in.n == 0)
		client_hear(&c);
	ask("/event", "done");
	client_say(&c, GET("/next"));
	ask("/event", "done");
	ask("/end", "done");
	r = client_hear_reply(&c, false);
	assert_true(str_eq_lit(buf_view(&r->body), "event\nevent\n"));
	reply_free(&r);
	client_hears(&c, 200, "GET /next ");
	client_hang_up(&c);
}

static void
full_stream_is_told_when_it_drains(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/flood"));
	r = client_hear_reply(&c, false);
	assert_true(r->whole);
	assert_int_equal(r->body.n, FLOOD * FLOOD_ENOUGH);
	reply_free(&r);
	r = NULL;
	client_say(&c, GET("/drained"));
	r = client_hear_reply(&c, false);
	buf_char(&r->body, '\0');
	assert_true(strtoul(r->body.p, NULL, 10) > 1);
	reply_free(&r);
	client_hang_up(&c);
}

static void
overflowing_stream_is_cut(void **state)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	(void)state;
	client_say(&c, GET("/overflow"));
	wait_for_gone(1);
	r = client_hear_reply(&c, false);
	assert_false(r->whole);
	assert_true(r->body.n < FLOOD * 10000);
	reply_free(&r);
	client_hang_up(&c);
}

/* ---- peers that leave ---- */

static void
gone_is_told_of_those_that_leave(void **state)
{
	struct client parks = client_dial(&serving);
	struct client streaming = client_dial(&serving);
	struct client half = client_dial(&serving);

	(void)state;
	client_say(&parks, GET("/park"));
	client_say(&streaming, GET("/events"));
	while (streaming.in.n == 0)
		client_hear(&streaming);
	client_hang_up(&parks);
	wait_for_gone(1);
	client_hang_up(&streaming);
	wait_for_gone(2);
	post(&half, "/p", 100, 50);
	client_hang_up(&half);
	wait_for_gone(3);
	/* Nobody is left to be answered. */
	ask("/release", "done");
	ask("/end", "done");
}

/* The buffer is full when the peer leaves; the kernel has room still, else the
 * peer's end could not arrive. */
static void
gone_is_told_though_reading_pauses(void **state)
{
	struct client c = client_dial(&serving);

	(void)state;
	client_say(&c, GET("/park"));
	for (int i = 0; i < 1000; i++)
		client_say(&c, GET("/x"));
	client_hang_up(&c);
	wait_for_gone(1);
}

static void
running_requests_are_told_when_the_server_ends(void **state)
{
	struct client c = client_dial(&serving);
	struct client d = client_dial(&serving);

	(void)state;
	client_say(&c, GET("/park"));
	client_say(&d, GET("/events"));
	while (d.in.n == 0)
		client_hear(&d);
	while (parked[0] == NULL)
		usleep(1000);
	serving_stop(&serving);
	assert_int_equal(gone_count, 2);
	client_hears_end(&c);
	client_hang_up(&c);
	client_hang_up(&d);
	start_with(&quick);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PEACE(stream_is_chunked),
		IN_PEACE(slim_stream_lives_on),
		IN_PEACE(full_stream_is_told_when_it_drains),
		IN_PEACE(overflowing_stream_is_cut),
		IN_PEACE(gone_is_told_of_those_that_leave),
		IN_PEACE(gone_is_told_though_reading_pauses),
		IN_PEACE(running_requests_are_told_when_the_server_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
