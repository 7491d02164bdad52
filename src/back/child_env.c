/* child_env: see child_env.h. */
#include "back/child_env.h"

#include "base/arena.h"

#include <stdlib.h>

static const char *const inherited[] = { "PATH", "HOME", "USER", "LOGNAME",
	"SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "TMPDIR" };

#define INHERITED (sizeof(inherited) / sizeof(inherited[0]))

static bool
entry_sets(const struct server_entry *e, const char *name)
{
	for (size_t i = 0; i < e->env_count; i++)
		if (str_eq(e->env[i].name, str_from(name)))
			return true;
	return false;
}

/* str_join() ends its text with NUL, so the bytes are a C string; exec wants
 * it without const. */
static char *
writable(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);

	if (p != NULL) {
		memcpy(p, s.p, s.n);
		p[s.n] = '\0';
	}
	return p;
}

static char *
assignment(struct arena *a, struct str name, struct str value)
{
	struct str joined = str_join(a, name, STR("="), value);

	return str_is_none(joined) ? NULL : writable(a, joined);
}

char **
child_env_make(struct arena *a, const struct server_entry *e)
{
	char **env = arena_array(a, INHERITED + e->env_count + 1, sizeof(*env));
	size_t n = 0;

	if (env == NULL)
		return NULL;
	for (size_t i = 0; i < INHERITED; i++) {
		const char *value = getenv(inherited[i]);

		if (value != NULL && !entry_sets(e, inherited[i]))
			env[n++] = assignment(
				a, str_from(inherited[i]), str_from(value));
	}
	for (size_t i = 0; i < e->env_count; i++)
		env[n++] = assignment(a, e->env[i].name, e->env[i].value);
	for (size_t i = 0; i < n; i++)
		if (env[i] == NULL)
			return NULL;
	return env;
}

char **
child_argv_make(struct arena *a, const struct server_entry *e)
{
	char **argv = arena_array(a, e->arg_count + 2, sizeof(*argv));

	if (argv == NULL)
		return NULL;
	argv[0] = writable(a, e->command);
	if (argv[0] == NULL)
		return NULL;
	for (size_t i = 0; i < e->arg_count; i++) {
		argv[i + 1] = writable(a, e->args[i]);
		if (argv[i + 1] == NULL)
			return NULL;
	}
	return argv;
}
