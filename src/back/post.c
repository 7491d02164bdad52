/* post: see post.h. */
#include "back/post.h"

#include "base/attr.h"
#include "base/buf.h"
#include "base/die.h"
#include "mcp/message.h"

#include <stdlib.h>

/* Notifications and answers to the server under way at a time. */
#define NOTES_MAX 256u

static void
linger_over(void *with)
{
	post_drop(with);
}

struct post *
post_new(struct http_wire *w, enum post_kind kind, struct link_call *c)
{
	struct post *p;

	if (list_is_empty(&w->spares)) {
		p = calloc(1, sizeof(*p));
		if (p == NULL)
			die("out of memory");
	} else {
		p = list_entry(w->spares.next, struct post, place);
		list_remove(&p->place);
		*p = (struct post){ 0 };
	}
	p->wire = w;
	p->kind = kind;
	p->call = c;
	loop_timer_init(&p->linger, w->link->plan.loop, linger_over, p);
	w->notes += kind == POST_NOTE;
	list_add(&w->posts, &p->place);
	if (c != NULL)
		c->wire = p;
	return p;
}

void
post_detach(struct link_call *c)
{
	struct post *p = c->wire;

	p->call = NULL;
	c->wire = NULL;
}

void
post_free(struct post *p)
{
	struct http_wire *w = p->wire;

	if (p->call != NULL)
		post_detach(p->call);
	if (p->streaming)
		sse_reader_clear(&p->sse);
	loop_timer_stop(&p->linger);
	w->notes -= p->kind == POST_NOTE;
	list_remove(&p->place);
	list_add(&w->spares, &p->place);
}

void
post_fail(struct post *p, const struct fault *f, bool sent)
{
	if (p->call != NULL)
		link_call_fail(p->call, f, sent);
}

void
post_drop(struct post *p)
{
	http_call_cancel(&p->http);
	post_free(p);
}

void
post_start(struct post *p, const struct post_load *load)
{
	struct http_wire *w = p->wire;
	struct field fields[HTTP_WIRE_FIELDS] UNINITIALIZED;
	int64_t ms = w->link->plan.entry->timeout_ms;
	bool endless = p->kind == POST_LISTEN;

	p->http = http_call_start(w->link->plan.http,
		&(struct http_ask){
			.method = load->method,
			.origin = w->origin,
			.target = w->target,
			.ready = w->ready,
			.fields = fields,
			.n = http_wire_fields(
				w, load->more, load->more_count, fields),
			.credential = w->has_credential ? &w->credential : NULL,
			.parts = load->parts,
			.part_count = load->part_count,
			.vet = VET_CONFIGURED,
			.answer_max = POST_ANSWER_MAX,
			.head_ms = ms,
			.idle_ms = endless ? -1 : ms,
			.total_ms = endless ? 0 : ms * LINK_CEILING,
			.listener = post_listener,
			.with = p,
		});
}

void
post_note(struct http_wire *w, struct str message)
{
	struct post *p;

	if (w->notes >= NOTES_MAX)
		return; /* it asks more than it takes answers */
	p = post_new(w, POST_NOTE, NULL);
	post_start(p, &(struct post_load){ HTTP_POST, NULL, 0, &message, 1 });
}

void
post_say_cancelled(struct http_wire *w, const struct link_call *c)
{
	const struct link *l = w->link;
	struct buf out;

	if (revision_is_modern(l->server.revision) || l->state != LINK_OPEN)
		return;
	buf_init(&out, 512);
	message_cancelled(&out, c->id, STR("no longer wanted"));
	post_note(w, buf_view(&out));
	buf_clear(&out);
}
