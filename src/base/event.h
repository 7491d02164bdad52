/*
 * event: the log, declared in events.def.
 *
 *	event_log(scope, EVENT_LOGIN, EF_STR("person", name), EF_U64("ms", t));
 *
 * A scope carries fields that all events below it inherit: a connection's
 * peer, a request's id, a flow's server.  Scopes are plain structs on the
 * stack or in the thing they describe; they point at their parent.
 *
 * Levels filter before any formatting.  Output goes to one descriptor as
 * text (coloured only on a terminal) or as JSON lines; each line is one
 * write(2), so lines of threads never mix.  Texts may be anybody's: what acts on
 * a terminal (C0 and C1 controls, breaks of lines, bidi controls) is written as
 * \u00XX; bytes that are no UTF-8 as \xXX, in JSON as U+FFFD, so that a line is
 * always valid; of a long value the beginning is written.
 * Secrets are only ever given with EF_SECRET, which prints a short hash; of our
 * own tokens inside other texts no more than the kind is written.
 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include "base/fault.h"
#include "base/str.h"

enum event_id {
#define EVENT(name, level, sentence) EVENT_##name,
#include "base/events.def"
#undef EVENT
	EVENT_COUNT
};

enum event_field_kind { EVENT_FIELD_STR, EVENT_FIELD_U64, EVENT_FIELD_SECRET };

struct event_field {
	const char *name;
	enum event_field_kind kind;
	struct str text;
	uint64_t number;
};

#define EF_STR(name, s)                                                        \
	((struct event_field){ (name), EVENT_FIELD_STR, (s), 0 })
#define EF_U64(name, v)                                                        \
	((struct event_field){                                                 \
		(name), EVENT_FIELD_U64, STR_NONE, (uint64_t)(v) })
#define EF_SECRET(name, s)                                                     \
	((struct event_field){ (name), EVENT_FIELD_SECRET, (s), 0 })
/* A C string. */
#define EF_TEXT(name, z) EF_STR((name), str_from(z))

#define EVENT_SCOPE_FIELDS 4

struct event_scope {
	const struct event_scope *parent;
	struct event_field fields[EVENT_SCOPE_FIELDS];
	unsigned n;
};

enum event_format { EVENT_FORMAT_TEXT, EVENT_FORMAT_JSON };

/* Where lines go; fd stays the caller's.  Before the first call: stderr, text,
 * INFO. */
void event_setup(int fd, enum event_format format, enum fault_level level);

/* Whether an event of this level would be written. */
bool event_is_on(enum fault_level level);

/* How EF_SECRET's hash is made; crypto/ gives a SHA-256 at start (base knows
 * none).  Without one, "hidden" is printed. */
void event_set_hash(void (*hash)(struct str in, char out[13]));

void event_write(const struct event_scope *scope, enum event_id id,
	const struct event_field *fields, size_t n);

#define event_log(scope, id, ...)                                              \
	event_write((scope), (id), (struct event_field[]){ __VA_ARGS__ },      \
		sizeof((struct event_field[]){ __VA_ARGS__ }) /                \
			sizeof(struct event_field))

/* Logs a fault at its row's level, as EVENT_REFUSED below ERROR and
 * EVENT_FAILED at ERROR, with its name and detail. */
void event_fault(const struct event_scope *scope, const struct fault *f);

#endif
