/*
 * post: one HTTP request of a link under way, and what comes back.
 *
 *	post_new ──post_start──▶ under way ──done──▶ post_free
 *	             │ head, body (post_answer.c)       ▲
 *	             └──answered, a stream goes on──▶ lingers
 *
 * Three kinds: a call, whose answer is one JSON message or an event stream
 * that ends with it; a notification (or an answer to the server), of which
 * only the status counts; and the GET that listens for what belongs to no
 * call (post_listen.c).  A post outlives its call when that is answered or
 * given up first.
 */
#ifndef BACK_POST_H
#define BACK_POST_H

#include "back/http_wire.h"
#include "text/sse.h"

#define POST_ANSWER_MAX ((size_t)16 << 20)

enum post_kind { POST_CALL, POST_NOTE, POST_LISTEN };

struct post {
	struct list place; /* in the wire's posts, or its spares */
	struct http_wire *wire;
	enum post_kind kind;
	struct link_call *call; /* NULL: answered, given up, or no call */
	struct http_call *http;
	int status;
	bool streaming; /* an event stream comes */
	bool taken;     /* one JSON answer was taken */
	struct sse_reader sse;
	struct loop_timer linger; /* it was answered */
};

/* What goes out with a post; all bytes may die after post_start(). */
struct post_load {
	enum http_method method;
	const struct field *more; /* fields of this one alone */
	size_t more_count;
	const struct str *parts;
	size_t part_count;
};

/* One of the wire's; c is NULL when it is for no call, else c->wire is the
 * post from now on. */
struct post *post_new(
	struct http_wire *w, enum post_kind kind, struct link_call *c);
void post_start(struct post *p, const struct post_load *load);

/* Sends a notification, or an answer to the server, unless too many of them
 * are under way already. */
void post_note(struct http_wire *w, struct str message);
/* Tells a legacy server that nobody waits for the call's answer any more; a
 * modern one knows it by the closed stream (TR-33, TR-59). */
void post_say_cancelled(struct http_wire *w, const struct link_call *c);

/* The call's part in it is over; the HTTP exchange may still go on. */
void post_detach(struct link_call *c);
/* Its call, if it still has one, has no answer. */
void post_fail(struct post *p, const struct fault *f, bool sent);
/* Back to the spares; the HTTP exchange is over. */
void post_free(struct post *p);
/* The same after ending the exchange from our side; also from within what the
 * HTTP client tells. */
void post_drop(struct post *p);

/* ---- post_answer.c ---- */

/* What the HTTP client tells; with is the post. */
extern const struct http_listener post_listener;

/* ---- post_listen.c ---- */

/* Opens the stream for what belongs to no call (TR-52), unless there is
 * one. */
void post_listen(struct http_wire *w);
/* Its event stream begins. */
void post_listen_begun(struct post *p);
/* It said what can't be read: it is dropped, and opened again later. */
void post_listen_broken(struct post *p);
/* It is over, f: not as HTTP has it.  The post is freed.  Without the stream
 * that it had, a server that can't be reached any more, or has forgotten us, is
 * noticed here; 405 and its like: it has none to offer. */
void post_listen_done(struct post *p, const struct fault *f);
/* The callback of the wire's timer: w, which may have lost its stream. */
void post_listen_again(void *with);

/* After a notification: a flood is read at a bearable pace, the connection
 * fills, and it waits. */
void post_cover_ears(struct post *p);
/* The callback of the wire's timer: reads all posts of w again. */
void post_open_ears(void *with);

#endif
