/*
 * list: a ring of links that are members of what they chain.
 *
 * The head is a struct list of its own.  An element is in one list per link;
 * list_remove() on a link that is in no list does nothing, provided that it
 * was set up with list_init().
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

/* The struct of the given type whose member is the link. */
#define list_entry(link, type, member)                                         \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

/* Walks the links; the current one may be removed inside. */
#define list_each(link, head)                                                  \
	for (struct list *link = (head)->next, *link##_next = link->next;      \
		link != (head); link = link##_next, link##_next = link->next)

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_is_empty(const struct list *head)
{
	return head->next == head;
}

/* As the last one. */
static inline void
list_add(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

static inline void
list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

#endif
