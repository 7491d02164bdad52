/* check: "ostiary check" and "ostiary version". */
#include "app/command.h"
#include "app/expand.h"
#include "app/settings.h"
#include "app/settings_schema.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "net/tls.h"
#include "text/json_write.h"

#include <stdio.h>
#include <unistd.h>

#define PRINTED_MAX ((size_t)4 << 20)

static bool
is_in_trouble(const struct server_entry *e)
{
	return !e->disabled && !str_is_none(e->trouble);
}

static int
status_of(const struct settings *s)
{
	for (size_t i = 0; i < s->server_count; i++)
		if (is_in_trouble(&s->servers[i]))
			return EXIT_FAILED;
	return 0;
}

static struct str
path_of(const struct command_run *run, const struct server_entry *e)
{
	struct str path = STR("");

	expand_env(run->env, STR("PATH"), &path);
	for (size_t i = 0; i < e->env_count; i++)
		if (str_eq_lit(e->env[i].name, "PATH"))
			path = e->env[i].value;
	return path;
}

/* A command without a slash is looked for in PATH.  Whoever runs "serve" may
 * have another PATH, so this makes a note and no failure. */
static bool
is_missing(const struct command_run *run, const struct server_entry *e)
{
	struct str path, folder;

	if (e->disabled || is_in_trouble(e) || e->transport != SERVER_STDIO ||
		str_find_char(e->command, '/') < e->command.n)
		return false;
	path = path_of(run, e);
	while (!str_is_none(path)) {
		struct str file;

		folder = str_split(&path, ':');
		file = str_join(run->arena, folder, STR("/"), e->command);
		if (folder.n > 0 && access(file.p, X_OK) == 0)
			return false;
	}
	return true;
}

/* What the settings alone don't show. */
static struct str
note_of(const struct command_run *run, const struct server_entry *e)
{
	if (!is_missing(run, e))
		return STR_NONE;
	return str_fmt(run->arena,
		"mcpServers.%.*s.command: there is no program \"%.*s\" in "
		"PATH%s",
		STR_ARG(e->name), STR_ARG(e->command),
		str_find_char(e->command, ' ') < e->command.n
			? "; what comes after it belongs in args"
			: "");
}

/* The certificate is a file of its own: it may be wrong where the settings
 * are right. */
static void
check_certificate(const struct settings *s, struct fault *f)
{
	struct tls_context *t = NULL;

	if (!str_is_none(s->tls_cert))
		t = tls_server_new(s->tls_cert.p, s->tls_key.p, f);
	if (t != NULL)
		tls_context_free(&t);
}

static const char *
transport_name(const struct server_entry *e)
{
	static const char *const names[] = { "stdio", "http", "sse" };

	return names[e->transport];
}

static const char *
state_of(const struct command_run *run, const struct server_entry *e)
{
	if (e->disabled)
		return "disabled";
	if (is_missing(run, e))
		return "no program";
	return is_in_trouble(e) ? "can't run" : "ok";
}

static void
print_people(const struct command_run *run, const struct settings *s)
{
	bool colours = command_has_colours(run, STDOUT_FILENO);
	const char *bold = colours ? "\033[1m" : "";
	const char *plain = colours ? "\033[0m" : "";

	printf("%s%s%s\n", bold,
		str_is_none(s->path) ? "no settings file: the defaults"
				     : s->path.p,
		plain);
	printf("  listen     %.*s\n", STR_ARG(s->listen));
	printf("  publicUrl  %.*s\n", STR_ARG(s->public_url));
	printf("  state      %s\n", run->places.state.p);
	for (size_t i = 0; i < s->server_count; i++)
		printf("  %-10s  %-5s  %s\n", state_of(run, &s->servers[i]),
			transport_name(&s->servers[i]), s->servers[i].name.p);
	for (size_t i = 0; i < s->note_count; i++)
		printf("%snote%s %.*s\n", bold, plain, STR_ARG(s->notes[i]));
	for (size_t i = 0; i < s->server_count; i++) {
		struct str note = note_of(run, &s->servers[i]);

		if (!str_is_none(note))
			printf("%snote%s %.*s\n", bold, plain, STR_ARG(note));
	}
}

