/* upstream_wait: asking for a link, and waiting for one. */
#include "back/upstream_parts.h"

static bool
is_for(const struct link_wait *w, const struct held *h)
{
	return h == NULL || h->person_id == NULL ||
		str_eq(str_from(h->person_id), w->person_id);
}

void
upstream_wait_fail(
	struct upstream *u, const struct held *h, const struct fault *f)
{
	list_each(at, &u->waits) {
		struct link_wait *w = list_entry(at, struct link_wait, place);

		if (!is_for(w, h))
			continue;
		list_remove(&w->place);
		w->ready(w, NULL, f);
		at_next = u->waits.next; /* ready() may have removed others */
	}
}

void
upstream_wait_serve(struct upstream *u)
{
	struct list ready;

	list_init(&ready);
	while (!list_is_empty(&u->waits)) {
		struct list *at = u->waits.next;

		list_remove(at);
		list_add(&ready, at);
	}
	/* Those whose own link has yet to open go back to the waits. */
	while (!list_is_empty(&ready)) {
		struct link_wait *w =
			list_entry(ready.next, struct link_wait, place);

		list_remove(&w->place);
		upstream_link(
			u, w, &(struct principal){ .person_id = w->person_id });
	}
}

void
link_wait_cancel(struct link_wait *w)
{
	if (w->place.next != NULL)
		list_remove(&w->place);
}

static void
refuse_wait(struct upstream *u, struct link_wait *w)
{
	struct fault f;

	upstream_say_why(u, &f);
	w->ready(w, NULL, &f);
}

void
upstream_link(
	struct upstream *u, struct link_wait *w, const struct principal *p)
{
	struct held *h;

	list_init(&w->place);
	w->person_id = p->person_id;
	h = upstream_is_shared(u) ? NULL : held_of(u, p->person_id);
	if (h != NULL && h != u->first && link_is_open(h->link)) {
		h->used_at = loop_now(u->plan.loop);
		w->ready(w, h->link, NULL);
		return;
	}
	upstream_wanted(u);
	if (u->state == UPSTREAM_CONNECTING) {
		list_add(&u->waits, &w->place);
		return;
	}
	if (u->state != UPSTREAM_CONNECTED) {
		refuse_wait(u, w);
		return;
	}
	h = held_for(u, p->person_id);
	if (link_is_open(h->link))
		w->ready(w, h->link, NULL);
	else
		list_add(&u->waits, &w->place);
}

struct link *
upstream_open_link(const struct upstream *u, struct str person_id)
{
	const struct held *h =
		upstream_is_shared(u) ? u->first : held_of(u, person_id);

	return h != NULL && link_is_open(h->link) ? h->link : NULL;
}

void
upstream_say_why(const struct upstream *u, struct fault *f)
{
	enum fault_id id = u->state == UPSTREAM_DISABLED ? FAULT_SERVER_DISABLED
		: u->state == UPSTREAM_NEEDS_LOGIN ? FAULT_SERVER_NEEDS_LOGIN
						   : FAULT_SERVER_DOWN;

	fault_set(f, id, "%.*s is %s%s%s", STR_ARG(u->plan.entry->name),
		upstream_state_name(u->state), *u->detail == '\0' ? "" : ": ",
		u->detail);
}
