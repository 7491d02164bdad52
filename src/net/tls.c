/* tls: see tls.h. */
#include "net/tls.h"

#include "base/die.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* The most plain bytes that one record holds (RFC 8446 5.1). */
#define RECORD_MAX ((size_t)16384)
#define WHY_MAX    200

struct tls_context {
	SSL_CTX *ctx;
	bool is_server;
	bool wants_system_trust; /* at the first connection */
};

struct tls {
	SSL *ssl;
	bool broken; /* no good-bye can be said */
	char why[WHY_MAX];
};

/* RFC 7301: what we speak, as a protocol name list. */
static const unsigned char protocols[] = "\x08http/1.1";
#define PROTOCOLS_SIZE ((unsigned)sizeof(protocols) - 1)

/* The system's own word ("No such file or directory") when there is one. */
static const char *
last_error(void)
{
	unsigned long first = ERR_peek_error();
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (ERR_SYSTEM_ERROR(first))
		return strerror(ERR_GET_REASON(first));
	return reason == NULL ? "unknown error" : reason;
}

static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
	const unsigned char *offered, unsigned offered_n, void *with)
{
	unsigned char *chosen;

	(void)ssl;
	(void)with;
	if (SSL_select_next_proto(&chosen, n, protocols, PROTOCOLS_SIZE,
		    offered, offered_n) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* A daemon has nobody to ask for the passphrase of a key. */
static int
no_passphrase(char *to, int room, int rw, void *with)
{
	(void)to;
	(void)room;
	(void)rw;
	(void)with;
	return 0;
}

static struct tls_context *
context_new(const SSL_METHOD *method, bool is_server)
{
	struct tls_context *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->ctx = SSL_CTX_new(method)) == NULL)
		die("out of memory");
	t->is_server = is_server;
	SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION);
	SSL_CTX_set_mode(t->ctx,
		SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
			SSL_MODE_RELEASE_BUFFERS);
	/* OpenSSL keeps no plain text that was read: who holds it wipes it. */
	SSL_CTX_set_options(
		t->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_default_passwd_cb(t->ctx, no_passphrase);
	return t;
}

static bool
load_identity(SSL_CTX *ctx, const char *cert_path, const char *key_path,
	struct fault *f)
{
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(ctx, cert_path) != 1)
		return fault_set(f, FAULT_CERTIFICATE, "certificate %s: %s",
			cert_path, last_error());
	if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1)
		return fault_set(f, FAULT_CERTIFICATE, "key %s: %s", key_path,
			last_error());
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fault_set(f, FAULT_CERTIFICATE,
			"%s is not the key of %s", key_path, cert_path);
	return true;
}

struct tls_context *
tls_server_new(const char *cert_path, const char *key_path, struct fault *f)
{
	struct tls_context *t = context_new(TLS_server_method(), true);

	SSL_CTX_set_alpn_select_cb(t->ctx, choose_protocol, NULL);
	if (!load_identity(t->ctx, cert_path, key_path, f))
		tls_context_free(&t);
	return t;
}

struct tls_context *
tls_client_new(const char *ca_path, struct fault *f)
{
	struct tls_context *t = context_new(TLS_client_method(), false);

	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_alpn_protos(t->ctx, protocols, PROTOCOLS_SIZE) != 0)
		die("out of memory");
	t->wants_system_trust = ca_path == NULL;
	ERR_clear_error();
	if (ca_path != NULL && SSL_CTX_load_verify_file(t->ctx, ca_path) != 1) {
		fault_set(f, FAULT_TLS, "trust store %s: %s", ca_path,
			last_error());
		tls_context_free(&t);
	}
	return t;
}

/* The system's store is a few megabytes and some milliseconds, which those
 * who never dial TLS need not pay.  Without one no certificate is trusted. */
static void
load_system_trust(struct tls_context *t)
{
	if (!t->wants_system_trust)
		return;
	t->wants_system_trust = false;
	SSL_CTX_set_default_verify_paths(t->ctx);
	ERR_clear_error();
}

void
tls_context_free(struct tls_context **t)
{
	if (*t == NULL)
		return;
	SSL_CTX_free((*t)->ctx);
	free(*t);
	*t = NULL;
}

static struct tls *
tls_new(struct tls_context *context, int fd)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->ssl = SSL_new(context->ctx)) == NULL ||
		SSL_set_fd(t->ssl, fd) != 1)
		die("out of memory");
	return t;
}

struct tls *
tls_accept(struct tls_context *t, int fd)
{
	struct tls *made;

	insist(t->is_server);
	made = tls_new(t, fd);
	SSL_set_accept_state(made->ssl);
	return made;
}

