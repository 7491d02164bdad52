/* token: see token.h. */
#include "oauth/token.h"

#include "base/arena.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "model/client.h"
#include "oauth/pkce.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "text/form.h"
#include "text/json_write.h"

const char *const token_repeatable[] = { "resource", NULL };

struct token_name
token_name(struct str text)
{
	static const char digits[] = "0123456789abcdef";
	struct digest d = token_digest(text);
	struct token_name name;

	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		name.hex[2 * i] = digits[d.b[i] >> 4];
		name.hex[2 * i + 1] = digits[d.b[i] & 15];
	}
	return name;
}

static bool
read_type(const struct form *form, struct token_ask *ask, struct fault *f)
{
	struct str type = form_get(form, "grant_type");

	if (str_is_none(type))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "grant_type is missing");
	if (str_eq_lit(type, "authorization_code")) {
		ask->type = TOKEN_BY_CODE;
		ask->presented = form_get(form, "code");
	} else if (str_eq_lit(type, "refresh_token")) {
		ask->type = TOKEN_BY_REFRESH;
		ask->presented = form_get(form, "refresh_token");
	} else {
		return fault_set(f, FAULT_UNSUPPORTED_GRANT_TYPE,
			"grant_type is \"%.*s\"",
			STR_ARG(str_cut(type, 0, 60)));
	}
	return true;
}

static bool
read_resource(const struct form *form, struct token_ask *ask, struct fault *f)
{
	ask->resource = form_get_nth(form, "resource", 0);
	if (!str_is_none(form_get_nth(form, "resource", 1)))
		return fault_set(f, FAULT_INVALID_TARGET,
			"more than one resource was asked for");
	return true;
}

bool
token_read(struct arena *a, const struct form *form, struct token_ask *ask,
	struct fault *f)
{
	struct str scope = form_get(form, "scope");
	enum token_kind kind;

	*ask = (struct token_ask){
		.verifier = form_get(form, "code_verifier"),
		.redirect_uri = form_get(form, "redirect_uri"),
	};
	if (!read_type(form, ask, f) || !read_resource(form, ask, f))
		return false;
	if (str_is_none(ask->presented))
		return fault_set(f, FAULT_INVALID_REQUEST,
			"the code or refresh token is missing");
	if (ask->type == TOKEN_BY_CODE && str_is_none(ask->verifier))
		return fault_set(
			f, FAULT_INVALID_REQUEST, "code_verifier is missing");
	kind = ask->type == TOKEN_BY_CODE ? TOKEN_CODE : TOKEN_REFRESH;
	if (!token_is_well_formed(ask->presented, kind))
		return fault_set(f, FAULT_INVALID_GRANT,
			"the code or refresh token is none of ours");
	if (ask->type == TOKEN_BY_CODE || str_is_none(scope))
		return true;
	return scope_sort(a, scope, &ask->scope, f);
}

static enum token_verdict
refuse(struct fault *f, const char *why)
{
	fault_set(f, FAULT_INVALID_GRANT, "%s", why);
	return TOKEN_REFUSE;
}

static bool
resource_fits(
	const struct token_ask *ask, const struct grant *grant, struct fault *f)
{
	return str_is_none(ask->resource) ||
		resource_is_same(ask->resource, grant->resource) ||
		fault_set(f, FAULT_INVALID_TARGET,
			"the grant is for another resource");
}

enum token_verdict
token_judge_code(const struct token_ask *ask, const struct token_scene *scene,
	const struct auth_code *code, struct fault *f)
{
	if (!str_eq(code->client_id, scene->client->id))
		return refuse(f, "the code is another client's");
	if (!str_is_none(ask->redirect_uri) &&
		!str_eq(ask->redirect_uri, code->redirect_uri))
		return refuse(f, "the redirect address is another one");
	if (!pkce_matches(ask->verifier, code->challenge))
		return refuse(f, "the verifier does not match the challenge");
	if (code->spent != 0) {
		fault_set(f, FAULT_INVALID_GRANT,
			"a spent code of grant %.*s came back",
			STR_ARG(code->grant_id));
		return TOKEN_REVOKE;
	}
	if (code->expires <= scene->now)
		return refuse(f, "the code has expired");
	if (scene->grant->revoked != 0)
		return refuse(f, "the grant was revoked");
	if (!resource_fits(ask, scene->grant, f))
		return TOKEN_REFUSE;
	return TOKEN_ISSUE;
}

/* What a retired token means when it comes back. */
static enum token_verdict
judge_retired(const struct token_scene *scene, const struct refresh_token *old,
	const struct refresh_token *successor, struct fault *f)
{
	/* A grace of none is none in the same second, too. */
	if (successor != NULL && successor->retired == 0 && scene->grace > 0 &&
		scene->now - old->retired <= scene->grace)
		return TOKEN_REPEAT;
	fault_set(f, FAULT_INVALID_GRANT,
		"a retired refresh token of grant %.*s came back",
		STR_ARG(old->grant_id));
	return TOKEN_REVOKE;
}

enum token_verdict
token_judge_refresh(const struct token_ask *ask,
	const struct token_scene *scene, const struct refresh_token *old,
	const struct refresh_token *successor, struct fault *f)
{
	enum token_verdict verdict = TOKEN_ISSUE;

	if (!str_eq(scene->grant->client_id, scene->client->id))
		return refuse(f, "the refresh token is another client's");
	if (scene->grant->revoked != 0)
		return refuse(f, "the grant was revoked");
	if (old->expires <= scene->now)
		return refuse(f, "the refresh token has expired");
	if (old->retired != 0)
		verdict = judge_retired(scene, old, successor, f);
	if (verdict == TOKEN_REVOKE)
		return verdict;
	if (!scene->client->may_refresh) {
		fault_set(f, FAULT_UNAUTHORIZED_CLIENT,
			"the client did not register refresh_token");
		return TOKEN_REFUSE;
	}
	if (!resource_fits(ask, scene->grant, f))
		return TOKEN_REFUSE;
	if (!scope_is_within(ask->scope, scene->grant->scope)) {
		fault_set(f, FAULT_INVALID_SCOPE, "the scope was not granted");
		return TOKEN_REFUSE;
	}
	return verdict;
}

struct str
token_successor(struct arena *a, const struct seal_key *key,
	enum token_kind kind, const struct token_name *old, struct str scope)
{
	struct digest d;
	struct buf in;
	struct str text;

	buf_in(&in, a, SCOPE_TEXT_MAX + 256);
	buf_str(&in, kind == TOKEN_REFRESH ? STR("refresh|") : STR("access|"));
	buf_str(&in, token_name_str(old));
	buf_char(&in, '|');
	if (kind != TOKEN_REFRESH)
		buf_str(&in, scope);
	if (!buf_ok(&in))
		return STR_NONE;
	seal_mac(key, buf_view(&in), &d);
	text = token_make(a, kind, d.b);
	secret_wipe(&d, sizeof(d));
	return text;
}

void
token_write(struct buf *out, const struct token_answer *answer)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_str(&w, "access_token", answer->access);
	json_member_str(&w, "token_type", STR("Bearer"));
	json_member_i64(&w, "expires_in", answer->expires_in);
	json_member_str(&w, "refresh_token", answer->refresh);
	json_member_str(&w, "scope", answer->scope);
	json_end(&w);
}
