/* registration: see registration.h. */
#include "oauth/registration.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "model/client.h"
#include "oauth/scope.h"
#include "text/json.h"
#include "text/json_write.h"
#include "text/uri.h"

static bool
bad(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_INVALID_CLIENT_METADATA, "%s", why);
}

/* ---- reading ---- */

/* A member that is a string or absent. */
static bool
read_text(const struct json *doc, const char *key, struct str *out,
	struct fault *f)
{
	const struct json *v = json_get(doc, key);

	*out = STR_NONE;
	if (v == NULL || v->kind == JSON_NULL)
		return true;
	if (v->kind != JSON_STRING || str_find_char(v->text, '\0') < v->text.n)
		return fault_set(f, FAULT_INVALID_CLIENT_METADATA,
			"%s is no plain string", key);
	if (v->text.n > 0)
		*out = v->text;
	return true;
}

enum listed { LISTED_NO, LISTED_YES, LISTED_ABSENT };

/* Whether a member that is a list of strings, or absent, has that one. */
static bool
read_listed(const struct json *doc, const char *key, struct str wanted,
	enum listed *out, struct fault *f)
{
	const struct json *list = json_get(doc, key);

	*out = LISTED_ABSENT;
	if (list == NULL || list->kind == JSON_NULL)
		return true;
	*out = LISTED_NO;
	if (list->kind != JSON_ARRAY)
		return fault_set(
			f, FAULT_INVALID_CLIENT_METADATA, "%s is no list", key);
	json_each(v, list) {
		if (v->kind != JSON_STRING)
			return fault_set(f, FAULT_INVALID_CLIENT_METADATA,
				"%s holds something that is no string", key);
		if (str_eq(v->text, wanted))
			*out = LISTED_YES;
	}
	return true;
}

static bool
read_grants(const struct json *doc, struct client *c, struct fault *f)
{
	enum listed code, refresh, response;

	if (!read_listed(
		    doc, "grant_types", STR("authorization_code"), &code, f) ||
		!read_listed(doc, "grant_types", STR("refresh_token"), &refresh,
			f) ||
		!read_listed(doc, "response_types", STR("code"), &response, f))
		return false;
	if (code == LISTED_NO)
		return bad(f, "grant_types lacks authorization_code");
	if (response == LISTED_NO)
		return bad(f, "response_types lacks code");
	c->may_refresh = refresh == LISTED_YES;
	return true;
}

/* RFC 7591 2: without the member it is client_secret_basic. */
static bool
read_auth(const struct json *doc, struct client *c, struct fault *f)
{
	struct str method;

	if (!read_text(doc, "token_endpoint_auth_method", &method, f))
		return false;
	if (str_is_none(method) || str_eq_lit(method, "client_secret_basic"))
		c->auth = CLIENT_AUTH_BASIC;
	else if (str_eq_lit(method, "client_secret_post"))
		c->auth = CLIENT_AUTH_POST;
	else if (str_eq_lit(method, "none"))
		c->auth = CLIENT_AUTH_NONE;
	else
		return bad(f, "token_endpoint_auth_method is none of ours");
	return true;
}

static bool
read_redirect(const struct json *v, const struct registration_rules *rules,
	struct client *c, struct fault *f)
{
	struct uri u;

	if (c->redirect_count == CLIENT_REDIRECTS_MAX)
		return fault_set(f, FAULT_INVALID_REDIRECT_URI,
			"more than %u redirect addresses",
			CLIENT_REDIRECTS_MAX);
	if (v->kind != JSON_STRING)
		return fault_set(f, FAULT_INVALID_REDIRECT_URI,
			"a redirect address is no string");
	if (!redirect_check(v->text, &rules->redirects, f))
		return false;
	if (str_eq_lit(c->application_type, "web") &&
		uri_parse(v->text, &u, NULL) &&
		!str_eq_nocase(u.scheme, STR("https")) && !uri_is_loopback(&u))
		return fault_set(f, FAULT_INVALID_REDIRECT_URI,
			"a web application has a private-use scheme");
	c->redirects[c->redirect_count++] = v->text;
	return true;
}

static bool
read_redirects(const struct json *doc, const struct registration_rules *rules,
	struct client *c, struct fault *f)
{
	const struct json *list = json_get(doc, "redirect_uris");

	if (!json_is(list, JSON_ARRAY) || list->count == 0)
		return fault_set(f, FAULT_INVALID_REDIRECT_URI,
			"redirect_uris is no list of addresses");
	json_each(v, list) {
		if (!read_redirect(v, rules, c, f))
			return false;
	}
	return true;
}

