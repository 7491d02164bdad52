/* How long a link waits for an answer (TR-35). */
#include "behind.h"

#define SECOND_MS ((int64_t)1000)

/* A child that answers nothing but initialize, and makes progress when it is
 * poked. */
static const struct str script =
	STR_INIT("while read -r l; do"
		 " id=${l#*'\"id\":'}; id=${id%%[!0-9]*};"
		 " case $l in"
		 " *'\"initialize\"'*) printf '%s\\n' "
		 "'{\"jsonrpc\":\"2.0\",\"id\":'$id',\"result\":{"
		 "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
		 "\"serverInfo\":{\"name\":\"x\",\"version\":\"1\"}}}';;"
		 " *tools/call*) call=$id;;"
		 " *poke*) printf '%s\\n' '{\"jsonrpc\":\"2.0\",\"method\":"
		 "\"notifications/progress\",\"params\":{\"progressToken\":"
		 "'$call',\"progress\":1}}';;"
		 " esac; done");

/* ---- one call ---- */

static struct {
	struct link_call call;
	struct link *link;
	unsigned told; /* progress */
	unsigned least;
	enum fault_id fault;
	bool over;
} it;

static void
heard(struct link_call *c, const struct envelope *e)
{
	(void)c;
	it.told += e->method == METHOD_PROGRESS;
}

static void
answered(struct link_call *c, const struct envelope *e)
{
	(void)c;
	(void)e;
	fail_msg("nobody answers");
}

static void
failed(struct link_call *c, const struct fault *f, bool sent)
{
	(void)c;
	assert_true(sent);
	it.fault = f->id;
	it.over = true;
}

static const struct link_listener listener = { heard, answered, failed };

static void
link_came(struct link_wait *w, struct link *l, const struct fault *f)
{
	(void)w;
	(void)f;
	it.link = l;
}

static void
call(struct behind *b)
{
	static struct link_wait wait = { .ready = link_came };
	struct principal p = { .person_id = STR("p_ada") };
	char text[120];
	struct str part;

	memset(&it, 0, sizeof(it));
	upstream_link(b->upstream, &wait, &p);
	assert_non_null(it.link);
	link_call_init(&it.call, it.link, &listener);
	snprintf(text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"method\":\"tools/call\"}",
		STR_ARG(link_call_id(&it.call)));
	part = str_from(text);
	link_send(it.link, &it.call,
		&(struct link_message){ .method = METHOD_TOOLS_CALL,
			.name = STR_NONE,
			.parts = &part,
			.part_count = 1,
			.has_progress = true });
}

/* ---- what is waited for ---- */

static bool
was_told(struct behind *b)
{
	(void)b;
	return it.told == it.least || it.over;
}

static bool
streams(struct behind *b)
{
	return b->stream != NULL;
}

static bool
was_cancelled(struct behind *b)
{
	return b->cancels > 0;
}

static bool
looked(struct behind *b)
{
	return b->looks == 4;
}

/* So much later, and what is due by then has fired. */
static void
later(struct behind *b, int64_t seconds)
{
	loop_skip(b->loop, seconds * SECOND_MS);
	behind_until(b, looked);
}

/* ---- either transport, with a timeout of a minute ---- */

/* Progress renews it, but ten minutes are the most. */
static void
progress_renews_it(struct behind *b)
{
	for (it.least = 1; it.least <= 11; it.least++) {
		later(b, 50);
		link_notify(it.link,
			STR("{\"jsonrpc\":\"2.0\",\"method\":\"poke\"}"));
		behind_until(b, was_told);
		assert_false(it.over);
	}
	later(b, 51);
	assert_true(it.over);
	assert_int_equal(it.fault, FAULT_SERVER_TIMEOUT);
}

static void
silence_does_not(struct behind *b)
{
	later(b, 50);
	assert_false(it.over);
	later(b, 11);
	assert_true(it.over);
	assert_int_equal(it.fault, FAULT_SERVER_TIMEOUT);
}

static void
call_over_http(struct behind *b)
{
	behind_prepare(b, "2025-11-25");
	b->entry.timeout_ms = MINUTE_MS;
	behind_connect(b);
	call(b);
	behind_until(b, streams);
}

static void
http_progress_renews_the_timeout(void **state)
{
	struct behind b;

	(void)state;
	call_over_http(&b);
	progress_renews_it(&b);
	behind_until(&b, was_cancelled);
	behind_close(&b);
}

static void
http_silence_ends_a_call(void **state)
{
	struct behind b;

	(void)state;
	call_over_http(&b);
	silence_does_not(&b);
	behind_until(&b, was_cancelled);
	behind_close(&b);
}

static void
call_a_child(struct behind *b)
{
	static struct str args[] = { STR_INIT("-c"), STR_INIT("") };

	args[1] = script;
	behind_prepare(b, "2025-11-25");
	b->entry.timeout_ms = MINUTE_MS;
	b->entry.transport = SERVER_STDIO;
	b->entry.command = STR("/bin/sh");
	b->entry.args = args;
	b->entry.arg_count = 2;
	behind_connect(b);
	call(b);
}

static void
stdio_progress_renews_the_timeout(void **state)
{
	struct behind b;

	(void)state;
	call_a_child(&b);
	progress_renews_it(&b);
	behind_close(&b);
}

static void
stdio_silence_ends_a_call(void **state)
{
	struct behind b;

	(void)state;
	call_a_child(&b);
	silence_does_not(&b);
	behind_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_progress_renews_the_timeout),
		cmocka_unit_test(http_silence_ends_a_call),
		cmocka_unit_test(stdio_progress_renews_the_timeout),
		cmocka_unit_test(stdio_silence_ends_a_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
