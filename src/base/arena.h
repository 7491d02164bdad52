/*
 * arena: memory that lives and dies together.
 *
 * Four lifetimes exist in Ostiary, each of them an arena: process, settings
 * snapshot, request or flow, scratch.  A function that allocates takes the
 * arena as its first argument; a function without one allocates nothing that
 * outlives it.  Nothing is freed one by one.
 *
 * Each arena has a cap in bytes.  Passing the cap makes arena_alloc() answer
 * NULL, which the caller turns into a fault (FAULT_TOO_LARGE); when the
 * machine itself is out of memory the process ends.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* Default caps, in bytes. */
#define ARENA_REQUEST_MAX ((size_t)32 << 20)
#define ARENA_SCRATCH_MAX ((size_t)8 << 20)

/* A fresh arena that holds at most max bytes.  Never NULL. */
struct arena *arena_new(size_t max);

/* Runs what was deferred, newest first, wipes nothing (but see
 * arena_hold_secret()), gives all back and sets *a to NULL.  *a may be NULL. */
void arena_free(struct arena **a);

/* As arena_free() followed by arena_new(), keeping the first block: for
 * arenas that serve one request after another. */
void arena_reset(struct arena *a);

/* What it holds and will hold is wiped when it is freed or reset, after what was
 * deferred; then that is over. */
void arena_hold_secret(struct arena *a);

/* n bytes, zeroed, aligned for any type; NULL when the cap is passed.  n may
 * be 0. */
void *arena_alloc(struct arena *a, size_t n);

/* As arena_alloc(), not zeroed and not aligned: for text. */
char *arena_bytes(struct arena *a, size_t n);

/* count objects of size bytes each, zeroed; NULL on overflow or cap. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Has release(thing) called when the arena is freed or reset.  Foreign
 * handles (descriptors, statements, keys) are registered here.  Answers
 * 0 when the cap is passed; then release(thing) has been called already. */
int arena_defer(struct arena *a, void (*release)(void *thing), void *thing);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
