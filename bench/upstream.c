/*
 * upstream: an MCP server for measuring what stands before it.
 *
 * Streamable HTTP of 2026-07-28 with one tool, as little work as possible:
 * one epoll thread, keep-alive, requests with Content-Length only.  It trusts
 * its peer and is no example for anything else.
 *
 *	upstream PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define FDS_MAX 4096
#define ROOM    16384

struct peer {
	size_t n;
	char bytes[ROOM];
};

static struct peer *peers[FDS_MAX];

static const char server_info[] =
	"\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":"
	"\"bench\",\"version\":\"1\"}}";

static const char tool[] = "{\"name\":\"echo\",\"description\":\"Says it "
			   "again\",\"inputSchema\":{\"type\":\"object\","
			   "\"properties\":{\"text\":{\"type\":\"string\"}}}}";

static const char said[] =
	"\"content\":[{\"type\":\"text\",\"text\":\"The quick brown fox jumps "
	"over the lazy dog and finds, on the other side, a field of grass that "
	"nobody has walked on this morning; it stops, looks back once, and "
	"goes on.\"}],\"isError\":false,";

/* The raw id that the request carries: a number, as our peers send. */
static int
id_of(const char *body, char *out, size_t room)
{
	const char *at = strstr(body, "\"id\":");
	size_t n = 0;

	if (at == NULL)
		return 0;
	at += 5;
	while (n + 1 < room && at[n] != ',' && at[n] != '}')
		n++;
	memcpy(out, at, n);
	out[n] = '\0';
	return 1;
}

static int
result_for(const char *body, const char *id, char *out, size_t room)
{
	const char *head = "{\"jsonrpc\":\"2.0\",\"id\":";

	if (strstr(body, "\"tools/call\"") != NULL)
		return snprintf(out, room,
			"%s%s,\"result\":{%s\"resultType\":\"complete\",%s}}",
			head, id, said, server_info);
	if (strstr(body, "\"tools/list\"") != NULL)
		return snprintf(out, room,
			"%s%s,\"result\":{\"tools\":[%s],\"resultType\":"
			"\"complete\",\"ttlMs\":60000,\"cacheScope\":\"public\","
			"%s}}",
			head, id, tool, server_info);
	return snprintf(out, room,
		"%s%s,\"result\":{\"supportedVersions\":[\"2026-07-28\"],"
		"\"capabilities\":{\"tools\":{}},\"resultType\":\"complete\","
		"\"ttlMs\":60000,\"cacheScope\":\"public\",%s}}",
		head, id, server_info);
}

static void
answer(int fd, const char *body)
{
	char json[2048], message[4096], id[64];
	int n, size;

	if (!id_of(body, id, sizeof(id))) {
		static const char accepted[] =
			"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

		if (write(fd, accepted, sizeof(accepted) - 1) < 0)
			perror("write");
		return;
	}
	n = result_for(body, id, json, sizeof(json));
	size = snprintf(message, sizeof(message),
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		"Content-Length: %d\r\n\r\n%s",
		n, json);
	if (write(fd, message, (size_t)size) != size)
		perror("write");
}

static size_t
length_of(const char *head)
{
	const char *at = strcasestr(head, "\ncontent-length:");

	return at == NULL ? 0 : (size_t)strtoul(at + 16, NULL, 10);
}

/* Answers what is whole; keeps the rest. */
static void
serve(int fd, struct peer *p)
{
	for (;;) {
		char *end, saved;
		size_t head, all;

		p->bytes[p->n] = '\0';
		end = strstr(p->bytes, "\r\n\r\n");
		if (end == NULL)
			return;
		head = (size_t)(end - p->bytes) + 4;
		all = head + length_of(p->bytes);
		if (p->n < all)
			return;
		saved = p->bytes[all];
		p->bytes[all] = '\0';
		answer(fd, p->bytes + head);
		p->bytes[all] = saved;
		memmove(p->bytes, p->bytes + all, p->n - all);
		p->n -= all;
	}
}

static void
drop(int fd)
{
	close(fd);
	free(peers[fd]);
	peers[fd] = NULL;
}

static void
readable(int fd)
{
	struct peer *p = peers[fd];
	ssize_t n = read(fd, p->bytes + p->n, ROOM - 1 - p->n);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		drop(fd);
		return;
	}
	p->n += (size_t)n;
	serve(fd, p);
}

static void
take(int epoll, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int one = 1;
	struct epoll_event ev = { .events = EPOLLIN };

	if (fd < 0)
		return;
	if (fd >= FDS_MAX) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	peers[fd] = calloc(1, sizeof(*peers[fd]));
	ev.data.fd = fd;
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
}

static int
listen_at(unsigned short port)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)(void *)&at, sizeof(at)) != 0 ||
		listen(fd, 1024) != 0) {
		perror("listen");
		exit(1);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener;
	struct epoll_event ev = { .events = EPOLLIN }, ready[256];

	if (argc != 2) {
		fputs("usage: upstream PORT\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	listener = listen_at((unsigned short)strtoul(argv[1], NULL, 10));
	ev.data.fd = listener;
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev);
	for (;;) {
		int n = epoll_wait(epoll, ready, 256, -1);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.fd == listener)
				take(epoll, listener);
			else
				readable(ready[i].data.fd);
		}
	}
}
