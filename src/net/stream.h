/*
 * stream: one connected descriptor, plain or TLS, with back-pressure.
 *
 * The owner is told when bytes can be read or written and when the peer is
 * gone.  Reading and writing are attempts that move what they can.  Level
 * triggered: an owner that does not want to read for long calls
 * stream_pause(); polling is touched as rarely as possible, for each change
 * costs a system call.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/fault.h"
#include "base/str.h"

#include <sys/uio.h>

struct loop;
struct stream;
struct tls_context;

struct stream_owner {
	void (*readable)(void *with);
	void (*writable)(void *with); /* after a partial write */
	void *with;
	/* The peer hung up while reading was paused; told once.  Or NULL. */
	void (*hung_up)(void *with);
};

enum stream_moved {
	STREAM_MOVED, /* *n bytes, at least one */
	STREAM_AGAIN, /* nothing now */
	STREAM_END,   /* the peer closed its side (read only) */
	STREAM_BROKEN /* an error; close it */
};

/* Takes a connected, non-blocking descriptor (a socket, or an end of a pipe),
 * which is the stream's from then on.  tls may be NULL.  For a client,
 * server_name is checked against the certificate and sent as SNI; its
 * descriptor may still be connecting when tls is NULL: then pause, want to
 * write, and look at stream_connect_error() when writable.  NULL (and fd
 * closed) when the kernel can't watch the descriptor. */
struct stream *stream_accepted(struct loop *l, int fd, struct tls_context *tls);
struct stream *stream_connected(struct loop *l, int fd, struct tls_context *tls,
	const char *server_name);

/* 0 when a connecting descriptor is connected, else the errno. */
int stream_connect_error(const struct stream *s);

/* A plain stream goes on in TLS, as client; nothing may be unread. */
void stream_secure(
	struct stream *s, struct tls_context *tls, const char *server_name);

/* Carries the TLS handshake on: STREAM_MOVED when it is done (at once for
 * plain streams), STREAM_AGAIN: call again when readable, STREAM_BROKEN. */
enum stream_moved stream_shake(struct stream *s);

/* Whom to tell; reading starts. */
void stream_own(struct stream *s, struct stream_owner owner);

/* Closes at once and frees; the owner is not called again. */
void stream_close(struct stream **s);

/* Ends our side (good-bye under TLS, then FIN); reading goes on. */
void stream_shut(struct stream *s);

/* Reads what is there, up to room bytes.  A plain stream reads once; a TLS
 * stream until it would block or room is full. */
enum stream_moved stream_read(
	struct stream *s, char *to, size_t room, size_t *n);

/* After a partial write or STREAM_AGAIN the next write must begin with the
 * bytes that were left. */
enum stream_moved stream_write(
	struct stream *s, const struct iovec *parts, int count, size_t *n);

/* Why it is broken (TLS errors); "" when unknown. */
const char *stream_why(const struct stream *s);

/* Holds readable() back.  Costs nothing until bytes come all the same. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);
/* Has writable() called once when the kernel takes bytes again. */
void stream_want_write(struct stream *s);

/* TLS: bytes decrypted already that no poll will announce. */
bool stream_has_pending(const struct stream *s);

/* Nothing to read and no end seen: for connections that were kept. */
bool stream_is_quiet(const struct stream *s);

#endif
