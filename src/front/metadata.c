/* metadata: see metadata.h. */
#include "front/metadata.h"

#include "front/reply.h"
#include "hall/hall.h"
#include "oauth/metadata.h"

#define DOCUMENT_MAX ((size_t)64 << 10)

/* The documents change with the settings alone. */
static const struct reply fresh_for_a_minute = {
	.cache = STR_INIT("public, max-age=60"),
};

static const struct endpoint *
endpoint_of(const struct front *front, struct str path)
{
	struct str prefix = STR("/.well-known/oauth-protected-resource");
	struct str rest = str_cut(path, prefix.n, path.n);

	if (!str_starts(path, prefix))
		return NULL;
	if (rest.n == 0)
		return hall_endpoint_at(front->hall, 0);
	return hall_endpoint(front->hall, rest);
}

void
metadata_resource(struct front *front, struct http_request *r)
{
	const struct endpoint *e = endpoint_of(front, r->head->path);
	struct metadata_resource_plan plan;
	struct buf out;
	struct fault f;

	if (e == NULL) {
		fault_set(&f, FAULT_NOT_FOUND, "no endpoint at that path");
		reply_oauth_fault(r, &f, NULL);
		return;
	}
	plan = (struct metadata_resource_plan){
		.resource = e->resource,
		.issuer = front->settings->public_url,
		.name = e->name.n > 0 ? e->name : STR("Ostiary"),
	};
	buf_in(&out, r->arena, DOCUMENT_MAX);
	metadata_write_resource(&out, &plan);
	reply_json(r, &fresh_for_a_minute, buf_view(&out));
}

void
metadata_server(struct front *front, struct http_request *r)
{
	const struct settings *s = front->settings;
	struct metadata_server_plan plan = {
		.issuer = s->public_url,
		.scopes = front->scopes,
		.registration = s->registration == REGISTRATION_OFF
			? METADATA_REGISTRATION_OFF
			: METADATA_REGISTRATION_ON,
	};
	struct buf out;

	buf_in(&out, r->arena, DOCUMENT_MAX);
	metadata_write_server(&out, &plan);
	reply_json(r, &fresh_for_a_minute, buf_view(&out));
}