/* Controls, marks that turn the direction of text, and what can't be seen, in
 * rising order. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x2800, 0x2800 },
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xffff },
	{ 0xe0000, 0x10ffff },
};

static bool
is_invisible(uint32_t point)
{
	size_t i = 0;

	while (point > unseen[i].last)
		i++;
	return point >= unseen[i].first;
}

/* The name that people will read: what could fool them left out. */
static struct str
clean_name(struct arena *a, struct str name)
{
	struct buf out;
	uint32_t point;

	buf_in(&out, a, name.n + 1);
	while (utf8_next(&name, &point))
		if (!is_invisible(point))
			utf8_write(&out, point);
	if (!buf_ok(&out))
		return STR_NONE;
	return str_trim(
		utf8_cut(str_trim(buf_view(&out)), REGISTRATION_NAME_MAX));
}

static bool
read_identity(struct arena *a, const struct json *doc, struct client *c,
	struct fault *f)
{
	struct uri u;

	if (!read_text(doc, "client_name", &c->name, f) ||
		!read_text(doc, "client_uri", &c->uri, f) ||
		!read_text(doc, "application_type", &c->application_type, f))
		return false;
	if (!str_is_none(c->name))
		c->name = clean_name(a, c->name);
	if (c->name.n == 0)
		c->name = STR_NONE;
	if (!str_is_none(c->application_type) &&
		!str_eq_lit(c->application_type, "web") &&
		!str_eq_lit(c->application_type, "native"))
		return bad(f, "application_type is neither web nor native");
	if (!str_is_none(c->uri) &&
		(c->uri.n > REDIRECT_MAX || !uri_parse(c->uri, &u, NULL) ||
			(!str_eq_nocase(u.scheme, STR("https")) &&
				!str_eq_nocase(u.scheme, STR("http")))))
		return bad(f, "client_uri is no http(s) address");
	return true;
}

static bool
read_scope(struct arena *a, const struct json *doc,
	const struct scope_table *scopes, struct client *c, struct fault *f)
{
	struct str asked;
	uint64_t bits;

	if (!read_text(doc, "scope", &asked, f))
		return false;
	bits = scope_known(scopes, asked) & scope_grantable(scopes);
	if (bits != 0)
		c->scope = scope_print(a, scopes, bits);
	return true;
}

bool
registration_read(struct arena *a, struct str body,
	const struct registration_rules *rules, struct client *c,
	struct fault *f)
{
	const struct json_rules strict = { .depth_max = 16 };
	const struct json *doc = json_parse(a, body, &strict, f);

	if (doc == NULL) {
		if (f != NULL)
			f->id = FAULT_INVALID_CLIENT_METADATA;
		return false;
	}
	if (doc->kind != JSON_OBJECT)
		return bad(f, "the metadata is no object");
	*c = (struct client){ .origin = CLIENT_REGISTERED };
	return read_identity(a, doc, c, f) && read_auth(doc, c, f) &&
		read_grants(doc, c, f) && read_redirects(doc, rules, c, f) &&
		read_scope(a, doc, rules->scopes, c, f);
}

/* ---- writing ---- */

static struct str
auth_name(enum client_auth auth)
{
	switch (auth) {
	case CLIENT_AUTH_NONE:
		return STR("none");
	case CLIENT_AUTH_BASIC:
		return STR("client_secret_basic");
	case CLIENT_AUTH_POST:
		return STR("client_secret_post");
	}
	return STR("none");
}

static void
write_lists(struct json_write *w, const struct client *c)
{
	json_member(w, "redirect_uris");
	json_begin(w, '[');
	for (size_t i = 0; i < c->redirect_count; i++)
		json_str(w, c->redirects[i]);
	json_end(w);
	json_member(w, "grant_types");
	json_begin(w, '[');
	json_str(w, STR("authorization_code"));
	if (c->may_refresh)
		json_str(w, STR("refresh_token"));
	json_end(w);
	json_member_raw(w, "response_types", STR("[\"code\"]"));
}

void
registration_write(struct buf *out, const struct client *c,
	const struct registration_secrets *secrets)
{
	struct json_write w;

	json_write_init(&w, out);
	json_begin(&w, '{');
	json_member_str(&w, "client_id", c->id);
	json_member_i64(&w, "client_id_issued_at", c->created);
	json_member_str(&w, "client_secret", secrets->client_secret);
	if (!client_is_public(c))
		json_member_i64(&w, "client_secret_expires_at", 0);
	json_member_str(&w, "registration_access_token", secrets->access_token);
	json_member_str(&w, "registration_client_uri", secrets->access_uri);
	json_member_str(&w, "client_name", c->name);
	json_member_str(&w, "client_uri", c->uri);
	json_member_str(&w, "token_endpoint_auth_method", auth_name(c->auth));
	write_lists(&w, c);
	json_member_str(&w, "scope", c->scope);
	json_member_str(&w, "application_type", c->application_type);
	json_end(&w);
}
