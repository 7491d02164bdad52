/* upstream: its states; see upstream.h. */
#include "back/upstream_parts.h"

#include "back/redact.h"
#include "base/arena.h"
#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>

#define BACKOFF_FIRST_MS ((int64_t)1000)
#define BACKOFF_LAST_MS  ((int64_t)60000)
/* Of a server that wants a login: nobody but a person can mend that, so it is
 * asked again slowly, and when somebody wants it. */
#define LOGIN_FIRST_MS   ((int64_t)60000)
#define LOGIN_LAST_MS    ((int64_t)5 * 60 * 1000)
#define LOGIN_WANTED_MS  ((int64_t)5000)
#define STEADY_MS        ((int64_t)60000)
#define SWEEP_MS         ((int64_t)5 * 60 * 1000)
#define SERVER_MAX       ((size_t)1 << 20)
#define SETTLE_MS        ((int64_t)10000)

const char *
upstream_state_name(enum upstream_state s)
{
	static const char *const names[] = {
		[UPSTREAM_DISABLED] = "disabled",
		[UPSTREAM_CONNECTING] = "connecting",
		[UPSTREAM_CONNECTED] = "connected",
		[UPSTREAM_WAITING] = "waiting",
		[UPSTREAM_NEEDS_LOGIN] = "needs login",
		[UPSTREAM_FAILED] = "failed",
	};

	return names[s];
}

static void
set_state(struct upstream *u, enum upstream_state state, const char *detail)
{
	const struct back_listener *bl = back_listener(u->plan.back);
	bool settles =
		u->state == UPSTREAM_CONNECTING && state != UPSTREAM_CONNECTING;

	u->state = state;
	u->has_settled = u->has_settled || settles;
	u->since = loop_wall(u->plan.loop);
	snprintf(u->detail, sizeof(u->detail), "%s", detail);
	event_log(&u->scope, EVENT_SERVER_STATE,
		EF_TEXT("state", upstream_state_name(state)),
		EF_STR("detail",
			*detail == '\0' ? STR_NONE : str_from(detail)));
	if (settles)
		bl->settled(bl->with, u);
}

bool
upstream_is_shared(const struct upstream *u)
{
	return u->plan.entry->share == SHARE_ALL ||
		revision_is_modern(u->server.revision);
}

/* ---- connecting ---- */

static void
open_first(struct upstream *u)
{
	loop_timer_stop(&u->retry);
	u->tried_at = loop_now(u->plan.loop);
	set_state(u, UPSTREAM_CONNECTING, "");
	u->first = held_open(u, NULL);
}

static void
learn(struct upstream *u, const struct handshake_server *s)
{
	arena_reset(u->server_arena);
	u->known = true;
	u->judged_at = loop_now(u->plan.loop);
	u->server = (struct handshake_server){
		.revision = s->revision,
		.capabilities = s->capabilities,
		.name = str_dup(u->server_arena, s->name),
		.title = str_dup(u->server_arena, s->title),
		.version = str_dup(u->server_arena, s->version),
		.instructions = str_dup(u->server_arena, s->instructions),
	};
}

void
upstream_opened(struct upstream *u)
{
	learn(u, link_server(u->first->link));
	listing_start(u->first->listing, u->first->link);
}

static void
tell_changed(struct upstream *u)
{
	const struct back_listener *bl = back_listener(u->plan.back);

	for (int k = 0; k < LISTS_KINDS; k++)
		if ((u->changed & 1u << k) != 0)
			bl->listed(bl->with, u, (enum lists_kind)k, STR_NONE);
	u->changed = 0;
}

void
upstream_listed(struct upstream *u, const struct fault *f)
{
	if (u->state == UPSTREAM_CONNECTED)
		return;
	u->connected_at = loop_now(u->plan.loop);
	u->answers = link_answers(u->first->link);
	set_state(u, UPSTREAM_CONNECTED, fault_is_set(f) ? f->detail : "");
	tell_changed(u);
	upstream_wait_serve(u);
}

void
upstream_changed(struct upstream *u, enum lists_kind kind)
{
	u->changed |= 1u << kind;
	if (u->state == UPSTREAM_CONNECTED)
		tell_changed(u);
}

/* ---- losing it ---- */

static int64_t
backoff_ms(unsigned failures, int64_t first, int64_t last)
{
	int64_t ms = first;

	for (unsigned i = 1; i < failures && ms < last; i++)
		ms *= 2;
	return ms < last ? ms : last;
}

static void
try_later(struct upstream *u, enum upstream_state state, const char *why,
	int64_t ms)
{
	char detail[sizeof(u->detail)];

	snprintf(detail, sizeof(detail), "%.200s; next try in %d s", why,
		(int)(ms / 1000));
	set_state(u, state, detail);
	loop_timer_set(&u->retry, ms);
}

/* Whether the lost link was of use, so that a new one is worth a try at
 * once. */
static bool
was_steady(const struct upstream *u, const struct link *lost)
{
	return u->state == UPSTREAM_CONNECTED &&
		(loop_now(u->plan.loop) - u->connected_at >= STEADY_MS ||
			link_answers(lost) > u->answers);
}

