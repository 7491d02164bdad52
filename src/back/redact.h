/*
 * redact: what a server says of itself, without the secrets we gave it.
 *
 * A child may print its environment, a server may put the key it was sent into
 * its error.  Such words reach the log and the dashboard only after the values
 * of the entry's env and headers, and arguments that look like keys, are taken
 * out: also in part, where the text was cut within one.  Values of less than
 * REDACT_MIN bytes and paths stay: they hide nothing and stand everywhere.
 */
#ifndef BACK_REDACT_H
#define BACK_REDACT_H

#include "base/fault.h"
#include "model/settings.h"

struct arena;

#define REDACT_MIN 6u

/* The text itself when nothing is to be hidden; STR("") at the arena's cap. */
struct str redact_text(
	struct arena *a, const struct server_entry *e, struct str text);

/* The same for a fault's detail. */
void redact_fault(const struct server_entry *e, struct fault *f);

#endif