/* RFC 9525: the subject's common name counts for nothing. */
static bool
expect_name(SSL *ssl, const char *server_name)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, server_name, address) == 1 ||
		inet_pton(AF_INET6, server_name, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(
			       SSL_get0_param(ssl), server_name) == 1;
	SSL_set_hostflags(ssl,
		X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
			X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	/* OpenSSL's macro casts the const away, which it may: it copies. */
	return SSL_set1_host(ssl, server_name) == 1 &&
		SSL_set_tlsext_host_name(ssl, (uintptr_t)server_name) == 1;
}

struct tls *
tls_connect(struct tls_context *t, int fd, const char *server_name)
{
	struct tls *made;

	insist(!t->is_server && server_name != NULL && server_name[0] != '\0');
	load_system_trust(t);
	made = tls_new(t, fd);
	if (!expect_name(made->ssl, server_name))
		die("out of memory");
	SSL_set_connect_state(made->ssl);
	return made;
}

void
tls_shut(struct tls *t)
{
	ERR_clear_error();
	if (!t->broken && SSL_is_init_finished(t->ssl) &&
		!(SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN))
		SSL_shutdown(t->ssl);
	ERR_clear_error();
}

void
tls_free(struct tls **t)
{
	if (*t == NULL)
		return;
	tls_shut(*t);
	SSL_free((*t)->ssl);
	free(*t);
	*t = NULL;
}

static void
explain(struct tls *t, int error, int number)
{
	long verdict = SSL_get_verify_result(t->ssl);

	if (t->broken)
		return;
	t->broken = true;
	if (error == SSL_ERROR_SSL && verdict != X509_V_OK)
		snprintf(t->why, sizeof(t->why), "certificate refused: %s",
			X509_verify_cert_error_string(verdict));
	else if (error == SSL_ERROR_SSL)
		snprintf(t->why, sizeof(t->why), "%s", last_error());
	else if (number != 0)
		snprintf(t->why, sizeof(t->why), "%s", strerror(number));
	else
		snprintf(t->why, sizeof(t->why), "the peer hung up");
}

static enum tls_moved
moved_of(struct tls *t, int result)
{
	int number = errno;
	int error = SSL_get_error(t->ssl, result);

	if (error == SSL_ERROR_NONE)
		return TLS_MOVED;
	if (error == SSL_ERROR_WANT_READ)
		return TLS_WANTS_READ;
	if (error == SSL_ERROR_WANT_WRITE)
		return TLS_WANTS_WRITE;
	if (error == SSL_ERROR_ZERO_RETURN)
		return TLS_END;
	explain(t, error, number);
	ERR_clear_error();
	return TLS_BROKEN;
}

enum tls_moved
tls_shake(struct tls *t)
{
	if (SSL_is_init_finished(t->ssl))
		return TLS_MOVED;
	ERR_clear_error();
	errno = 0;
	return moved_of(t, SSL_do_handshake(t->ssl));
}

enum tls_moved
tls_read(struct tls *t, char *to, size_t room, size_t *n)
{
	enum tls_moved moved = TLS_MOVED;

	*n = 0;
	while (*n < room && moved == TLS_MOVED) {
		size_t part = 0;

		ERR_clear_error();
		errno = 0;
		moved = moved_of(
			t, SSL_read_ex(t->ssl, to + *n, room - *n, &part));
		*n += part;
	}
	return *n > 0 ? TLS_MOVED : moved;
}

/* What is still to be written. */
struct cursor {
	const struct iovec *parts;
	int count;
	size_t skip; /* of the first part */
};

/* Steps over n bytes, and over empty parts. */
static void
cursor_step(struct cursor *c, size_t n)
{
	c->skip += n;
	while (c->count > 0 && c->skip >= c->parts->iov_len) {
		c->skip -= c->parts->iov_len;
		c->parts++;
		c->count--;
	}
}

/* Copies what fits one record; gives how much that was. */
static size_t
gather(char *to, struct cursor c)
{
	size_t n = 0;

	while (c.count > 0 && n < RECORD_MAX) {
		size_t part = c.parts->iov_len - c.skip;

		if (part > RECORD_MAX - n)
			part = RECORD_MAX - n;
		memcpy(to + n, (const char *)c.parts->iov_base + c.skip, part);
		n += part;
		cursor_step(&c, part);
	}
	return n;
}

static enum tls_moved
write_once(struct tls *t, const char *p, size_t n, size_t *done)
{
	*done = 0;
	ERR_clear_error();
	errno = 0;
	return moved_of(t, SSL_write_ex(t->ssl, p, n, done));
}

/* Small parts leave in one record; a large one is sent from where it is. */
static enum tls_moved
write_record(struct tls *t, const struct cursor *c, size_t *done)
{
	static _Thread_local char record[RECORD_MAX];
	size_t n = c->parts->iov_len - c->skip;
	enum tls_moved moved;

	if (c->count == 1 || n >= RECORD_MAX)
		return write_once(
			t, (const char *)c->parts->iov_base + c->skip, n, done);
	n = gather(record, *c);
	moved = write_once(t, record, n, done);
	explicit_bzero(record, n);
	return moved;
}

enum tls_moved
tls_write(struct tls *t, const struct iovec *parts, int count, size_t *n)
{
	struct cursor c = { parts, count, 0 };
	enum tls_moved moved = TLS_MOVED;

	*n = 0;
	cursor_step(&c, 0);
	while (c.count > 0 && moved == TLS_MOVED) {
		size_t done;

		moved = write_record(t, &c, &done);
		cursor_step(&c, done);
		*n += done;
	}
	return *n > 0 ? TLS_MOVED : moved;
}

bool
tls_has_pending(const struct tls *t)
{
	return SSL_has_pending(t->ssl) == 1;
}

const char *
tls_why(const struct tls *t)
{
	return t->why;
}
