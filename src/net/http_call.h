/*
 * http_call: one request and its answer, from start to done().
 *
 *	start ──▶ dialing ──▶ sending, awaiting the head ──▶ body ──▶ done
 *	   └─ kept link ─────▶┘         │
 *	          ▲── once, if it was closed before a byte came ──┘
 *
 * http_link_take() or http_dial_start() finds it a link; http_answer.c reads
 * what comes back.  Structs are used again, with the memory for their request.
 * Inside of the HTTP client only; what others may call stands in
 * http_client.h.
 */
#ifndef NET_HTTP_CALL_H
#define NET_HTTP_CALL_H

#include "base/buf.h"
#include "base/list.h"
#include "net/http_body.h"
#include "net/http_client.h"
#include "net/loop.h"

struct http_dial;
struct http_link;
struct http_pool;

struct http_call {
	struct list place; /* among the client's calls, or the spare */
	struct http_client *client;
	struct http_pool *pool; /* NULL: refused before that */
	struct http_link *link; /* NULL: dialing, or refused */
	struct http_dial *dial;
	struct loop_timer timer;  /* total time; or soon, see on_timer() */
	struct loop_turn sending; /* what is in out */
	int64_t total_due;        /* loop_now(); 0: no limit */
	struct http_listener listener;
	void *with;
	enum http_method method;
	enum vet_policy vet;
	size_t answer_max;
	int64_t connect_ms;
	int64_t head_ms;
	int64_t idle_ms;
	/* The request; without its body when that was large and sent at once. */
	struct buf out;
	size_t out_at;   /* how much of it was sent */
	bool whole;      /* out holds all of the request */
	bool sent;       /* the peer may have seen some of it */
	bool unwritable; /* the peer takes no more of it */
	bool paused;
	/* The answer, see http_answer.c. */
	bool in_body;
	bool gather;
	bool keep;              /* the link may serve again */
	unsigned informational; /* 1xx so far */
	struct http_body body;
	size_t body_at; /* the gathered body, in the link's buffer */
	size_t body_n;
	size_t kept;        /* by the asker, http_call_keeps() */
	struct fault fault; /* told soon, by the timer */
};

/* Sends more of the request. */
void http_call_flush(struct http_call *call);

/* The link's deadline has passed. */
void http_call_late(struct http_call *call);

/* The link broke, or the answer can't be used: tells the asker, or tries
 * again on a fresh link if that is allowed.  The call is on a link. */
void http_call_lost(struct http_call *call, const struct fault *f);
void http_call_fail(struct http_call *call, const struct fault *f);

/* The answer is complete. */
void http_call_complete(struct http_call *call);

#endif
