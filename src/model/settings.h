/*
 * settings: one snapshot of what a person configured, read-only, in its own
 * arena, counted.  app/settings.c makes it; a reload swaps it.
 */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include "base/str.h"

struct arena;

enum server_transport { SERVER_STDIO, SERVER_HTTP, SERVER_SSE };
enum server_share { SHARE_USER, SHARE_ALL };

struct setting_pair {
	struct str name;
	struct str value;
};

struct tool_rule {
	struct str name; /* the server's own */
	bool disabled;
	struct str scope;       /* needed on top; STR_NONE */
	struct str description; /* instead of the server's; STR_NONE */
};

struct server_entry {
	struct str name;    /* 1–32 of [A-Za-z0-9_-], no "__" */
	struct str trouble; /* why it can't run (for people); STR_NONE */
	struct str entry;   /* its bytes after expansion: equal bytes, equal
				 * entry (for reload) */
	enum server_transport transport;
	/* stdio */
	struct str command;
	struct str *args;
	size_t arg_count;
	struct setting_pair *env;
	size_t env_count;
	struct str cwd; /* STR_NONE: ours */
	/* HTTP */
	struct str url;
	struct setting_pair *headers;
	size_t header_count;
	/* both */
	struct str description; /* STR_NONE */
	bool disabled;
	int64_t timeout_ms;
	struct str protocol; /* STR_NONE: "auto"; else a revision */
	enum server_share share;
	struct tool_rule *tools;
	size_t tool_count;
};

struct group_entry {
	struct str name;
	struct str *servers;
	size_t server_count;
};

struct scope_entry {
	struct str name;
	struct str sentence; /* for the consent page */
};

enum registration_mode {
	REGISTRATION_OPEN,
	REGISTRATION_TOKEN,
	REGISTRATION_OFF
};

struct settings {
	struct arena *arena;
	unsigned holders;
	struct str path; /* of the file; STR_NONE: defaults only */

	struct server_entry *servers;
	size_t server_count;
	struct group_entry *groups;
	size_t group_count;

	struct str listen;     /* "127.0.0.1:3000" */
	struct str public_url; /* no trailing slash; also the issuer */
	struct str tls_cert;   /* STR_NONE: plain */
	struct str tls_key;
	struct str *trusted_proxies; /* addresses or CIDR blocks */
	size_t trusted_proxy_count;
	struct str store; /* "sqlite:" or "sqlite:/path" */

	bool login_password;

	enum registration_mode registration;
	struct str registration_token; /* for "token" */
	struct str *custom_schemes;
	size_t custom_scheme_count;

	int64_t access_s, refresh_s, refresh_grace_s, code_s, session_s;

	struct scope_entry *scopes; /* the person's own */
	size_t scope_count;

	size_t body_max; /* limits.body, bytes */
	int64_t head_ms, body_ms, idle_ms;
	unsigned connections;
	unsigned calls, streams; /* of one person at a time */

	int log_level; /* enum fault_level */
	bool log_json;

	struct str *notes; /* for people: unknown keys, servers in trouble,
				 * what has no effect */
	size_t note_count;
};

/* Another holder; and one less (the last one frees it, *s becomes NULL). */
struct settings *settings_hold(struct settings *s);
void settings_drop(struct settings **s);

const struct server_entry *settings_server(
	const struct settings *s, struct str name);
const struct group_entry *settings_group(
	const struct settings *s, struct str name);
const struct tool_rule *server_tool_rule(
	const struct server_entry *e, struct str tool);

#endif
