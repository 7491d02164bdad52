/* demo: see demo.h. */
#include "app/demo.h"

#include "app/demo_call.h"
#include "base/arena.h"
#include "base/die.h"
#include "mcp/capability.h"
#include "mcp/era.h"
#include "mcp/handshake.h"
#include "mcp/headers.h"
#include "mcp/message.h"

#include <stdlib.h>

#define OFFERED      (CAPABILITY_TOOLS | CAPABILITY_LOGGING)
#define INSTRUCTIONS "slugify makes URL slugs; countdown shows progress."

struct demo {
	struct arena *arena; /* of the message at hand */
	bool initialized;
	enum revision revision; /* what initialize agreed on */
	enum level level;       /* what logging/setLevel asked for */
	int64_t now;
	struct buf *out;
	struct demo_countdown countdowns[DEMO_RUNNING_MAX];
};

struct demo *
demo_new(void)
{
	struct demo *d = calloc(1, sizeof(*d));

	if (d == NULL)
		die("out of memory");
	d->arena = arena_new(ARENA_REQUEST_MAX);
	d->revision = REVISION_LATEST_LEGACY;
	d->level = LEVEL_INFO;
	return d;
}

void
demo_free(struct demo **dp)
{
	struct demo *d = *dp;

	*dp = NULL;
	if (d == NULL)
		return;
	arena_free(&d->arena);
	free(d);
}

/* ---- refusing ---- */

static void
refuse(struct demo *d, enum era era, struct str id, struct str data,
	const struct fault *f)
{
	if (era == ERA_MODERN)
		message_fault(d->out, id, f, data);
	else
		message_fault_legacy(d->out, id, f, data);
	buf_char(d->out, '\n');
}

static void
refuse_with(struct demo *d, const struct demo_call *c, enum fault_id id)
{
	struct fault f = { .id = id };

	refuse(d, revision_is_modern(c->revision) ? ERA_MODERN : ERA_LEGACY,
		c->id, STR_NONE, &f);
}

/* ---- methods ---- */

static void
shake_hands(struct demo *d, const struct demo_call *c)
{
	struct handshake_offer offer = { .id = c->id,
		.offered = OFFERED,
		.instructions = STR(INSTRUCTIONS) };
	struct fault f = { 0 };

	if (!handshake_negotiate(
		    d->arena, c->e, REVISION_2024_11_05, &offer.to, &f)) {
		refuse(d, ERA_LEGACY, c->id, STR_NONE, &f);
		return;
	}
	d->initialized = true;
	d->revision = offer.to;
	handshake_initialized(d->out, &offer);
	buf_char(d->out, '\n');
}

static void
discover(struct demo *d, const struct demo_call *c)
{
	handshake_discovered(d->out,
		&(struct handshake_offer){ .id = c->id,
			.to = c->revision,
			.offered = OFFERED,
			.instructions = STR(INSTRUCTIONS) });
	buf_char(d->out, '\n');
}

static void
set_level(struct demo *d, const struct demo_call *c)
{
	struct str level = envelope_text(d->arena, c->e->level);

	if (!level_parse(level, &d->level)) {
		refuse_with(d, c, FAULT_MCP_CALL_PARAMS);
		return;
	}
	message_empty(d->out, c->id, c->revision);
	buf_char(d->out, '\n');
}

static void
list_tools(struct demo *d, const struct demo_call *c)
{
	/* There is one page, so no cursor of ours exists. */
	if (envelope_has(c->e->cursor)) {
		refuse_with(d, c, FAULT_MCP_CURSOR);
		return;
	}
	message_result(d->out, c->id, demo_call_list(d->arena, c->revision));
	buf_char(d->out, '\n');
}

static void
count_down(struct demo *d, const struct demo_call *c)
{
	for (size_t i = 0; i < DEMO_RUNNING_MAX; i++) {
		if (d->countdowns[i].running)
			continue;
		demo_call_countdown(&d->countdowns[i], c, d->now, d->out);
		return;
	}
	demo_call_wrong(d->out, c, STR("Too many countdowns are running."));
}

static void
call_tool(struct demo *d, struct demo_call *c)
{
	struct str name = envelope_text(d->arena, c->e->name);

	if (envelope_has(c->e->arguments)) {
		c->arguments =
			json_parse(d->arena, c->e->arguments.value, NULL, NULL);
		if (!json_is(c->arguments, JSON_OBJECT)) {
			refuse_with(d, c, FAULT_MCP_CALL_PARAMS);
			return;
		}
	}
	if (str_is_none(name))
		refuse_with(d, c, FAULT_MCP_CALL_PARAMS);
	else if (str_eq_lit(name, "slugify"))
		demo_call_slugify(d->out, c);
	else if (str_eq_lit(name, "countdown"))
		count_down(d, c);
	else
		refuse_with(d, c, FAULT_MCP_UNKNOWN_NAME);
}

