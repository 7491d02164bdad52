/* commands: see commands.h. */
#include "app/commands.h"

#include "app/command.h"
#include "app/settings_rows.h"
#include "base/arena.h"

#include <stdio.h>
#include <unistd.h>

#define PROCESS_ARENA_MAX ((size_t)64 << 20)

struct command {
	const char *name; /* one word or two */
	int (*run)(const struct command_run *run);
	const char *words;  /* what follows the name */
	size_t least, most; /* how many such words */
	unsigned options;
	const char *summary;
	const char *example;
};

static const struct command commands[] = {
	{ "serve", command_serve, "", 0, 0, OPTIONS_SETTINGS,
		"start Ostiary (also without any command)",
		"ostiary serve --listen 127.0.0.1:4000" },
	{ "check", command_check, "", 0, 0,
		OPTIONS_SETTINGS | OPTION_SCHEMA | OPTION_JSON,
		"read the settings and say what is wrong with them",
		"ostiary check --config mcp_settings.json" },
	{ "demo", command_demo, "", 0, 0, 0,
		"be a small MCP server on stdin and stdout",
		"npx @modelcontextprotocol/inspector ostiary demo" },
	{ "user add", command_user_add, "NAME", 1, 1,
		OPTIONS_STORE | OPTION_PASSWORD_STDIN | OPTION_OWNER,
		"add somebody who can log in", "ostiary user add ada --owner" },
	{ "user list", command_user_list, "", 0, 0, OPTIONS_STORE | OPTION_JSON,
		"who can log in", "ostiary user list --json" },
	{ "user passwd", command_user_passwd, "NAME", 1, 1,
		OPTIONS_STORE | OPTION_PASSWORD_STDIN,
		"give somebody another password; ends logins and grants",
		"ostiary user passwd ada --password-stdin < secret.txt" },
	{ "user remove", command_user_remove, "NAME", 1, 1, OPTIONS_STORE,
		"remove somebody, their logins and all that they allowed",
		"ostiary user remove ada" },
	{ "client list", command_client_list, "", 0, 0,
		OPTIONS_STORE | OPTION_JSON, "which programs registered",
		"ostiary client list" },
	{ "client show", command_client_show, "ID", 1, 1,
		OPTIONS_STORE | OPTION_JSON, "one of them, in full",
		"ostiary client show c_Hx2mQ0" },
	{ "client revoke", command_client_revoke, "ID", 1, 1, OPTIONS_STORE,
		"remove a client and all that it was allowed",
		"ostiary client revoke c_Hx2mQ0" },
	{ "grant list", command_grant_list, "[NAME]", 0, 1,
		OPTIONS_STORE | OPTION_JSON,
		"what people allowed to which programs",
		"ostiary grant list ada" },
	{ "grant revoke", command_grant_revoke, "ID", 1, 1, OPTIONS_STORE,
		"end a grant and all its tokens, now",
		"ostiary grant revoke g_6pWcX1" },
	{ "version", command_version, "", 0, 0, OPTION_JSON,
		"print the version", "ostiary version" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* ---- help ---- */

static void
print_options(unsigned options, FILE *to)
{
	const struct option_row *row;

	for (size_t i = 0; (row = options_row(i)) != NULL; i++) {
		char left[40];

		if (((options | OPTION_HELP) & row->bit) == 0)
			continue;
		snprintf(left, sizeof(left), "%s %s", row->name,
			row->value == NULL ? "" : row->value);
		fprintf(to, "  %-24s %s\n", left, row->help);
	}
}

static void
print_help_of(const struct command *c, FILE *to)
{
	fprintf(to, "usage: ostiary %s%s%s [options]\n\n%s\n\n", c->name,
		*c->words == '\0' ? "" : " ", c->words, c->summary);
	print_options(c->options, to);
	fprintf(to, "\nexample: %s\n", c->example);
}

static void
print_help(FILE *to)
{
	fputs("usage: ostiary [command] [options]\n\n"
	      "Ostiary stands between MCP clients and MCP servers and takes "
	      "care of OAuth at both doors.\n\n",
		to);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		char left[40];

		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			commands[i].words);
		fprintf(to, "  %-20s %s\n", left, commands[i].summary);
	}
	fputs("\n\"ostiary <command> --help\" says more about one.  The manual: "
	      "ostiary(1), mcp_settings.json(5).\n\n"
	      "example: ostiary serve --config ~/mcp_settings.json\n",
		to);
}

/* ---- finding ---- */

/* How many of the words name the command; 0: they don't. */
static size_t
names(const struct command *c, const struct str *words, size_t n)
{
	struct str rest = str_from(c->name);
	size_t used = 0;

	while (!str_is_none(rest)) {
		struct str part = str_split(&rest, ' ');

		if (used == n || !str_eq(words[used], part))
			return 0;
		used++;
	}
	return used;
}

