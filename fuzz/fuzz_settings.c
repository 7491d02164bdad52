/*
 * fuzz_settings: the input is a settings file.  No file is read and no command
 * is run.  What is taken keeps what the rest of the program relies on.
 */
#include "fuzz.h"

#include "app/settings.h"
#include "app/settings_value.h"
#include "text/field.h"
#include "text/uri.h"

static char variable[] = "X=https://x.example/";
static char *const env[] = { variable, NULL };

static void
check_server(const struct settings *s, const struct server_entry *e)
{
	insist(settings_server(s, e->name) == e);
	insist(settings_value_is_name(e->name));
	insist(e->entry.n > 0 && e->timeout_ms > 0);
	if (!str_is_none(e->trouble))
		return;
	insist((e->transport == SERVER_STDIO) == !str_is_none(e->command));
	insist((e->transport == SERVER_STDIO) == str_is_none(e->url));
	insist(str_is_none(e->url) || settings_value_is_url(e->url));
	for (size_t i = 0; i < e->header_count; i++)
		insist(field_is_token(e->headers[i].name) &&
			field_is_value(e->headers[i].value));
	for (size_t i = 0; i < e->arg_count; i++)
		insist(strlen(e->args[i].p) == e->args[i].n);
	for (size_t i = 0; i < e->env_count; i++)
		insist(strlen(e->env[i].value.p) == e->env[i].value.n);
}

static void
check_all(const struct settings *s)
{
	insist(settings_value_is_address(s->listen));
	insist(settings_value_is_origin(s->public_url));
	insist(!str_ends(s->public_url, STR("/")));
	insist(str_starts(s->store, STR("sqlite:")));
	insist(s->access_s > 0 && s->refresh_s > 0 && s->code_s > 0);
	insist(s->body_max >= 1024 && s->connections > 0);
	insist(s->log_level >= 0 && s->log_level <= FAULT_LEVEL_ERROR);
	for (size_t i = 0; i < s->server_count; i++)
		check_server(s, &s->servers[i]);
	for (size_t i = 0; i < s->group_count; i++)
		for (size_t j = 0; j < s->groups[i].server_count; j++)
			insist(settings_server(s, s->groups[i].servers[j]) !=
				NULL);
	for (size_t i = 0; i < s->note_count; i++)
		insist(!str_is_none(s->notes[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings_plan plan = {
		.path = STR("mcp_settings.json"),
		.exe = STR("/usr/bin/ostiary"),
		.expand = { .env = env,
			.home = STR("/home/x"),
			.cwd = STR("/"),
			.folder = STR("/") },
	};
	struct fault f = { 0 };
	struct settings *s = settings_parse(&plan, fuzz_str(data, size), &f);

	insist((s == NULL) == fault_is_set(&f));
	if (s == NULL)
		return 0;
	check_all(s);
	settings_drop(&s);
	return 0;
}
