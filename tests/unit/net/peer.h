/*
 * peer: the other side of a connection, in a thread, that does exactly what a
 * list of moves says.  For the tests of net/.
 */
#ifndef TESTS_NET_PEER_H
#define TESTS_NET_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

enum peer_do {
	PEER_END,
	PEER_ACCEPT,       /* a connection; the former one is closed */
	PEER_SHAKE,        /* TLS from here on */
	PEER_HEAR,         /* a head, and the body that it announces */
	PEER_SAY,          /* text */
	PEER_FLOOD,        /* text, n times */
	PEER_BREATH,       /* some milliseconds, so that pieces arrive apart */
	PEER_CLOSE,        /* orderly */
	PEER_CUT,          /* without a good-bye of TLS */
	PEER_RESET,        /* with RST */
	PEER_UNTIL_CLOSED, /* waits until the other side closes */
};

#define PEER_HEARD ((size_t)128 << 10)

struct peer_move {
	enum peer_do what;
	const char *text;
	size_t n;
};

struct peer {
	int listener;
	uint16_t port;
	pthread_t thread;
	const struct peer_move *moves;
	SSL_CTX *tls;
	int fd;
	SSL *ssl;
	unsigned accepted;
	char *heard; /* all that came, NUL-terminated; until joined */
	size_t n;
};

static ssize_t
peer_get(struct peer *p, char *to, size_t room)
{
	if (p->ssl != NULL)
		return SSL_read(p->ssl, to, (int)room);
	return recv(p->fd, to, room, 0);
}

static void
peer_put(struct peer *p, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t done = p->ssl != NULL
			? SSL_write(p->ssl, text, (int)n)
			: send(p->fd, text, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		text += done;
		n -= (size_t)done;
	}
}

static void
peer_shut(struct peer *p)
{
	if (p->ssl != NULL) {
		SSL_shutdown(p->ssl);
		SSL_free(p->ssl);
		p->ssl = NULL;
	}
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static size_t
peer_length(const char *head)
{
	const char *at = strcasestr(head, "content-length:");

	return at == NULL ? 0 : strtoul(at + 15, NULL, 10);
}

static void
peer_hear(struct peer *p)
{
	const char *from = p->heard + p->n, *end;

	for (;;) {
		ssize_t got;

		end = strstr(from, "\r\n\r\n");
		if (end != NULL &&
			p->heard + p->n >= end + 4 + peer_length(from))
			return;
		got = peer_get(p, p->heard + p->n, PEER_HEARD - 1 - p->n);
		if (got <= 0)
			return;
		p->n += (size_t)got;
		p->heard[p->n] = '\0';
	}
}

static void
peer_move(struct peer *p, const struct peer_move *m)
{
	struct linger now = { 1, 0 };
	char waste[4096];
	int one = 1;

	switch (m->what) {
	case PEER_ACCEPT:
		peer_shut(p);
		p->fd = accept(p->listener, NULL, NULL);
		setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		p->accepted += p->fd >= 0;
		break;
	case PEER_SHAKE:
		p->ssl = SSL_new(p->tls);
		SSL_set_fd(p->ssl, p->fd);
		SSL_accept(p->ssl);
		break;
	case PEER_HEAR:
		peer_hear(p);
		break;
	case PEER_SAY:
		peer_put(p, m->text, m->n != 0 ? m->n : strlen(m->text));
		break;
	case PEER_FLOOD:
		for (size_t i = 0; i < m->n; i++)
			peer_put(p, m->text, strlen(m->text));
		break;
	case PEER_BREATH:
		usleep(3000);
		break;
	case PEER_CLOSE:
		peer_shut(p);
		break;
	case PEER_CUT:
		SSL_free(p->ssl);
		p->ssl = NULL;
		peer_shut(p);
		break;
	case PEER_RESET:
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		peer_shut(p);
		break;
	case PEER_UNTIL_CLOSED:
		while (peer_get(p, waste, sizeof(waste)) > 0)
			;
		break;
	case PEER_END:
		break;
	}
}

static void *
peer_run(void *with)
{
	struct peer *p = with;

	for (const struct peer_move *m = p->moves; m->what != PEER_END; m++)
		peer_move(p, m);
	peer_shut(p);
	return NULL;
}

static void
peer_start(struct peer *p, const struct peer_move *moves, SSL_CTX *tls)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);

	memset(p, 0, sizeof(*p));
	p->fd = -1;
	p->moves = moves;
	p->heard = calloc(1, PEER_HEARD);
	p->tls = tls;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p->listener, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(p->listener, 16), 0);
	getsockname(p->listener, (struct sockaddr *)&a, &size);
	p->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

/* Waits until all moves were made. */
__attribute__((unused)) static void
peer_wait(struct peer *p)
{
	pthread_join(p->thread, NULL);
	close(p->listener);
	free(p->heard);
}

/* The same, but wakes an accept() that nobody would answer. */
__attribute__((unused)) static void
peer_join(struct peer *p)
{
	shutdown(p->listener, SHUT_RDWR);
	peer_wait(p);
}

#endif
