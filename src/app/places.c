/* places: see places.h. */
#include "app/places.h"

#include "app/expand.h"
#include "app/options.h"
#include "base/arena.h"
#include "model/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A variable that is set to something. */
static bool
has(char *const *env, const char *name, struct str *value)
{
	return expand_env(env, str_from(name), value) && value->n > 0;
}

/* $xdg/ostiary, or $HOME/usual/ostiary. */
static struct str
xdg_folder(struct arena *a, char *const *env, const char *xdg, struct str usual)
{
	struct str home;

	/* "All paths must be absolute" (XDG Base Directory Specification). */
	if (has(env, xdg, &home) && home.p[0] == '/')
		return str_join(a, home, STR("/ostiary"));
	if (has(env, "HOME", &home))
		return str_join(a, home, STR("/"), usual, STR("/ostiary"));
	return STR_NONE;
}

static struct str
find_settings(struct arena *a, const struct options *o, char *const *env)
{
	struct str folder, path;

	if (!str_is_none(o->config))
		return str_dup(a, o->config);
	if (access("mcp_settings.json", F_OK) == 0)
		return STR("mcp_settings.json");
	folder = xdg_folder(a, env, "XDG_CONFIG_HOME", STR(".config"));
	if (str_is_none(folder))
		return STR_NONE;
	path = str_join(a, folder, STR("/mcp_settings.json"));
	return access(path.p, F_OK) == 0 ? path : STR_NONE;
}

bool
places_find(struct arena *a, const struct options *o, char *const *env,
	struct places *p, struct fault *f)
{
	struct str state;

	if (!str_is_none(o->home))
		state = str_dup(a, o->home);
	else if (has(env, "OSTIARY_HOME", &state))
		state = str_dup(a, state);
	else
		state = xdg_folder(
			a, env, "XDG_DATA_HOME", STR(".local/share"));
	if (str_is_none(state))
		return fault_set(f, FAULT_USAGE,
			"no place for the state: set HOME or OSTIARY_HOME, or "
			"give --home");
	p->state = state;
	p->key = str_join(a, state, STR("/master.key"));
	p->settings = find_settings(a, o, env);
	return true;
}

/* Each folder on the way, for their owner alone. */
static bool
make_folders(struct arena *a, struct str path)
{
	for (size_t i = 1; i <= path.n; i++) {
		struct str part = str_cut(path, 0, i);

		if (i < path.n && path.p[i] != '/')
			continue;
		part = str_dup(a, part);
		if (mkdir(part.p, 0700) != 0 && errno != EEXIST &&
			!(i < path.n && (errno == EROFS || errno == EACCES)))
			return false;
	}
	return true;
}

static bool
refuse_state(const struct places *p, const char *why, struct fault *f)
{
	return fault_set(f, FAULT_STATE_FOLDER, "the state folder %s: %s",
		p->state.p, why);
}

static bool
check_state(const struct places *p, struct fault *f)
{
	struct stat st;

	if (stat(p->state.p, &st) != 0)
		return refuse_state(p, strerror(errno), f);
	if (!S_ISDIR(st.st_mode))
		return refuse_state(p, "is no folder", f);
	if (st.st_uid != geteuid())
		return refuse_state(p, "belongs to somebody else", f);
	if ((st.st_mode & 022) != 0)
		return refuse_state(
			p, "can be written by others; chmod 700 it", f);
	return true;
}

bool
places_make_state(const struct places *p, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	bool made = make_folders(a, p->state);
	int why = errno;

	arena_free(&a);
	return made ? check_state(p, f) : refuse_state(p, strerror(why), f);
}

bool
places_hold_state(const struct places *p, int *fd, struct fault *f)
{
	bool held_elsewhere;

	*fd = open(p->state.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	held_elsewhere = errno == EWOULDBLOCK;
	close(*fd);
	*fd = -1;
	if (!held_elsewhere)
		return true;
	return fault_set(f, FAULT_STORE_BUSY, "another Ostiary serves from %s",
		p->state.p);
}

static bool
is_absent(const char *path)
{
	return access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool
places_look(const struct places *p, struct str database, struct fault *f)
{
	struct str folder = database;
	bool below = str_starts(database, p->state);

	if (!is_absent(database.p))
		return is_absent(p->state.p) || check_state(p, f);
	while (folder.n > 1 && folder.p[folder.n - 1] != '/')
		folder.n--;
	return fault_set(f, FAULT_STATE_FOLDER,
		"there is no %s in %.*s; is %s right?", database.p + folder.n,
		STR_ARG(folder.n > 1 ? str_cut(folder, 0, folder.n - 1)
				     : folder),
		below ? "--home" : "\"store\"");
}

struct str
places_database(
	struct arena *a, const struct places *p, const struct settings *s)
{
	struct str path = str_cut(s->store, strlen("sqlite:"), s->store.n);

	if (path.n == 0)
		path = STR("ostiary.db");
	if (path.p[0] == '/')
		return str_dup(a, path);
	return str_join(a, p->state, STR("/"), path);
}
