/* settings_check: see settings_check.h. */
#include "app/settings_check.h"

#include "app/settings_value.h"
#include "base/arena.h"
#include "base/die.h"
#include "front/address.h"
#include "model/settings.h"
#include "oauth/scope.h"
#include "text/uri.h"

#define WAY_MAX 8u

/* The place of a dotted path in the file, as far as it is there; the last of
 * the way. */
static const struct settings_place *
find_place(const struct json *root, const char *path,
	struct settings_place way[WAY_MAX])
{
	struct str rest = str_from(path);
	size_t n = 0;

	way[0] = (struct settings_place){ .v = root };
	while (!str_is_none(rest) && n + 1 < WAY_MAX) {
		struct str key = str_split(&rest, '.');
		const struct json *v = NULL;

		json_each(child, way[n].v) {
			if (str_eq(child->key, key))
				v = child;
		}
		way[n + 1] = (struct settings_place){
			.up = &way[n], .key = key, .v = v == NULL ? way[n].v : v
		};
		n++;
	}
	return &way[n];
}

static void
refuse_at(struct settings_reader *r, const struct json *root, const char *path,
	const char *why)
{
	struct settings_place way[WAY_MAX];

	settings_report_error(r, find_place(root, path, way), "%s", why);
}

static void
check_tls(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	if (str_is_none(s->tls_cert) != str_is_none(s->tls_key))
		refuse_at(r, root, "tls",
			"expected both cert and key, or neither");
}

static void
check_store(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	if (str_starts(s->store, STR("sqlite:")))
		return;
	if (str_starts(s->store, STR("postgres")))
		refuse_at(r, root, "store",
			"this version keeps no PostgreSQL store; expected "
			"\"sqlite:\" or \"sqlite:/path\"");
	else
		refuse_at(r, root, "store",
			"expected \"sqlite:\" or \"sqlite:/path\"");
}

/* Rules that nobody keeps are worse than none. */
static void
check_policy(struct settings_reader *r, const struct json *root)
{
	const struct json *policy = json_get(root, "policy");

	if (policy != NULL && policy->count > 0)
		refuse_at(r, root, "policy",
			"this version keeps no rules; take them out, or "
			"restrict tools with mcpServers.<name>.tools");
}

static void
check_proxies(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	for (size_t i = 0; i < s->trusted_proxy_count; i++)
		if (!settings_value_is_network(s->trusted_proxies[i]))
			refuse_at(r, root, "trustedProxies",
				"expected addresses or blocks such as "
				"\"10.0.0.0/8\"");
}

static void
check_login(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	if (!s->login_password)
		refuse_at(r, root, "login.password",
			"this version has no other way to log in; expected "
			"true");
}

static void
check_registration(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	const struct json *token =
		json_get(json_get(root, "clients"), "registrationToken");

	if (s->registration == REGISTRATION_TOKEN &&
		str_is_none(s->registration_token) &&
		!settings_report_has_error(r, token))
		refuse_at(r, root, "clients.registration",
			"\"token\" needs clients.registrationToken");
}

/* ---- publicUrl ---- */

static struct str
reachable(struct arena *a, struct str listen)
{
	if (str_starts(listen, STR("0.0.0.0:")))
		return str_join(a, STR("127.0.0.1"), str_cut(listen, 7, 99));
	if (str_starts(listen, STR("[::]:")))
		return str_join(a, STR("[::1]"), str_cut(listen, 4, 99));
	return listen;
}

static void
fill_public_url(
	struct settings_reader *r, const struct json *root, struct settings *s)
{
	struct str scheme =
		str_is_none(s->tls_cert) ? STR("http://") : STR("https://");
	struct str host = reachable(r->arena, s->listen);
	struct settings_place listen = { .v = root };
	struct str url;
	struct uri u;

	if (!str_is_none(s->public_url))
		return;
	if (str_ends(s->listen, STR(":0"))) {
		refuse_at(r, root, "listen",
			"port 0 can't be told to others; set publicUrl too");
		return;
	}
	url = str_join(r->arena, scheme, host);
	if (!settings_value_is_origin(url) || !uri_parse(url, &u, NULL)) {
		refuse_at(r, root, "publicUrl",
			"is needed here: https, or http on a loopback "
			"address, and listen gives neither");
		return;
	}
	s->public_url = uri_origin(r->arena, &u);
	if (!str_eq(host, s->listen))
		settings_report_note(r, &listen,
			"publicUrl is not set; others are told %.*s",
			STR_ARG(s->public_url));
}

/* ---- plain http ---- */

