/*
 * serving: a real server on a thread of its own, and a plain blocking client,
 * for the tests of the HTTP server.
 */
#ifndef TESTS_NET_SERVING_H
#define TESTS_NET_SERVING_H

#include "base/buf.h"
#include "net/http_body.h"
#include "net/http_server.h"
#include "net/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

/* How long the client waits for a word before the test fails. */
#define PATIENCE_S 20

struct serving {
	struct loop *loop;
	struct http_server *server;
	pthread_t thread;
	char host[80];
};

static void *
serving_run(void *with)
{
	loop_run(((struct serving *)with)->loop);
	return NULL;
}

static void
serving_start(struct serving *s, const struct http_limits *limits,
	struct http_handler handler)
{
	struct fault f = { 0 };

	s->loop = loop_new();
	s->server = http_server_new(s->loop,
		&(struct http_server_plan){
			STR("127.0.0.1:0"), NULL, limits, handler },
		&f);
	if (s->server == NULL)
		fail_msg("%s", f.detail);
	snprintf(s->host, sizeof(s->host), "%.*s",
		STR_ARG(http_server_address(s->server)));
	assert_int_equal(pthread_create(&s->thread, NULL, serving_run, s), 0);
}

static void
serving_stop(struct serving *s)
{
	loop_stop(s->loop);
	pthread_join(s->thread, NULL);
	http_server_free(&s->server);
	loop_free(&s->loop);
}

/* ---- the client ---- */

struct client {
	int fd;
	struct buf in;
	bool ended;
};

struct reply {
	struct http_head head;
	struct buf text; /* the head's bytes, that head points into */
	struct buf body;
	bool whole; /* else the connection ended before it was */
};

static struct client
client_socket(void)
{
	struct client c = { .fd = socket(AF_INET, SOCK_STREAM, 0) };
	struct timeval patience = { .tv_sec = PATIENCE_S };

	assert_true(c.fd >= 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	buf_init(&c.in, (size_t)64 << 20);
	return c;
}

static void
client_connect(struct client *c, const struct serving *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	const char *colon = strrchr(s->host, ':');

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

static struct client
client_dial(const struct serving *s)
{
	struct client c = client_socket();

	client_connect(&c, s);
	return c;
}

static void
client_hang_up(struct client *c)
{
	close(c->fd);
	buf_clear(&c->in);
}

/* What can't be sent any more was not wanted. */
static void
client_say(struct client *c, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		s = str_cut(s, (size_t)n, s.n);
	}
}

/* More bytes; false at the end. */
static bool
client_hear(struct client *c)
{
	char *room = buf_room(&c->in, 65536);
	ssize_t n = recv(c->fd, room, 65536, 0);

	if (n < 0 && errno == EAGAIN)
		fail_msg("the server says nothing");
	c->ended = n <= 0;
	if (n > 0)
		buf_took(&c->in, (size_t)n);
	return n > 0;
}

static void
client_hear_body(struct client *c, struct reply *r)
{
	struct http_body b;
	struct fault f = { 0 };

	http_body_init(&b, &r->head);
	while (!b.done) {
		struct str content;
		size_t used;

		if (!http_body_feed(&b, buf_view(&c->in), &content, &used, &f))
			fail_msg("body: %s", f.detail);
		buf_str(&r->body, content);
		buf_drop(&c->in, used);
		if (used == 0 && !b.done && !client_hear(c))
			break;
	}
	r->whole = b.done || b.length == HTTP_LENGTH_CLOSE;
}

/* The next answer; not whole when the connection ends first. */
static struct reply *
client_hear_reply(struct client *c, bool asked_head)
{
	struct reply *r = calloc(1, sizeof(*r));
	size_t scanned = 0, used = 0;
	struct fault f = { 0 };
	enum http_parsed parsed;

	buf_init(&r->text, (size_t)1 << 20);
	buf_init(&r->body, (size_t)64 << 20);
	while ((parsed = http_head_response(&r->head, buf_view(&c->in),
			asked_head, &scanned, &used, &f)) == HTTP_INCOMPLETE)
		if (!client_hear(c))
			return r;
	if (parsed == HTTP_REFUSED)
		fail_msg("head: %s", f.detail);
	buf_add(&r->text, c->in.p, used);
	buf_drop(&c->in, used);
	scanned = 0;
	http_head_response(
		&r->head, buf_view(&r->text), asked_head, &scanned, &used, &f);
	client_hear_body(c, r);
	return r;
}

static void
reply_free(struct reply **r)
{
	buf_clear(&(*r)->text);
	buf_clear(&(*r)->body);
	free(*r);
	*r = NULL;
}

/* Nothing comes but the end. */
static void
client_hears_end(struct client *c)
{
	if (c->in.n > 0 || (!c->ended && client_hear(c)))
		fail_msg("more came: %.*s", STR_ARG(buf_view(&c->in)));
}

/* The next answer has this status and this body (NULL: any). */
static void
client_hears(struct client *c, int status, const char *body)
{
	struct reply *r = client_hear_reply(c, false);

	if (!r->whole || r->head.status != status)
		fail_msg("%d wanted, %d came: %.*s", status, r->head.status,
			STR_ARG(buf_view(&r->body)));
	if (body != NULL && !str_eq(buf_view(&r->body), str_from(body)))
		fail_msg("\"%s\" wanted, \"%.*s\" came", body,
			STR_ARG(buf_view(&r->body)));
	reply_free(&r);
}

#endif
