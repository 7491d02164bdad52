/* http_listen: see http_listen.h. */
#include "net/http_listen.h"

#include "base/die.h"
#include "base/event.h"
#include "net/http_connection.h"
#include "net/http_service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define BACKLOG     1024
#define AT_ONCE     64
#define BREATHER_MS 100

struct http_listen {
	uv_poll_t poll;
	struct http_server *server;
	int fd;
	bool accepting;
	struct loop_timer breather; /* until descriptors may be free again */
};

static void on_connections(uv_poll_t *poll, int status, int events);

static void
accept_again(void *with)
{
	struct http_listen *l = with;

	l->accepting = true;
	insist(uv_poll_start(&l->poll, UV_READABLE, on_connections) == 0);
}

static void
stop_accepting(struct http_listen *l)
{
	l->accepting = false;
	uv_poll_stop(&l->poll);
}

void
http_listen_resume(struct http_listen *l)
{
	if (!l->accepting && l->breather.place == 0)
		accept_again(l);
}

static void
address_text(const struct sockaddr_storage *a, char *to, size_t size)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;
	const void *bytes = &v4->sin_addr;
	int family = a->ss_family;

	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		family = AF_INET;
		bytes = &v6->sin6_addr.s6_addr[12];
	} else if (family == AF_INET6) {
		bytes = &v6->sin6_addr;
	}
	if (inet_ntop(family, bytes, to, (socklen_t)size) == NULL)
		snprintf(to, size, "unknown");
}

/* No descriptors or no memory: a moment's rest instead of a busy loop. */
static void
take_breath(struct http_listen *l, int error)
{
	struct http_connection *spare = http_service_spare(l->server);

	event_log(NULL, EVENT_FAILED, EF_TEXT("accept", strerror(error)));
	if (spare != NULL)
		http_connection_drop(spare);
	stop_accepting(l);
	loop_timer_set(&l->breather, BREATHER_MS);
}

static bool
is_full(const struct http_server *s)
{
	return s->counts.connections >= s->limits.connections;
}

static bool
accept_one(struct http_listen *l)
{
	struct sockaddr_storage from = { 0 };
	socklen_t size = sizeof(from);
	char peer[INET6_ADDRSTRLEN];
	int fd = accept4(l->fd, (struct sockaddr *)&from, &size,
		SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)
			take_breath(l, errno);
		/* Else none waits, or it is gone already. */
		return errno == EINTR || errno == ECONNABORTED;
	}
	address_text(&from, peer, sizeof(peer));
	if (is_full(l->server))
		http_connection_drop(http_service_spare(l->server));
	http_connection_new(l->server, fd, peer);
	return true;
}

static void
on_connections(uv_poll_t *poll, int status, int events)
{
	struct http_listen *l = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < AT_ONCE; i++) {
		if (is_full(l->server) &&
			http_service_spare(l->server) == NULL) {
			stop_accepting(l);
			return;
		}
		if (!accept_one(l))
			return;
	}
}

/* ---- the socket ---- */

/* "host:port", "[v6]:port", ":port" into C strings. */
static bool
split_address(struct str listen, char *host, char *port, struct fault *f)
{
	size_t colon = listen.n;
	struct str h, p;

	while (colon > 0 && listen.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return fault_set(f, FAULT_LISTEN, "\"%.*s\" has no port",
			STR_ARG(listen));
	h = str_cut(listen, 0, colon - 1);
	p = str_cut(listen, colon, listen.n);
	if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = str_cut(h, 1, h.n - 1);
	if (h.n >= NI_MAXHOST || p.n == 0 || p.n >= 6)
		return fault_set(f, FAULT_LISTEN, "\"%.*s\" is no host:port",
			STR_ARG(listen));
	snprintf(host, NI_MAXHOST, "%.*s", STR_ARG(h));
	snprintf(port, 8, "%.*s", STR_ARG(p));
	return true;
}

static int
bind_to(const struct addrinfo *a)
{
	int yes = 1, error;
	int fd = socket(
		a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	/* Accepted sockets inherit it. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
		listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
open_socket(struct str listen, struct fault *f)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found;
	char host[NI_MAXHOST], port[8];
	int error, fd;

	if (!split_address(listen, host, port, f))
		return -1;
	error = getaddrinfo(
		host[0] == '\0' ? NULL : host, port, &hints, &found);
	if (error != 0) {
		fault_set(f, FAULT_LISTEN, "can't listen at %.*s: %s",
			STR_ARG(listen), gai_strerror(error));
		return -1;
	}
	fd = bind_to(found);
	if (fd < 0)
		fault_set(f, FAULT_LISTEN, "can't listen at %.*s: %s%s",
			STR_ARG(listen), strerror(errno),
			errno == EACCES ? "; ports below 1024 are for root"
					: "");
	freeaddrinfo(found);
	return fd;
}

static void
remember_address(struct http_server *s, int fd)
{
	struct sockaddr_storage bound = { 0 };
	socklen_t size = sizeof(bound);
	char host[INET6_ADDRSTRLEN];
	bool is_v6;

	getsockname(fd, (struct sockaddr *)&bound, &size);
	is_v6 = bound.ss_family == AF_INET6;
	address_text(&bound, host, sizeof(host));
	/* The port lies at the same place in both kinds. */
	snprintf(s->address, sizeof(s->address), is_v6 ? "[%s]:%u" : "%s:%u",
		host, ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port));
}

struct http_listen *
http_listen_new(struct http_server *s, struct str listen, struct fault *f)
{
	struct http_listen *l;
	int fd = open_socket(listen, f);

	if (fd < 0)
		return NULL;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		die("out of memory");
	l->server = s;
	l->fd = fd;
	l->poll.data = l;
	loop_timer_init(&l->breather, s->loop, accept_again, l);
	remember_address(s, fd);
	insist(uv_poll_init(loop_uv(s->loop), &l->poll, fd) == 0);
	accept_again(l);
	return l;
}

static void
on_closed(uv_handle_t *poll)
{
	free(poll->data);
}

void
http_listen_free(struct http_listen **l)
{
	struct http_listen *gone = *l;

	if (gone == NULL)
		return;
	*l = NULL;
	loop_timer_stop(&gone->breather);
	uv_close((uv_handle_t *)&gone->poll, on_closed);
	close(gone->fd);
}
