/* stream: see stream.h. */
#include "net/stream.h"

#include "base/attr.h"
#include "base/die.h"
#include "net/loop.h"
#include "net/tls.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

/*
 * What is polled for and what is wanted may differ: READABLE stays armed when
 * the owner pauses, and is only taken back when bytes come all the same.
 * A peer that waits for its answer thus costs no system call.
 */
#define GATHER_MAX ((size_t)4096) /* bytes that are sent as one piece */

struct stream {
	uv_poll_t poll;
	struct stream_owner owner;
	struct tls *tls; /* NULL: plain */
	int fd;
	unsigned char armed; /* enum uv_poll_event */
	bool is_socket;      /* else a pipe */
	bool paused;
	bool want_write;
	bool read_waits;  /* TLS: reading waits until it can write */
	bool write_waits; /* TLS: writing waits until it can read */
	bool hung;        /* hung_up() was told */
	bool inside;      /* within on_poll(): it arms at its end */
};

/* OpenSSL and pipes know no MSG_NOSIGNAL. */
__attribute__((constructor)) static void
ignore_sigpipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static bool
wants_read(const struct stream *s)
{
	return !s->paused || (s->want_write && s->write_waits);
}

static bool
wants_write(const struct stream *s)
{
	return (s->want_write && !s->write_waits) ||
		(s->read_waits && !s->paused);
}

static void
poll_for(struct stream *s, int mask)
{
	if (mask == s->armed)
		return;
	s->armed = (unsigned char)mask;
	if (mask == 0)
		uv_poll_stop(&s->poll);
	else
		insist(uv_poll_start(&s->poll, mask, on_poll) == 0);
}

/* Makes the armed mask what is wanted, exactly. */
static void
arm_exactly(struct stream *s)
{
	int mask = 0;

	if (wants_read(s))
		mask |= UV_READABLE;
	else if (s->owner.hung_up != NULL && !s->hung)
		mask |= UV_DISCONNECT;
	if (wants_write(s))
		mask |= UV_WRITABLE;
	poll_for(s, mask);
}

/* Makes sure that nothing wanted is missing; an unwanted READABLE may stay. */
static void
arm(struct stream *s)
{
	bool is_short = (wants_read(s) && !(s->armed & UV_READABLE)) ||
		(wants_write(s) && !(s->armed & UV_WRITABLE));
	bool is_over = !wants_write(s) && (s->armed & UV_WRITABLE);

	if (!s->inside && (is_short || is_over))
		arm_exactly(s);
}

static void
tell_readable(struct stream *s)
{
	if (s->write_waits && s->want_write) {
		s->write_waits = s->want_write = false;
		s->owner.writable(s->owner.with);
	}
	if (!s->paused && !uv_is_closing((uv_handle_t *)&s->poll))
		s->owner.readable(s->owner.with);
}

static void
tell_writable(struct stream *s)
{
	if (s->read_waits && !s->paused) {
		s->read_waits = false;
		s->owner.readable(s->owner.with);
	}
	if (s->want_write && !uv_is_closing((uv_handle_t *)&s->poll)) {
		s->write_waits = s->want_write = false;
		s->owner.writable(s->owner.with);
	}
}

static void
tell_hung_up(struct stream *s)
{
	if (!s->paused || s->hung || s->owner.hung_up == NULL)
		return;
	s->hung = true;
	s->owner.hung_up(s->owner.with);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct stream *s = poll->data;
	bool in_vain = (events & UV_READABLE) && !wants_read(s);

	if (status < 0) { /* an error on the descriptor; libuv let go of it */
		uv_poll_stop(poll);
		s->armed = 0;
		events = UV_READABLE | UV_WRITABLE | UV_DISCONNECT;
	}
	s->inside = true;
	if (events & UV_READABLE)
		tell_readable(s);
	if ((events & UV_WRITABLE) && !uv_is_closing((uv_handle_t *)poll))
		tell_writable(s);
	if ((events & UV_DISCONNECT) && !uv_is_closing((uv_handle_t *)poll))
		tell_hung_up(s);
	s->inside = false;
	if (uv_is_closing((uv_handle_t *)poll))
		return;
	if (in_vain)
		arm_exactly(s);
	else
		arm(s);
}

static struct stream *
stream_new(struct loop *l, int fd)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct stat st;

	if (s == NULL)
		die("out of memory");
	s->fd = fd;
	s->is_socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
	s->paused = true;
	s->poll.data = s;
	if (uv_poll_init(loop_uv(l), &s->poll, fd) != 0) {
		close(fd);
		free(s);
		return NULL;
	}
	return s;
}

struct stream *
stream_accepted(struct loop *l, int fd, struct tls_context *tls)
{
	struct stream *s = stream_new(l, fd);

	if (s != NULL && tls != NULL)
		s->tls = tls_accept(tls, fd);
	return s;
}

struct stream *
stream_connected(struct loop *l, int fd, struct tls_context *tls,
	const char *server_name)
{
	struct stream *s = stream_new(l, fd);

	if (s != NULL && tls != NULL)
		s->tls = tls_connect(tls, fd, server_name);
	return s;
}

int
stream_connect_error(const struct stream *s)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return errno;
	return error;
}

void
stream_secure(
	struct stream *s, struct tls_context *tls, const char *server_name)
{
	insist(s->tls == NULL);
	s->tls = tls_connect(tls, s->fd, server_name);
}

