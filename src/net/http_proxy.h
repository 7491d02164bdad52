/*
 * http_proxy: the proxy of the environment: which one, for whom, and the words
 * that open a tunnel through it (RFC 9110 9.3.6).
 *
 * HTTPS_PROXY and HTTP_PROXY name a proxy that is spoken to in plain HTTP.
 * NO_PROXY lists those who are called directly, as curl and Go read it:
 * "*", names with all below them (a leading dot changes nothing), addresses,
 * networks (10.0.0.0/8), each with an optional :port.  Loopback is always
 * called directly.
 */
#ifndef NET_HTTP_PROXY_H
#define NET_HTTP_PROXY_H

#include "base/buf.h"
#include "base/secret.h"
#include "net/http_origin.h"

struct http_proxy {
	bool is_set;
	struct http_origin at;
	struct secret basic; /* of its Proxy-Authorization; may be empty */
};

/* "http://[user:password@]host[:port][/]" or the same without scheme; "" and
 * STR_NONE leave it unset.  FAULT_DIAL. */
bool http_proxy_parse(struct str text, struct http_proxy *p, struct fault *f);
void http_proxy_clear(struct http_proxy *p);

bool http_proxy_is_bypassed(struct str no_proxy, const struct http_origin *o);

/* "Proxy-Authorization: ...\r\n", or nothing. */
void http_proxy_write_credential(struct buf *out, const struct http_proxy *p);

/* The whole CONNECT request; target is "host:port". */
void http_proxy_write_connect(
	struct buf *out, const struct http_proxy *p, const char *target);

#endif