/* Whether "host:port" is on this machine alone. */
static bool
is_here(struct str listen)
{
	size_t end = listen.n;
	struct address a;
	struct str host;

	while (end > 0 && listen.p[end - 1] != ':')
		end--;
	host = str_cut(listen, 0, end > 0 ? end - 1 : 0);
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_cut(host, 1, host.n - 1);
	return str_eq_nocase(host, STR("localhost")) ||
		(address_read(host, &a) && address_is_loopback(&a));
}

/* front/routes.c refuses whom this is about. */
static void
note_plain_http(struct settings_reader *r, const struct json *root,
	const struct settings *s)
{
	struct settings_place way[WAY_MAX];

	if (!str_is_none(s->tls_cert) || s->trusted_proxy_count > 0 ||
		is_here(s->listen))
		return;
	settings_report_note(r, find_place(root, "listen", way),
		"over plain http nothing but this machine is served; for "
		"others set tls, or name the proxy in front in trustedProxies");
}

/* ---- schemes of redirect addresses ---- */

static const struct str usual_schemes[] = {
	STR_INIT("cursor"),
	STR_INIT("vscode"),
	STR_INIT("vscode-insiders"),
	STR_INIT("windsurf"),
	STR_INIT("claude"),
	STR_INIT("zed"),
};

#define USUAL_SCHEMES (sizeof(usual_schemes) / sizeof(usual_schemes[0]))

static bool
may_be_scheme(struct str s)
{
	static const char *const never = "javascript|data|file|blob|vbscript|"
					 "about|http|https|ws|wss|ftp";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = c >= 'a' && c <= 'z';
		bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' ||
			c == '.';

		if (!letter && !(i > 0 && other))
			return false;
	}
	return s.n > 0 && settings_choice_of(never, s) < 0;
}

static void
fill_schemes(
	struct settings_reader *r, const struct json *root, struct settings *s)
{
	const struct json *given =
		json_get(json_get(root, "clients"), "customSchemes");

	for (size_t i = 0; i < s->custom_scheme_count; i++)
		if (!may_be_scheme(s->custom_schemes[i]))
			refuse_at(r, root, "clients.customSchemes",
				"expected URI schemes in lower case, without "
				"\":\"; javascript, data, file, blob, "
				"vbscript and those of the web can't be listed");
	if (given != NULL)
		return;
	s->custom_schemes =
		arena_array(r->arena, USUAL_SCHEMES, sizeof(struct str));
	insist(s->custom_schemes != NULL);
	memcpy(s->custom_schemes, usual_schemes, sizeof(usual_schemes));
	s->custom_scheme_count = USUAL_SCHEMES;
}

/* ---- scopes ---- */

static bool
has_scope(const struct settings *s, struct str name)
{
	for (size_t i = 0; i < s->scope_count; i++)
		if (str_eq(s->scopes[i].name, name))
			return true;
	return false;
}

static bool
is_built_in(struct settings_reader *r, struct str name)
{
	struct fault f = { 0 };
	struct scope_table *t = scope_table_new(r->arena, NULL, 0, &f);

	return t != NULL && scope_of(t, name) != 0;
}

static void
add_tool_scopes(struct settings_reader *r, struct settings *s,
	const struct server_entry *e)
{
	for (size_t i = 0; i < e->tool_count; i++) {
		struct str name = e->tools[i].scope;

		if (str_is_none(name) || has_scope(s, name) ||
			is_built_in(r, name))
			continue;
		s->scopes[s->scope_count++] = (struct scope_entry){ name,
			str_join(r->arena, STR("Use "), e->tools[i].name,
				STR(" on "), e->name) };
	}
}

/* A tool's scope needs no row below "scopes": it defines itself. */
static void
fill_scopes(
	struct settings_reader *r, const struct json *root, struct settings *s)
{
	struct scope_entry *own = s->scopes;
	size_t most = s->scope_count;
	struct fault why = { 0 };

	for (size_t i = 0; i < s->server_count; i++)
		most += s->servers[i].tool_count;
	s->scopes = arena_array(r->arena, most, sizeof(*s->scopes));
	if (s->scopes == NULL) {
		refuse_at(r, root, "scopes", "is too long");
		return;
	}
	if (s->scope_count > 0)
		memcpy(s->scopes, own, s->scope_count * sizeof(*own));
	for (size_t i = 0; i < s->server_count; i++)
		add_tool_scopes(r, s, &s->servers[i]);
	if (scope_table_new(r->arena, s->scopes, s->scope_count, &why) == NULL)
		refuse_at(r, root, "scopes", why.detail);
}

void
settings_check(
	struct settings_reader *r, const struct json *root, struct settings *s)
{
	check_login(r, root, s);
	check_registration(r, root, s);
	check_tls(r, root, s);
	check_store(r, root, s);
	check_policy(r, root);
	check_proxies(r, root, s);
	fill_public_url(r, root, s);
	note_plain_http(r, root, s);
	fill_schemes(r, root, s);
	fill_scopes(r, root, s);
}
