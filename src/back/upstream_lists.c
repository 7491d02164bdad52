/* upstream_lists: what an upstream offers: to everybody, and to a person whose
 * own link lists something else (BR-16, TR-48).
 *
 * The common lists are what a link that is nobody's said: the first one,
 * until a person calls by it.  What a person's link says is theirs alone, and
 * is kept only while it differs from the common lists.
 */
#include "back/upstream_parts.h"

static void
tell_changed(const struct held *h, enum lists_kind kind)
{
	const struct back_listener *bl = back_listener(h->upstream->plan.back);

	bl->listed(bl->with, h->upstream, kind, str_from(h->person_id));
}

static void
own_put(struct held *h, enum lists_kind kind, struct catalogue_list *list)
{
	struct catalogue_list **own = &h->own[kind];

	h->upstream->owned += list != NULL;
	h->upstream->owned -= *own != NULL;
	catalogue_list_free(own);
	*own = list;
}

/* Links that were heard before may say now what everybody hears, too. */
static void
doubt_owned(struct upstream *u, enum lists_kind kind)
{
	list_each(at, &u->helds) {
		struct held *h = list_entry(at, struct held, place);

		if (h->person_id != NULL)
			listing_doubt(h->listing, kind);
	}
}

static void
common_read(struct upstream *u, struct catalogue_list *list)
{
	enum lists_kind kind = list->kind;
	struct catalogue_list **common = &u->catalogue.lists[kind];

	u->doubted &= ~(1u << kind);
	if (catalogue_list_same(*common, list)) {
		catalogue_list_free(&list);
		return;
	}
	catalogue_list_free(common);
	*common = list;
	upstream_changed(u, kind);
	doubt_owned(u, kind);
}

static void
own_read(struct held *h, struct catalogue_list *list)
{
	struct upstream *u = h->upstream;
	enum lists_kind kind = list->kind;
	const struct catalogue_list *common = u->catalogue.lists[kind];
	const struct catalogue_list *had =
		h->own[kind] == NULL ? common : h->own[kind];
	bool differs = !catalogue_list_same(had, list);

	if (catalogue_list_same(common, list))
		catalogue_list_free(&list);
	else if (u->plan.entry->transport != SERVER_STDIO)
		u->doubted |= 1u << kind; /* a child speaks for itself alone */
	own_put(h, kind, list);
	if (differs)
		tell_changed(h, kind);
}

static void
list_read(void *with, struct catalogue_list *list)
{
	struct held *h = with;

	if (h->person_id == NULL)
		common_read(h->upstream, list);
	else
		own_read(h, list);
}

static void
first_listed(void *with, const struct fault *f)
{
	struct held *h = with;

	upstream_listed(h->upstream, f);
}

static size_t
room(void *with)
{
	const struct held *h = with;

	return h->person_id == NULL ? CATALOGUE_COMMON_MAX : CATALOGUE_OWN_MAX;
}

static bool
is_heeded(void *with)
{
	struct held *h = with;

	return held_is_heeded(h);
}

void
upstream_lists_begin(struct held *h)
{
	struct upstream *u = h->upstream;

	h->listing = listing_new(&(struct listing_plan){
		.entry = u->plan.entry,
		.scope = &u->scope,
		.loop = u->plan.loop,
		.read = list_read,
		.done = first_listed,
		.room = room,
		.heeded = is_heeded,
		.with = h,
	});
}

static void
forget_own(struct held *h)
{
	bool had[LISTS_KINDS];

	for (int k = 0; k < LISTS_KINDS; k++) {
		had[k] = h->own[k] != NULL;
		own_put(h, (enum lists_kind)k, NULL);
	}
	for (int k = 0; k < LISTS_KINDS; k++)
		if (had[k])
			tell_changed(h, (enum lists_kind)k);
}

void
upstream_lists_end(struct held *h)
{
	listing_free(&h->listing);
	forget_own(h);
}

void
upstream_lists_reset(struct upstream *u)
{
	list_each(at, &u->helds) {
		struct held *h = list_entry(at, struct held, place);

		listing_stop(h->listing);
		forget_own(h);
	}
	u->doubted = 0;
}

/* The link over which that person's list is read; NULL: what everybody gets
 * has to do. */
static struct held *
held_to_ask(struct upstream *u, enum lists_kind kind, struct str person_id)
{
	struct held *h;

	if (upstream_is_shared(u))
		return u->first;
	h = held_of(u, person_id);
	if (h == NULL && u->first != NULL && u->first->person_id == NULL)
		return u->first;
	/* Others were told otherwise: who knows what a new link says. */
	if (h == NULL && u->state == UPSTREAM_CONNECTED &&
		(u->doubted & 1u << kind) != 0)
		h = held_for(u, person_id);
	if (h != NULL)
		h->used_at = loop_now(u->plan.loop);
	return h;
}

static void
ask(struct upstream *u, enum lists_kind kind, struct str person_id,
	struct list_wait *w,
	void (*how)(struct listing *, enum lists_kind, struct list_wait *))
{
	struct held *h = held_to_ask(u, kind, person_id);

	list_init(&w->place);
	upstream_wanted(u);
	if (h == NULL || (h == u->first && !link_is_open(h->link)))
		w->ready(w, NULL);
	else
		how(h->listing, kind, w);
}

void
upstream_refresh(struct upstream *u, enum lists_kind kind, struct str person_id,
	struct list_wait *w)
{
	ask(u, kind, person_id, w, listing_refresh);
}

void
upstream_reread(struct upstream *u, enum lists_kind kind, struct str person_id,
	struct list_wait *w)
{
	ask(u, kind, person_id, w, listing_reread);
}

const struct catalogue_list *
upstream_list(
	const struct upstream *u, enum lists_kind kind, struct str person_id)
{
	const struct held *h = u->owned == 0 || upstream_is_shared(u)
		? NULL
		: held_of(u, person_id);

	return h == NULL || h->own[kind] == NULL ? u->catalogue.lists[kind]
						 : h->own[kind];
}

bool
upstream_concerns(const struct upstream *u, struct str person_id)
{
	return u->plan.entry->transport != SERVER_STDIO &&
		held_of(u, person_id) == NULL;
}

const struct catalogue *
upstream_catalogue(const struct upstream *u)
{
	return &u->catalogue;
}