void
stream_own(struct stream *s, struct stream_owner owner)
{
	s->owner = owner;
	s->paused = s->hung = false;
	arm(s);
}

static void
on_closed(uv_handle_t *poll)
{
	free(poll->data);
}

void
stream_close(struct stream **s)
{
	struct stream *gone = *s;

	if (gone == NULL)
		return;
	*s = NULL;
	tls_free(&gone->tls);
	uv_close((uv_handle_t *)&gone->poll, on_closed);
	close(gone->fd);
}

void
stream_shut(struct stream *s)
{
	if (s->tls != NULL)
		tls_shut(s->tls);
	shutdown(s->fd, SHUT_WR);
}

/* What TLS waits for becomes what is polled for. */
static enum stream_moved
read_moved(struct stream *s, enum tls_moved moved)
{
	switch (moved) {
	case TLS_MOVED:
		return STREAM_MOVED;
	case TLS_WANTS_WRITE:
		s->read_waits = true;
		arm(s);
		return STREAM_AGAIN;
	case TLS_WANTS_READ:
		return STREAM_AGAIN;
	case TLS_END:
		return STREAM_END;
	case TLS_BROKEN:
		break;
	}
	return STREAM_BROKEN;
}

static enum stream_moved
write_moved(struct stream *s, enum tls_moved moved)
{
	switch (moved) {
	case TLS_MOVED:
		return STREAM_MOVED;
	case TLS_WANTS_READ:
		s->write_waits = true;
		return STREAM_AGAIN;
	case TLS_WANTS_WRITE:
		return STREAM_AGAIN;
	case TLS_END:
	case TLS_BROKEN:
		break;
	}
	return STREAM_BROKEN;
}

static enum stream_moved
plain_moved(ssize_t done, size_t *n)
{
	if (done >= 0) {
		*n = (size_t)done;
		return STREAM_MOVED;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return STREAM_AGAIN;
	return STREAM_BROKEN;
}

enum stream_moved
stream_shake(struct stream *s)
{
	if (s->tls == NULL)
		return STREAM_MOVED;
	return read_moved(s, tls_shake(s->tls));
}

/* recv() and send() are points where a thread may be cancelled, which costs
 * as much as a lock each time; nobody cancels ours. */
static ssize_t
socket_recv(int fd, void *to, size_t room)
{
	return syscall(SYS_recvfrom, fd, to, room, 0, NULL, NULL);
}

static ssize_t
socket_send(int fd, const void *p, size_t n)
{
	return syscall(SYS_sendto, fd, p, n, MSG_NOSIGNAL, NULL, 0);
}

enum stream_moved
stream_read(struct stream *s, char *to, size_t room, size_t *n)
{
	enum stream_moved moved;

	*n = 0;
	if (room == 0)
		return STREAM_AGAIN;
	if (s->tls != NULL)
		return read_moved(s, tls_read(s->tls, to, room, n));
	moved = plain_moved(s->is_socket ? socket_recv(s->fd, to, room)
					 : read(s->fd, to, room),
		n);
	return moved == STREAM_MOVED && *n == 0 ? STREAM_END : moved;
}

/* One buffer and send() cost the kernel less than many small parts. */
static ssize_t
gather_and_send(int fd, const struct iovec *parts, int count, size_t sum)
{
	char bytes[GATHER_MAX] UNINITIALIZED;
	char *to = bytes;

	for (int i = 0; i < count; i++) {
		if (parts[i].iov_len > 0)
			memcpy(to, parts[i].iov_base, parts[i].iov_len);
		to += parts[i].iov_len;
	}
	return socket_send(fd, bytes, sum);
}

static ssize_t
plain_write(const struct stream *s, const struct iovec *parts, int count)
{
	size_t sum = 0;

	if (!s->is_socket)
		return writev(s->fd, parts, count);
	if (count == 1)
		return socket_send(s->fd, parts[0].iov_base, parts[0].iov_len);
	for (int i = 0; i < count && sum <= GATHER_MAX; i++)
		sum += parts[i].iov_len;
	if (sum <= GATHER_MAX)
		return gather_and_send(s->fd, parts, count, sum);
	return writev(s->fd, parts, count);
}

enum stream_moved
stream_write(struct stream *s, const struct iovec *parts, int count, size_t *n)
{
	enum stream_moved moved;

	*n = 0;
	if (s->tls != NULL)
		return write_moved(s, tls_write(s->tls, parts, count, n));
	moved = plain_moved(plain_write(s, parts, count), n);
	return moved == STREAM_MOVED && *n == 0 ? STREAM_AGAIN : moved;
}

const char *
stream_why(const struct stream *s)
{
	return s->tls == NULL ? "" : tls_why(s->tls);
}

void
stream_pause(struct stream *s)
{
	s->paused = true;
}

void
stream_resume(struct stream *s)
{
	s->paused = false;
	arm(s);
}

void
stream_want_write(struct stream *s)
{
	s->want_write = true;
	arm(s);
}

bool
stream_has_pending(const struct stream *s)
{
	return s->tls != NULL && tls_has_pending(s->tls);
}

bool
stream_is_quiet(const struct stream *s)
{
	char byte;

	return !stream_has_pending(s) &&
		recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
		(errno == EAGAIN || errno == EWOULDBLOCK);
}
