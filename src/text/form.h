/*
 * form: application/x-www-form-urlencoded, in bodies and queries.
 *
 * Strict: a bad percent encoding, a NUL, invalid UTF-8, a name given twice or
 * more than FORM_MAX parameters are refused (RFC 6749 3.1: parameters must
 * not stand more than once).
 */
#ifndef TEXT_FORM_H
#define TEXT_FORM_H

#include "base/buf.h"
#include "base/fault.h"

struct arena;

#define FORM_MAX 64u

struct form_param {
	struct str name;
	struct str value; /* decoded; may be "" */
};

struct form {
	struct form_param *params;
	size_t n;
};

/* repeatable: which names may stand more than once, a NULL-terminated list,
 * or NULL.  A text of STR_NONE has no parameters; empty pieces ("a=1&&b=2")
 * are passed over.  FAULT_BAD_FORM, FAULT_TOO_LARGE at the arena's cap. */
bool form_parse(struct arena *a, struct str text, const char *const *repeatable,
	struct form *form, struct fault *f);

/* The (first) value, or STR_NONE when absent.  An empty value counts as
 * absent (RFC 6749 3.1). */
struct str form_get(const struct form *form, const char *name);

/* The i-th value of a repeatable name, or STR_NONE. */
struct str form_get_nth(const struct form *form, const char *name, size_t i);

/* Adds name=value with both percent-encoded, and '&' before it unless out is
 * empty or ends in '?' or '&'.  Leaves it out when value is STR_NONE. */
void form_add(struct buf *out, const char *name, struct str value);

#endif
