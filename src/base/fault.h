/*
 * fault: why something was refused.
 *
 * One value serves two readers: the row of faults.def gives the peer a
 * status, a code and a sentence; the detail tells the log what exactly was
 * wrong.  A function that can fail answers bool and takes a struct fault * as
 * its last argument; on false the fault is set.
 *
 *	return fault_set(f, FAULT_INVALID_GRANT, "code %s was spent", id);
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/str.h"

enum fault_id {
	FAULT_NONE,
#define FAULT(name, http, oauth, jsonrpc, level, sentence, advice) FAULT_##name,
#include "base/faults.def"
#undef FAULT
	FAULT_COUNT
};

enum fault_level {
	FAULT_LEVEL_DEBUG,
	FAULT_LEVEL_INFO,
	FAULT_LEVEL_WARN,
	FAULT_LEVEL_ERROR
};

struct fault {
	enum fault_id id;
	char detail[240]; /* NUL-terminated, for the log; cut if longer */
};

/* A row of the table. */
struct fault_row {
	const char *name;  /* "INVALID_GRANT"; fault_name() lowers it */
	int http;          /* status */
	const char *oauth; /* "" where none fits */
	int jsonrpc;       /* code */
	enum fault_level level;
	const char *sentence; /* public */
	const char *advice;   /* public */
};

/* The row of a fault; id is not FAULT_NONE. */
const struct fault_row *fault_row(enum fault_id id);

/* "invalid_grant": what the peer and the log read. */
const char *fault_name(enum fault_id id);

/* Sets the fault and answers false, always.  f may be NULL. */
bool fault_set(struct fault *f, enum fault_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "<text>: " before the detail, so that a caller can say where; answers
 * false. */
bool fault_within(struct fault *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline void
fault_clear(struct fault *f)
{
	f->id = FAULT_NONE;
	f->detail[0] = '\0';
}

static inline bool
fault_is_set(const struct fault *f)
{
	return f->id != FAULT_NONE;
}

#endif
