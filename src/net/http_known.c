/* http_known: the fields that are looked up on every message, by length and
 * then by name.  See http_head.h. */
#include "net/http_head.h"

static inline uint64_t
bytes8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
differ8(const char *p, const char *lit)
{
	return (bytes8(p) | 0x2020202020202020u) ^ bytes8(lit);
}

static inline uint32_t
differ4(const char *p, const char *lit)
{
	uint32_t a, b;

	memcpy(&a, p, sizeof(a));
	memcpy(&b, lit, sizeof(b));
	return (a | 0x20202020u) ^ b;
}

/* Bytes without case, for literals of a-z and '-' against a token: among the
 * bytes of a token, only those that are meant become equal when bit 5 is set.
 * n is at least 4; the last word overlaps the one before. */
static inline bool
token_is(const char *p, const char *lit, size_t n)
{
	uint64_t differ = 0;

	if (n < 8)
		return (differ4(p, lit) | differ4(p + n - 4, lit + n - 4)) == 0;
	for (size_t i = 0; i + 8 < n; i += 8)
		differ |= differ8(p + i, lit + i);
	return (differ | differ8(p + n - 8, lit + n - 8)) == 0;
}

#define TOKEN_IS(p, lit) token_is((p), lit, sizeof(lit) - 1)

static enum http_known
known_of_6(const char *p)
{
	if (TOKEN_IS(p, "accept"))
		return HTTP_FIELD_ACCEPT;
	if (TOKEN_IS(p, "cookie"))
		return HTTP_FIELD_COOKIE;
	if (TOKEN_IS(p, "origin"))
		return HTTP_FIELD_ORIGIN;
	if (TOKEN_IS(p, "expect"))
		return HTTP_FIELD_EXPECT;
	return HTTP_FIELD_KNOWN;
}

#define IF_TOKEN(p, lit, known)                                                \
	(TOKEN_IS((p), lit) ? (known) : HTTP_FIELD_KNOWN)

#define ONE_OF_TWO(p, lit, known, lit2, known2)                                \
	(TOKEN_IS((p), lit) ? (known) : IF_TOKEN((p), lit2, (known2)))

enum http_known
http_known(struct str name)
{
	const char *p = name.p;

	switch (name.n) {
	case 4:
		return IF_TOKEN(p, "host", HTTP_FIELD_HOST);
	case 6:
		return known_of_6(p);
	case 8:
		return ONE_OF_TWO(p, "location", HTTP_FIELD_LOCATION,
			"mcp-name", HTTP_FIELD_MCP_NAME);
	case 10:
		return ONE_OF_TWO(p, "connection", HTTP_FIELD_CONNECTION,
			"mcp-method", HTTP_FIELD_MCP_METHOD);
	case 11:
		return IF_TOKEN(p, "retry-after", HTTP_FIELD_RETRY_AFTER);
	case 12:
		return IF_TOKEN(p, "content-type", HTTP_FIELD_CONTENT_TYPE);
	case 13:
		return ONE_OF_TWO(p, "authorization", HTTP_FIELD_AUTHORIZATION,
			"last-event-id", HTTP_FIELD_LAST_EVENT_ID);
	case 14:
		return ONE_OF_TWO(p, "content-length",
			HTTP_FIELD_CONTENT_LENGTH, "mcp-session-id",
			HTTP_FIELD_MCP_SESSION_ID);
	case 16:
		return IF_TOKEN(
			p, "www-authenticate", HTTP_FIELD_WWW_AUTHENTICATE);
	case 17:
		return IF_TOKEN(
			p, "transfer-encoding", HTTP_FIELD_TRANSFER_ENCODING);
	case 20:
		return IF_TOKEN(p, "mcp-protocol-version",
			HTTP_FIELD_MCP_PROTOCOL_VERSION);
	}
	return HTTP_FIELD_KNOWN;
}
