/* uri_resolve: references against a base (RFC 3986 5.2). */
#include "base/arena.h"
#include "text/uri.h"
#include "text/uri_chars.h"

/* Drops the last segment and its slash, but nothing before from. */
static void
drop_segment(struct buf *out, size_t from)
{
	while (out->n > from && out->p[out->n - 1] != '/')
		out->n--;
	if (out->n > from)
		out->n--;
}

/* RFC 3986 5.2.4, for paths that begin with '/' or are empty. */
static void
put_without_dots(struct buf *out, struct str path)
{
	size_t from = out->n;

	while (path.n > 0) {
		struct str segment = str_cut(path, 1, path.n);
		size_t n = str_find_char(segment, '/');
		bool last = n == segment.n;
		bool up;

		segment = str_cut(segment, 0, n);
		path = str_cut(path, 1 + n, path.n);
		up = str_eq_lit(segment, "..");
		if (up)
			drop_segment(out, from);
		if (!up && !str_eq_lit(segment, ".")) {
			buf_char(out, '/');
			buf_str(out, segment);
		} else if (last) {
			buf_char(out, '/');
		}
	}
}

/* RFC 3986 5.2.3; the base has an authority. */
static struct str
merge_paths(struct arena *a, struct str base, struct str path)
{
	while (base.n > 0 && base.p[base.n - 1] != '/')
		base.n--;
	return str_join(a, base.n == 0 ? STR("/") : base, path);
}

static void
put_authority(struct buf *out, const struct uri *u)
{
	if (!str_is_none(u->userinfo)) {
		buf_str(out, u->userinfo);
		buf_char(out, '@');
	}
	if (u->host_is_ipv6)
		buf_char(out, '[');
	buf_str(out, u->host);
	if (u->host_is_ipv6)
		buf_char(out, ']');
	if (!str_is_none(u->port_text)) {
		buf_char(out, ':');
		buf_str(out, u->port_text);
	}
}

static void
put_tail(struct buf *out, struct str query, struct str fragment)
{
	if (!str_is_none(query)) {
		buf_char(out, '?');
		buf_str(out, query);
	}
	if (!str_is_none(fragment)) {
		buf_char(out, '#');
		buf_str(out, fragment);
	}
}

/* The reference has no scheme; ref is split, its authority in ref->host. */
static bool
put_relative(struct arena *a, struct buf *out, const struct uri *base,
	const struct uri *ref)
{
	struct str path = ref->path, query = ref->query;

	buf_str(out, base->scheme);
	buf_lit(out, "://");
	if (ref->has_authority)
		buf_str(out, ref->host);
	else
		put_authority(out, base);
	if (!ref->has_authority && path.n == 0) {
		buf_str(out, base->path);
		put_tail(out, str_is_none(query) ? base->query : query,
			ref->fragment);
		return true;
	}
	if (!ref->has_authority && path.p[0] != '/')
		path = merge_paths(a, base->path, path);
	if (str_is_none(path))
		return false;
	put_without_dots(out, path);
	put_tail(out, query, ref->fragment);
	return true;
}

static bool
has_scheme(struct str reference)
{
	size_t colon = str_find_char(reference, ':');

	return colon < reference.n &&
		uri_chars_scheme(str_of(reference.p, colon));
}

/* A whole URI of its own: only the dots go, and only under an authority. */
static void
put_absolute(struct buf *out, const struct uri *u)
{
	buf_str(out, u->scheme);
	buf_char(out, ':');
	if (u->has_authority) {
		buf_lit(out, "//");
		put_authority(out, u);
		put_without_dots(out, u->path);
	} else {
		buf_str(out, u->path);
	}
	put_tail(out, u->query, u->fragment);
}

bool
uri_resolve(struct arena *a, const struct uri *base, struct str reference,
	struct str *out, struct fault *f)
{
	struct uri ref = { 0 }, result;
	struct buf b;

	*out = STR_NONE;
	if (reference.n > URI_MAX)
		return fault_set(f, FAULT_BAD_URI, "the reference is too long");
	if (base->scheme.n == 0 || !base->has_authority)
		return fault_set(f, FAULT_BAD_URI, "the base has no host");
	buf_in(&b, a, URI_MAX);
	if (has_scheme(reference)) {
		if (!uri_parse(reference, &ref, f))
			return false;
		put_absolute(&b, &ref);
	} else {
		uri_chars_split(
			str_is_none(reference) ? STR("") : reference, &ref);
		if (!put_relative(a, &b, base, &ref))
			b.failed = true;
	}
	if (!buf_ok(&b))
		return fault_set(f, FAULT_BAD_URI, "the result is too long");
	if (!uri_parse(buf_view(&b), &result, f))
		return false;
	*out = buf_view(&b);
	return true;
}
