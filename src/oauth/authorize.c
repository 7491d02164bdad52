/* authorize: see authorize.h. */
#include "oauth/authorize.h"

#include "base/arena.h"
#include "model/client.h"
#include "oauth/pkce.h"
#include "oauth/redirect.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "text/form.h"

const char *const authorize_repeatable[] = { "resource", NULL };

/* A longer one would not fit into the forms that carry it. */
#define STATE_MAX 4096u

/* RFC 6749 3.1.1, RFC 9101 10.2. */
static bool
check_kind(const struct form *form, struct fault *f)
{
	struct str type = form_get(form, "response_type");
	struct str mode = form_get(form, "response_mode");

	if (!str_is_none(form_get(form, "request")))
		return fault_set(f, FAULT_REQUEST_OBJECT, "request was sent");
	if (!str_is_none(form_get(form, "request_uri")))
		return fault_set(f, FAULT_REQUEST_URI, "request_uri was sent");
	if (str_is_none(type))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "response_type is missing");
	if (!str_eq_lit(type, "code"))
		return fault_set(f, FAULT_UNSUPPORTED_RESPONSE_TYPE,
			"response_type is \"%.*s\"",
			STR_ARG(str_cut(type, 0, 60)));
	if (!str_is_none(mode) && !str_eq_lit(mode, "query"))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "response_mode is not query");
	return true;
}

static bool
choose_resource(const struct form *form, const struct authorize_site *site,
	struct str *out, struct fault *f)
{
	struct str asked = form_get_nth(form, "resource", 0);

	if (!str_is_none(form_get_nth(form, "resource", 1)))
		return fault_set(f, FAULT_INVALID_TARGET,
			"more than one resource was asked for");
	if (str_is_none(asked)) {
		*out = site->resources[0];
		return true;
	}
	for (size_t i = 0; i < site->resource_count; i++)
		if (resource_is_same(site->resources[i], asked)) {
			*out = site->resources[i];
			return true;
		}
	return fault_set(f, FAULT_INVALID_TARGET,
		"nothing is served at \"%.*s\"",
		STR_ARG(str_cut(asked, 0, 150)));
}

/* Without a scope: what the client registered, or the plain ones (RFC 6749
 * 3.3). */
static bool
choose_scope(struct arena *a, const struct authorize_case *c, struct str *out,
	struct fault *f)
{
	const struct scope_table *known = c->site->scopes;
	struct str asked = form_get(c->form, "scope");
	uint64_t grantable = scope_grantable(known), bits;

	if (str_is_none(asked)) {
		bits = scope_known(known, c->client->scope) & grantable;
		if (bits == 0)
			bits = SCOPE_BASIC;
	} else if (!scope_parse(known, asked, &bits, f)) {
		return false;
	}
	if (bits == 0 || (bits & ~grantable) != 0)
		return fault_set(f, FAULT_INVALID_SCOPE,
			"a client can't be given \"%.*s\"",
			STR_ARG(str_cut(asked, 0, 150)));
	*out = scope_print(a, known, bits);
	return !str_is_none(*out) || fault_set(f, FAULT_TOO_LARGE, "scope");
}

static bool
check_client(const struct form *form, const struct client *client,
	struct authorize_request *out, struct fault *f)
{
	out->client_id = form_get(form, "client_id");
	if (str_is_none(out->client_id))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "client_id is missing");
	if (client == NULL)
		return fault_set(f,
			str_starts(out->client_id, STR("https://"))
				? FAULT_CLIENT_DOCUMENT
				: FAULT_UNKNOWN_CLIENT,
			"client_id is \"%.*s\"",
			STR_ARG(str_cut(out->client_id, 0, 150)));
	return redirect_choose(
		client, form_get(form, "redirect_uri"), &out->redirect_uri, f);
}

enum authorize_verdict
authorize_judge(struct arena *a, const struct authorize_case *c,
	struct authorize_request *out, struct fault *f)
{
	const struct form *form = c->form;

	*out = (struct authorize_request){ 0 };
	if (!check_client(form, c->client, out, f))
		return AUTHORIZE_LOCAL;
	out->state = form_get(form, "state");
	out->challenge = form_get(form, "code_challenge");
	if (out->state.n > STATE_MAX) {
		fault_set(f, FAULT_INVALID_REQUEST, "state is too long");
		return AUTHORIZE_REFUSE;
	}
	if (!check_kind(form, f) ||
		!pkce_check_challenge(out->challenge,
			form_get(form, "code_challenge_method"), f) ||
		!choose_resource(form, c->site, &out->resource, f) ||
		!choose_scope(a, c, &out->scope, f))
		return AUTHORIZE_REFUSE;
	return AUTHORIZE_ASK;
}

void
authorize_write(
	struct buf *out, const struct authorize_request *r, int64_t made)
{
	buf_lit(out, "made=");
	buf_i64(out, made);
	form_add(out, "client_id", r->client_id);
	form_add(out, "redirect_uri", r->redirect_uri);
	form_add(out, "state", r->state);
	form_add(out, "scope", r->scope);
	form_add(out, "resource", r->resource);
	form_add(out, "code_challenge", r->challenge);
}

bool
authorize_read(struct arena *a, struct str text, struct authorize_request *r,
	int64_t *made, struct fault *f)
{
	struct form form;
	uint64_t seconds;

	if (!form_parse(a, text, NULL, &form, NULL) ||
		str_is_none(form_get(&form, "made")) ||
		!str_to_u64(form_get(&form, "made"), &seconds) ||
		seconds > INT64_MAX)
		return fault_set(
			f, FAULT_STALE_FORM, "the sealed request is malformed");
	*made = (int64_t)seconds;
	*r = (struct authorize_request){
		.client_id = form_get(&form, "client_id"),
		.redirect_uri = form_get(&form, "redirect_uri"),
		.state = form_get(&form, "state"),
		.scope = form_get(&form, "scope"),
		.resource = form_get(&form, "resource"),
		.challenge = form_get(&form, "code_challenge"),
	};
	if (str_is_none(r->client_id) || str_is_none(r->redirect_uri) ||
		str_is_none(r->scope) || str_is_none(r->resource) ||
		str_is_none(r->challenge))
		return fault_set(
			f, FAULT_STALE_FORM, "the sealed request is cut short");
	return true;
}

void
authorize_write_code(struct buf *out, const struct authorize_request *r,
	struct str code, struct str issuer)
{
	struct redirect_param params[] = {
		{ "code", code },
		{ "state", r->state },
		{ "iss", issuer },
	};

	redirect_write(out, r->redirect_uri, params,
		sizeof(params) / sizeof(params[0]));
}

void
authorize_write_error(struct buf *out, const struct authorize_request *r,
	const struct fault *why, struct str issuer)
{
	const struct fault_row *row = fault_row(why->id);
	struct redirect_param params[] = {
		{ "error", str_from(row->oauth) },
		{ "error_description", str_from(row->sentence) },
		{ "state", r->state },
		{ "iss", issuer },
	};

	redirect_write(out, r->redirect_uri, params,
		sizeof(params) / sizeof(params[0]));
}
