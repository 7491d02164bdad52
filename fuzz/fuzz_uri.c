/*
 * fuzz_uri: line 1 is a URI, line 2 a reference against it.
 */
#include "fuzz.h"

#include "text/uri.h"

/* The parts, put together, are the text. */
static void
compare_parts(struct arena *a, struct str text, const struct uri *u)
{
	struct buf b;

	buf_in(&b, a, 2 * URI_MAX);
	buf_str(&b, u->scheme);
	buf_str(&b, u->has_authority ? STR("://") : STR(":"));
	if (!str_is_none(u->userinfo)) {
		buf_str(&b, u->userinfo);
		buf_char(&b, '@');
	}
	buf_str(&b, u->host_is_ipv6 ? STR("[") : STR(""));
	buf_str(&b, u->host);
	buf_str(&b, u->host_is_ipv6 ? STR("]") : STR(""));
	if (!str_is_none(u->port_text)) {
		buf_char(&b, ':');
		buf_str(&b, u->port_text);
	}
	buf_str(&b, u->path);
	if (!str_is_none(u->query)) {
		buf_char(&b, '?');
		buf_str(&b, u->query);
	}
	if (!str_is_none(u->fragment)) {
		buf_char(&b, '#');
		buf_str(&b, u->fragment);
	}
	insist(buf_ok(&b) && str_eq(buf_view(&b), text));
}

static void
check_origin(struct arena *a, const struct uri *u)
{
	struct str origin = uri_origin(a, u), target = uri_target(a, u);
	struct uri again;

	insist(uri_same_origin(u, u) == u->has_authority);
	if (str_is_none(origin)) {
		insist(!uri_is_loopback(u));
		return;
	}
	insist(uri_parse(origin, &again, NULL));
	insist(uri_same_origin(u, &again));
	insist(str_eq(uri_origin(a, &again), origin));
	insist(uri_is_loopback(u) == uri_is_loopback(&again));
	insist(target.n > 0 && target.p[0] == '/');
	for (size_t i = 0; i < target.n; i++)
		insist(target.p[i] > ' ' && target.p[i] < 0x7f);
}

static void
check_resolve(struct arena *a, const struct uri *base, struct str reference)
{
	struct uri u, again;
	struct str out, twice, thrice;

	if (!uri_resolve(a, base, reference, &out, NULL))
		return;
	insist(uri_parse(out, &u, NULL));
	/* The base's own dots stay when the reference has no path. */
	insist(uri_resolve(a, base, out, &twice, NULL));
	insist(uri_parse(twice, &again, NULL));
	insist(uri_same_origin(&u, &again) == u.has_authority);
	insist(uri_resolve(a, base, twice, &thrice, NULL));
	insist(str_eq(twice, thrice));
	if (uri_is_path(reference))
		insist(uri_same_origin(base, &u));
}

static void
check_codings(struct arena *a, struct str text)
{
	struct str plain, back;
	struct buf b;

	buf_in(&b, a, FUZZ_ARENA_MAX);
	uri_encode(&b, text);
	insist(uri_decode(a, buf_view(&b), &back) && str_eq(back, text));
	if (uri_decode(a, text, &plain))
		insist(plain.n <= text.n);
}

static void
run(struct arena *a, struct str input)
{
	struct str text = fuzz_line(&input), reference = fuzz_line(&input);
	struct uri base;

	check_codings(a, text);
	if (!uri_parse(text, &base, NULL)) {
		insist(str_is_none(uri_origin_of(a, text)));
		return;
	}
	insist(!uri_is_path(text));
	compare_parts(a, text, &base);
	check_origin(a, &base);
	check_resolve(a, &base, reference);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(FUZZ_ARENA_MAX);

	run(a, fuzz_str(data, size));
	arena_free(&a);
	return 0;
}
