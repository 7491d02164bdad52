/* reload: see reload.h. */
#include "app/reload.h"

#include "app/command.h"
#include "base/arena.h"
#include "base/event.h"
#include "model/settings.h"

#define AGAIN_MS 1000

static void done(void *with);

/* In the pool. */
static void
work(void *with)
{
	struct reload *r = with;

	r->fresh = command_settings(r->plan.run, &r->found, &r->fault);
}

/* A file that was not there at the start. */
static void
look_for_file(struct command_run *run)
{
	if (str_is_none(run->places.settings))
		places_find(
			run->arena, run->options, run->env, &run->places, NULL);
}

static void
begin(struct reload *r)
{
	fault_clear(&r->fault);
	arena_reset(r->found.arena);
	r->found = (struct settings_findings){ .arena = r->found.arena };
	look_for_file(r->plan.run);
	if (loop_slow(r->plan.loop, work, done, r, NULL))
		r->state = RELOAD_READING;
	else
		loop_timer_set(&r->again, AGAIN_MS);
}

static void
tell_broken(const struct reload *r)
{
	const struct settings_findings *found = &r->found;

	event_log(NULL, EVENT_SETTINGS_KEPT, EF_TEXT("why", r->fault.detail));
	for (size_t i = 1; i < found->error_count; i++)
		event_log(NULL, EVENT_SETTINGS_BROKEN,
			EF_STR("why", found->errors[i]));
	for (size_t i = 0; i < found->note_count; i++)
		event_log(NULL, EVENT_SETTINGS_NOTE,
			EF_STR("note", found->notes[i]));
}

static void
done(void *with)
{
	struct reload *r = with;
	struct settings *fresh = r->fresh;
	bool stale = r->state == RELOAD_STALE;

	r->fresh = NULL;
	r->state = RELOAD_RESTING;
	if (r->plan.loaded == NULL) {
		if (fresh != NULL)
			settings_drop(&fresh);
		return;
	}
	if (fresh != NULL)
		r->plan.loaded(r->plan.with, fresh);
	else
		tell_broken(r);
	if (stale)
		begin(r);
}

static void
ask(void *with)
{
	reload_ask(with);
}

void
reload_start(struct reload *r, const struct reload_plan *plan)
{
	struct str file = plan->run->places.settings;

	*r = (struct reload){ .plan = *plan,
		.found.arena = arena_new(ARENA_SCRATCH_MAX) };
	loop_timer_init(&r->again, plan->loop, ask, r);
	settings_watch_start(&r->watch, plan->loop,
		str_is_none(file) ? "mcp_settings.json" : file.p, ask, r);
}

void
reload_ask(struct reload *r)
{
	if (r->plan.loaded == NULL)
		return;
	if (r->state == RELOAD_RESTING)
		begin(r);
	else
		r->state = RELOAD_STALE;
}

void
reload_stop(struct reload *r)
{
	r->plan.loaded = NULL;
	settings_watch_stop(&r->watch);
	loop_timer_stop(&r->again);
}

void
reload_clear(struct reload *r)
{
	if (r->fresh != NULL)
		settings_drop(&r->fresh);
	arena_free(&r->found.arena);
}

void
reload_keep_fixed(struct settings *fresh, const struct settings *old)
{
	const struct {
		struct str *to;
		struct str from;
		const char *key;
	} fixed[] = {
		{ &fresh->listen, old->listen, "listen" },
		{ &fresh->public_url, old->public_url, "publicUrl" },
		{ &fresh->tls_cert, old->tls_cert, "tls.cert" },
		{ &fresh->tls_key, old->tls_key, "tls.key" },
		{ &fresh->store, old->store, "store" },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (str_eq(*fixed[i].to, fixed[i].from))
			continue;
		*fixed[i].to = str_dup(fresh->arena, fixed[i].from);
		event_log(NULL, EVENT_SETTINGS_NOTE,
			EF_TEXT("key", fixed[i].key),
			EF_TEXT("note", "takes effect at the next start"));
	}
}
