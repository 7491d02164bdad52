/* convert_note: see convert_note.h. */
#include "mcp/convert_note.h"

#include <stdlib.h>

#define NUMBER_MAX 64u /* bytes of a progress that we compare */

bool
convert_note_progress(const struct envelope *e, struct str token,
	struct splice *out, struct fault *f)
{
	splice_init(out, e->body);
	if (!envelope_has(e->progress_token))
		return fault_set(
			f, FAULT_SERVER_ANSWER, "progress without a token");
	splice_replace(out, e->progress_token.value, token);
	return !out->failed ||
		fault_set(f, FAULT_SERVER_ANSWER, "progress for no token");
}

bool
convert_note_advances(const struct envelope *e, double *last)
{
	struct str raw = e->progress.value;
	char text[NUMBER_MAX];
	double now;

	if (str_is_none(raw) || raw.n >= sizeof(text) ||
		(raw.p[0] != '-' && (raw.p[0] < '0' || raw.p[0] > '9')))
		return false;
	memcpy(text, raw.p, raw.n);
	text[raw.n] = '\0';
	now = strtod(text, NULL);
	if (!(now > *last))
		return false;
	*last = now;
	return true;
}

bool
convert_note_token(const struct envelope *e, int64_t *token)
{
	uint64_t n;

	if (!str_to_u64(e->progress_token.value, &n) || n > INT64_MAX)
		return false;
	*token = (int64_t)n;
	return true;
}

bool
convert_note_passes(const struct envelope *e, enum level least)
{
	struct str raw = e->level.value;
	enum level level;

	return raw.n >= 2 && level_parse(str_cut(raw, 1, raw.n - 1), &level) &&
		level >= least;
}