static bool
unknown(const struct options *o, struct fault *f)
{
	struct arena *a = arena_new(ARENA_SCRATCH_MAX);
	struct str said = o->words[0];
	const char *best = NULL;
	unsigned nearest = said.n > 4 ? SETTINGS_FAR : 2;

	if (o->word_count > 1)
		said = str_join(a, said, STR(" "), o->words[1]);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct str name = str_from(commands[i].name);
		unsigned far = settings_distance(name, said);
		unsigned alone = settings_distance(name, o->words[0]);

		far = alone < far ? alone : far;
		if (far < nearest) {
			nearest = far;
			best = commands[i].name;
		}
	}
	fault_set(f, FAULT_USAGE, "there is no command \"%.*s\"%s%s%s",
		STR_ARG(str_cut(said, 0, 60)),
		best == NULL ? "; see ostiary --help" : "; did you mean \"",
		best == NULL ? "" : best, best == NULL ? "" : "\"?");
	arena_free(&a);
	return false;
}

static bool
is_first_word_known(struct str word)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct str name = str_from(commands[i].name);

		if (str_starts(name, word) && name.n > word.n &&
			name.p[word.n] == ' ')
			return true;
	}
	return false;
}

/* "user" alone, or with an unknown second word. */
static void
refuse_in_family(const struct options *o)
{
	if (o->word_count > 1)
		fprintf(stderr, "ostiary: there is no command \"%.*s %.*s\"\n",
			STR_ARG(o->words[0]),
			STR_ARG(str_cut(o->words[1], 0, 60)));
	else
		fprintf(stderr, "ostiary: \"%.*s\" needs another word\n",
			STR_ARG(o->words[0]));
}

static void
print_family(struct str word, FILE *to)
{
	fputs("usage:\n", to);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct str name = str_from(commands[i].name);

		if (str_starts(name, word))
			fprintf(to, "  ostiary %s%s%s\n", commands[i].name,
				*commands[i].words == '\0' ? "" : " ",
				commands[i].words);
	}
}

/* Takes the command's name off the words; NULL with f set, or without when
 * help was printed. */
static const struct command *
find(struct options *o, struct fault *f)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t used = names(&commands[i], o->words, o->word_count);

		if (used == 0)
			continue;
		o->word_count -= used;
		memmove(o->words, o->words + used,
			o->word_count * sizeof(o->words[0]));
		return &commands[i];
	}
	unknown(o, f);
	return NULL;
}

/* ---- running ---- */

static struct str
own_executable(struct arena *a, const char *argv0)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n > 0 && (size_t)n < sizeof(path))
		return str_dup(a, str_of(path, (size_t)n));
	return str_dup(a, str_from(argv0));
}

static bool
check_words(const struct command *c, const struct options *o, struct fault *f)
{
	if (o->word_count >= c->least && o->word_count <= c->most)
		return options_check(o, c->options | OPTION_HELP, f);
	if (o->word_count < c->least)
		return fault_set(f, FAULT_USAGE,
			"a word is missing; expected: ostiary %s %s", c->name,
			c->words);
	return fault_set(f, FAULT_USAGE,
		"\"%.*s\" is a word too many; expected: ostiary %s%s%s",
		STR_ARG(str_cut(o->words[c->most], 0, 60)), c->name,
		*c->words == '\0' ? "" : " ", c->words);
}

static int
run_command(const struct command *c, struct options *o, char *const *argv,
	char *const *env)
{
	struct command_run run = { .options = o, .env = env };
	struct fault f = { 0 };
	int status;

	if (!check_words(c, o, &f))
		return command_failed(&f);
	run.arena = arena_new(PROCESS_ARENA_MAX);
	run.exe = own_executable(run.arena, argv[0]);
	if ((c->options & OPTION_HOME) != 0 &&
		!places_find(run.arena, o, env, &run.places, &f))
		status = command_failed(&f);
	else
		status = c->run(&run);
	arena_free(&run.arena);
	return status;
}

int
commands_main(int argc, char *const *argv, char *const *env)
{
	const struct command *c = &commands[0];
	struct fault f = { 0 };
	struct options o;
	bool help;

	if (!options_parse(&o, argc, argv, &f))
		return command_failed(&f);
	help = (o.given & OPTION_HELP) != 0;
	if (o.word_count > 0 && str_eq_lit(o.words[0], "help")) {
		help = true;
		o.word_count--;
		memmove(o.words, o.words + 1,
			o.word_count * sizeof(o.words[0]));
	}
	if (o.word_count == 0 && help) {
		print_help(stdout);
		return 0;
	}
	if (o.word_count == 0 && (o.given & OPTION_VERSION) != 0)
		return command_version(&(struct command_run){ .options = &o });
	if (o.word_count > 0 && (c = find(&o, &f)) == NULL) {
		if (!is_first_word_known(o.words[0]))
			return command_failed(&f);
		if (!help)
			refuse_in_family(&o);
		print_family(o.words[0], help ? stdout : stderr);
		return help ? 0 : EXIT_USAGE;
	}
	if (help) {
		print_help_of(c, stdout);
		return 0;
	}
	return run_command(c, &o, argv, env);
}