static void
write_server(struct json_write *w, const struct server_entry *e)
{
	json_begin(w, '{');
	json_member_str(w, "name", e->name);
	json_member_str(w, "transport", str_from(transport_name(e)));
	json_member_bool(w, "disabled", e->disabled);
	json_member_str(w, "trouble", e->trouble);
	json_end(w);
}

static void
write_settings(const struct command_run *run, const struct settings *s,
	struct json_write *w)
{
	json_member_str(w, "file", s->path);
	json_member_str(w, "listen", s->listen);
	json_member_str(w, "publicUrl", s->public_url);
	json_member(w, "servers");
	json_begin(w, '[');
	for (size_t i = 0; i < s->server_count; i++)
		write_server(w, &s->servers[i]);
	json_end(w);
	json_member(w, "notes");
	json_begin(w, '[');
	for (size_t i = 0; i < s->note_count; i++)
		json_str(w, s->notes[i]);
	for (size_t i = 0; i < s->server_count; i++) {
		struct str note = note_of(run, &s->servers[i]);

		if (!str_is_none(note))
			json_str(w, note);
	}
	json_end(w);
}

static void
begin_json(struct json_write *w, struct buf *out, const struct fault *f)
{
	buf_init(out, PRINTED_MAX);
	json_write_init(w, out);
	json_begin(w, '{');
	json_member_bool(w, "ok", !fault_is_set(f));
	if (fault_is_set(f))
		json_member_str(w, "error", str_from(f->detail));
}

static void
end_json(struct json_write *w, struct buf *out)
{
	json_end(w);
	printf("%.*s\n", STR_ARG(buf_view(out)));
	buf_clear(out);
}

/* f is set when something is wrong beside them. */
static void
print_json(const struct command_run *run, const struct settings *s,
	const struct fault *f)
{
	struct json_write w;
	struct buf out;

	begin_json(&w, &out, f);
	write_settings(run, s, &w);
	end_json(&w, &out);
}

static void
write_list(struct json_write *w, const char *key, const struct str *texts,
	size_t n)
{
	json_member(w, key);
	json_begin(w, '[');
	for (size_t i = 0; i < n; i++)
		json_str(w, texts[i]);
	json_end(w);
}

static int
refused(const struct command_run *run, const struct settings_findings *found,
	const struct fault *f)
{
	struct json_write w;
	struct buf out;

	if ((run->options->given & OPTION_JSON) != 0) {
		begin_json(&w, &out, f);
		write_list(&w, "errors", found->errors, found->error_count);
		write_list(&w, "notes", found->notes, found->note_count);
		end_json(&w, &out);
	}
	return command_settings_failed(found, f);
}

static int
print_schema(void)
{
	struct buf out;

	buf_init(&out, PRINTED_MAX);
	settings_schema_write(&out);
	fwrite(out.p, 1, out.n, stdout);
	buf_clear(&out);
	return 0;
}

int
command_check(const struct command_run *run)
{
	struct settings_findings found = { .arena = run->arena };
	struct fault f = { 0 };
	struct settings *s;
	int status;

	if ((run->options->given & OPTION_SCHEMA) != 0)
		return print_schema();
	s = command_settings(run, &found, &f);
	if (s == NULL)
		return refused(run, &found, &f);
	check_certificate(s, &f);
	if ((run->options->given & OPTION_JSON) != 0)
		print_json(run, s, &f);
	else
		print_people(run, s);
	status = fault_is_set(&f) ? command_failed(&f) : status_of(s);
	settings_drop(&s);
	return status;
}

int
command_version(const struct command_run *run)
{
	if ((run->options->given & OPTION_JSON) != 0)
		puts("{\"name\":\"ostiary\",\"version\":\"" OSTIARY_VERSION
		     "\"}");
	else
		puts("ostiary " OSTIARY_VERSION);
	return 0;
}
