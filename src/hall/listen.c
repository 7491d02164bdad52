/* listen: see listen.h. */
#include "hall/listen.h"

#include "base/buf.h"
#include "base/die.h"
#include "hall/hall_state.h"
#include "mcp/convert_note.h"
#include "mcp/era.h"
#include "mcp/message.h"

#include <stdlib.h>

static struct hall_listen *
refused(const struct hall_request *r, const struct fault *f)
{
	struct hall_refusal why = { .fault = *f, .allow = STR("POST") };
	struct buf out;

	buf_in(&out, r->arena, 4096);
	message_fault_legacy(&out, STR_NONE, f, STR_NONE);
	why.body = buf_view(&out);
	why.status = era_status(ERA_LEGACY, f->id);
	r->sink.refuse(r->sink.with, &why);
	return NULL;
}

/* GET and DELETE are of the legacy transport alone: they need its session
 * (TR-20) and one of its revisions, if any (TR-56). */
static bool
is_legacy(const struct hall_request *r, struct fault *f)
{
	struct str version = r->fields.protocol_version;

	if (str_is_none(r->fields.session_id))
		return fault_set(f, FAULT_METHOD_NOT_ALLOWED,
			"GET or DELETE without a session id");
	if (revision_claims_modern(version))
		return fault_set(f, FAULT_METHOD_NOT_ALLOWED,
			"GET or DELETE in %.*s", STR_ARG(version));
	return era_check_legacy(&(struct era_fields){ .version = version }, f);
}

struct hall_listen *
hall_get(struct hall *h, const struct hall_request *r)
{
	struct hall_listen *l;
	struct session *s;
	struct fault f = { 0 };

	if (!is_legacy(r, &f))
		return refused(r, &f);
	if (!r->fields.takes_stream) {
		fault_set(&f, FAULT_NOT_ACCEPTABLE,
			"GET without text/event-stream in Accept");
		return refused(r, &f);
	}
	s = session_find(h, r->fields.session_id, r, &f);
	if (s == NULL)
		return refused(r, &f);
	if (!usage_begin(
		    r->principal->usage, USAGE_STREAM, h->settings->streams)) {
		fault_set(&f, FAULT_MCP_STREAMS, "%u are open",
			h->settings->streams);
		return refused(r, &f);
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		die("out of memory");
	l->sink = r->sink;
	l->usage = r->principal->usage;
	list_add(&s->listens, &l->place);
	l->sink.message(l->sink.with, NULL, 0); /* opens the stream */
	subscriptions_wake(&s->subscriptions);
	return l;
}

void
hall_unlisten(struct hall_listen **lp)
{
	struct hall_listen *l = *lp;

	if (l == NULL)
		return;
	*lp = NULL;
	usage_end(&l->usage, USAGE_STREAM);
	list_remove(&l->place);
	free(l);
}

void
listen_finish(struct hall_listen *l)
{
	usage_end(&l->usage, USAGE_STREAM);
	list_remove(&l->place);
	l->sink.finish(l->sink.with);
	free(l);
}

void
hall_delete(struct hall *h, const struct hall_request *r)
{
	struct fault f = { 0 };
	struct session *s;

	if (is_legacy(r, &f) &&
		(s = session_find(h, r->fields.session_id, r, &f)) != NULL) {
		session_close(h, s);
		r->sink.accept(r->sink.with);
		return;
	}
	refused(r, &f);
}

static enum method
notification_for(enum lists_kind kind)
{
	switch (kind) {
	case LISTS_TOOLS:
		return METHOD_TOOLS_CHANGED;
	case LISTS_PROMPTS:
		return METHOD_PROMPTS_CHANGED;
	case LISTS_RESOURCES:
	case LISTS_TEMPLATES:
		return METHOD_RESOURCES_CHANGED;
	}
	return METHOD_UNKNOWN;
}

static bool
hears_of(struct hall *h, const struct session *s, struct upstream *u)
{
	const struct endpoint *e = hall_endpoint(h, s->path);

	return e != NULL && place_has(h, place_of(e), upstream_entry(u)->name);
}

bool
listen_heeds(struct hall *h, struct upstream *u, struct str person_id)
{
	size_t at = 0;
	struct session *s;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if (!list_is_empty(&s->listens) &&
			(str_is_none(person_id) ||
				str_eq(s->person_id, person_id)) &&
			hears_of(h, s, u))
			return true;
	return false;
}

void
listen_tell_listed(struct hall *h, struct upstream *u, enum lists_kind kind,
	struct str person_id)
{
	struct buf out;
	struct str text;
	size_t at = 0;
	struct session *s;

	buf_init(&out, 512);
	message_notification(&out, notification_for(kind), STR_NONE);
	text = buf_view(&out);
	while ((s = map_next(&h->sessions, &at)) != NULL)
		if ((str_is_none(person_id) ||
			    str_eq(s->person_id, person_id) ||
			    upstream_concerns(u, s->person_id)) &&
			hears_of(h, s, u))
			session_tell(s, &text, 1);
	buf_clear(&out);
}

void
listen_tell_message(struct hall *h, struct upstream *u, struct str person_id,
	const struct envelope *e)
{
	size_t at = 0;
	struct session *s;

	while ((s = map_next(&h->sessions, &at)) != NULL)
		if (str_eq(s->person_id, person_id) && hears_of(h, s, u) &&
			(s->level == LEVEL_OFF ||
				convert_note_passes(e, s->level)))
			session_tell(s, &e->body, 1);
}
