/* What a silent stream is sent, so that nobody takes it for a dead one. */
#include "ground.h"

#include "crypto/digest.h"
#include "front/watch.h"

#include <errno.h>

#define HUB   GROUND_URL "/mcp"
#define LOOKS 4000 /* what does not come in so many never will */
#define CALM  30   /* what would come at once had come in so many */

struct ear {
	struct ground *ground;
	int fd;
	char heard[4096];
	size_t n;
	const char *text; /* that is waited for */
	int left;         /* looks */
	struct loop_timer look;
};

static void
look(void *with)
{
	struct ear *e = with;
	ssize_t n = recv(e->fd, e->heard + e->n, sizeof(e->heard) - 1 - e->n,
		MSG_DONTWAIT);

	assert_true(n > 0 || (n < 0 && errno == EAGAIN)); /* it is open */
	if (n > 0)
		e->n += (size_t)n;
	e->heard[e->n] = '\0';
	if (strstr(e->heard, e->text) != NULL || --e->left == 0)
		loop_stop(e->ground->loop);
	else
		loop_timer_set(&e->look, 5);
}

/* Whether that comes while the loop runs on. */
static bool
hears(struct ear *e, const char *text, int looks)
{
	e->text = text;
	e->left = looks;
	loop_timer_init(&e->look, e->ground->loop, look, e);
	loop_timer_set(&e->look, 0);
	loop_run(e->ground->loop);
	return strstr(e->heard, text) != NULL;
}

static void
forget(struct ear *e)
{
	e->n = 0;
	e->heard[0] = '\0';
}

static void
say(struct ear *e, struct str text)
{
	*e = (struct ear){ .ground = e->ground, .fd = ground_dial(e->ground) };
	assert_true(e->fd >= 0);
	assert_int_equal(send(e->fd, text.p, text.n, MSG_NOSIGNAL), text.n);
}

static const char *
session_of(struct ground *g, struct str token)
{
	const char *answer = ground_request(g, "POST /mcp",
		str_fmt(g->arena,
			"Content-Type: application/json\r\n"
			"Accept: application/json, text/event-stream\r\n"
			"Authorization: Bearer %.*s\r\n",
			STR_ARG(token))
			.p,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\","
		"\"params\":{\"protocolVersion\":\"2025-11-25\","
		"\"capabilities\":{},\"clientInfo\":{\"name\":\"t\","
		"\"version\":\"1\"}}}");

	assert_int_equal(ground_status(answer), 200);
	return ground_field(g, answer, "Mcp-Session-Id");
}

/* TR-34: a comment each fifteen seconds, and nothing else. */
static void
a_silent_stream_is_sent_comments(void **state)
{
	struct ground *g = *state;
	struct str token = ground_token(g, 1, "g_1", HUB);
	const char *session = session_of(g, token);
	struct ear e = { .ground = g };

	say(&e,
		str_fmt(g->arena,
			"GET /mcp HTTP/1.1\r\n" GROUND_HOST
			"Accept: text/event-stream\r\n"
			"Authorization: Bearer %.*s\r\n"
			"Mcp-Session-Id: %s\r\n\r\n",
			STR_ARG(token), session));
	assert_true(hears(&e, "\r\n\r\n", LOOKS));
	assert_non_null(strstr(e.heard, "text/event-stream"));
	forget(&e);
	loop_skip(g->loop, WATCH_COMMENT_MS - 5 * WATCH_MS);
	assert_false(hears(&e, ":", CALM));
	for (int i = 0; i < 3; i++) {
		loop_skip(g->loop, WATCH_COMMENT_MS + WATCH_MS);
		assert_true(hears(&e, "\r\n:\n\n\r\n", LOOKS));
		forget(&e);
		assert_false(hears(&e, ":", CALM));
	}
	close(e.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_silent_stream_is_sent_comments, ground_open,
			ground_close),
	};

	digest_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
