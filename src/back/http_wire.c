/* http_wire: see http_wire.h. */
#include "back/http_wire.h"

#include "back/post.h"
#include "base/buf.h"
#include "base/die.h"

#define HEADERS_MAX 30u /* of the settings */
#define READY_MAX   ((size_t)1 << 20)
#define BYE_MS      ((int64_t)5000)

/* ---- setting up ---- */

/* Authorization of the settings becomes a credential of this origin: only
 * the HTTP client writes that field. */
static void
take_credential(struct http_wire *w, struct str value)
{
	size_t gap = str_find_char(value, ' ');

	w->has_credential = true;
	w->credential = (struct http_credential){
		.origin = w->origin,
		.scheme = str_cut(value, 0, gap),
		.value = str_trim(str_cut(value, gap, value.n)),
	};
}

static bool
is_ours(struct str name)
{
	static const struct str ours[] = { STR_INIT("host"),
		STR_INIT("content-length"), STR_INIT("transfer-encoding"),
		STR_INIT("connection"), STR_INIT("proxy-authorization"),
		STR_INIT("content-type"), STR_INIT("accept"),
		STR_INIT("mcp-session-id"), STR_INIT("mcp-protocol-version"),
		STR_INIT("mcp-method"), STR_INIT("mcp-name") };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (str_eq_nocase(name, ours[i]))
			return true;
	return false;
}

static bool
take_headers(struct http_wire *w, const struct server_entry *e, struct fault *f)
{
	struct field fixed[2 + HEADERS_MAX] = {
		{ STR("Content-Type"), STR("application/json") },
		{ STR("Accept"), STR("application/json, text/event-stream") },
	};
	struct buf out;
	size_t n = 2;

	for (size_t i = 0; i < e->header_count; i++) {
		struct field h = { e->headers[i].name, e->headers[i].value };

		if (!field_is_token(h.name) || !field_is_value(h.value) ||
			is_ours(h.name) || n == 2 + HEADERS_MAX)
			return fault_set(f, FAULT_SETTINGS,
				"header %.*s can't be set", STR_ARG(h.name));
		if (str_eq_nocase(h.name, STR("authorization")))
			take_credential(w, h.value);
		else
			fixed[n++] = h;
	}
	buf_in(&out, w->link->arena, READY_MAX);
	if (!http_fields_write(&out, fixed, n, f))
		return false;
	w->ready = buf_view(&out);
	return buf_ok(&out) ||
		fault_set(f, FAULT_SETTINGS, "the headers are too long");
}

bool
http_wire_start(struct link *l, struct fault *f)
{
	struct http_wire *w = arena_new_of(l->arena, struct http_wire);
	const struct server_entry *e = l->plan.entry;

	insist(w != NULL);
	w->link = l;
	list_init(&w->posts);
	list_init(&w->spares);
	loop_timer_init(&w->relisten, l->plan.loop, post_listen_again, w);
	loop_timer_init(&w->ears, l->plan.loop, post_open_ears, w);
	l->wire = w;
	if (!uri_parse(e->url, &w->uri, f))
		return fault_within(f, "url");
	w->origin = uri_origin(l->arena, &w->uri);
	w->target = uri_target(l->arena, &w->uri);
	if (str_is_none(w->origin) || str_is_none(w->target))
		return fault_set(
			f, FAULT_SETTINGS, "url is neither http nor https");
	return take_headers(w, e, f);
}

/* ---- each request ---- */

size_t
http_wire_fields(const struct http_wire *w, const struct field *more,
	size_t count, struct field out[HTTP_WIRE_FIELDS])
{
	enum revision r = w->link->server.revision;
	size_t n = 0;

	/* An initialize is what agrees on it (TR-56). */
	if (r >= REVISION_2025_06_18 && w->link->introducing.on == NULL)
		out[n++] = (struct field){ STR("MCP-Protocol-Version"),
			revision_name(r) };
	if (!str_is_none(w->session))
		out[n++] = (struct field){ STR("Mcp-Session-Id"), w->session };
	for (size_t i = 0; i < count && n < HTTP_WIRE_FIELDS; i++)
		out[n++] = more[i];
	return n;
}

/* ---- the session ---- */

void
http_wire_remember(struct http_wire *w, const struct http_head *h)
{
	struct str id = h->known[HTTP_FIELD_MCP_SESSION_ID];

	if (h->status == 200 && !str_is_none(id) && id.n > 0 && id.n <= 1024)
		w->session = str_dup(w->link->arena, id);
}

/* 403 is about our hop while we introduce ourselves; later it is about what was
 * asked. */
bool
http_wire_is_refused(struct http_wire *w, int status, struct fault *f)
{
	bool opening = w->link->state == LINK_OPENING;

	if (status == 401 || (status == 403 && opening))
		fault_set(f, FAULT_SERVER_NEEDS_LOGIN,
			"it answered %d: it wants a login; %s under headers of "
			"its entry",
			status,
			w->has_credential ? "correct Authorization"
					  : "put a key for it");
	else if (status == 404 && !str_is_none(w->session))
		w->session_is_lost = !fault_set(
			f, FAULT_SERVER_LOST, "it ended the session");
	else
		return false;
	return true;
}

/* ---- goodbye ---- */

static bool
bye_head(void *with, const struct http_head *h)
{
	(void)with;
	(void)h;
	return true;
}

static void
bye_body(void *with, struct str bytes)
{
	(void)with;
	(void)bytes;
}

static void
bye_done(void *with, const struct fault *f, bool sent)
{
	(void)with;
	(void)f;
	(void)sent;
}

void
http_wire_goodbye(struct http_wire *w)
{
	struct field fields[HTTP_WIRE_FIELDS];

	if (str_is_none(w->session) || w->session_is_lost)
		return;
	http_call_start(w->link->plan.http,
		&(struct http_ask){
			.method = HTTP_DELETE,
			.origin = w->origin,
			.target = w->target,
			.ready = w->ready,
			.fields = fields,
			.n = http_wire_fields(w, NULL, 0, fields),
			.credential = w->has_credential ? &w->credential : NULL,
			.vet = VET_CONFIGURED,
			.total_ms = BYE_MS,
			.listener = { bye_head, bye_body, bye_done },
		});
}
