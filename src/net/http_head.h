/*
 * http_head: the head of an HTTP/1.1 message (RFC 9112), strictly, in place.
 *
 * Refused rather than repaired: bare LF or CR, obs-fold, blanks around names,
 * control bytes, two Hosts, Content-Length that is no plain number or stands
 * twice or beside Transfer-Encoding, any transfer coding but "chunked", any
 * version but 1.0 and 1.1.  Every name and value points into the bytes given.
 */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include "base/fault.h"
#include "text/field.h"

#define HTTP_FIELDS_MAX 64u
#define HTTP_HEAD_MAX   ((size_t)32 << 10)

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_PATCH,
	HTTP_OTHER
};

enum http_length {
	HTTP_LENGTH_NONE,  /* no body */
	HTTP_LENGTH_GIVEN, /* content_length bytes */
	HTTP_LENGTH_CHUNKED,
	HTTP_LENGTH_CLOSE /* responses: until the connection ends */
};

/* Fields that are looked up on every message, found while parsing. */
enum http_known {
	HTTP_FIELD_HOST,
	HTTP_FIELD_AUTHORIZATION,
	HTTP_FIELD_CONTENT_TYPE,
	HTTP_FIELD_CONTENT_LENGTH,
	HTTP_FIELD_TRANSFER_ENCODING,
	HTTP_FIELD_CONNECTION,
	HTTP_FIELD_ORIGIN,
	HTTP_FIELD_ACCEPT,
	HTTP_FIELD_COOKIE,
	HTTP_FIELD_EXPECT,
	HTTP_FIELD_MCP_PROTOCOL_VERSION,
	HTTP_FIELD_MCP_SESSION_ID,
	HTTP_FIELD_MCP_METHOD,
	HTTP_FIELD_MCP_NAME,
	HTTP_FIELD_LAST_EVENT_ID,
	HTTP_FIELD_WWW_AUTHENTICATE,
	HTTP_FIELD_LOCATION,
	HTTP_FIELD_RETRY_AFTER,
	HTTP_FIELD_KNOWN
};

struct http_head {
	/* request */
	enum http_method method;
	struct str method_text;
	struct str target;    /* origin-form, as sent */
	struct str path;      /* of the target, undecoded */
	struct str query;     /* without '?'; STR_NONE: none */
	struct str authority; /* Host, or the absolute-form's authority */
	/* response */
	int status;
	/* both */
	int minor;  /* HTTP/1.<minor> */
	bool close; /* the connection ends after this message */
	enum http_length length;
	uint64_t content_length;
	struct field fields[HTTP_FIELDS_MAX];
	size_t n;
	/* value of the (first) known field; p == NULL: absent */
	struct str known[HTTP_FIELD_KNOWN];
	/* how many there were, up to 255 */
	unsigned char known_count[HTTP_FIELD_KNOWN];
};

enum http_parsed {
	HTTP_PARSED,     /* *used bytes were the head, blank line included */
	HTTP_INCOMPLETE, /* feed more */
	HTTP_REFUSED     /* f says why */
};

/* bytes: what has arrived so far; scanned: how much of it was looked at in an
 * earlier INCOMPLETE call (in and out, begin with 0), so that a slow sender
 * costs no quadratic time. */
enum http_parsed http_head_request(struct http_head *h, struct str bytes,
	size_t *scanned, size_t *used, struct fault *f);

/* asked_head: the request was HEAD, so no body follows whatever the fields
 * say.  1xx, 204 and 304 have none either. */
enum http_parsed http_head_response(struct http_head *h, struct str bytes,
	bool asked_head, size_t *scanned, size_t *used, struct fault *f);

struct str http_method_name(enum http_method m);

/* Which known field this token names, without case; HTTP_FIELD_KNOWN: none. */
enum http_known http_known(struct str name);

#endif
