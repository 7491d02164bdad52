/*
 * tls: OpenSSL's contexts, made once, shared by streams.  TLS 1.2 and up.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/fault.h"

struct tls_context;

/* For a listener: certificate chain and key as PEM files.  FAULT_TLS. */
struct tls_context *tls_server_new(
	const char *cert_path, const char *key_path, struct fault *f);

/* For dialing: the system's trust store, or ca_path (PEM) instead when not
 * NULL.  Host names are always checked. */
struct tls_context *tls_client_new(const char *ca_path, struct fault *f);

void tls_context_free(struct tls_context **t);

#endif
