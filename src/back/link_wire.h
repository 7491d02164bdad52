/*
 * link_wire: what link.c shares with the two transports, and nobody else.
 */
#ifndef BACK_LINK_WIRE_H
#define BACK_LINK_WIRE_H

#include "back/link.h"

#include "base/arena.h"
#include "net/http_client.h"

#define LINK_ARENA_MAX ((size_t)4 << 20)
/* A call that reports progress may take this many times its timeout. */
#define LINK_CEILING   10
/* What a server may tell or ask in a second, answers aside, before we read on
 * in the next one. */
#define LINK_NOTES_MAX 2000u

struct link_ops {
	/* Answers come by one way for all calls and are told apart by their ids;
	 * else each call has a way of its own. */
	bool shares_way;
	/* Makes it ready to send; false: f says why not. */
	bool (*start)(struct link *l, struct fault *f);
	void (*send)(struct link *l, struct link_call *c,
		const struct link_message *m);
	/* The call made progress: it has its timeout again.  May be NULL. */
	void (*progressed)(struct link *l, struct link_call *c);
	/* The call is given up; its id is still set. */
	void (*cancel)(struct link *l, struct link_call *c);
	void (*notify)(struct link *l, struct str message);
	/* NULL where calls share one way. */
	void (*pause)(struct link_call *c);
	void (*resume)(struct link_call *c);
	/* The call is over, however; c->wire is given up.  Only called when
	 * c->wire is set. */
	void (*detach)(struct link_call *c);
	/* The server introduced itself (l->peer is set). */
	void (*opened)(struct link *l);
	/* Gives back all that the transport holds; calls nobody. */
	void (*stop)(struct link *l);
	/* The child is gone after it was asked for its revision: start again and
	 * introduce ourselves the old way.  NULL: the transport needs none. */
	bool (*restart)(struct link *l, struct fault *f);
};

enum link_state { LINK_OPENING, LINK_OPEN, LINK_CLOSED };

struct link {
	struct link_plan plan;
	uint64_t serial;
	const struct link_ops *ops;
	enum link_state state;
	struct arena *arena; /* as long as the link */
	struct handshake_server server;
	int64_t last_id;
	struct list calls; /* under way, oldest first */
	unsigned call_count;
	struct map by_id; /* the same by id_text, when shares_way */
	uint64_t answers;
	int64_t notes_since;          /* loop_now() */
	unsigned notes;               /* told or asked since then */
	struct link_call asking;      /* link_open.c's own: server/discover */
	struct link_call introducing; /* and initialize */
	struct loop_timer quiet;      /* stdio: nobody answered so far */
	const char *doing;
	enum level level;           /* asked for; LEVEL_OFF: nothing yet */
	struct link_call levelling; /* logging/setLevel */
	struct loop_timer later; /* tells of an end that came during a call */
	struct fault why;
	bool is_known;       /* server.revision, from an earlier link */
	bool asked_revision; /* server/discover went out */
	bool was_restarted;
	void *wire; /* the transport's */
};

extern const struct link_ops link_http_ops;
extern const struct link_ops link_stdio_ops;

/* ---- for the transports ---- */

/* A JSON-RPC message arrived that belongs to the call c, or to none (NULL:
 * found by its id, as over stdio).  Judges and delivers it.  False: it is no
 * message (f). */
bool link_take(
	struct link *l, struct link_call *c, struct str text, struct fault *f);

/* It told or asked something that nobody waited for. */
void link_count_note(struct link *l);
/* It tells more than we care to hear: for so many milliseconds it should not be
 * read. */
int64_t link_deaf_ms(const struct link *l);

/* That call will have no answer. */
void link_call_fail(struct link_call *c, const struct fault *f, bool sent);

/* The link is over: all calls fail, the owner hears closed(), l is freed. */
void link_end(struct link *l, const struct fault *why);
/* The same, from within a call of the transport's: soon. */
void link_end_soon(struct link *l, const struct fault *why);

/* ---- link_open.c ---- */

/* Finds out the revision and introduces us; then link_opened(). */
void link_open_start(struct link *l);
/* Gives that up. */
void link_open_stop(struct link *l);
void link_opened(struct link *l);

#endif
