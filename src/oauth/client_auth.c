/* client_auth: see client_auth.h. */
#include "oauth/client_auth.h"

#include "base/arena.h"
#include "base/secret.h"
#include "oauth/token.h"
#include "text/base64.h"
#include "text/form.h"
#include "text/uri.h"

#define CREDENTIAL_MAX ((size_t)2048)

static bool
unfit(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_INVALID_REQUEST, "%s", why);
}

static bool
no(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_INVALID_CLIENT, "%s", why);
}

/* application/x-www-form-urlencoded (RFC 6749 2.3.1). */
static bool
decode(struct arena *a, struct str s, struct str *out)
{
	char *plain = arena_bytes(a, s.n);

	if (plain == NULL)
		return false;
	for (size_t i = 0; i < s.n; i++)
		plain[i] = s.p[i] == '+' ? ' ' : s.p[i];
	return uri_decode(a, str_of(plain, s.n), out);
}

/* "Basic" and the base64 of "id:secret" (RFC 7617 2). */
static bool
read_basic(struct arena *a, struct str field, struct client_credentials *used,
	struct fault *f)
{
	size_t blank = str_find_char(field, ' ');
	struct str pair;
	size_t colon;

	if (!str_eq_nocase(str_cut(field, 0, blank), STR("Basic")))
		return no(f, "the Authorization scheme is not Basic");
	used->method = CLIENT_AUTH_BASIC;
	if (field.n > CREDENTIAL_MAX ||
		!base64_read(
			a, str_trim(str_cut(field, blank, field.n)), &pair))
		return no(f, "the Basic credentials are no base64");
	colon = str_find_char(pair, ':');
	if (colon == pair.n)
		return no(f, "the Basic credentials have no colon");
	if (!decode(a, str_cut(pair, 0, colon), &used->id) ||
		!decode(a, str_cut(pair, colon + 1, pair.n), &used->secret))
		return no(f, "the Basic credentials are not form-encoded");
	if (used->id.n == 0 || used->secret.n == 0)
		return no(f, "the Basic credentials are incomplete");
	return true;
}

bool
client_auth_read(struct arena *a, const struct client_auth_head *head,
	const struct form *form, struct client_credentials *used,
	struct fault *f)
{
	struct str id = form_get(form, "client_id");
	struct str secret = form_get(form, "client_secret");

	*used = (struct client_credentials){ CLIENT_AUTH_NONE, id, STR_NONE };
	if (!str_is_none(form_get(form, "client_assertion")))
		return no(f, "client assertions are not understood");
	if (head->count > 1)
		return unfit(f, "there are two Authorization fields");
	if (!str_is_none(head->authorization)) {
		if (!read_basic(a, head->authorization, used, f))
			return false;
		if (!str_is_none(secret))
			return unfit(f, "the client authenticates twice");
		if (!str_is_none(id) && !str_eq(id, used->id))
			return unfit(f, "two client ids were sent");
		return true;
	}
	if (str_is_none(id))
		return no(f, "client_id is missing");
	if (!str_is_none(secret)) {
		used->method = CLIENT_AUTH_POST;
		used->secret = secret;
	}
	return true;
}

bool
client_auth_check(const struct client *c, const struct client_credentials *used,
	struct fault *f)
{
	struct token_name name;

	if (client_is_public(c))
		return used->method == CLIENT_AUTH_NONE ||
			no(f, "a public client sent a secret");
	if (used->method == CLIENT_AUTH_NONE)
		return no(f, "the client's secret is missing");
	if (used->method != c->auth)
		return no(f, "the client registered the other method");
	name = token_name(used->secret);
	return (!str_is_none(c->secret_digest) &&
		       secret_eq(token_name_str(&name), c->secret_digest)) ||
		no(f, "the client's secret is wrong");
}
