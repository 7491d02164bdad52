/* doors: see doors.h. */
#include "front/doors.h"

#include "base/arena.h"
#include "front/address.h"
#include "text/uri.h"

#define NAMES_MAX        8u
#define DOORS_MEMORY_MAX ((size_t)64 << 10)

struct doors {
	struct arena *arena;
	/* Authorities as Host may spell them; compared without case. */
	struct str hosts[NAMES_MAX];
	size_t host_count;
	/* http://localhost:3000 ...; compared byte by byte. */
	struct str origins[NAMES_MAX];
	size_t origin_count;
	bool is_local; /* publicUrl names this machine */
};

static void
add_host(struct doors *d, struct str host)
{
	if (!str_is_none(host) && d->host_count < NAMES_MAX)
		d->hosts[d->host_count++] = host;
}

static void
add_origin(struct doors *d, struct str origin)
{
	if (!str_is_none(origin) && d->origin_count < NAMES_MAX)
		d->origins[d->origin_count++] = origin;
}

/* publicUrl's authority, with and without its default port. */
static void
add_public(struct doors *d, const struct uri *u)
{
	struct arena *a = d->arena;
	struct str open = u->host_is_ipv6 ? STR("[") : STR("");
	struct str shut = u->host_is_ipv6 ? STR("]") : STR("");
	bool usual = str_eq_nocase(u->scheme, STR("https")) ? u->port == 443
							    : u->port == 80;

	add_host(d,
		str_fmt(a, "%.*s%.*s%.*s:%u", STR_ARG(open), STR_ARG(u->host),
			STR_ARG(shut), u->port));
	if (usual)
		add_host(d, str_join(a, open, u->host, shut));
	add_origin(d, uri_origin(a, u));
}

/* The listen address itself and the loopback names with its port. */
static void
add_listen(struct doors *d, struct str listen, struct str scheme)
{
	static const struct str names[] = { STR_INIT("localhost"),
		STR_INIT("127.0.0.1"), STR_INIT("[::1]") };
	size_t colon = listen.n;
	struct str port;

	while (colon > 0 && listen.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return;
	port = str_cut(listen, colon, listen.n);
	add_host(d, str_dup(d->arena, listen));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str host = str_join(d->arena, names[i], STR(":"), port);

		add_host(d, host);
		add_origin(d, str_join(d->arena, scheme, STR("://"), host));
	}
}

struct doors *
doors_new(const struct settings *s, struct str bound)
{
	struct arena *arena = arena_new(DOORS_MEMORY_MAX);
	struct doors *d = arena_new_of(arena, struct doors);
	struct str listen = str_is_none(bound) ? s->listen : bound;
	struct uri u;

	d->arena = arena;
	if (uri_parse(s->public_url, &u, NULL)) {
		add_public(d, &u);
		d->is_local = uri_is_loopback(&u);
	}
	add_listen(d, listen,
		str_is_none(s->tls_cert) ? STR("http") : STR("https"));
	return d;
}

void
doors_free(struct doors **d)
{
	struct arena *arena;

	if (*d == NULL)
		return;
	arena = (*d)->arena;
	*d = NULL;
	arena_free(&arena);
}

/* Nothing, or ":" and digits. */
static bool
is_port(struct str s)
{
	uint64_t port;

	return s.n == 0 ||
		(s.p[0] == ':' && str_to_u64(str_cut(s, 1, s.n), &port) &&
			port <= UINT16_MAX);
}

/* "10.0.0.7:3000", "[fd00::7]": what no resolver can turn elsewhere. */
static bool
is_address(struct str host)
{
	bool six = host.n > 0 && host.p[0] == '[';
	size_t end = str_find_char(host, six ? ']' : ':');
	struct str name = str_cut(host, six, end);
	struct address out;

	if ((six && end == host.n) ||
		!is_port(str_cut(host, end + six, host.n)))
		return false;
	return six ? address_read_ipv6(name, &out)
		   : address_read_ipv4(name, &out);
}

static bool
host_is_ours(const struct doors *d, struct str host, enum door door)
{
	for (size_t i = 0; i < d->host_count; i++) {
		if (str_eq_nocase(d->hosts[i], host))
			return true;
	}
	return door == DOOR_PROBE && is_address(host);
}

