/* errand: see errand.h. */
#include "hall/errand.h"

#include "base/buf.h"
#include "base/die.h"
#include "hall/hall_state.h"
#include "mcp/message.h"

#include <stdlib.h>

#define MESSAGE_MAX ((size_t)64 << 10)
/* What may wait in all errands together. */
#define WAITING_MAX ((size_t)8 << 20)

struct item {
	struct list place;
	size_t n;
	char uri[];
};

struct errand {
	struct link_call call; /* first */
	struct errand_plan plan;
	struct list items;
};

static const struct link_listener listener;

static void
item_free(struct errand *e, struct item *item)
{
	e->plan.hall->errands_waiting -= sizeof(*item) + item->n;
	list_remove(&item->place);
	free(item);
}

static void
errand_free(struct errand *e)
{
	while (!list_is_empty(&e->items))
		item_free(e, list_entry(e->items.next, struct item, place));
	free((void *)(uintptr_t)e->plan.person_id.p);
	free(e);
}

static void
ask(struct errand *e, struct str uri)
{
	struct buf out;
	struct str text;

	buf_init(&out, MESSAGE_MAX);
	link_call_init(&e->call, e->plan.link, &listener);
	message_resource(&out, e->call.id, e->plan.method, uri);
	text = buf_view(&out);
	link_send(e->plan.link, &e->call,
		&(struct link_message){ .method = e->plan.method,
			.parts = &text,
			.part_count = 1 });
	buf_clear(&out);
}

void
errand_go(struct errand *e)
{
	bool asked = false;

	while (!asked && !list_is_empty(&e->items) &&
		link_is_open(e->plan.link)) {
		struct item *item =
			list_entry(e->items.next, struct item, place);
		struct str uri = str_of(item->uri, item->n);

		asked = e->plan.is_due(&e->plan, uri);
		if (asked)
			ask(e, uri);
		item_free(e, item);
	}
	if (!asked)
		errand_free(e);
}

/* ---- answers ---- */

static void
answered(struct link_call *c, const struct envelope *e)
{
	(void)e;
	errand_go((struct errand *)(void *)c);
}

static void
failed(struct link_call *c, const struct fault *f, bool sent)
{
	struct errand *e = (struct errand *)(void *)c;

	(void)f;
	(void)sent;
	if (e->plan.method == METHOD_RESOURCES_UNSUBSCRIBE)
		errand_free(e); /* what it goes on to tell is passed over */
	else
		errand_go(e);
}

static void
ignored(struct link_call *c, const struct envelope *e)
{
	(void)c;
	(void)e;
}

static const struct link_listener listener = {
	.message = ignored,
	.answer = answered,
	.failed = failed,
};

/* ---- its making ---- */

struct errand *
errand_new(const struct errand_plan *plan)
{
	struct errand *e = calloc(1, sizeof(*e));
	char *person = strndup(plan->person_id.p, plan->person_id.n);

	if (e == NULL || person == NULL)
		die("out of memory");
	e->plan = *plan;
	e->plan.person_id = str_of(person, plan->person_id.n);
	list_init(&e->items);
	return e;
}

bool
errand_add(struct errand *e, struct str uri)
{
	size_t *waiting = &e->plan.hall->errands_waiting;
	size_t n = sizeof(struct item) + uri.n;
	struct item *item;

	if (*waiting + n > WAITING_MAX)
		return false;
	item = malloc(n);
	if (item == NULL)
		die("out of memory");
	*waiting += n;
	item->n = uri.n;
	memcpy(item->uri, uri.p, uri.n);
	list_add(&e->items, &item->place);
	return true;
}
