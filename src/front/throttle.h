/*
 * throttle: how often a stranger may try.
 *
 * One bucket for each kind and key: it holds so many tries and fills up again
 * one by one.  Keys are networks (throttle_network) or names, so that a flood
 * from one place starves nobody else.  Each kind keeps a bounded number of
 * buckets and forgets the one that was touched longest ago.  In memory only;
 * touched on the loop only.
 */
#ifndef FRONT_THROTTLE_H
#define FRONT_THROTTLE_H

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct throttle;

enum throttle_kind {
	THROTTLE_LOGIN_NETWORK, /* wrong passwords from a network */
	THROTTLE_LOGIN_NAME,    /* wrong passwords for a name */
	THROTTLE_SETUP,         /* wrong setup tokens from a network */
	THROTTLE_SECRET,        /* wrong secrets of clients from a network */
	THROTTLE_REGISTER,      /* registrations from a network */
	THROTTLE_KINDS
};

struct throttle *throttle_new(void);
void throttle_free(struct throttle **t);

/* Takes one try; now_ms is loop_now().  FAULT_TOO_MANY when none is left. */
bool throttle_take(struct throttle *t, enum throttle_kind kind, struct str key,
	int64_t now_ms, struct fault *f);

/* As throttle_take(), but takes nothing: for what counts only when it turns
 * out to be wrong. */
bool throttle_has(const struct throttle *t, enum throttle_kind kind,
	struct str key, int64_t now_ms, struct fault *f);

/* Seconds until the next try, for Retry-After; 0: one is there. */
int64_t throttle_wait(const struct throttle *t, enum throttle_kind kind,
	struct str key, int64_t now_ms);

/* Gives back a try that was taken before it turned out to be right. */
void throttle_give(struct throttle *t, enum throttle_kind kind, struct str key);

/* Forgets the key: after a right password. */
void throttle_clear(
	struct throttle *t, enum throttle_kind kind, struct str key);

/* The network of a peer's address, as text: the address of IPv4, the /56 of
 * IPv6 (IPv4-mapped ones as IPv4); other text as it is. */
struct str throttle_network(struct arena *a, struct str peer);

#endif
