/*
 * demo_call: one call of a tool, as demo.c hands it over, and what a tool
 * says in return.
 */
#ifndef APP_DEMO_CALL_H
#define APP_DEMO_CALL_H

#include "base/buf.h"
#include "mcp/envelope.h"
#include "mcp/level.h"

struct json;

struct demo_call {
	struct arena *arena; /* of this message */
	enum revision revision;
	enum level level; /* the least that the caller wants logged */
	const struct envelope *e;
	const struct json *arguments; /* an object, or NULL */
	struct str id;                /* raw */
	struct str token;             /* raw progress token; STR_NONE */
};

/* The result of tools/list, with all members of that revision. */
struct str demo_call_list(struct arena *a, enum revision r);

/* Writes the response with a text, and structured content where it is not
 * STR_NONE and the revision knows it. */
void demo_call_answer(struct buf *out, const struct demo_call *c,
	struct str text, struct str structured);

/* Writes the response of a call whose arguments were wrong. */
void demo_call_wrong(
	struct buf *out, const struct demo_call *c, struct str why);

/* slugify, whole. */
void demo_call_slugify(struct buf *out, const struct demo_call *c);

/* A countdown under way: what has to be kept of its call. */
struct demo_countdown {
	bool running;
	enum revision revision;
	enum level level;
	int64_t due;
	int64_t left;
	int64_t total;
	size_t id_length;
	size_t token_length; /* 0: none */
	char id[ENVELOPE_ID_MAX];
	char token[ENVELOPE_ID_MAX];
};

/* Begins one and says so, or answers that the arguments are wrong; whether it
 * runs. */
bool demo_call_countdown(struct demo_countdown *d, const struct demo_call *c,
	int64_t now, struct buf *out);

/* A second is over: writes what has to be said, the response at the end. */
void demo_call_count(struct demo_countdown *d, struct buf *out);

#endif
