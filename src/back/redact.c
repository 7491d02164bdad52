/* redact: see redact.h. */
#include "back/redact.h"

#include "base/arena.h"
#include "base/buf.h"

#define HIDDEN STR("[hidden]")

/* ---- what is secret ---- */

static bool
is_secret_value(struct str v)
{
	return v.n >= REDACT_MIN && v.p[0] != '/';
}

static bool
names_secret(struct str name)
{
	static const char *const words[] = { "key", "token", "secret", "pass",
		"auth", "credential" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct str word = str_from(words[i]);

		for (size_t at = 0; at + word.n <= name.n; at++)
			if (str_eq_nocase(str_cut(name, at, at + word.n), word))
				return true;
	}
	return false;
}

/* "--api-key=x", or the x of "--api-key x"; else STR_NONE. */
static struct str
secret_of_argument(const struct server_entry *e, size_t i)
{
	struct str arg = e->args[i];
	size_t equals = str_find_char(arg, '=');

	if (equals < arg.n && names_secret(str_cut(arg, 0, equals)))
		return str_cut(arg, equals + 1, arg.n);
	if (i > 0 && str_starts(e->args[i - 1], STR("-")) &&
		names_secret(e->args[i - 1]))
		return arg;
	return STR_NONE;
}

/* The i-th text to hide, "" for one that is none; false after the last. */
static bool
secret_at(const struct server_entry *e, size_t i, struct str *out)
{
	struct str v;

	*out = STR("");
	if (i < e->env_count) {
		v = e->env[i].value;
	} else if ((i -= e->env_count) < e->header_count) {
		v = e->headers[i].value;
	} else if ((i -= e->header_count) < e->header_count) {
		/* What follows the scheme in "Bearer x". */
		v = e->headers[i].value;
		v = str_trim(str_cut(v, str_find_char(v, ' '), v.n));
	} else if ((i -= e->header_count) < e->arg_count) {
		v = secret_of_argument(e, i);
	} else {
		return false;
	}
	if (is_secret_value(v))
		*out = v;
	return true;
}

/* ---- finding it ---- */

/* How many bytes of the text from at on are the secret, as it is or with
 * backslashes as in JSON, or its beginning where the text ends. */
static size_t
match(struct str text, size_t at, struct str secret)
{
	size_t from = at, n = 0;

	while (n < secret.n && at < text.n) {
		if (text.p[at] == secret.p[n])
			n++;
		else if (text.p[at] != '\\' || at == from)
			return 0;
		at++;
	}
	return n == secret.n || n >= REDACT_MIN ? at - from : 0;
}

static size_t
longest_match(const struct server_entry *e, struct str text, size_t at)
{
	struct str secret;
	size_t best = 0;

	for (size_t i = 0; secret_at(e, i, &secret); i++) {
		size_t n = secret.n == 0 ? 0 : match(text, at, secret);

		best = n > best ? n : best;
	}
	return best;
}

struct str
redact_text(struct arena *a, const struct server_entry *e, struct str text)
{
	struct buf out;
	size_t kept = 0;

	buf_in(&out, a, text.n + text.n / REDACT_MIN * HIDDEN.n + HIDDEN.n);
	for (size_t at = 0; at < text.n;) {
		size_t n = longest_match(e, text, at);

		if (n == 0) {
			at++;
			continue;
		}
		buf_str(&out, str_cut(text, kept, at));
		buf_str(&out, HIDDEN);
		at += n;
		kept = at;
	}
	if (kept == 0)
		return text;
	buf_str(&out, str_cut(text, kept, text.n));
	return buf_ok(&out) ? buf_view(&out) : STR("");
}

void
redact_fault(const struct server_entry *e, struct fault *f)
{
	struct arena *a = arena_new(4096);
	struct str safe = redact_text(a, e, str_from(f->detail));

	if (safe.p != f->detail)
		fault_set(f, f->id, "%.*s", STR_ARG(safe));
	arena_free(&a);
}
