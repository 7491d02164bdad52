/*
 * link_http: a link over Streamable HTTP, every revision (TR-20..TR-34,
 * TR-51..TR-60).
 *
 * Each call is a POST of its own (post.h).  Its answer is one JSON message, or
 * an event stream that ends with it.  A legacy server may give a session id,
 * which then stands on everything (http_wire.h), and a GET stream for what
 * belongs to no call.
 */
#include "back/post.h"

#include "base/attr.h"
#include "mcp/methods.h"

#include <stdlib.h>

static void
http_send(struct link *l, struct link_call *c, const struct link_message *m)
{
	struct post *p = post_new(l->wire, POST_CALL, c);
	struct field more[60] UNINITIALIZED;
	size_t n = 0;

	if (revision_is_modern(l->server.revision)) {
		more[n++] = (struct field){ STR("Mcp-Method"),
			methods_name(m->method) };
		if (!str_is_none(m->name))
			more[n++] = (struct field){ STR("Mcp-Name"), m->name };
		for (size_t i = 0; i < m->param_count && n < 60; i++)
			more[n++] = m->params[i];
	}
	post_start(p,
		&(struct post_load){
			HTTP_POST, more, n, m->parts, m->part_count });
}

static void
http_notify(struct link *l, struct str message)
{
	post_note(l->wire, message);
}

static void
http_cancel(struct link *l, struct link_call *c)
{
	struct post *p = c->wire;

	if (p == NULL)
		return;
	post_detach(c);
	post_drop(p);
	post_say_cancelled(l->wire, c);
}

static void
http_opened(struct link *l)
{
	struct http_wire *w = l->wire;

	if (!revision_is_modern(l->server.revision))
		post_listen(w);
}

static void
http_stop(struct link *l)
{
	struct http_wire *w = l->wire;

	if (w == NULL)
		return;
	loop_timer_stop(&w->relisten);
	loop_timer_stop(&w->ears);
	http_wire_goodbye(w);
	while (!list_is_empty(&w->posts))
		post_drop(list_entry(w->posts.next, struct post, place));
	while (!list_is_empty(&w->spares)) {
		struct list *at = w->spares.next;

		list_remove(at);
		free(list_entry(at, struct post, place));
	}
	l->wire = NULL;
}

static void
http_pause(struct link_call *c)
{
	struct post *p = c->wire;

	if (p->http != NULL)
		http_call_pause(p->http);
}

static void
http_resume(struct link_call *c)
{
	struct post *p = c->wire;

	if (p->http != NULL)
		http_call_resume(p->http);
}

const struct link_ops link_http_ops = {
	.start = http_wire_start,
	.send = http_send,
	.cancel = http_cancel,
	.notify = http_notify,
	.pause = http_pause,
	.resume = http_resume,
	.detach = post_detach,
	.opened = http_opened,
	.stop = http_stop,
	.restart = NULL,
};
