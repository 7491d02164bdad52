/*
 * work: a request that waits for the store or for a slow sum.
 *
 * Handlers begin one, fill in what their job needs, and submit.  It keeps an
 * arena of its own, because the peer may leave (and the request's arena with
 * it) while the store thread works.  done() runs on the loop, only if the
 * request is still there; then the work is wiped and freed.
 */
#ifndef FRONT_WORK_H
#define FRONT_WORK_H

#include "front/front.h"
#include "store/store.h"

struct work;

struct work_plan {
	/* On the store thread; like store_job's run.  input is what the handler
	 * gave; reads nothing that belongs to the loop.  NULL: slow alone. */
	bool (*run)(struct arena *a, struct store_txn *t, void *input,
		struct fault *f);
	/* Before run, in the pool of slow sums (argon2id); may be NULL. */
	void (*slow)(struct arena *a, void *input);
	/* On the loop; f->id is FAULT_NONE when all went well. */
	void (*done)(struct front *front, struct http_request *r, void *input,
		const struct fault *f);
	/* As done, but called even when the peer left (r NULL then), for what
	 * must happen anyway, such as forgetting revoked tokens; may be NULL. */
	void (*always)(struct front *front, void *input, const struct fault *f);
};

/* The work's arena: the input and all it points to must live there. */
struct work *work_new(struct front *front, struct http_request *r);
struct arena *work_arena(struct work *w);
/* The work is no longer the caller's.  When the pool or the store takes no
 * more, done() is called before this returns: touch nothing afterwards. */
void work_submit(struct work *w, const struct work_plan *plan, void *input);

/* Instead of work_submit(): frees it; *w becomes NULL. */
void work_drop(struct work **w);

/* The peer of the request left; called by routes.c from gone(). */
void work_gone(struct http_request *r);

#endif
