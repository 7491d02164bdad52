/*
 * tls: OpenSSL's contexts, made once, shared by streams.  TLS 1.2 and up.
 *
 * A context outlives every struct tls made from it.  A struct tls is one
 * connection's state; it belongs to a stream, which closes the descriptor.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/fault.h"
#include "base/str.h"

#include <sys/uio.h>

struct tls;
struct tls_context;

/* For a listener: certificate chain and key as PEM files.
 * FAULT_CERTIFICATE. */
struct tls_context *tls_server_new(
	const char *cert_path, const char *key_path, struct fault *f);

/* For dialing: the system's trust store (read at the first connection), or
 * ca_path (PEM) instead when not NULL.  Host names are always checked. */
struct tls_context *tls_client_new(const char *ca_path, struct fault *f);

void tls_context_free(struct tls_context **t);

/* ---- for stream.c alone ---- */

enum tls_moved {
	TLS_MOVED,       /* *n bytes, or the handshake is done */
	TLS_WANTS_READ,  /* again when the descriptor can be read */
	TLS_WANTS_WRITE, /* again when it can be written */
	TLS_END,         /* the peer said that it is done (read only) */
	TLS_BROKEN       /* tls_why() */
};

/* On a connected, non-blocking descriptor.  server_name: a host name (checked,
 * and sent as SNI) or an address (checked).  Dies when out of memory. */
struct tls *tls_accept(struct tls_context *t, int fd);
struct tls *tls_connect(struct tls_context *t, int fd, const char *server_name);

/* Says good-bye if it can be said without waiting, and frees. */
void tls_free(struct tls **t);

/* Says good-bye if it can be said without waiting; reading goes on. */
void tls_shut(struct tls *t);

enum tls_moved tls_shake(struct tls *t);
/* Until it would block or room is full. */
enum tls_moved tls_read(struct tls *t, char *to, size_t room, size_t *n);
/* After TLS_WANTS_*: the same bytes again, and maybe more. */
enum tls_moved tls_write(
	struct tls *t, const struct iovec *parts, int count, size_t *n);

bool tls_has_pending(const struct tls *t);

/* Why it is broken, with the reason that the certificate was refused for;
 * "" when nothing is known. */
const char *tls_why(const struct tls *t);

#endif
