/* settings_value: see settings_value.h. */
#include "app/settings_value.h"

#include "text/uri.h"

#include <arpa/inet.h>

struct unit {
	struct str name;
	int64_t factor;
};

static const struct unit times[] = {
	{ STR_INIT("ms"), 1 },
	{ STR_INIT("s"), 1000 },
	{ STR_INIT("m"), 60000 },
	{ STR_INIT("h"), 3600000 },
	{ STR_INIT("d"), 86400000 },
	{ STR_INIT("w"), 604800000 },
};

static const struct unit sizes[] = {
	{ STR_INIT(""), 1 },
	{ STR_INIT("B"), 1 },
	{ STR_INIT("KB"), 1 << 10 },
	{ STR_INIT("MB"), 1 << 20 },
	{ STR_INIT("GB"), 1 << 30 },
};

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))
/* Times the greatest factor, this fits. */
#define NUMBER_MAX     ((uint64_t)1000000000)

static bool
measure(struct str text, const struct unit *units, size_t n, int64_t *out)
{
	size_t digits = 0;
	uint64_t number;
	struct str unit;

	while (digits < text.n && text.p[digits] >= '0' &&
		text.p[digits] <= '9')
		digits++;
	if (!str_to_u64(str_cut(text, 0, digits), &number) ||
		number > NUMBER_MAX)
		return false;
	unit = str_cut(text, digits, text.n);
	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(unit, units[i].name))
			continue;
		*out = (int64_t)number * units[i].factor;
		return true;
	}
	return false;
}

bool
settings_value_millis(struct str text, int64_t *ms)
{
	return measure(text, times, COUNT_OF(times), ms);
}

bool
settings_value_seconds(struct str text, int64_t *s)
{
	int64_t ms;

	if (!settings_value_millis(text, &ms) || ms % 1000 != 0)
		return false;
	*s = ms / 1000;
	return true;
}

bool
settings_value_size(struct str text, int64_t *bytes)
{
	return measure(text, sizes, COUNT_OF(sizes), bytes);
}

bool
settings_value_count(struct str text, int64_t *n)
{
	return measure(text, sizes, 1, n);
}

bool
settings_value_is_address(struct str text)
{
	size_t colon = text.n;
	uint64_t port;
	struct str host;

	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return false;
	host = str_cut(text, 0, colon - 1);
	if (host.p[0] == '[') {
		if (host.n < 4 || host.p[host.n - 1] != ']')
			return false;
	} else if (str_find_char(host, ':') < host.n) {
		return false;
	}
	for (size_t i = 0; i < host.n; i++)
		if ((unsigned char)host.p[i] <= ' ' || host.p[i] == '/')
			return false;
	return str_to_u64(str_cut(text, colon, text.n), &port) && port <= 65535;
}

static bool
is_web(struct str text, struct uri *u)
{
	if (!uri_parse(text, u, NULL) || u->host.n == 0)
		return false;
	if (!str_is_none(u->userinfo) || !str_is_none(u->fragment))
		return false;
	return str_eq_nocase(u->scheme, STR("https")) ||
		str_eq_nocase(u->scheme, STR("http"));
}

bool
settings_value_is_origin(struct str text)
{
	struct uri u;

	if (!is_web(text, &u) || !str_is_none(u.query))
		return false;
	if (u.path.n > 0 && !str_eq_lit(u.path, "/"))
		return false;
	return str_eq_nocase(u.scheme, STR("https")) || uri_is_loopback(&u);
}

bool
settings_value_is_url(struct str text)
{
	struct uri u;

	return is_web(text, &u);
}

bool
settings_value_is_network(struct str text)
{
	size_t slash = str_find_char(text, '/');
	unsigned char bytes[sizeof(struct in6_addr)];
	char address[64];
	uint64_t bits, most;

	if (slash >= sizeof(address))
		return false;
	memcpy(address, text.p, slash);
	address[slash] = '\0';
	if (inet_pton(AF_INET, address, bytes) == 1)
		most = 32;
	else if (inet_pton(AF_INET6, address, bytes) == 1)
		most = 128;
	else
		return false;
	if (slash == text.n)
		return true;
	return str_to_u64(str_cut(text, slash + 1, text.n), &bits) &&
		bits <= most;
}

static bool
is_name_char(char c)
{
	char low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-';
}

bool
settings_value_is_name(struct str text)
{
	if (text.n < 1 || text.n > 32)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!is_name_char(text.p[i]))
			return false;
	return text.p[0] != '_' && text.p[text.n - 1] != '_' &&
		str_find(text, STR("__")) == text.n;
}

const char *
settings_value_expected(enum setting_kind kind)
{
	static const char *const expected[] = {
		[SETTING_GROUP] = "an object",
		[SETTING_MAP] = "an object",
		[SETTING_ROWS] = "an array of objects",
		[SETTING_OWN] = "an object",
		[SETTING_TEXT] = "a string",
		[SETTING_LIST] = "an array of strings",
		[SETTING_PAIRS] = "an object of strings",
		[SETTING_SWITCH] = "true or false",
		[SETTING_MILLIS] = "a duration such as \"500ms\" or \"60s\"",
		[SETTING_SECONDS] =
			"a duration such as \"60s\", \"1h\" or \"30d\"",
		[SETTING_SIZE] = "a size such as \"4MB\"",
		[SETTING_COUNT] = "a whole number",
		[SETTING_CHOICE] = "one of some words",
		[SETTING_ADDRESS] = "host:port",
		[SETTING_ORIGIN] = ("scheme://host[:port], https, or http on a "
				    "loopback address"),
		[SETTING_URL] = "an http or https URL",
		[SETTING_ANY] = "anything",
	};

	return expected[kind];
}

const char *
settings_value_hint(enum setting_kind kind, struct str text)
{
	size_t colon = text.n;
	uint64_t port;

	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	if (kind == SETTING_ADDRESS && colon > 0 &&
		str_to_u64(str_cut(text, colon, text.n), &port) && port > 65535)
		return "; a port is at most 65535";
	return "";
}
