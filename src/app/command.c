/* command: see command.h. */
#include "app/command.h"

#include "app/expand_io.h"
#include "app/settings.h"
#include "base/arena.h"
#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

/* The table's advice is for peers, who have the log to go to. */
static const char *
advice_of(const struct fault_row *row, enum fault_id id)
{
	if (id == FAULT_STORE || id == FAULT_INTERNAL)
		return "Mend what the message names, and try again.";
	return row->advice;
}

int
command_failed(const struct fault *f)
{
	const struct fault_row *row = fault_row(f->id);

	fprintf(stderr, "ostiary: %s\n",
		f->detail[0] != '\0' ? f->detail : row->sentence);
	if (f->id == FAULT_USAGE || f->id == FAULT_SETTINGS ||
		f->id == FAULT_SETTINGS_VARIABLE)
		return EXIT_USAGE;
	if (f->detail[0] != '\0')
		fprintf(stderr, "%s %s\n", row->sentence,
			advice_of(row, f->id));
	return EXIT_FAILED;
}

/* The folder that a file is in; VS Code's own folder counts as its parent. */
static struct str
folder_of(struct arena *a, struct str path)
{
	char *full = realpath(path.p, NULL);
	struct str folder = str_dup(a, str_from(full));

	free(full);
	if (str_is_none(folder))
		return STR_NONE;
	while (folder.n > 1 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (folder.n > 1)
		folder.n--;
	if (str_ends(folder, STR("/.vscode")))
		folder.n -= strlen("/.vscode");
	return str_dup(a, folder);
}

int
command_settings_failed(
	const struct settings_findings *found, const struct fault *f)
{
	if (found->error_count == 0)
		return command_failed(f);
	for (size_t i = 0; i < found->error_count; i++)
		fprintf(stderr, "ostiary: %.*s\n", STR_ARG(found->errors[i]));
	if (found->more > 0)
		fprintf(stderr, "ostiary: and %zu more\n", found->more);
	for (size_t i = 0; i < found->note_count; i++)
		fprintf(stderr, "note: %.*s\n", STR_ARG(found->notes[i]));
	return EXIT_USAGE;
}

static struct settings *
load(const struct command_run *run, struct settings_plan *plan, struct fault *f)
{
	char *cwd = getcwd(NULL, 0);
	struct arena *scratch = arena_new(ARENA_SCRATCH_MAX);
	struct settings *s;

	plan->path = run->places.settings;
	plan->exe = run->exe;
	plan->expand = (struct expand){
		.env = run->env,
		.cwd = str_from(cwd),
		.folder = str_from(cwd),
		.read_file = expand_io_file,
		.run = (run->options->given & OPTION_ALLOW_CMD) != 0
			? expand_io_run
			: NULL,
	};
	expand_env(run->env, STR("HOME"), &plan->expand.home);
	if (!str_is_none(plan->path))
		plan->expand.folder = folder_of(scratch, plan->path);
	s = settings_load(plan, f);
	arena_free(&scratch);
	free(cwd);
	return s;
}

struct settings *
command_settings(const struct command_run *run, struct settings_findings *found,
	struct fault *f)
{
	const struct options *o = run->options;
	struct settings_plan plan = {
		.flags = {
			.listen = o->listen,
			.public_url = o->public_url,
			.log_level = o->log_level,
			.log_format = o->log_format,
		},
		.findings = found,
	};

	return load(run, &plan, f);
}

/* Who wants to revoke something must not have to mend a server first. */
static struct settings *
settings_for_store(const struct command_run *run, struct fault *f)
{
	struct settings_plan plan = { .store_alone = true };
	struct settings *s = command_settings(run, NULL, f);

	if (s != NULL)
		return s;
	fault_clear(f);
	s = load(run, &plan, f);
	if (s != NULL)
		fputs("note: the settings are broken; \"ostiary check\" says "
		      "where\n",
			stderr);
	return s;
}

/* STR_NONE: the settings don't say where it is. */
static struct str
find_database(const struct command_run *run, struct fault *f)
{
	struct settings *settings = settings_for_store(run, f);
	struct str path;

	if (settings == NULL)
		return STR_NONE;
	path = places_database(run->arena, &run->places, settings);
	settings_drop(&settings);
	return path;
}

bool
command_store(const struct command_run *run, struct store **s, struct fault *f)
{
	struct str path = find_database(run, f);
	struct store_plan plan = { .path = path.p };

	return !str_is_none(path) && places_look(&run->places, path, f) &&
		store_open(s, &plan, f);
}

bool
command_store_new(
	const struct command_run *run, struct store **s, struct fault *f)
{
	struct str path = find_database(run, f);
	struct store_plan plan = { .path = path.p };
	bool is_new;

	if (str_is_none(path) || !places_make_state(&run->places, f))
		return false;
	is_new = access(path.p, F_OK) != 0;
	if (!store_open(s, &plan, f))
		return false;
	if (is_new)
		fprintf(stderr, "(a new database: %.*s)\n", STR_ARG(path));
	return true;
}

bool
command_has_colours(const struct command_run *run, int fd)
{
	struct str value;

	if (expand_env(run->env, STR("NO_COLOR"), &value) && value.n > 0)
		return false;
	if (expand_env(run->env, STR("TERM"), &value) &&
		str_eq_lit(value, "dumb"))
		return false;
	return isatty(fd) == 1;
}
