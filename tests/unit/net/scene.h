/*
 * scene: one call of the HTTP client against one scripted peer.
 */
#ifndef TESTS_NET_SCENE_H
#define TESTS_NET_SCENE_H

#include "caller.h"

#define SIMPLE "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* One call against one peer. */
struct scene {
	struct peer peer;
	struct caller caller;
	struct told told;
};

static inline void
scene_open(struct scene *s, const struct peer_move *moves)
{
	peer_start(&s->peer, moves, NULL);
	caller_open(&s->caller, NULL);
	told_init(&s->told, &s->caller);
}

static inline void
scene_close(struct scene *s)
{
	told_clear(&s->told);
	caller_close(&s->caller);
	peer_join(&s->peer);
}

/* Asks and runs until it is over. */
static inline void
scene_play(struct scene *s, struct http_ask ask)
{
	ask.origin = origin_of(&s->peer);
	caller_ask(&s->told, &ask);
	caller_run(&s->caller);
}

static inline void
fails_with(const struct told *t, enum fault_id id)
{
	if (t->fault.id != id)
		fail_msg("fault %d \"%s\" instead of %d", (int)t->fault.id,
			t->fault.detail, (int)id);
	assert_int_equal(t->dones, 1);
}

/* Refused before a byte leaves; the peer would wait for ever for a call. */
static inline void
refused_unsent(struct http_ask ask, enum fault_id id)
{
	static const struct peer_move moves[] = { { PEER_END } };
	struct scene s;

	scene_open(&s, moves);
	scene_play(&s, ask);
	fails_with(&s.told, id);
	assert_false(s.told.sent);
	assert_int_equal(s.peer.accepted, 0);
	scene_close(&s);
}

#endif
