/* names: see names.h. */
#include "mcp/names.h"

#include "base/arena.h"
#include "crypto/digest.h"

#define BETWEEN "__"
#define SCHEME  "ostiary://"
#define DIGITS  12u
#define SUFFIX  (1u + DIGITS) /* "_" and the digits */

static bool
is_legal_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
all_legal(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_legal_char(s.p[i]))
			return false;
	return true;
}

bool
names_is_legal(struct str name)
{
	return name.n > 0 && name.n <= NAMES_MAX && all_legal(name);
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Ends as a rewritten name does, so it must be rewritten itself: the two
 * kinds of names stay apart. */
static bool
looks_rewritten(struct str name)
{
	if (name.n < SUFFIX || name.p[name.n - SUFFIX] != '_')
		return false;
	for (size_t i = name.n - DIGITS; i < name.n; i++)
		if (!is_hex(name.p[i]))
			return false;
	return true;
}

/* "a_" and "b" would meet "a" and "_b" in the middle. */
static bool
may_stand(struct str server, struct str name)
{
	return server.n > 0 && server.p[server.n - 1] != '_' &&
		all_legal(server) && name.n > 0 && all_legal(name) &&
		server.n + strlen(BETWEEN) + name.n <= NAMES_MAX &&
		!looks_rewritten(name);
}

/* As much of s as fits, other bytes as "_". */
static void
put_legal(char *out, size_t *n, size_t max, struct str s)
{
	for (size_t i = 0; i < s.n && *n < max; i++)
		out[(*n)++] = is_legal_char(s.p[i]) ? s.p[i] : '_';
}

static struct str
rewrite(struct arena *a, struct str server, struct str name)
{
	static const char hex[] = "0123456789abcdef";
	struct str both = str_join(a, server, STR("\0"), name);
	char *out = arena_bytes(a, NAMES_MAX);
	struct digest d;
	size_t n = 0;

	if (str_is_none(both) || out == NULL)
		return STR_NONE;
	d = digest_sha256(both);
	put_legal(out, &n, NAMES_MAX - SUFFIX, server);
	put_legal(out, &n, NAMES_MAX - SUFFIX, STR(BETWEEN));
	put_legal(out, &n, NAMES_MAX - SUFFIX, name);
	out[n++] = '_';
	for (size_t i = 0; i < DIGITS / 2; i++) {
		out[n++] = hex[d.b[i] >> 4];
		out[n++] = hex[d.b[i] & 15];
	}
	return str_of(out, n);
}

struct str
names_hub(struct arena *a, struct str server, struct str name)
{
	if (may_stand(server, name))
		return str_join(a, server, STR(BETWEEN), name);
	return rewrite(a, server, name);
}

struct str
names_hub_uri(struct arena *a, struct str server, struct str uri)
{
	return str_join(a, STR(SCHEME), server, STR("/"), uri);
}

bool
names_from_uri(struct str hub_uri, struct str *server, struct str *uri)
{
	struct str rest;
	size_t slash;

	if (!str_starts(hub_uri, STR(SCHEME)))
		return false;
	rest = str_cut(hub_uri, strlen(SCHEME), hub_uri.n);
	slash = str_find_char(rest, '/');
	*server = str_cut(rest, 0, slash);
	*uri = str_cut(rest, slash + 1, rest.n);
	return slash < rest.n && server->n > 0 && all_legal(*server) &&
		uri->n > 0;
}
