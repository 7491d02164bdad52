/* options: see options.h. */
#include "app/options.h"

#include "app/settings_rows.h"

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "--config", OPTION_CONFIG, "FILE",
		"the settings (else ./mcp_settings.json, else the user's)",
		AT(config) },
	{ "--home", OPTION_HOME, "DIR",
		"the state folder (else $OSTIARY_HOME, else the user's)",
		AT(home) },
	{ "--listen", OPTION_LISTEN, "HOST:PORT",
		"where to listen, instead of the settings", AT(listen) },
	{ "--public-url", OPTION_PUBLIC_URL, "URL",
		"how others reach us, instead of the settings",
		AT(public_url) },
	{ "--log-level", OPTION_LOG_LEVEL, "LEVEL",
		"debug, info, warn or error", AT(log_level) },
	{ "--log-format", OPTION_LOG_FORMAT, "FORMAT", "text or json",
		AT(log_format) },
	{ "--allow-cmd", OPTION_ALLOW_CMD, NULL,
		"let ${cmd:...} in the settings run commands", 0 },
	{ "--json", OPTION_JSON, NULL, "print JSON", 0 },
	{ "--password-stdin", OPTION_PASSWORD_STDIN, NULL,
		"read the password from the first line of stdin", 0 },
	{ "--owner", OPTION_OWNER, NULL, "may administer Ostiary", 0 },
	{ "--schema", OPTION_SCHEMA, NULL,
		"print the JSON Schema of the settings, for editors", 0 },
	{ "--version", OPTION_VERSION, NULL, "print the version", 0 },
	{ "--help", OPTION_HELP, NULL, "print this", 0 },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct option_row *
options_row(size_t i)
{
	return i < ROW_COUNT ? &rows[i] : NULL;
}

static const struct option_row *
find(struct str name)
{
	if (str_eq_lit(name, "-h"))
		name = STR("--help");
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (str_eq(name, str_from(rows[i].name)))
			return &rows[i];
	return NULL;
}

static bool
unknown(struct str name, struct fault *f)
{
	const struct option_row *best = NULL;
	unsigned nearest = name.n > 6 ? SETTINGS_FAR : 2;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		unsigned far = settings_distance(name, str_from(rows[i].name));

		if (far < nearest) {
			nearest = far;
			best = &rows[i];
		}
	}
	if (best == NULL)
		return fault_set(f, FAULT_USAGE,
			"there is no option %.*s; see ostiary --help",
			STR_ARG(str_cut(name, 0, 60)));
	return fault_set(f, FAULT_USAGE,
		"there is no option %.*s; did you mean %s?",
		STR_ARG(str_cut(name, 0, 60)), best->name);
}

static bool
take_value(struct options *o, const struct option_row *row, struct str value,
	struct fault *f)
{
	struct str *at = (struct str *)(void *)((char *)o + row->at);

	if ((o->given & row->bit) != 0)
		return fault_set(
			f, FAULT_USAGE, "%s stands there twice", row->name);
	o->given |= row->bit;
	if (row->value == NULL)
		return str_is_none(value) ||
			fault_set(
				f, FAULT_USAGE, "%s takes no value", row->name);
	if (str_is_none(value) || value.n == 0)
		return fault_set(f, FAULT_USAGE, "%s needs a value: %s %s",
			row->name, row->name, row->value);
	*at = value;
	return true;
}

static bool
take_word(struct options *o, struct str word, struct fault *f)
{
	if (o->word_count == OPTIONS_WORDS_MAX)
		return fault_set(f, FAULT_USAGE, "too many words");
	o->words[o->word_count++] = word;
	return true;
}

bool
options_parse(struct options *o, int argc, char *const *argv, struct fault *f)
{
	bool ended = false;

	*o = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		struct str word = str_from(argv[i]);
		size_t equals = str_find_char(word, '=');
		struct str value = STR_NONE;
		const struct option_row *row;

		if (ended || word.n < 2 || word.p[0] != '-') {
			if (!take_word(o, word, f))
				return false;
			continue;
		}
		if (str_eq_lit(word, "--")) {
			ended = true;
			continue;
		}
		row = find(str_cut(word, 0, equals));
		if (row == NULL)
			return unknown(str_cut(word, 0, equals), f);
		if (equals < word.n)
			value = str_cut(word, equals + 1, word.n);
		else if (row->value != NULL && i + 1 < argc)
			value = str_from(argv[++i]);
		if (!take_value(o, row, value, f))
			return false;
	}
	return true;
}

bool
options_check(const struct options *o, unsigned allowed, struct fault *f)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if ((o->given & rows[i].bit & ~allowed) != 0)
			return fault_set(f, FAULT_USAGE,
				"%s means nothing to this command; see its "
				"--help",
				rows[i].name);
	return true;
}
