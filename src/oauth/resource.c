/* resource: see resource.h. */
#include "oauth/resource.h"

#include "text/uri.h"

/* What of the path counts: without slashes at the end. */
static struct str
path_of(const struct uri *u)
{
	struct str path = u->path;

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static bool
is_web(const struct uri *u)
{
	return u->has_authority &&
		(str_eq_nocase(u->scheme, STR("http")) ||
			str_eq_nocase(u->scheme, STR("https")));
}

/* RFC 8707 2: an absolute URI without a fragment. */
static bool
parse(struct str text, struct uri *u)
{
	return !str_is_none(text) && uri_parse(text, u, NULL) && is_web(u) &&
		str_is_none(u->fragment) && str_is_none(u->userinfo);
}

bool
resource_is_same(struct str a, struct str b)
{
	struct uri x, y;

	return parse(a, &x) && parse(b, &y) && uri_same_origin(&x, &y) &&
		str_eq(path_of(&x), path_of(&y)) &&
		str_is_none(x.query) == str_is_none(y.query) &&
		str_eq(x.query, y.query);
}
