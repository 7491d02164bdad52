/* uri: see uri.h.  Reading is here, resolving in uri_resolve.c. */
#include "text/uri.h"

#include "base/arena.h"
#include "text/uri_chars.h"

#include <arpa/inet.h>

static bool
bad(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_BAD_URI, "%s", why);
}

static bool
is_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
uri_hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_unreserved(char c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
		c == '~';
}

static bool
is_sub_delim(char c)
{
	return c != '\0' && strchr("!$&'()*+,;=", c) != NULL;
}

bool
uri_chars_are(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (is_unreserved(c) || is_sub_delim(c))
			continue;
		if (c == '%') {
			if (s.n - i < 3 || uri_hex(s.p[i + 1]) < 0 ||
				uri_hex(s.p[i + 2]) < 0)
				return false;
			i += 2;
			continue;
		}
		if (c == '\0' || strchr(more, c) == NULL)
			return false;
	}
	return true;
}

bool
uri_chars_scheme(struct str s)
{
	if (s.n == 0 || !is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '+' &&
			s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

/* Takes the part before the first of the stops off *rest. */
static struct str
take_until(struct str *rest, const char *stops)
{
	struct str part;
	size_t at = 0;

	while (at < rest->n &&
		(rest->p[at] == '\0' || strchr(stops, rest->p[at]) == NULL))
		at++;
	part = str_of(rest->p, at);
	*rest = str_of(rest->p + at, rest->n - at);
	return part;
}

void
uri_chars_split(struct str rest, struct uri *u)
{
	u->has_authority = str_starts(rest, STR("//"));
	u->host = STR("");
	if (u->has_authority) {
		rest = str_cut(rest, 2, rest.n);
		u->host = take_until(&rest, "/?#");
	}
	u->path = take_until(&rest, "?#");
	u->query = u->fragment = STR_NONE;
	if (rest.n > 0 && rest.p[0] == '?') {
		rest = str_cut(rest, 1, rest.n);
		u->query = take_until(&rest, "#");
	}
	if (rest.n > 0)
		u->fragment = str_cut(rest, 1, rest.n);
}

static bool
is_web(const struct uri *u)
{
	return str_eq_nocase(u->scheme, STR("http")) ||
		str_eq_nocase(u->scheme, STR("https"));
}

static uint16_t
default_port(const struct uri *u)
{
	if (str_eq_nocase(u->scheme, STR("http")))
		return 80;
	return str_eq_nocase(u->scheme, STR("https")) ? 443 : 0;
}

static bool
read_port(struct uri *u, struct fault *f)
{
	uint64_t port;

	u->port = default_port(u);
	if (str_is_none(u->port_text))
		return true;
	if (u->port_text.n > 5 || !str_to_u64(u->port_text, &port) ||
		port > UINT16_MAX)
		return bad(f, "the port is no number up to 65535");
	u->port = (uint16_t)port;
	return true;
}

/* Takes the brackets off; what follows them is ":port" or nothing. */
static bool
read_ipv6(struct uri *u, struct fault *f)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr unused;
	struct str all = u->host;
	size_t close = str_find_char(all, ']');
	struct str inside = str_cut(all, 1, close);
	struct str rest = str_cut(all, close + 1, all.n);

	if (close == all.n || inside.n >= sizeof(text) ||
		str_find_char(inside, '\0') != inside.n)
		return bad(f, "the IPv6 address is malformed");
	memcpy(text, inside.p, inside.n);
	text[inside.n] = '\0';
	if (inet_pton(AF_INET6, text, &unused) != 1)
		return bad(f, "the IPv6 address is malformed");
	u->host = inside;
	u->host_is_ipv6 = true;
	if (rest.n == 0)
		return true;
	if (rest.p[0] != ':')
		return bad(f, "something follows the IPv6 address");
	u->port_text = str_cut(rest, 1, rest.n);
	return true;
}

static bool
is_host_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-' &&
			s.p[i] != '.' && s.p[i] != '_')
			return false;
	return s.n > 0;
}

static bool
read_name(struct uri *u, struct fault *f)
{
	size_t colon = str_find_char(u->host, ':');

	if (colon < u->host.n)
		u->port_text = str_cut(u->host, colon + 1, u->host.n);
	u->host = str_cut(u->host, 0, colon);
	if (is_web(u) ? !is_host_name(u->host) : !uri_chars_are(u->host, ""))
		return bad(f, "the host is malformed");
	return true;
}

/* u->host holds the whole authority. */
static bool
read_authority(struct uri *u, struct fault *f)
{
	size_t at = str_find_char(u->host, '@');
	bool good;

	if (at < u->host.n) {
		u->userinfo = str_cut(u->host, 0, at);
		u->host = str_cut(u->host, at + 1, u->host.n);
		if (!uri_chars_are(u->userinfo, ":"))
			return bad(f, "the user information is malformed");
	}
	good = u->host.n > 0 && u->host.p[0] == '[' ? read_ipv6(u, f)
						    : read_name(u, f);
	return good && read_port(u, f);
}