static bool
origin_is_loopback(struct str origin)
{
	struct uri u;

	return uri_parse(origin, &u, NULL) && uri_is_loopback(&u) &&
		u.path.n == 0 && str_is_none(u.userinfo) &&
		str_is_none(u.query) && str_is_none(u.fragment);
}

/* What the browser says of the page that a request comes from: scripts can't
 * write it, and a redirect through another site changes it (Fetch Metadata 2.4).
 * Twice is never. */
static bool
browser_says_own(const struct http_head *head)
{
	unsigned n = 0;
	bool own = false;

	for (size_t i = 0; i < head->n; i++) {
		if (!str_eq_nocase(head->fields[i].name, STR("Sec-Fetch-Site")))
			continue;
		own = str_eq_lit(head->fields[i].value, "same-origin");
		n++;
	}
	return n == 1 && own;
}

static bool
origin_may(const struct doors *d, const struct http_head *head, enum door door)
{
	struct str origin = head->known[HTTP_FIELD_ORIGIN];

	if (door == DOOR_ANY)
		return true;
	if (door == DOOR_OWN && str_eq_lit(origin, "null"))
		return browser_says_own(head);
	for (size_t i = 0; i < d->origin_count; i++) {
		if (str_eq(d->origins[i], origin))
			return true;
	}
	return door == DOOR_ALLOWED && d->is_local &&
		origin_is_loopback(origin);
}

/* Host names are short; what is longer is cut in the log. */
static int
shown(struct str s)
{
	return s.n > 80 ? 80 : (int)s.n;
}

bool
doors_check(const struct doors *d, const struct http_head *head, enum door door,
	struct fault *f)
{
	struct str host = head->authority;
	struct str origin = head->known[HTTP_FIELD_ORIGIN];

	if (str_is_none(host) || !host_is_ours(d, host, door))
		return fault_set(f, FAULT_FOREIGN_HOST, "Host %.*s",
			shown(host), str_is_none(host) ? "" : host.p);
	if (head->known_count[HTTP_FIELD_ORIGIN] > 1)
		return fault_set(f, FAULT_FOREIGN_ORIGIN, "two Origins");
	if (!str_is_none(origin) && !origin_may(d, head, door))
		return fault_set(f, FAULT_FOREIGN_ORIGIN, "Origin %.*s",
			shown(origin), origin.p);
	return true;
}

static void
add(struct field *out, size_t *n, struct str name, struct str value)
{
	out[(*n)++] = (struct field){ name, value };
}

static size_t
put_origin(enum door door, struct str origin, struct field *out)
{
	size_t n = 0;

	if (door == DOOR_ANY) {
		add(out, &n, STR("Access-Control-Allow-Origin"), STR("*"));
	} else if (door == DOOR_ALLOWED && !str_is_none(origin)) {
		add(out, &n, STR("Access-Control-Allow-Origin"), origin);
		add(out, &n, STR("Vary"), STR("Origin"));
	}
	return n;
}

size_t
doors_cors(enum door door, struct str origin, struct field *out)
{
	size_t n = put_origin(door, origin, out);

	if (n > 0)
		add(out, &n, STR("Access-Control-Expose-Headers"),
			STR("WWW-Authenticate, Mcp-Session-Id, "
			    "MCP-Protocol-Version, Retry-After"));
	return n;
}

size_t
doors_preflight(enum door door, struct str origin, struct str methods,
	struct field *out)
{
	size_t n = put_origin(door, origin, out);

	if (n == 0)
		return 0;
	add(out, &n, STR("Access-Control-Allow-Methods"), methods);
	/* "*" holds for requests without credentials, except that
	 * Authorization has to be named (Fetch 4.9). */
	add(out, &n, STR("Access-Control-Allow-Headers"),
		STR("Authorization, Content-Type, Accept, Last-Event-ID, "
		    "MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method, "
		    "Mcp-Name, *"));
	add(out, &n, STR("Access-Control-Max-Age"), STR("600"));
	return n;
}
