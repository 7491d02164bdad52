/*
 * exchange: one request in flight, from its envelope to its answer.
 *
 *	hall_post ──▶ [settle: servers still connect] ──▶ dispatch
 *	  dispatch ──▶ answered here (initialize, discover, ping, lists)
 *	          └──▶ [link: wait for one] ──▶ sent ──▶ messages* ──▶ answer
 *
 * Lives on the heap (spares are kept), since a legacy request goes on when its
 * client is gone; all it points to in the client's request (envelope, arena,
 * principal) is used only while the client is there.
 */
#ifndef HALL_EXCHANGE_H
#define HALL_EXCHANGE_H

#include "back/link.h"
#include "back/upstream.h"
#include "hall/hall_state.h"
#include "mcp/era.h"

struct exchange {
	struct list place; /* in the hall's, or among the spares */
	struct list in_session;
	struct list in_settling;
	struct hall *hall;
	struct hall_request r;
	struct envelope e;
	enum era era;
	enum revision revision;  /* the client's */
	struct session *session; /* NULL: modern, or initialize */
	bool gone;               /* the client */
	bool ended;              /* among the spares now */
	bool streaming;          /* message() was called */
	bool retried;
	double progress; /* the last that the client was told */

	/* waiting for servers to settle, or to list (list.c) */
	struct loop_timer settle;
	bool settled;
	unsigned generation; /* of the settings that it began under */

	/* towards a server */
	struct upstream *upstream;
	struct link_wait wait;
	struct link_call call;
	struct str own_name;  /* the server's name for it; STR_NONE */
	enum revision spoken; /* on the link that it went out by */

	/* a list in the making (list.c) */
	struct list_wait list_wait;
	enum lists_kind list_kind;
	size_t list_at; /* server that is being refreshed */

	struct batch *batch; /* batch.c: an array of requests */
	struct usage *usage; /* it counts there; NULL: it does not */
};

/* ---- its life ---- */

struct exchange *exchange_new(struct hall *h, const struct hall_request *r);
/* After the last word to the sink, or when the client is gone. */
void exchange_end(struct exchange *x);

/* ---- its answers; each ends the exchange ---- */

void exchange_refuse(struct exchange *x, const struct fault *f);
/* data: raw JSON for error.data, or STR_NONE. */
void exchange_refuse_with(
	struct exchange *x, const struct fault *f, struct str data);
/* FAULT_INSUFFICIENT_SCOPE and its like: scope is what was needed. */
void exchange_refuse_scope(
	struct exchange *x, const struct fault *f, struct str scope);
void exchange_accept(struct exchange *x);
/* One message, status 200. */
void exchange_answer(struct exchange *x, const struct str *parts, size_t n);
void exchange_answer_status(
	struct exchange *x, int status, const struct str *parts, size_t n);
/* A buffer in the request's arena. */
void exchange_answer_buf(struct exchange *x, const struct buf *message);

/* ---- the ways that a request goes ---- */

/* dispatch.c: judges, and sends it on its way. */
void exchange_dispatch(struct exchange *x);
/* dispatch.c: parks it until its endpoint's servers have connected or failed,
 * once; then it is dispatched anew.  False: there is nothing to wait for. */
bool exchange_settle(struct exchange *x);
/* dispatch.c: a server settled. */
void exchange_settled(struct hall *h);
/* batch.c: an array of messages (2025-03-26 only, TR-03). */
void batch_post(struct exchange *x);
/* batch.c: its parts, if any, have nobody any more who gathers their answers. */
void batch_drop(struct exchange *x);
/* local.c: answered here.  False: it is none of these. */
bool local_answer(struct exchange *x);
/* list.c: the lists, from the catalogues. */
void list_answer(struct exchange *x, enum lists_kind kind);
/* target.c: finds the upstream and own_name.  False: it was refused, or it
 * waits for servers to settle. */
bool target_find(struct exchange *x);
/* forward.c: to the server that it names. */
void forward(struct exchange *x);
/* forward.c: stops what runs upstream. */
void forward_stop(struct exchange *x);

/* policy.c: may this principal?  FAULT_INSUFFICIENT_SCOPE (and *scope what is
 * needed), FAULT_MCP_UNKNOWN_NAME for what is switched off. */
bool policy_check(struct exchange *x, struct str *scope, struct fault *f);

#endif
