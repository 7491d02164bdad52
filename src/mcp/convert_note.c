/* convert_note: see convert_note.h. */
#include "mcp/convert_note.h"

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
