/* arena: see arena.h.  A chain of blocks, the newest first; each twice the
 * size of the one before, up to BLOCK_MAX. */
#include "base/arena.h"

#include "base/die.h"
#include "base/secret.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)2048)
#define BLOCK_MAX ((size_t)256 << 10)
#define ALIGN     alignof(max_align_t)

struct block {
	struct block *older;
	size_t size; /* usable bytes that follow this head */
	size_t used;
	alignas(max_align_t) char bytes[];
};

struct deferred {
	struct deferred *older;
	void (*release)(void *);
	void *thing;
};

struct arena {
	struct block *newest;
	struct deferred *deferred;
	size_t max;
	size_t used;
	size_t next_block;
	bool secret;
};

struct arena *
arena_new(size_t max)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		die("out of memory");
	a->max = max;
	a->next_block = BLOCK_MIN;
	return a;
}

static void
run_deferred(struct arena *a)
{
	/* A release may live in the arena; it is read before it runs. */
	for (struct deferred *d = a->deferred; d != NULL; d = d->older)
		d->release(d->thing);
	a->deferred = NULL;
}

static void
wipe_secret(struct arena *a)
{
	if (!a->secret)
		return;
	a->secret = false;
	for (struct block *b = a->newest; b != NULL; b = b->older)
		secret_wipe(b->bytes, b->used);
}

void
arena_hold_secret(struct arena *a)
{
	a->secret = true;
}

static void
free_blocks_but(struct arena *a, const struct block *kept)
{
	for (struct block *b = a->newest, *older; b != NULL; b = older) {
		older = b->older;
		if (b != kept)
			free(b);
	}
}

void
arena_free(struct arena **ap)
{
	struct arena *a = *ap;

	if (a == NULL)
		return;
	*ap = NULL;
	run_deferred(a);
	wipe_secret(a);
	free_blocks_but(a, NULL);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *first = a->newest;

	run_deferred(a);
	wipe_secret(a);
	while (first != NULL && first->older != NULL)
		first = first->older;
	free_blocks_but(a, first);
	a->newest = first;
	a->used = 0;
	a->next_block = BLOCK_MIN;
	if (first != NULL)
		first->used = 0;
}

static struct block *
block_for(struct arena *a, size_t n)
{
	size_t size = a->next_block > n ? a->next_block : n;
	struct block *b = malloc(sizeof(*b) + size);

	if (b == NULL)
		die("out of memory");
	b->size = size;
	b->used = 0;
	b->older = a->newest;
	a->newest = b;
	if (a->next_block < BLOCK_MAX)
		a->next_block *= 2;
	return b;
}

static char *
take(struct arena *a, size_t n, size_t align)
{
	struct block *b = a->newest;
	size_t at = 0;

	if (n > a->max - a->used)
		return NULL;
	if (b != NULL)
		at = (b->used + align - 1) & ~(align - 1);
	if (b == NULL || at > b->size || n > b->size - at) {
		b = block_for(a, n);
		at = 0;
	}
	b->used = at + n;
	a->used += n;
	return b->bytes + at;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	char *p = take(a, n, ALIGN);

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

char *
arena_bytes(struct arena *a, size_t n)
{
	return take(a, n, 1);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(a, count * size);
}

int
arena_defer(struct arena *a, void (*release)(void *), void *thing)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	if (d == NULL) {
		release(thing);
		return 0;
	}
	d->release = release;
	d->thing = thing;
	d->older = a->deferred;
	a->deferred = d;
	return 1;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
