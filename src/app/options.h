/*
 * options: the words after "ostiary", sorted.
 *
 * Options may stand anywhere; "--name value" and "--name=value" mean the
 * same; "--" ends them.  Texts point into argv.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/fault.h"
#include "base/str.h"

#define OPTION_HELP           0x0001u
#define OPTION_CONFIG         0x0002u
#define OPTION_HOME           0x0004u
#define OPTION_LISTEN         0x0008u
#define OPTION_PUBLIC_URL     0x0010u
#define OPTION_LOG_LEVEL      0x0020u
#define OPTION_LOG_FORMAT     0x0040u
#define OPTION_ALLOW_CMD      0x0080u
#define OPTION_JSON           0x0100u
#define OPTION_PASSWORD_STDIN 0x0200u
#define OPTION_OWNER          0x0400u
#define OPTION_SCHEMA         0x0800u
#define OPTION_VERSION        0x1000u

/* What reads the settings. */
#define OPTIONS_SETTINGS                                                       \
	(OPTION_CONFIG | OPTION_HOME | OPTION_LISTEN | OPTION_PUBLIC_URL |     \
		OPTION_LOG_LEVEL | OPTION_LOG_FORMAT | OPTION_ALLOW_CMD)
/* What opens the store. */
#define OPTIONS_STORE (OPTION_CONFIG | OPTION_HOME | OPTION_ALLOW_CMD)

#define OPTIONS_WORDS_MAX 8u

struct options {
	unsigned given; /* OPTION_* that stood there */
	struct str config;
	struct str home;
	struct str listen;
	struct str public_url;
	struct str log_level;
	struct str log_format;
	struct str words[OPTIONS_WORDS_MAX]; /* what is no option */
	size_t word_count;
};

struct option_row {
	const char *name; /* "--config" */
	unsigned bit;
	const char *value; /* "FILE"; NULL: takes none */
	const char *help;
	size_t at; /* of the value in struct options */
};

/* Sorts argv[1] and on.  FAULT_USAGE, with the nearest known option. */
bool options_parse(
	struct options *o, int argc, char *const *argv, struct fault *f);

/* Refuses what was given and is not among the allowed: FAULT_USAGE. */
bool options_check(const struct options *o, unsigned allowed, struct fault *f);

/* The i-th row, or NULL past the last. */
const struct option_row *options_row(size_t i);

#endif
