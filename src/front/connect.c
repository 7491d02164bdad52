/* connect: see connect.h. */
#include "front/connect.h"

#include "front/browser.h"
#include "front/pages.h"
#include "front/reply.h"
#include "front/routes.h"
#include "hall/hall.h"
#include "text/json_write.h"

#define PAGE_MAX    ((size_t)4 << 20)
#define SNIPPET_MAX ((size_t)8 << 10)

/* What a snippet needs to know of an endpoint. */
struct target {
	struct str name; /* under which the client shall know it */
	struct str url;
};

/* Each writes its text; plain, the template escapes it. */
typedef void snippet_writer(struct buf *out, const struct target *t);

/* {"<section>":{"<name>":{<members>}}}, laid out for people. */
static void
put_entry(struct buf *out, const char *section, const struct target *t,
	struct str members)
{
	buf_fmt(out, "{\n  \"%s\": {\n    ", section);
	json_quote(out, t->name);
	buf_lit(out, ": {\n");
	buf_str(out, members);
	buf_lit(out, "\n    }\n  }\n}");
}

static void
put_vscode(struct buf *out, const struct target *t)
{
	struct buf in;

	buf_init(&in, SNIPPET_MAX);
	buf_lit(&in, "      \"type\": \"http\",\n      \"url\": ");
	json_quote(&in, t->url);
	put_entry(out, "servers", t, buf_view(&in));
	buf_clear(&in);
}

static void
put_cursor(struct buf *out, const struct target *t)
{
	struct buf in;

	buf_init(&in, SNIPPET_MAX);
	buf_lit(&in, "      \"url\": ");
	json_quote(&in, t->url);
	put_entry(out, "mcpServers", t, buf_view(&in));
	buf_clear(&in);
}

static void
put_claude_desktop(struct buf *out, const struct target *t)
{
	struct buf in;

	buf_init(&in, SNIPPET_MAX);
	buf_lit(&in,
		"      \"command\": \"npx\",\n"
		"      \"args\": [\"-y\", \"mcp-remote\", ");
	json_quote(&in, t->url);
	buf_lit(&in, "]");
	put_entry(out, "mcpServers", t, buf_view(&in));
	buf_clear(&in);
}

static void
put_claude_code(struct buf *out, const struct target *t)
{
	buf_lit(out, "claude mcp add --transport http ");
	buf_str(out, t->name);
	buf_char(out, ' ');
	buf_str(out, t->url);
}

static void
put_inspector(struct buf *out, const struct target *t)
{
	buf_lit(out,
		"npx @modelcontextprotocol/inspector"
		" --transport http --server-url ");
	buf_str(out, t->url);
}

static const struct {
	const char *key;
	const char *client;
	const char *how;
	snippet_writer *put;
} clients[] = {
	{ "vscode", "VS Code",
		"In .vscode/mcp.json, or with the command “MCP: Open User "
		"Configuration”",
		put_vscode },
	{ "claude-code", "Claude Code",
		"In a terminal, in your project (--scope user: in all of "
		"them); then /mcp inside Claude Code to log in",
		put_claude_code },
	{ "claude-desktop", "Claude Desktop",
		"In claude_desktop_config.json; an address that the whole "
		"internet reaches can be added as a custom connector instead",
		put_claude_desktop },
	{ "cursor", "Cursor",
		"In ~/.cursor/mcp.json, or .cursor/mcp.json of a project",
		put_cursor },
	{ "inspector", "MCP Inspector", "In a terminal", put_inspector },
};
#define CLIENTS (sizeof(clients) / sizeof(clients[0]))

static const struct page_connect_endpoints_snippets *
snippets_for(struct arena *a, struct str id, const struct target *t)
{
	struct page_connect_endpoints_snippets *all =
		arena_array(a, CLIENTS, sizeof(*all));

	for (size_t i = 0; all != NULL && i < CLIENTS; i++) {
		struct buf text;

		buf_in(&text, a, SNIPPET_MAX);
		clients[i].put(&text, t);
		all[i] = (struct page_connect_endpoints_snippets){
			.key = str_join(
				a, id, STR("-"), str_from(clients[i].key)),
			.client = str_from(clients[i].client),
			.how = str_from(clients[i].how),
			.text = buf_view(&text),
		};
	}
	return all;
}

static struct str
about_text(enum endpoint_kind kind)
{
	switch (kind) {
	case ENDPOINT_HUB:
		return STR("all servers behind one address");
	case ENDPOINT_SERVER:
		return STR("this server alone");
	case ENDPOINT_GROUP:
		return STR("a group of servers");
	}
	return STR("");
}

static void
fill_endpoint(struct arena *a, const struct endpoint *e,
	struct page_connect_endpoints *out)
{
	bool is_hub = e->kind == ENDPOINT_HUB;
	struct target t = { .name = is_hub ? STR("ostiary") : e->name,
		.url = e->resource };

	*out = (struct page_connect_endpoints){
		.id = is_hub ? STR("hub") : str_join(a, STR("to-"), e->name),
		.name = is_hub ? STR("Everything") : e->name,
		.about = about_text(e->kind),
		.url = e->resource,
		.open = is_hub,
	};
	out->snippets = snippets_for(a, out->id, &t);
	out->snippets_n = out->snippets == NULL ? 0 : CLIENTS;
}

/* Nobody can use a server that is switched off. */
static bool
is_of_use(const struct front *front, const struct endpoint *e)
{
	const struct server_entry *server = e->kind == ENDPOINT_SERVER
		? settings_server(front->settings, e->name)
		: NULL;

	return server == NULL || !server->disabled;
}

static void
show(struct front *front, struct http_request *r, const struct browser *b)
{
	struct arena *a = r->arena;
	size_t n = hall_endpoint_count(front->hall);
	struct page_connect_endpoints *all = arena_array(a, n, sizeof(*all));
	struct page_connect page = {
		.person = b->person.name,
		.form_token = browser_form_token(
			a, front, b->session_digest, STR("logout")),
		.endpoints = all,
	};
	struct buf out;

	for (size_t i = 0; all != NULL && i < n; i++) {
		const struct endpoint *e = hall_endpoint_at(front->hall, i);

		if (is_of_use(front, e))
			fill_endpoint(a, e, &all[page.endpoints_n++]);
	}
	buf_in(&out, a, PAGE_MAX);
	page_connect(&out, &page);
	reply_page(r, &(struct reply){ 0 }, &out);
}

void
connect_get(struct front *front, struct http_request *r)
{
	browser_need(front, r, show);
}