static void
take_request(struct demo *d, struct demo_call *c)
{
	enum method m = c->e->method;

	if (!methods_for_server(m, c->revision))
		refuse_with(d, c, FAULT_MCP_METHOD);
	else if (m == METHOD_INITIALIZE)
		shake_hands(d, c);
	else if (m == METHOD_DISCOVER)
		discover(d, c);
	else if (m == METHOD_TOOLS_LIST)
		list_tools(d, c);
	else if (m == METHOD_TOOLS_CALL)
		call_tool(d, c);
	else if (m == METHOD_SET_LEVEL)
		set_level(d, c);
	else if (m == METHOD_PING) {
		message_empty(d->out, c->id, c->revision);
		buf_char(d->out, '\n');
	} else
		refuse_with(d, c, FAULT_MCP_METHOD);
}

/* The call is not answered any more (Cancellation, all revisions). */
static void
cancel(struct demo *d, struct str id)
{
	for (size_t i = 0; i < DEMO_RUNNING_MAX; i++) {
		struct demo_countdown *c = &d->countdowns[i];

		if (c->running && str_eq(str_of(c->id, c->id_length), id))
			c->running = false;
	}
}

/* ---- eras ---- */

/* There are no header fields on stdio: the body stands for them. */
static bool
check_modern(struct demo *d, const struct envelope *e, struct demo_call *c,
	struct str *data, struct fault *f)
{
	struct era_ask ask = { .e = e, .offered = OFFERED };
	struct str version = envelope_text(d->arena, e->meta_version);
	struct str name = envelope_text(d->arena, e->name);

	ask.fields.version = str_is_none(version) ? STR("") : version;
	ask.fields.method = e->method_name;
	ask.fields.name =
		str_is_none(name) ? name : headers_encode(d->arena, name);
	if (!era_check_modern(d->arena, &ask, data, f))
		return false;
	c->revision = REVISION_LATEST;
	revision_parse(version, &c->revision);
	c->level = LEVEL_OFF;
	level_parse(envelope_text(d->arena, e->meta_log_level), &c->level);
	return true;
}

static bool
check_legacy(struct demo *d, const struct envelope *e, struct demo_call *c,
	struct fault *f)
{
	c->revision = d->revision;
	c->level = d->level;
	if (d->initialized || e->method == METHOD_INITIALIZE ||
		e->method == METHOD_PING)
		return true;
	return fault_set(f, FAULT_MCP_INVALID,
		"initialize first, or send _meta with protocolVersion");
}

static void
take_message(struct demo *d, struct str line)
{
	struct envelope e;
	struct demo_call c = { .arena = d->arena, .e = &e, .token = STR_NONE };
	struct era_fields none = { STR_NONE };
	struct str data = STR_NONE;
	struct fault f = { 0 };
	enum era era;
	bool ok;

	if (!envelope_read(line, &e, &f)) {
		refuse(d, ERA_LEGACY, e.id.value, STR_NONE, &f);
		return;
	}
	if (e.kind == ENVELOPE_NOTIFICATION && e.method == METHOD_CANCELLED)
		cancel(d, e.request_id.value);
	/* Other notifications and responses ask for nothing. */
	if (e.kind != ENVELOPE_REQUEST)
		return;
	era = era_decide(&e, &none);
	c.id = e.id.value;
	c.token = e.meta_progress_token.value;
	ok = era == ERA_MODERN ? check_modern(d, &e, &c, &data, &f)
			       : check_legacy(d, &e, &c, &f);
	if (ok)
		take_request(d, &c);
	else
		refuse(d, era, c.id, data, &f);
}

/* Only 2025-03-26 has batches; their answers go out one by one. */
static void
take_batch(struct demo *d, struct str line)
{
	struct envelope_batch batch;
	struct fault f = { 0 };
	struct str message;

	if (!d->initialized || d->revision != REVISION_2025_03_26)
		fault_set(&f, FAULT_MCP_INVALID,
			"batches belong to 2025-03-26 alone");
	if (fault_is_set(&f) || !envelope_batch_check(line, &f)) {
		refuse(d, ERA_LEGACY, STR_NONE, STR_NONE, &f);
		return;
	}
	envelope_batch_begin(&batch, line);
	while (envelope_batch_next(&batch, &message))
		take_message(d, message);
}

/* ---- from outside ---- */

static bool
is_blank(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
			return false;
	return true;
}

void
demo_line(struct demo *d, struct str line, int64_t now, struct buf *out)
{
	size_t at = 0;

	if (is_blank(line))
		return;
	d->now = now;
	d->out = out;
	while (line.p[at] == ' ' || line.p[at] == '\t')
		at++;
	if (line.p[at] == '[')
		take_batch(d, line);
	else
		take_message(d, line);
	arena_reset(d->arena);
}

void
demo_overlong(struct demo *d, struct buf *out)
{
	struct fault f = { .id = FAULT_TOO_LARGE };

	d->out = out;
	refuse(d, ERA_LEGACY, STR_NONE, STR_NONE, &f);
}

void
demo_tick(struct demo *d, int64_t now, struct buf *out)
{
	for (size_t i = 0; i < DEMO_RUNNING_MAX; i++) {
		struct demo_countdown *c = &d->countdowns[i];

		while (c->running && c->due <= now)
			demo_call_count(c, out);
	}
}

int64_t
demo_due(const struct demo *d)
{
	int64_t due = -1;

	for (size_t i = 0; i < DEMO_RUNNING_MAX; i++) {
		const struct demo_countdown *c = &d->countdowns[i];

		if (c->running && (due < 0 || c->due < due))
			due = c->due;
	}
	return due;
}
