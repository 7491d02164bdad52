/*
 * caller: a loop, an HTTP client, and what its calls were told.  For the tests
 * of net/.
 */
#ifndef TESTS_NET_CALLER_H
#define TESTS_NET_CALLER_H

#include "peer.h"

#include "base/buf.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "net/tls.h"

struct caller {
	struct loop *loop;
	struct tls_context *tls;
	struct http_client *client;
	unsigned running; /* the loop stops when none is left */
};

enum caller_cancel { CANCEL_NEVER, CANCEL_IN_HEAD, CANCEL_IN_BODY };

/* One call. */
struct told {
	struct caller *caller;
	struct http_call *call;
	bool stream;      /* do not gather */
	bool pause_first; /* at the first piece, resumed by a timer */
	enum caller_cancel cancel;
	struct http_ask *again; /* started in done() */
	struct told *again_told;
	/* heard */
	int status;
	char type[64];
	struct buf body;
	unsigned pieces;
	unsigned heads;
	unsigned dones;
	bool sent;
	struct fault fault;
	struct loop_timer timer;
};

static void caller_ask(struct told *t, const struct http_ask *ask);

static void
told_over(struct told *t)
{
	t->call = NULL;
	if (--t->caller->running == 0)
		loop_stop(t->caller->loop);
}

static bool
told_head(void *with, const struct http_head *h)
{
	struct told *t = with;
	struct str type = h->known[HTTP_FIELD_CONTENT_TYPE];

	t->heads++;
	t->status = h->status;
	if (!str_is_none(type))
		snprintf(t->type, sizeof(t->type), "%.*s", STR_ARG(type));
	if (t->cancel == CANCEL_IN_HEAD) {
		http_call_cancel(&t->call);
		told_over(t);
	}
	return !t->stream;
}

static void
told_go_on(void *with)
{
	struct told *t = with;

	assert_int_equal(t->pieces, 1); /* nothing came meanwhile */
	http_call_resume(t->call);
}

static void
told_body(void *with, struct str bytes)
{
	struct told *t = with;

	t->pieces++;
	buf_str(&t->body, bytes);
	if (t->cancel == CANCEL_IN_BODY) {
		http_call_cancel(&t->call);
		told_over(t);
	} else if (t->pause_first && t->pieces == 1) {
		http_call_pause(t->call);
		loop_timer_set(&t->timer, 250);
	}
}

static void
told_done(void *with, const struct fault *f, bool sent)
{
	struct told *t = with;

	t->dones++;
	t->sent = sent;
	if (f != NULL)
		t->fault = *f;
	loop_timer_stop(&t->timer);
	if (t->again != NULL)
		caller_ask(t->again_told, t->again);
	told_over(t);
}

static void
told_init(struct told *t, struct caller *c)
{
	*t = (struct told){ .caller = c };
	buf_init(&t->body, (size_t)64 << 20);
	loop_timer_init(&t->timer, c->loop, told_go_on, t);
}

static void
told_clear(struct told *t)
{
	buf_clear(&t->body);
}

/* Starts the call; the listener is filled in. */
static void
caller_ask(struct told *t, const struct http_ask *ask)
{
	struct http_ask mine = *ask;

	mine.listener =
		(struct http_listener){ told_head, told_body, told_done };
	mine.with = t;
	if (mine.target.n == 0)
		mine.target = STR("/");
	t->caller->running++;
	t->call = http_call_start(t->caller->client, &mine);
	/* Never before it returns. */
	assert_int_equal(t->dones + t->heads, 0);
}

static void
caller_run(struct caller *c)
{
	if (c->running > 0)
		loop_run(c->loop);
}

__attribute__((unused)) static void
caller_open(struct caller *c, const struct http_client_settings *settings)
{
	struct http_client_settings none = { 0 };

	*c = (struct caller){ .loop = loop_new() };
	c->client = http_client_new(
		c->loop, NULL, settings != NULL ? settings : &none);
}

__attribute__((unused)) static void
caller_open_tls(struct caller *c, const char *ca_path,
	const struct http_client_settings *settings)
{
	struct http_client_settings none = { 0 };
	struct fault f = { 0 };

	*c = (struct caller){ .loop = loop_new() };
	c->tls = tls_client_new(ca_path, &f);
	assert_non_null(c->tls);
	c->client = http_client_new(
		c->loop, c->tls, settings != NULL ? settings : &none);
}

static void
caller_close(struct caller *c)
{
	http_client_free(&c->client);
	loop_free(&c->loop);
	tls_context_free(&c->tls);
}

/* "http://127.0.0.1:<port>", in a buffer that the next call overwrites. */
__attribute__((unused)) static struct str
origin_of(const struct peer *p)
{
	static char text[64];

	snprintf(text, sizeof(text), "http://127.0.0.1:%u", p->port);
	return str_from(text);
}

#define assert_body(told, text)                                                \
	do {                                                                   \
		buf_char(&(told)->body, '\0');                                 \
		assert_string_equal((told)->body.p, (text));                   \
	} while (0)

#endif
