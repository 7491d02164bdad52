/* health: see health.h. */
#include "front/health.h"

#include "front/reply.h"
#include "front/routes.h"
#include "front/work.h"
#include "store/tables.h"

void
health_get(struct front *front, struct http_request *r)
{
	(void)front;
	reply_json(r, &(struct reply){ 0 }, STR("{\"status\":\"ok\"}"));
}

static bool
ask_store(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	(void)a;
	return person_count(t, input, f);
}

static void
tell(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	(void)front;
	(void)input;
	if (fault_is_set(f)) {
		event_fault(&r->scope, f);
		reply_json(r, &(struct reply){ .status = 503 },
			STR("{\"status\":\"store\"}"));
		return;
	}
	reply_json(r, &(struct reply){ 0 }, STR("{\"status\":\"ready\"}"));
}

void
health_ready_get(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = ask_store, .done = tell };
	struct work *w = work_new(front, r);

	work_submit(w, &plan, arena_new_of(work_arena(w), uint64_t));
}
