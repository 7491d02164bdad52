/* metadata: see metadata.h. */
#include "oauth/metadata.h"

#include "oauth/scope.h"
#include "text/json_write.h"

#define AUTH_METHODS                                                           \
	STR("[\"none\",\"client_secret_basic\",\"client_secret_post\"]")

static void
put_url(struct json_write *w, const char *key, struct str issuer,
	struct str path)
{
	struct buf url;

	buf_init(&url, issuer.n + path.n);
	buf_str(&url, issuer);
	buf_str(&url, path);
	json_member_str(w, key, buf_view(&url));
	buf_clear(&url);
}

static void
put_scopes(struct json_write *w, const struct scope_table *scopes)
{
	uint64_t grantable = scope_grantable(scopes);

	json_member(w, "scopes_supported");
	json_begin(w, '[');
	for (size_t i = 0; i < scope_count(scopes); i++)
		if ((grantable & (uint64_t)1 << i) != 0)
			json_str(w, scope_name(scopes, i));
	json_end(w);
}

void
metadata_write_server(struct buf *out, const struct metadata_server_plan *plan)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_str(&w, "issuer", plan->issuer);
	put_url(&w, "authorization_endpoint", plan->issuer,
		STR("/oauth/authorize"));
	put_url(&w, "token_endpoint", plan->issuer, STR("/oauth/token"));
	if (plan->registration == METADATA_REGISTRATION_ON)
		put_url(&w, "registration_endpoint", plan->issuer,
			STR("/oauth/register"));
	put_url(&w, "revocation_endpoint", plan->issuer, STR("/oauth/revoke"));
	put_scopes(&w, plan->scopes);
	json_member_raw(&w, "response_types_supported", STR("[\"code\"]"));
	json_member_raw(&w, "response_modes_supported", STR("[\"query\"]"));
	json_member_raw(&w, "grant_types_supported",
		STR("[\"authorization_code\",\"refresh_token\"]"));
	json_member_raw(
		&w, "token_endpoint_auth_methods_supported", AUTH_METHODS);
	json_member_raw(
		&w, "revocation_endpoint_auth_methods_supported", AUTH_METHODS);
	json_member_raw(
		&w, "code_challenge_methods_supported", STR("[\"S256\"]"));
	json_member_bool(
		&w, "authorization_response_iss_parameter_supported", true);
	/* OpenID Connect Discovery 3: absent would mean true. */
	json_member_bool(&w, "request_uri_parameter_supported", false);
	json_end(&w);
}

void
metadata_write_resource(
	struct buf *out, const struct metadata_resource_plan *plan)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_str(&w, "resource", plan->resource);
	json_member_str(&w, "resource_name", plan->name);
	json_member(&w, "authorization_servers");
	json_begin(&w, '[');
	json_str(&w, plan->issuer);
	json_end(&w);
	json_member_raw(&w, "scopes_supported",
		STR("[\"mcp:tools:read\",\"mcp:tools:execute\","
		    "\"mcp:resources:read\",\"mcp:prompts:read\"]"));
	json_member_raw(&w, "bearer_methods_supported", STR("[\"header\"]"));
	json_end(&w);
}
