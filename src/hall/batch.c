/*
 * batch: an array of messages, which 2025-03-26 alone knows (TR-03).
 *
 * Each runs as an exchange of its own, with a sink that gathers; the answers
 * go home as one array when the last is there.  Progress and logs have no
 * place in it.
 */
#include "hall/exchange.h"

#include "base/arena.h"
#include "base/buf.h"
#include "hall/session.h"

#define ANSWER_MAX ((size_t)16 << 20)

struct batch {
	struct exchange *whole;
	struct exchange **parts; /* NULL: answered */
	size_t n;
	size_t pending;
	bool begun; /* all parts were posted */
	struct buf answers;
};

/* A part's sink needs to know which part it is. */
struct part {
	struct batch *batch;
	size_t at;
};

static void
batch_done(struct batch *b)
{
	struct exchange *whole = b->whole;

	if (!b->begun || b->pending > 0)
		return;
	whole->batch = NULL; /* it goes with the arena */
	if (b->answers.n == 0) {
		exchange_accept(whole);
		return;
	}
	buf_char(&b->answers, ']');
	exchange_answer_buf(whole, &b->answers);
}

static void
part_done(struct part *p)
{
	p->batch->parts[p->at] = NULL;
	p->batch->pending--;
	batch_done(p->batch);
}

static void
part_add(struct part *p, const struct str *texts, size_t n)
{
	buf_char(&p->batch->answers, p->batch->answers.n == 0 ? '[' : ',');
	for (size_t i = 0; i < n; i++)
		buf_str(&p->batch->answers, texts[i]);
}

static void
part_refuse(void *with, const struct hall_refusal *why)
{
	part_add(with, &why->body, 1);
	part_done(with);
}

static void
part_accept(void *with)
{
	part_done(with);
}

static void
part_answer(void *with, const struct hall_answer *answer)
{
	part_add(with, answer->parts, answer->n);
	part_done(with);
}

static bool
part_message(void *with, const struct str *parts, size_t n)
{
	(void)with;
	(void)parts;
	(void)n;
	return true;
}

static void
part_finish(void *with)
{
	part_done(with);
}

static void
part_post(struct batch *b, size_t at, struct str message)
{
	struct arena *a = b->whole->r.arena;
	struct hall_request r = b->whole->r;
	struct part *p = arena_new_of(a, struct part);
	struct exchange *x;

	if (p == NULL) {
		b->pending--;
		return;
	}
	*p = (struct part){ b, at };
	r.body = message;
	r.fields.takes_stream = false;
	r.sink = (struct hall_sink){ .refuse = part_refuse,
		.accept = part_accept,
		.answer = part_answer,
		.message = part_message,
		.finish = part_finish,
		.with = p };
	x = hall_post(b->whole->hall, &r);
	if (x != NULL)
		b->parts[at] = x;
}

static size_t
count_parts(struct str body)
{
	struct envelope_batch walk;
	struct str message;
	size_t n = 0;

	envelope_batch_begin(&walk, body);
	while (envelope_batch_next(&walk, &message))
		n++;
	return n;
}

static bool
batch_check(struct exchange *x, struct fault *f)
{
	struct session *s =
		session_find(x->hall, x->r.fields.session_id, &x->r, f);

	if (s == NULL)
		return false;
	if (s->revision != REVISION_2025_03_26)
		return fault_set(f, FAULT_MCP_BATCH, "in %s",
			revision_name(s->revision).p);
	return true;
}

void
batch_post(struct exchange *x)
{
	struct batch *b = arena_new_of(x->r.arena, struct batch);
	struct envelope_batch walk;
	struct str message;
	struct fault f = { 0 };

	if (!batch_check(x, &f)) {
		exchange_refuse(x, &f);
		return;
	}
	if (b != NULL) {
		b->n = b->pending = count_parts(x->e.body);
		b->parts = arena_array(
			x->r.arena, b->n, sizeof(struct exchange *));
	}
	if (b == NULL || b->parts == NULL) {
		fault_set(&f, FAULT_TOO_LARGE, "too many messages");
		exchange_refuse(x, &f);
		return;
	}
	b->whole = x;
	x->batch = b;
	buf_in(&b->answers, x->r.arena, ANSWER_MAX);
	envelope_batch_begin(&walk, x->e.body);
	for (size_t i = 0; envelope_batch_next(&walk, &message); i++)
		part_post(b, i, message);
	b->begun = true;
	batch_done(b);
}

void
batch_drop(struct exchange *x)
{
	struct batch *b = x->batch;

	x->batch = NULL;
	for (size_t i = 0; b != NULL && i < b->n; i++)
		hall_gone(&b->parts[i]);
}
