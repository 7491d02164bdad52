/* http_connect: see http_connect.h. */
#include "net/http_connect.h"

#include "net/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define STAGGER_MS 250

static void try_next(void *with);

static void
note_failure(struct http_connect *c, size_t i, int error)
{
	char text[HTTP_AUTHORITY_SIZE];

	http_address_text(&c->list.at[i], text);
	snprintf(c->why, sizeof(c->why), "%s: %s", text, strerror(error));
}

static void
on_connected(void *with)
{
	struct http_connect_attempt *a = with;
	struct http_connect *c = a->of;
	int error = stream_connect_error(a->stream);

	if (error == 0) {
		struct stream *s = a->stream;

		a->stream = NULL;
		http_connect_stop(c);
		c->done(c->with, s, NULL);
		return;
	}
	note_failure(c, (size_t)(a - c->attempts), error);
	stream_close(&a->stream);
	c->open--;
	try_next(c);
}

static void
on_nothing(void *with)
{
	(void)with;
}

/* A socket on its way to the address, or -1 and errno. */
static int
begin_connect(const union http_address *a)
{
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, one = 1;
	socklen_t size =
		a->any.sa_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
	int fd = socket(a->any.sa_family, type, 0), error;

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, &a->any, size) == 0 || errno == EINPROGRESS)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool
attempt(struct http_connect *c, size_t i)
{
	struct http_connect_attempt *a = &c->attempts[i];
	int fd = begin_connect(&c->list.at[i]);

	if (fd < 0) {
		note_failure(c, i, errno);
		return false;
	}
	a->of = c;
	a->stream = stream_connected(c->loop, fd, NULL, NULL);
	if (a->stream == NULL) {
		note_failure(c, i, ENOMEM);
		return false;
	}
	stream_own(a->stream,
		(struct stream_owner){ on_nothing, on_connected, a, NULL });
	stream_pause(a->stream);
	stream_want_write(a->stream);
	c->open++;
	return true;
}

/* The next address that can be begun with; over when none is left. */
static void
try_next(void *with)
{
	struct http_connect *c = with;

	while (c->tried < c->list.n) {
		if (!attempt(c, c->tried++))
			continue;
		if (c->tried < c->list.n)
			loop_timer_set(&c->next, STAGGER_MS);
		return;
	}
	if (c->open == 0)
		c->done(c->with, NULL, c->why);
}

void
http_connect_start(struct http_connect *c, struct loop *l)
{
	c->loop = l;
	c->tried = 0;
	c->open = 0;
	loop_timer_init(&c->next, l, try_next, c);
	try_next(c);
}

void
http_connect_stop(struct http_connect *c)
{
	for (size_t i = 0; i < c->tried; i++)
		stream_close(&c->attempts[i].stream);
	c->open = 0;
	if (c->loop != NULL)
		loop_timer_stop(&c->next);
}