static bool
check_rest(const struct uri *u, struct fault *f)
{
	if (!uri_chars_are(u->path, ":@/"))
		return bad(f, "the path holds bytes that may not stand there");
	if (!str_is_none(u->query) && !uri_chars_are(u->query, ":@/?"))
		return bad(f, "the query holds bytes that may not stand there");
	if (!str_is_none(u->fragment) && !uri_chars_are(u->fragment, ":@/?"))
		return bad(
			f, "the fragment holds bytes that may not stand there");
	return true;
}

bool
uri_parse(struct str text, struct uri *u, struct fault *f)
{
	size_t colon = str_find_char(text, ':');

	*u = (struct uri){ .host = STR("") };
	if (text.n > URI_MAX)
		return bad(f, "the URI is too long");
	u->scheme = str_of(text.p, colon);
	if (colon == text.n || !uri_chars_scheme(u->scheme))
		return bad(f, "the URI has no scheme");
	uri_chars_split(str_cut(text, colon + 1, text.n), u);
	if (is_web(u) && !u->has_authority)
		return bad(f, "the URI has no host");
	if (u->has_authority && !read_authority(u, f))
		return false;
	return check_rest(u, f);
}

bool
uri_is_path(struct str s)
{
	struct uri u = { 0 };

	if (s.n == 0 || s.n > URI_MAX || s.p[0] != '/')
		return false;
	uri_chars_split(s, &u);
	return !u.has_authority && check_rest(&u, NULL);
}

static void
put_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_char(out, ascii_lower(s.p[i]));
}

struct str
uri_origin(struct arena *a, const struct uri *u)
{
	struct buf out;

	if (!is_web(u) || !u->has_authority)
		return STR_NONE;
	buf_in(&out, a, URI_MAX);
	if (buf_room(&out, u->scheme.n + u->host.n + sizeof("://[]:65535")) ==
		NULL)
		return STR_NONE;
	put_lower(&out, u->scheme);
	buf_str(&out, u->host_is_ipv6 ? STR("://[") : STR("://"));
	put_lower(&out, u->host);
	if (u->host_is_ipv6)
		buf_char(&out, ']');
	if (u->port != default_port(u)) {
		buf_char(&out, ':');
		buf_u64(&out, u->port);
	}
	return buf_ok(&out) ? buf_view(&out) : STR_NONE;
}

struct str
uri_origin_of(struct arena *a, struct str text)
{
	struct uri u;

	return uri_parse(text, &u, NULL) ? uri_origin(a, &u) : STR_NONE;
}

bool
uri_is_loopback(const struct uri *u)
{
	if (!is_web(u) || !u->has_authority)
		return false;
	if (u->host_is_ipv6)
		return str_eq_lit(u->host, "::1");
	return str_eq_lit(u->host, "127.0.0.1") ||
		str_eq_nocase(u->host, STR("localhost"));
}

bool
uri_same_origin(const struct uri *a, const struct uri *b)
{
	return a->has_authority && b->has_authority &&
		str_eq_nocase(a->scheme, b->scheme) &&
		a->host_is_ipv6 == b->host_is_ipv6 &&
		str_eq_nocase(a->host, b->host) && a->port == b->port;
}

bool
uri_decode(struct arena *a, struct str s, struct str *out)
{
	size_t n = 0;
	char *to;

	*out = STR_NONE;
	if (str_find_char(s, '%') == s.n) {
		*out = s.p == NULL ? STR("") : s;
		return true;
	}
	to = arena_bytes(a, s.n);
	if (to == NULL)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int high, low;

		if (s.p[i] != '%') {
			to[n++] = s.p[i];
			continue;
		}
		high = s.n - i < 3 ? -1 : uri_hex(s.p[i + 1]);
		low = s.n - i < 3 ? -1 : uri_hex(s.p[i + 2]);
		if (high < 0 || low < 0)
			return false;
		to[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*out = str_of(to, n);
	return true;
}

void
uri_encode(struct buf *out, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char code[3] = { '%', digits[c >> 4], digits[c & 0xf] };

		if (is_unreserved(s.p[i]))
			buf_char(out, s.p[i]);
		else
			buf_add(out, code, sizeof(code));
	}
}

struct str
uri_target(struct arena *a, const struct uri *u)
{
	struct str path = u->path.n == 0 ? STR("/") : u->path;

	if (str_is_none(u->query))
		return path;
	return str_join(a, path, STR("?"), u->query);
}
