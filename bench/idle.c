/*
 * idle: opens COUNT event streams and holds them, for measuring what one
 * costs.
 *
 *	idle PORT COUNT REQUEST-FILE
 *
 * The file is the whole GET request, sent as it is on each connection.  Prints
 * "open" when every stream's head has come, and ends when its stdin does.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static char request[8192];

static int
dial(unsigned short port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (fd < 0 ||
		connect(fd, (struct sockaddr *)(void *)&to, sizeof(to)) != 0) {
		perror("connect");
		exit(1);
	}
	return fd;
}

static void
open_stream(unsigned short port, size_t n)
{
	char answer[4096];
	int fd = dial(port);
	ssize_t got;

	if (write(fd, request, n) != (ssize_t)n) {
		perror("write");
		exit(1);
	}
	got = read(fd, answer, sizeof(answer) - 1);
	if (got < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0) {
		fprintf(stderr, "no stream: %.*s\n", (int)(got > 0 ? got : 0),
			answer);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct rlimit files = { 65536, 65536 };
	unsigned long count;
	size_t n;
	FILE *f;

	if (argc != 4 || (f = fopen(argv[3], "r")) == NULL) {
		fputs("usage: idle PORT COUNT REQUEST-FILE\n", stderr);
		return 2;
	}
	setrlimit(RLIMIT_NOFILE, &files);
	n = fread(request, 1, sizeof(request), f);
	count = strtoul(argv[2], NULL, 10);
	for (unsigned long i = 0; i < count; i++)
		open_stream((unsigned short)strtoul(argv[1], NULL, 10), n);
	puts("open");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
