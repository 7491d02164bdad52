/* redirect: see redirect.h. */
#include "oauth/redirect.h"

#include "base/arena.h"
#include "model/client.h"
#include "text/uri.h"

/* Run or read by the browser itself; can't be listed. */
static const struct str never[] = {
	STR_INIT("javascript"),
	STR_INIT("data"),
	STR_INIT("file"),
	STR_INIT("blob"),
	STR_INIT("vbscript"),
	STR_INIT("about"),
	STR_INIT("filesystem"),
	STR_INIT("view-source"),
	STR_INIT("ws"),
	STR_INIT("wss"),
	STR_INIT("ftp"),
};

static bool
bad(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_INVALID_REDIRECT_URI, "%s", why);
}

static bool
scheme_is(const struct uri *u, struct str scheme)
{
	return str_eq_nocase(u->scheme, scheme);
}

static bool
is_listed(const struct uri *u, const struct redirect_rules *rules)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (scheme_is(u, never[i]))
			return false;
	for (size_t i = 0; i < rules->scheme_count; i++)
		if (scheme_is(u, rules->schemes[i]))
			return true;
	return false;
}

static bool
check_parts(const struct uri *u, struct fault *f)
{
	if (!str_is_none(u->fragment))
		return bad(f, "the redirect address has a fragment");
	if (!str_is_none(u->userinfo))
		return bad(f, "the redirect address has user information");
	if (!str_is_none(u->port_text) && (u->port_text.n == 0 || u->port == 0))
		return bad(f, "the redirect address has an empty port");
	return true;
}

bool
redirect_check(
	struct str address, const struct redirect_rules *rules, struct fault *f)
{
	struct uri u;

	if (address.n > REDIRECT_MAX)
		return bad(f, "the redirect address is too long");
	if (str_is_none(address) || !uri_parse(address, &u, NULL))
		return bad(f, "the redirect address is no absolute URI");
	if (!check_parts(&u, f))
		return false;
	if (scheme_is(&u, STR("https")) || uri_is_loopback(&u))
		return true;
	if (scheme_is(&u, STR("http")))
		return bad(f, "http leads to no loopback address");
	return is_listed(&u, rules) ||
		bad(f, "the scheme is not one of clients.customSchemes");
}

/* Same bytes but for the port. */
static bool
matches_but_port(const struct uri *a, const struct uri *b)
{
	return str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) &&
		a->host_is_ipv6 == b->host_is_ipv6 &&
		str_eq(a->path, b->path) &&
		str_is_none(a->query) == str_is_none(b->query) &&
		str_eq(a->query, b->query);
}

static bool
is_loopback_http(struct str address, struct uri *u)
{
	return uri_parse(address, u, NULL) && scheme_is(u, STR("http")) &&
		uri_is_loopback(u) && check_parts(u, NULL);
}

bool
redirect_matches(struct str registered, struct str given)
{
	struct uri a, b;

	if (str_is_none(given) || given.n > REDIRECT_MAX)
		return false;
	if (str_eq(registered, given))
		return true;
	return is_loopback_http(registered, &a) &&
		is_loopback_http(given, &b) && matches_but_port(&a, &b);
}

bool
redirect_choose(const struct client *c, struct str given, struct str *out,
	struct fault *f)
{
	if (str_is_none(given)) {
		*out = c->redirect_count == 1 ? c->redirects[0] : STR_NONE;
		return c->redirect_count == 1 ||
			fault_set(f, FAULT_BAD_REDIRECT,
				"redirect_uri is missing");
	}
	for (size_t i = 0; i < c->redirect_count; i++)
		if (redirect_matches(c->redirects[i], given)) {
			*out = given;
			return true;
		}
	return fault_set(f, FAULT_BAD_REDIRECT,
		"client %.*s did not register \"%.*s\"", STR_ARG(c->id),
		STR_ARG(str_cut(given, 0, 150)));
}

bool
redirect_is_loopback(struct str address)
{
	struct uri u;

	return uri_parse(address, &u, NULL) && uri_is_loopback(&u);
}

bool
redirect_is_local(struct str address)
{
	struct uri u;

	return uri_parse(address, &u, NULL) &&
		(uri_is_loopback(&u) ||
			(!scheme_is(&u, STR("https")) &&
				!scheme_is(&u, STR("http"))));
}

struct str
redirect_host(struct arena *a, struct str address)
{
	struct uri u;
	struct str origin;

	if (!uri_parse(address, &u, NULL))
		return STR("");
	origin = uri_origin(a, &u);
	if (str_is_none(origin))
		return str_join(a, u.scheme, STR(":"));
	return str_cut(origin, str_find(origin, STR("//")) + 2, origin.n);
}

static bool
is_web(const struct uri *u)
{
	return u->has_authority &&
		(scheme_is(u, STR("http")) || scheme_is(u, STR("https")));
}

/* User information is never registered; were it there, it would stand in
 * place, and nobody would take it for the host. */
struct redirect_parts
redirect_cut(struct str address)
{
	size_t from = 0, to = address.n;
	struct uri u;

	if (uri_parse(address, &u, NULL)) {
		to = u.scheme.n + 1;
		if (is_web(&u)) {
			from = to + 2;
			to = (size_t)(u.path.p - address.p);
		}
	}
	return (struct redirect_parts){ str_cut(address, 0, from),
		str_cut(address, from, to), str_cut(address, to, address.n) };
}

struct str
redirect_csp_source(struct arena *a, struct str address)
{
	struct uri u;

	if (!uri_parse(address, &u, NULL))
		return STR_NONE;
	if (u.host_is_ipv6 || !u.has_authority ||
		(!scheme_is(&u, STR("http")) && !scheme_is(&u, STR("https"))))
		return str_join(a, u.scheme, STR(":"));
	return uri_origin(a, &u);
}

void
redirect_write(struct buf *out, struct str address,
	const struct redirect_param *params, size_t n)
{
	size_t query = str_find_char(address, '?');
	char before = query == address.n ? '?' : '&';

	buf_str(out, address);
	if (query + 1 == address.n)
		before = '\0'; /* "...?": nothing stands there yet */
	for (size_t i = 0; i < n; i++) {
		if (str_is_none(params[i].value))
			continue;
		if (before != '\0')
			buf_char(out, before);
		before = '&';
		buf_str(out, str_from(params[i].name));
		buf_char(out, '=');
		uri_encode(out, params[i].value);
	}
}
