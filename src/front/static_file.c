/* static_file: see static_file.h. */
#include "front/static_file.h"

#include "front/assets.h"
#include "front/routes.h"

#define REVALIDATE STR("no-cache")

/* If-None-Match (RFC 9110 13.1.2): a list of tags, compared weakly, or "*". */
static bool
is_known(const struct http_head *head, struct str etag)
{
	struct str rest =
		field_get(head->fields, head->n, STR("If-None-Match"), NULL);
	struct str one;

	while (!str_is_none(rest) && field_list_next(&rest, &one)) {
		if (str_starts(one, STR("W/")))
			one = str_cut(one, 2, one.n);
		if (str_eq(one, etag) || str_eq_lit(one, "*"))
			return true;
	}
	return false;
}

static void
send(struct http_request *r, const struct asset *asset, int status)
{
	const struct field fields[] = {
		{ STR("Content-Type"), asset->type },
		{ STR("ETag"), asset->etag },
		{ STR("Cache-Control"), REVALIDATE },
		{ STR("X-Content-Type-Options"), STR("nosniff") },
		{ STR("Content-Security-Policy"),
			STR("default-src 'none'; frame-ancestors 'none'") },
		{ STR("Cross-Origin-Resource-Policy"), STR("same-origin") },
	};

	http_answer(r,
		&(struct http_answer){
			.status = status,
			.fields = fields,
			.n = sizeof(fields) / sizeof(fields[0]),
			.parts = &asset->bytes,
			.part_count = status == 304 ? 0 : 1,
		});
}

/* FAULT_NOT_FOUND when there is no such file (NULL). */
static void
serve(struct front *front, struct http_request *r, const struct asset *asset)
{
	struct fault f;

	if (asset == NULL) {
		fault_set(&f, FAULT_NOT_FOUND, "no such file");
		routes_refuse(front, r, &f);
		return;
	}
	send(r, asset, is_known(r->head, asset->etag) ? 304 : 200);
}

void
static_file_get(struct front *front, struct http_request *r)
{
	serve(front, r, asset_find(routes_rest(r)));
}

void
static_file_icon(struct front *front, struct http_request *r)
{
	serve(front, r, asset_find(STR("key.svg")));
}
