/*
 * forward: a request to the server that it names, and the answer home.
 *
 *	find the server ──▶ policy ──▶ wait for a link ──▶ convert, send
 *	                                                      │
 *	        sink.message ◀── progress, logs ◀─────────────┤
 *	        sink.answer  ◀── result, error, failure ◀─────┘
 */
#include "hall/exchange.h"

#include "base/attr.h"
#include "base/buf.h"
#include "hall/session.h"
#include "mcp/convert_error.h"
#include "mcp/convert_note.h"
#include "mcp/convert_request.h"
#include "mcp/convert_result.h"
#include "mcp/message.h"
#include "oauth/scope.h"
#include "text/field.h"

#define ERROR_MAX ((size_t)1 << 20)

static const struct link_listener listener;

static struct exchange *
exchange_of_call(struct link_call *c)
{
	return (struct exchange *)(void *)((char *)c -
		offsetof(struct exchange, call));
}

static struct exchange *
exchange_of_wait(struct link_wait *w)
{
	return (struct exchange *)(void *)((char *)w -
		offsetof(struct exchange, wait));
}

/* ---- sending ---- */

static enum level
level_wanted(struct exchange *x)
{
	enum level level = LEVEL_OFF;

	if (x->session != NULL)
		return x->session->level;
	level_parse(envelope_text(x->r.arena, x->e.meta_log_level), &level);
	return level;
}

/* A child reads lines: line breaks between tokens must go first. */
static bool
make_one_line(struct exchange *x, struct fault *f)
{
	struct str line = message_line(x->r.arena, x->e.body);

	if (str_is_none(line))
		return fault_set(f, FAULT_TOO_LARGE, "the message is too long");
	return line.p == x->e.body.p || envelope_read(line, &x->e, f);
}

static const struct headers_params *
params_of_tool(const struct exchange *x)
{
	const struct catalogue_list *tools;
	const struct lists_item *item;

	if (x->e.method != METHOD_TOOLS_CALL)
		return NULL;
	tools = upstream_list(
		x->upstream, LISTS_TOOLS, x->r.principal->person_id);
	if (!tools->has_params)
		return NULL;
	item = catalogue_list_find(tools, x->own_name);
	return item == NULL || item->params.n == 0 ? NULL : &item->params;
}

/* Mcp-Param-*: checked as they came, made anew for the server (V-09). */
static bool
mirror_params(struct exchange *x, enum revision to, struct headers_fields *out,
	struct fault *f)
{
	const struct headers_params *params = params_of_tool(x);

	out->n = 0;
	if (params == NULL)
		return true;
	if (x->era == ERA_MODERN &&
		!headers_params_check(x->r.arena,
			&(struct headers_check){ .params = params,
				.arguments = x->e.arguments.value,
				.fields = x->r.fields.all,
				.n = x->r.fields.n },
			f))
		return false;
	return !revision_is_modern(to) ||
		headers_params_make(
			x->r.arena, params, x->e.arguments.value, out, f);
}

static struct str
name_header(struct exchange *x, enum revision to)
{
	if (!revision_is_modern(to) ||
		methods_row(x->e.method)->named == METHOD_NAMED_NOT)
		return STR_NONE;
	return headers_encode(x->r.arena, x->own_name);
}

static bool
agree_subscriptions(struct exchange *x, struct link *l, struct fault *f)
{
	if (x->session == NULL)
		return true;
	if (x->session->subscriptions.n > 0)
		subscriptions_renew(&x->session->subscriptions, x->upstream, l);
	return x->e.method != METHOD_RESOURCES_SUBSCRIBE ||
		subscription_begin(x, l, f);
}

static bool
send_on(struct exchange *x, struct link *l, struct fault *f)
{
	enum revision to = x->spoken = link_server(l)->revision;
	bool has_progress = envelope_has(x->e.meta_progress_token);
	struct headers_fields params UNINITIALIZED;
	struct str parts[SPLICE_PARTS_MAX] UNINITIALIZED;
	struct splice splice UNINITIALIZED;

	if (upstream_entry(x->upstream)->transport == SERVER_STDIO &&
		!make_one_line(x, f))
		return false;
	if (!mirror_params(x, to, &params, f) || !agree_subscriptions(x, l, f))
		return false;
	link_want_level(l, level_wanted(x));
	link_call_init(&x->call, l, &listener);
	if (!convert_request(x->r.arena,
		    &(struct convert_request){
			    .e = &x->e,
			    .from = x->revision,
			    .to = to,
			    .id = x->call.id,
			    .name = place_is_hub(place_of(x->r.endpoint))
				    ? x->own_name
				    : STR_NONE,
			    .token = has_progress ? x->call.id
						  : CONVERT_NO_TOKEN,
			    .level = level_wanted(x),
		    },
		    &splice, f))
		return false;
	link_send(l, &x->call,
		&(struct link_message){
			.method = x->e.method,
			.name = name_header(x, to),
			.params = params.all,
			.param_count = params.n,
			.parts = parts,
			.part_count = splice_parts(&splice, parts),
			.has_progress = has_progress,
		});
	return true;
}

static void
link_ready(struct link_wait *w, struct link *l, const struct fault *why)
{
	struct exchange *x = exchange_of_wait(w);
	struct fault f = { 0 };

	if (l == NULL)
		exchange_refuse(x, why);
	else if (!send_on(x, l, &f))
		exchange_refuse(x, &f);
}

static void
answer_empty(struct exchange *x)
{
	struct buf out;

	buf_in(&out, x->r.arena, 1024);
	message_empty(&out, x->e.id.value, x->revision);
	exchange_answer_buf(x, &out);
}

