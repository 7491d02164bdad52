/*
 * map: from str to pointer, for live state on the loop.
 *
 * Open addressing; the hash is SipHash-1-3 under a key that is drawn once a
 * process, so strangers who choose keys cannot choose collisions.  A key's
 * bytes stay with the caller and must live as long as the entry (usually they
 * are a member of the value).  Lives on the heap.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_slot {
	struct str key; /* p == NULL: free */
	void *value;
	uint64_t hash;
};

struct map {
	struct map_slot *slots;
	size_t cap; /* a power of two, or 0 */
	size_t n;
};

void map_init(struct map *m);

/* Forgets the entries; the values are the caller's. */
void map_clear(struct map *m);

/* The value, or NULL. */
void *map_get(const struct map *m, struct str key);

/* Puts or replaces; answers the value that stood there before, or NULL.  On
 * replacement the new key's bytes are kept.  value is never NULL. */
void *map_put(struct map *m, struct str key, void *value);

/* Takes the entry out and answers its value, or NULL. */
void *map_remove(struct map *m, struct str key);

/* Walks the entries in no order: start with *at = 0; NULL ends it.  The map
 * must not change during the walk. */
void *map_next(const struct map *m, size_t *at);

#endif
