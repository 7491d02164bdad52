/*
 * upstream_era: a verdict about a server's era grows old (TR-17).
 *
 * Behind the same address there may be a newer server one day, and nothing of
 * the older one's link need tell it: that goes on, or its sessions are taken
 * over.  So after HORIZON_MS a scout is sent, a link of nobody's that asks
 * server/discover and nothing else.
 *
 *	legacy ──HORIZON_MS, or a link is refused──▶ scout
 *	   ▲                                          │  │
 *	   └──any other answer, or none───────────────┘  └──DiscoverResult──▶
 *	     it is the first link now; those of people end when they are idle
 *
 * A child's era ends with it: the next one is asked anew.
 */
#include "back/upstream_parts.h"

#define HORIZON_MS ((int64_t)60 * 60 * 1000)
#define DOUBT_MS   ((int64_t)60 * 1000)

static void
look_again(struct upstream *u, int64_t least_ms)
{
	static const enum revision modern = REVISION_LATEST;
	const struct server_entry *e = u->plan.entry;
	int64_t now = loop_now(u->plan.loop);

	if (u->state != UPSTREAM_CONNECTED || u->scout != NULL ||
		now - u->judged_at < least_ms || e->transport == SERVER_STDIO ||
		!str_is_none(e->protocol) ||
		revision_is_modern(u->server.revision))
		return;
	u->judged_at = now;
	u->scout = held_open(u, &modern);
	u->scout->scouts = true;
}

void
upstream_era_sweep(struct upstream *u)
{
	look_again(u, HORIZON_MS);
}

void
upstream_era_doubt(struct upstream *u)
{
	look_again(u, DOUBT_MS);
}

void
upstream_era_found(struct upstream *u, struct held *h)
{
	u->scout = NULL;
	h->scouts = false;
	if (u->state != UPSTREAM_CONNECTED)
		return; /* a first link finds it out, too; this one is swept */
	upstream_lists_reset(u);
	u->first = h;
	upstream_opened(u);
}
