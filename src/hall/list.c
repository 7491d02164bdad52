/*
 * list: tools/list and its like, from the catalogues.
 *
 * The servers behind the endpoint are asked one after the other whether their
 * list is still what they said (most know without asking), for LIST_WAIT_MS
 * together: after that, what those that are left said before has to do.  Then
 * all of them, as this person has them, are written in the settings' order,
 * LIST_PAGE items or LIST_BYTES a page.  The cursor is sealed: it says at which
 * server and item the next page begins (BR-09).
 */
#include "hall/exchange.h"

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/seal.h"
#include "mcp/cursor.h"
#include "mcp/message.h"
#include "mcp/names.h"
#include "text/base64.h"
#include "text/json_write.h"

#define LIST_PAGE    500u
#define LIST_BYTES   ((size_t)4 << 20)
#define LIST_WAIT_MS ((int64_t)5000)
#define ANSWER_MAX   ((size_t)16 << 20)

/* ---- where the page begins ---- */

static struct str
cursor_context(const struct exchange *x)
{
	return str_join(x->r.arena, STR("cursor "), x->r.endpoint->path,
		STR(" "), x->r.principal->person_id);
}

static struct str
cursor_seal(struct exchange *x, const struct cursor *c)
{
	struct str plain = cursor_write(x->r.arena, c);

	return base64url_of(x->r.arena,
		seal(x->r.arena, x->hall->parts.key, cursor_context(x), plain));
}

static bool
cursor_open(struct exchange *x, struct cursor *c, struct fault *f)
{
	struct str text = envelope_text(x->r.arena, x->e.cursor);
	struct str sealed, plain;

	if (!envelope_has(x->e.cursor))
		return true;
	if (!base64url_read(x->r.arena, text, &sealed))
		return fault_set(f, FAULT_MCP_CURSOR, "not base64url");
	plain = seal_open(
		x->r.arena, x->hall->parts.key, cursor_context(x), sealed, f);
	if (str_is_none(plain))
		return fault_set(f, FAULT_MCP_CURSOR, "not one of ours");
	return cursor_read(x->r.arena, plain, x->list_kind, c, f);
}

/* ---- writing ---- */

struct page {
	struct exchange *x;
	struct json_write w;
	struct cursor from; /* server STR_NONE: the beginning */
	size_t left;
	struct str next; /* sealed cursor, or STR_NONE */
};

static struct str
shown_name(const struct page *p, struct str server, struct str own)
{
	struct arena *a = p->x->r.arena;

	if (!place_is_hub(place_of(p->x->r.endpoint)))
		return STR_NONE;
	if (p->x->list_kind == LISTS_TOOLS || p->x->list_kind == LISTS_PROMPTS)
		return names_hub(a, server, own);
	return names_hub_uri(a, server, own);
}

static void
write_item(struct page *p, const struct server_entry *server,
	const struct lists_item *item)
{
	const struct tool_rule *rule = p->x->list_kind == LISTS_TOOLS
		? server_tool_rule(server, item->name)
		: NULL;

	if (rule != NULL && rule->disabled)
		return;
	lists_item_write(&p->w, item,
		&(struct lists_look){
			.kind = p->x->list_kind,
			.to = p->x->revision,
			.name = shown_name(p, server->name, item->name),
			.description =
				rule == NULL ? STR_NONE : rule->description,
		});
}

/* One item fits in any page. */
static bool
is_full(const struct page *p)
{
	return p->left == 0 ||
		(p->left < LIST_PAGE && p->w.out->n >= LIST_BYTES);
}

/* False: the page is full, and p->next says where the next one begins. */
static bool
write_server(struct page *p, struct upstream *u, size_t at)
{
	const struct catalogue_list *list =
		upstream_list(u, p->x->list_kind, p->x->r.principal->person_id);

	for (; at < list->n; at++) {
		if (is_full(p)) {
			p->next = cursor_seal(p->x,
				&(struct cursor){
					.kind = p->x->list_kind,
					.server = upstream_entry(u)->name,
					.offset = at,
				});
			return false;
		}
		p->left--;
		write_item(p, upstream_entry(u), list->items[at]);
	}
	return true;
}

static void
write_servers(struct page *p)
{
	const struct place *place = place_of(p->x->r.endpoint);
	bool begun = str_is_none(p->from.server);
	struct upstream *u;

	for (size_t i = 0; (u = place_upstream(p->x->hall, place, i)) != NULL;
		i++) {
		bool here = !begun &&
			str_eq(upstream_entry(u)->name, p->from.server);

		begun = begun || here;
		if (begun && !write_server(p, u, here ? p->from.offset : 0))
			return;
	}
}

static void
write_page(struct page *p)
{
	struct exchange *x = p->x;
	struct buf result, out;

	buf_in(&result, x->r.arena, ANSWER_MAX);
	json_write_init(&p->w, &result);
	lists_open(&p->w, x->list_kind, x->revision);
	write_servers(p);
	lists_close(&p->w,
		&(struct lists_end){
			.to = x->revision, .next_cursor = p->next });
	buf_in(&out, x->r.arena, ANSWER_MAX);
	message_result(&out, x->e.id.value, buf_view(&result));
	if (!buf_ok(&result))
		out.failed = true;
	exchange_answer_buf(x, &out);
}

static void
list_write(struct exchange *x)
{
	struct page p = { .x = x, .left = LIST_PAGE };
	struct fault f = { 0 };

	p.from.server = STR_NONE;
	if (cursor_open(x, &p.from, &f))
		write_page(&p);
	else
		exchange_refuse(x, &f);
}

/* ---- one server after the other ---- */

static void refresh_next(struct exchange *x);

static void
refreshed(struct list_wait *w, const struct fault *f)
{
	struct exchange *x = (struct exchange *)(void *)((char *)w -
		offsetof(struct exchange, list_wait));

	(void)f; /* the former list stands, and the log has it */
	x->list_at++;
	refresh_next(x);
}

static void
refresh_next(struct exchange *x)
{
	struct upstream *u =
		place_upstream(x->hall, place_of(x->r.endpoint), x->list_at);

	if (u == NULL) {
		list_write(x);
		return;
	}
	x->list_wait.ready = refreshed;
	upstream_refresh(
		u, x->list_kind, x->r.principal->person_id, &x->list_wait);
}

static void
waited_enough(void *with)
{
	struct exchange *x = with;

	list_wait_cancel(&x->list_wait);
	list_write(x);
}

void
list_answer(struct exchange *x, enum lists_kind kind)
{
	x->list_kind = kind;
	x->list_at = 0;
	if (exchange_settle(x))
		return;
	loop_timer_init(&x->settle, x->hall->parts.loop, waited_enough, x);
	loop_timer_set(&x->settle, LIST_WAIT_MS);
	refresh_next(x);
}
