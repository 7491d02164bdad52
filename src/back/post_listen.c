/*
 * post_listen: the event stream for what belongs to no call (TR-52), and how
 * much of all streams we care to hear.
 *
 *	post_listen ──begun──▶ heard ──done, broken──▶ [later] ──▶ post_listen
 *	      └──404, gone──▶ the link ends; 405: it has none to offer
 */
#include "back/post.h"

/* Before the stream is opened again: after it ended, after it broke. */
#define RETRY_MS  ((int64_t)5000)
#define BROKEN_MS ((int64_t)1000)

void
post_listen(struct http_wire *w)
{
	struct post *p;

	if (w->listens)
		return;
	p = post_new(w, POST_LISTEN, NULL);
	w->listens = true;
	post_start(p, &(struct post_load){ .method = HTTP_GET });
}

void
post_listen_again(void *with)
{
	struct http_wire *w = with;

	if (w->link->state == LINK_OPEN)
		post_listen(w);
}

void
post_listen_begun(struct post *p)
{
	struct http_wire *w = p->wire;
	const struct link_owner *owner = &w->link->plan.owner;

	if (w->has_listened)
		owner->missed(owner->with, w->link);
	w->has_listened = true;
}

void
post_listen_broken(struct post *p)
{
	p->wire->listens = false;
	loop_timer_set(&p->wire->relisten, RETRY_MS);
	post_drop(p);
}

void
post_listen_done(struct post *p, const struct fault *f)
{
	struct http_wire *w = p->wire;
	struct fault why = { 0 };

	w->listens = false;
	if (w->link->state != LINK_OPEN)
		; /* it closes */
	else if (p->streaming)
		loop_timer_set(&w->relisten, f == NULL ? RETRY_MS : BROKEN_MS);
	else if (f != NULL && w->has_listened)
		link_end_soon(w->link, f);
	else if (p->status == 404 && http_wire_is_refused(w, p->status, &why))
		link_end_soon(w->link, &why);
	post_free(p);
}

/* ---- floods ---- */

void
post_cover_ears(struct post *p)
{
	struct http_wire *w = p->wire;
	int64_t ms = link_deaf_ms(w->link);

	if (ms == 0)
		return;
	http_call_pause(p->http);
	loop_timer_set(&w->ears, ms);
}

void
post_open_ears(void *with)
{
	struct http_wire *w = with;

	list_each(at, &w->posts)
		http_call_resume(list_entry(at, struct post, place)->http);
}