void
forward(struct exchange *x)
{
	struct str scope = STR_NONE;
	struct fault f = { 0 };

	if (!target_find(x))
		return;
	if (!policy_check(x, &scope, &f)) {
		exchange_refuse_scope(x, &f, scope);
		return;
	}
	if (x->e.method == METHOD_RESOURCES_UNSUBSCRIBE &&
		!subscription_over(x)) {
		answer_empty(x);
		return;
	}
	x->wait.ready = link_ready;
	upstream_link(x->upstream, &x->wait, x->r.principal);
}

void
forward_stop(struct exchange *x)
{
	link_wait_cancel(&x->wait);
	list_wait_cancel(&x->list_wait);
	link_cancel(&x->call);
}

/* ---- the way home ---- */

static void
pass(struct exchange *x, const struct str *parts, size_t n)
{
	x->streaming = true;
	if (!x->r.sink.message(x->r.sink.with, parts, n))
		link_pause(&x->call);
}

void
hall_drained(struct exchange *x)
{
	link_resume(&x->call);
}

static void
pass_progress(struct exchange *x, const struct envelope *e)
{
	struct str parts[SPLICE_PARTS_MAX] UNINITIALIZED;
	struct splice splice UNINITIALIZED;
	struct fault f;

	if (!envelope_has(x->e.meta_progress_token) ||
		!convert_note_advances(e, &x->progress) ||
		!convert_note_progress(
			e, x->e.meta_progress_token.value, &splice, &f))
		return;
	pass(x, parts, splice_parts(&splice, parts));
}

/* A modern client gets logs only for the request that asked (BR-50). */
static void
pass_log(struct exchange *x, const struct envelope *e)
{
	enum level least = level_wanted(x);

	if (least == LEVEL_OFF ? x->era == ERA_LEGACY
			       : convert_note_passes(e, least))
		pass(x, &e->body, 1);
}

static void
heard(struct link_call *c, const struct envelope *e)
{
	struct exchange *x = exchange_of_call(c);

	if (x->gone || !x->r.fields.takes_stream)
		return;
	if (e->method == METHOD_PROGRESS)
		pass_progress(x, e);
	else if (e->method == METHOD_MESSAGE)
		pass_log(x, e);
}

static void
answer_result(struct exchange *x, const struct envelope *e)
{
	struct str parts[SPLICE_PARTS_MAX] UNINITIALIZED;
	struct splice splice UNINITIALIZED;
	struct fault f = { 0 };
	bool ok = convert_result(x->r.arena,
		&(struct convert_result){
			.e = e,
			.method = x->e.method,
			.from = x->spoken,
			.to = x->revision,
			.id = x->e.id.value,
			.hub = place_is_hub(place_of(x->r.endpoint))
				? upstream_entry(x->upstream)->name
				: STR_NONE,
		},
		&splice, &f);

	if (ok) {
		exchange_answer(x, parts, splice_parts(&splice, parts));
		return;
	}
	upstream_note_trouble(x->upstream, &f);
	exchange_refuse(x, &f);
}

static void
answer_error(struct exchange *x, const struct envelope *e)
{
	struct buf out;
	struct str text;
	int status;

	buf_in(&out, x->r.arena, ERROR_MAX);
	status = convert_error(x->r.arena,
		&(struct convert_error){ .e = e,
			.to = x->revision,
			.id = x->e.id.value,
			.declared = x->e.meta_capabilities },
		&out);
	text = buf_view(&out);
	exchange_answer_status(x, status, &text, 1);
}

/* Once more, by whatever link there is now. */
static void
send_again(struct exchange *x)
{
	x->retried = true;
	upstream_link(x->upstream, &x->wait, x->r.principal);
}

static void
reread(struct list_wait *w, const struct fault *f)
{
	struct exchange *x = (struct exchange *)(void *)((char *)w -
		offsetof(struct exchange, list_wait));

	if (f == NULL)
		send_again(x);
	else
		exchange_refuse(x, f);
}

/* Whether the server may want other fields than we know of: then it did
 * nothing, and the call may be sent again when its list was read (TR-29). */
static bool
is_worth_a_list(const struct exchange *x, const struct envelope *e)
{
	return x->e.method == METHOD_TOOLS_CALL &&
		revision_is_modern(x->spoken) && !x->retried && !x->streaming &&
		convert_error_is_mismatch(e);
}

static void
forget_subscription(struct exchange *x)
{
	if (x->e.method == METHOD_RESOURCES_SUBSCRIBE && !x->gone)
		subscription_undo(x);
}

static void
answered(struct link_call *c, const struct envelope *e)
{
	struct exchange *x = exchange_of_call(c);

	if (x->gone)
		exchange_end(x);
	else if (e->kind == ENVELOPE_RESULT)
		answer_result(x, e);
	else if (is_worth_a_list(x, e)) {
		x->list_wait.ready = reread;
		upstream_reread(x->upstream, LISTS_TOOLS,
			x->r.principal->person_id, &x->list_wait);
	} else {
		forget_subscription(x);
		answer_error(x, e);
	}
}

/* What surely was not executed may be sent once more (BR-12). */
static void
failed(struct link_call *c, const struct fault *f, bool sent)
{
	struct exchange *x = exchange_of_call(c);

	if (x->gone || sent || x->retried || x->streaming ||
		f->id == FAULT_SERVER_NEEDS_LOGIN) {
		forget_subscription(x);
		exchange_refuse(x, f);
		return;
	}
	send_again(x);
}

static const struct link_listener listener = {
	.message = heard,
	.answer = answered,
	.failed = failed,
};
