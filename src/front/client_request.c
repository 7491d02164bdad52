/* client_request: see client_request.h. */
#include "front/client_request.h"

#include "front/reply.h"
#include "front/throttle.h"
#include "net/loop.h"
#include "oauth/challenge.h"
#include "store/tables.h"

bool
client_request_form(struct arena *a, const struct http_request *r,
	const char *const *repeatable, struct form *form, struct fault *f)
{
	struct str type = r->head->known[HTTP_FIELD_CONTENT_TYPE];
	struct str body;

	if (r->head->known_count[HTTP_FIELD_CONTENT_TYPE] != 1 ||
		!field_media_is(type, STR("application/x-www-form-urlencoded")))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "the body is no form");
	body = str_dup(a, r->body.p == NULL ? STR("") : r->body);
	if (str_is_none(body))
		return fault_set(f, FAULT_TOO_LARGE, "form");
	return form_parse(a, body, repeatable, form, f);
}

bool
client_request_read(struct arena *a, const struct front *front,
	const struct http_request *r, struct client_request *out,
	struct fault *f)
{
	const struct http_head *head = r->head;
	struct client_auth_head auth = {
		str_dup(a, head->known[HTTP_FIELD_AUTHORIZATION]),
		head->known_count[HTTP_FIELD_AUTHORIZATION],
	};

	if (!client_request_form(a, r, out->repeatable, &out->form, f) ||
		!client_auth_read(a, &auth, &out->form, &out->used, f))
		return false;
	return out->used.method == CLIENT_AUTH_NONE ||
		throttle_has(front->throttle, THROTTLE_SECRET,
			throttle_network(a, r->peer), loop_now(front->loop), f);
}

bool
client_request_load(struct arena *a, struct store_txn *t,
	const struct client_credentials *used, struct client *c,
	struct fault *f)
{
	if (!client_load(a, t, used->id, c, f))
		return f->id != FAULT_NOT_FOUND
			? false
			: fault_set(f, FAULT_INVALID_CLIENT,
				  "there is no client \"%.*s\"",
				  STR_ARG(str_cut(used->id, 0, 100)));
	return client_auth_check(c, used, f);
}

void
client_request_refuse(struct front *front, struct http_request *r,
	const struct client_credentials *used, const struct fault *f)
{
	struct str network = throttle_network(r->arena, r->peer);
	struct reply how = { 0 };

	if (f->id == FAULT_INVALID_CLIENT && used->method != CLIENT_AUTH_NONE)
		throttle_take(front->throttle, THROTTLE_SECRET, network,
			loop_now(front->loop), NULL);
	if (f->id == FAULT_INVALID_CLIENT && used->method == CLIENT_AUTH_BASIC)
		how.challenge = CHALLENGE_BASIC;
	if (f->id == FAULT_TOO_MANY)
		how.retry_after = throttle_wait(front->throttle,
			THROTTLE_SECRET, network, loop_now(front->loop));
	reply_oauth_fault(r, f, &how);
}
