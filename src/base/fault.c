/* fault: see fault.h. */
#include "base/fault.h"

#include "base/die.h"

#include <stdarg.h>
#include <stdio.h>

#define DEBUG FAULT_LEVEL_DEBUG
#define INFO  FAULT_LEVEL_INFO
#define WARN  FAULT_LEVEL_WARN
#define ERROR FAULT_LEVEL_ERROR

static const struct fault_row rows[FAULT_COUNT] = {
	[FAULT_NONE] = { "none", 200, "", 0, DEBUG, "", "" },
#define FAULT(name, http, oauth, jsonrpc, level, sentence, advice)             \
	[FAULT_##name] = { #name, http, oauth, jsonrpc, level, sentence,       \
		advice },
#include "base/faults.def"
#undef FAULT
};

static char names[FAULT_COUNT][32];

/* The names in lower case, made once before main. */
__attribute__((constructor)) static void
lower_names(void)
{
	for (int i = 0; i < FAULT_COUNT; i++) {
		struct str name = str_from(rows[i].name);

		insist(name.n < sizeof(names[i]));
		for (size_t k = 0; k < name.n; k++)
			names[i][k] = ascii_lower(name.p[k]);
	}
}

const struct fault_row *
fault_row(enum fault_id id)
{
	insist(id > FAULT_NONE && id < FAULT_COUNT);
	return &rows[id];
}

const char *
fault_name(enum fault_id id)
{
	insist(id >= FAULT_NONE && id < FAULT_COUNT);
	return names[id];
}

bool
fault_set(struct fault *f, enum fault_id id, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return false;
	f->id = id;
	va_start(ap, fmt);
	vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
	return false;
}

bool
fault_within(struct fault *f, const char *fmt, ...)
{
	char inner[sizeof(f->detail)];
	va_list ap;
	int n;

	if (f == NULL)
		return false;
	memcpy(inner, f->detail, sizeof(inner));
	va_start(ap, fmt);
	n = vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(f->detail))
		snprintf(f->detail + n, sizeof(f->detail) - (size_t)n, ": %s",
			inner);
	return false;
}