void
upstream_lost(
	struct upstream *u, const struct link *lost, const struct fault *why)
{
	upstream_note_trouble(u, why);
	if (was_steady(u, lost))
		u->failures = 0;
	u->failures++;
	if (why->id == FAULT_SERVER_NEEDS_LOGIN)
		try_later(u, UPSTREAM_NEEDS_LOGIN, why->detail,
			backoff_ms(u->failures, LOGIN_FIRST_MS, LOGIN_LAST_MS));
	else if (u->failures == 1 && u->state == UPSTREAM_CONNECTED)
		open_first(u); /* it worked until now: at once */
	else
		try_later(u, UPSTREAM_WAITING, why->detail,
			backoff_ms(u->failures, BACKOFF_FIRST_MS,
				BACKOFF_LAST_MS));
}

void
upstream_wanted(struct upstream *u)
{
	int64_t age = loop_now(u->plan.loop) - u->tried_at;

	if (u->state == UPSTREAM_NEEDS_LOGIN && age >= LOGIN_WANTED_MS)
		open_first(u);
}

void
upstream_doubt(struct upstream *u, const struct fault *why)
{
	struct held *h = u->first;

	if (why->id == FAULT_SERVER_ANSWER)
		upstream_era_doubt(u);
	if (why->id != FAULT_SERVER_DOWN || h == NULL ||
		u->plan.entry->transport == SERVER_STDIO ||
		u->state != UPSTREAM_CONNECTED || link_is_busy(h->link))
		return;
	upstream_renew(u);
}

void
upstream_renew(struct upstream *u)
{
	held_drop(u->first);
	open_first(u);
}

/* ---- its life ---- */

static void
retry_now(void *with)
{
	open_first(with);
}

static void
sweep(void *with)
{
	struct upstream *u = with;

	held_sweep(u);
	upstream_era_sweep(u);
	loop_timer_set(&u->sweep, SWEEP_MS);
}

static void
start(struct upstream *u)
{
	const struct server_entry *e = u->plan.entry;

	if (!str_is_none(e->trouble))
		set_state(u, UPSTREAM_FAILED, e->trouble.p);
	else if (e->disabled)
		set_state(u, UPSTREAM_DISABLED, "");
	else
		open_first(u);
}

struct upstream *
upstream_new(const struct upstream_plan *plan)
{
	struct upstream *u = calloc(1, sizeof(*u));

	if (u == NULL)
		die("out of memory");
	u->plan = *plan;
	u->plan.settings = settings_hold(plan->settings);
	list_init(&u->helds);
	list_init(&u->waits);
	u->begun_at = loop_now(plan->loop);
	u->scope.fields[0] = EF_STR("server", plan->entry->name);
	u->scope.n = 1;
	u->server_arena = arena_new(SERVER_MAX);
	catalogue_init(&u->catalogue);
	loop_timer_init(&u->retry, plan->loop, retry_now, u);
	loop_timer_init(&u->sweep, plan->loop, sweep, u);
	loop_timer_set(&u->sweep, SWEEP_MS);
	start(u);
	return u;
}

void
upstream_free(struct upstream **up)
{
	struct upstream *u = *up;
	struct fault f = { .id = FAULT_SERVER_DOWN,
		.detail = "the server was taken out of the settings" };

	if (u == NULL)
		return;
	*up = NULL;
	loop_timer_stop(&u->retry);
	loop_timer_stop(&u->sweep);
	while (!list_is_empty(&u->helds))
		held_drop(list_entry(u->helds.next, struct held, place));
	upstream_wait_fail(u, NULL, &f);
	catalogue_clear(&u->catalogue);
	arena_free(&u->server_arena);
	settings_drop(&u->plan.settings);
	free(u);
}

/* ---- looking at it ---- */

int64_t
upstream_settle_ms(const struct upstream *u)
{
	int64_t left = u->begun_at + SETTLE_MS - loop_now(u->plan.loop);

	return u->state == UPSTREAM_CONNECTING && !u->has_settled && left > 0
		? left
		: 0;
}

const struct server_entry *
upstream_entry(const struct upstream *u)
{
	return u->plan.entry;
}

enum upstream_state
upstream_state(const struct upstream *u)
{
	return u->state;
}

struct str
upstream_detail(const struct upstream *u)
{
	if (u->state == UPSTREAM_CONNECTING && u->first != NULL)
		return str_from(link_doing(u->first->link));
	if (u->state == UPSTREAM_CONNECTED && *u->detail == '\0' &&
		held_any_floods(u))
		return STR("it floods its stderr, which is read slowly");
	return str_from(u->detail);
}

struct str
upstream_trouble(const struct upstream *u, int64_t *at)
{
	*at = u->troubled_at;
	return str_from(u->trouble);
}

void
upstream_note_trouble(struct upstream *u, const struct fault *why)
{
	struct fault safe = *why;

	redact_fault(u->plan.entry, &safe);
	snprintf(u->trouble, sizeof(u->trouble), "%s",
		safe.detail[0] == '\0' ? fault_row(why->id)->sentence
				       : safe.detail);
	u->troubled_at = loop_wall(u->plan.loop);
}

int64_t
upstream_since(const struct upstream *u)
{
	return u->since;
}

const struct handshake_server *
upstream_server(const struct upstream *u)
{
	return u->known ? &u->server : NULL;
}
