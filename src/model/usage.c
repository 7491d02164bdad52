/* usage: see usage.h. */
#include "model/usage.h"

#include "base/die.h"

#include <stdlib.h>

/* One allocation, the id behind it. */
struct usage {
	struct usages *all;
	struct str person_id;
	unsigned holders;
	unsigned running[USAGE_KINDS];
	char text[];
};

void
usages_init(struct usages *all)
{
	map_init(&all->by_person);
}

void
usages_clear(struct usages *all)
{
	insist(all->by_person.n == 0);
	map_clear(&all->by_person);
}

static struct usage *
usage_new(struct usages *all, struct str person_id)
{
	struct usage *u = calloc(1, sizeof(*u) + person_id.n);

	if (u == NULL)
		die("out of memory");
	if (person_id.n > 0)
		memcpy(u->text, person_id.p, person_id.n);
	u->all = all;
	u->person_id = str_of(u->text, person_id.n);
	map_put(&all->by_person, u->person_id, u);
	return u;
}

struct usage *
usage_hold(struct usages *all, struct str person_id)
{
	struct usage *u = map_get(&all->by_person, person_id);

	if (u == NULL)
		u = usage_new(all, person_id);
	u->holders++;
	return u;
}

static void
free_if_idle(struct usage *u)
{
	if (u->holders > 0)
		return;
	for (int k = 0; k < USAGE_KINDS; k++)
		if (u->running[k] > 0)
			return;
	map_remove(&u->all->by_person, u->person_id);
	free(u);
}

void
usage_drop(struct usage **up)
{
	struct usage *u = *up;

	if (u == NULL)
		return;
	*up = NULL;
	insist(u->holders > 0);
	u->holders--;
	free_if_idle(u);
}

struct str
usage_person_id(const struct usage *u)
{
	return u->person_id;
}

bool
usage_begin(struct usage *u, enum usage_kind kind, unsigned most)
{
	if (u->running[kind] >= most)
		return false;
	u->running[kind]++;
	return true;
}

void
usage_end(struct usage **up, enum usage_kind kind)
{
	struct usage *u = *up;

	if (u == NULL)
		return;
	*up = NULL;
	insist(u->running[kind] > 0);
	u->running[kind]--;
	free_if_idle(u);
}
