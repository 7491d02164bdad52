/* http_known: the fields that are looked up on every message, by length and
 * then by name.  See http_head.h. */
#include "net/http_head.h"

/* Bytes without case, for literals of a-z and '-' against a token: among the
 * bytes of a token, only those that are meant become equal when bit 5 is
 * set. */
static inline bool
token_is(const char *p, const char *lit, size_t n)
{
	unsigned char differ = 0;

	for (size_t i = 0; i < n; i++)
		differ |= (unsigned char)((p[i] | 0x20) ^ lit[i]);
	return differ == 0;
}

#define TOKEN_IS(p, lit) token_is((p), lit, sizeof(lit) - 1)

static enum http_known
known_of_14(const char *p)
{
	if (TOKEN_IS(p, "content-length"))
		return HTTP_FIELD_CONTENT_LENGTH;
	if (TOKEN_IS(p, "mcp-session-id"))
		return HTTP_FIELD_MCP_SESSION_ID;
	return HTTP_FIELD_KNOWN;
}

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

static enum http_known
one_of_two(const char *p, size_t n, enum http_known a, enum http_known b)
{
	static const char *const names[HTTP_FIELD_KNOWN] = {
		[HTTP_FIELD_LOCATION] = "location",
		[HTTP_FIELD_MCP_NAME] = "mcp-name",
		[HTTP_FIELD_CONNECTION] = "connection",
		[HTTP_FIELD_MCP_METHOD] = "mcp-method",
		[HTTP_FIELD_AUTHORIZATION] = "authorization",
		[HTTP_FIELD_LAST_EVENT_ID] = "last-event-id",
	};

	if (token_is(p, names[a], n))
		return a;
	return token_is(p, names[b], n) ? b : HTTP_FIELD_KNOWN;
}

#define IF_TOKEN(p, lit, known)                                                \
	(TOKEN_IS((p), lit) ? (known) : HTTP_FIELD_KNOWN)

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
		return one_of_two(p, 8, HTTP_FIELD_LOCATION,
			HTTP_FIELD_MCP_NAME);
	case 10:
		return one_of_two(p, 10, HTTP_FIELD_CONNECTION,
			HTTP_FIELD_MCP_METHOD);
	case 11:
		return IF_TOKEN(p, "retry-after", HTTP_FIELD_RETRY_AFTER);
	case 12:
		return IF_TOKEN(p, "content-type", HTTP_FIELD_CONTENT_TYPE);
	case 13:
		return one_of_two(p, 13, HTTP_FIELD_AUTHORIZATION,
			HTTP_FIELD_LAST_EVENT_ID);
	case 14:
		return known_of_14(p);
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
