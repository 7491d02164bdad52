/* resource: see resource.h. */
#include "oauth/resource.h"

#include "base/arena.h"
#include "base/buf.h"
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
parse(struct str text, struct uri *u, struct fault *f)
{
	struct fault why;

	if (str_is_none(text) || !uri_parse(text, u, &why))
		return fault_set(
			f, FAULT_INVALID_TARGET, "resource is no absolute URI");
	if (!u->has_authority ||
		(!str_eq_nocase(u->scheme, STR("http")) &&
			!str_eq_nocase(u->scheme, STR("https"))))
		return fault_set(
			f, FAULT_INVALID_TARGET, "resource is no http(s) URI");
	if (!str_is_none(u->fragment))
		return fault_set(
			f, FAULT_INVALID_TARGET, "resource has a fragment");
	if (!str_is_none(u->userinfo))
		return fault_set(f, FAULT_INVALID_TARGET,
			"resource has user information");
	return true;
}

bool
resource_canonical(
	struct arena *a, struct str text, struct str *out, struct fault *f)
{
	struct uri u;
	struct str origin;

	if (!parse(text, &u, f))
		return false;
	origin = uri_origin(a, &u);
	if (str_is_none(origin))
		return fault_set(f, FAULT_TOO_LARGE, "resource");
	*out = str_join(a, origin, path_of(&u),
		str_is_none(u.query) ? STR("") : STR("?"),
		str_is_none(u.query) ? STR("") : u.query);
	return !str_is_none(*out) || fault_set(f, FAULT_TOO_LARGE, "resource");
}

bool
resource_is_same(struct str a, struct str b)
{
	struct uri x, y;

	return parse(a, &x, NULL) && parse(b, &y, NULL) &&
		uri_same_origin(&x, &y) && str_eq(path_of(&x), path_of(&y)) &&
		str_is_none(x.query) == str_is_none(y.query) &&
		str_eq(x.query, y.query);
}
