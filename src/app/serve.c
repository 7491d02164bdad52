/*
 * serve: "ostiary serve": puts the house together, runs it, takes it apart.
 *
 *	settings ─▶ state folder ─▶ loop ─▶ master key, store ─▶ back ─▶ hall
 *	         ─▶ front ─▶ listener ─▶ servers behind ─▶ loop_run()
 *
 *	SIGHUP, changed file   read the settings again beside the loop; broken
 *	                       ones leave the running ones in force
 *	SIGTERM, SIGINT        no new connections, streams end, running requests
 *	                       finish, servers are stopped; a second one ends
 *	                       the process at once
 *
 * Nothing waits for a server behind us: listening comes within milliseconds.
 */
#include "app/command.h"
#include "app/expand.h"
#include "app/greeting.h"
#include "app/master.h"
#include "app/process.h"
#include "app/reload.h"
#include "app/settings.h"
#include "back/back.h"
#include "base/event.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "front/front.h"
#include "hall/hall.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/tls.h"
#include "store/store.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_MS    10000
#define CHILDREN_MS 6000 /* the ladder of net/child takes four seconds */
#define CHECK_MS    10
#define SWEEP_MS    ((int64_t)5 * 60 * 1000)

struct serve {
	struct command_run
		run; /* a copy: the settings' path may appear later */
	struct settings *settings;
	int held; /* the state folder; -1 */
	struct master master;
	struct loop *loop;
	struct loop_wake *wake;
	struct tls_context *tls_in;
	struct tls_context *tls_out;
	struct http_client *client;
	struct back *back;
	struct hall *hall;
	struct front *front;
	struct http_server *server;
	struct reload reload;
	struct loop_timer sweep;
	struct loop_timer children;
	int64_t children_end; /* loop_now() */
	unsigned signals;
};

/* ---- parts ---- */

static void
store_has_results(void *with)
{
	struct serve *s = with;

	loop_wake(s->wake);
}

static void
collect(void *with)
{
	struct serve *s = with;

	if (s->master.store != NULL)
		store_collect(s->master.store);
}

static void
setup_events(const struct settings *settings)
{
	event_setup(STDERR_FILENO,
		settings->log_json ? EVENT_FORMAT_JSON : EVENT_FORMAT_TEXT,
		(enum fault_level)settings->log_level);
	event_set_hash(digest_hint);
	for (size_t i = 0; i < settings->note_count; i++)
		event_log(NULL, EVENT_SETTINGS_NOTE,
			EF_STR("note", settings->notes[i]));
}

static bool
open_state(struct serve *s, struct fault *f)
{
	struct store_plan plan = {
		.path = places_database(
			s->run.arena, &s->run.places, s->settings)
				.p,
		.wake = store_has_results,
		.with = s,
	};

	if (!places_make_state(&s->run.places, f) ||
		!places_hold_state(&s->run.places, &s->held, f))
		return false;
	s->loop = loop_new();
	s->wake = loop_wake_new(s->loop, collect, s);
	return master_open(&s->master, s->run.places.key.p, &plan, f);
}

/* The first of the two spellings that is set. */
static struct str
proxy_of(const struct serve *s, const char *upper, const char *lower)
{
	struct str value = STR("");

	if (!expand_env(s->run.env, str_from(lower), &value) &&
		!expand_env(s->run.env, str_from(upper), &value))
		return STR("");
	return value;
}

static bool
make_client(struct serve *s, struct fault *f)
{
	struct http_client_settings settings = {
		.https_proxy = proxy_of(s, "HTTPS_PROXY", "https_proxy"),
		/* HTTP_PROXY in capitals is what CGI makes of a request's Proxy
		 * field, but nobody runs us as CGI. */
		.http_proxy = proxy_of(s, "HTTP_PROXY", "http_proxy"),
		.no_proxy = proxy_of(s, "NO_PROXY", "no_proxy"),
	};

	s->tls_out = tls_client_new(NULL, f);
	if (s->tls_out == NULL)
		return false;
	s->client = http_client_new(s->loop, s->tls_out, &settings);
	return true;
}

static void
build(struct serve *s)
{
	s->back = back_new(&(struct back_parts){
		.loop = s->loop, .http = s->client, .settings = s->settings });
	s->hall = hall_new(&(struct hall_parts){ .loop = s->loop,
		.back = s->back,
		.key = s->master.key,
		.settings = s->settings });
	s->front = front_new(&(struct front_parts){ .loop = s->loop,
		.store = s->master.store,
		.hall = s->hall,
		.settings = s->settings,
		.master = s->master.key });
}

/* A quarter of the descriptors stays for servers, children and files. */
static unsigned
connections_within(unsigned wanted)
{
	unsigned files = process_files(), most = files - files / 4;

	if (wanted <= most)
		return wanted;
	event_log(NULL, EVENT_SETTINGS_NOTE,
		EF_TEXT("key", "limits.connections"),
		EF_TEXT("note", "the process may have fewer descriptors"),
		EF_U64("connections", most));
	return most;
}

static struct http_limits
limits_of(const struct settings *set)
{
	struct http_limits limits = http_limits_default;

	limits.body_max = set->body_max;
	limits.head_ms = set->head_ms;
	limits.body_ms = set->body_ms;
	limits.idle_ms = set->idle_ms;
	limits.connections = connections_within(set->connections);
	return limits;
}

static bool
start_listening(struct serve *s, struct fault *f)
{
	const struct settings *set = s->settings;
	struct http_limits limits = limits_of(set);

	if (!str_is_none(set->tls_cert)) {
		s->tls_in = tls_server_new(set->tls_cert.p, set->tls_key.p, f);
		if (s->tls_in == NULL)
			return false;
	}
	s->server = http_server_new(s->loop,
		&(struct http_server_plan){ set->listen, s->tls_in, &limits,
			front_handler(s->front) },
		f);
	if (s->server == NULL)
		return false;
	front_bound(s->front, http_server_address(s->server));
	return true;
}

/* ---- reload ---- */

static void
take_settings(void *with, struct settings *fresh)
{
	struct http_limits limits;
	struct serve *s = with;

	setup_events(fresh);
	reload_keep_fixed(fresh, s->settings);
	settings_drop(&s->settings);
	s->settings = fresh;
	hall_settings(s->hall, fresh);
	front_settings(s->front, fresh);
	limits = limits_of(fresh);
	http_server_set_limits(s->server, &limits);
	event_log(NULL, EVENT_SETTINGS_LOADED, EF_STR("file", fresh->path),
		EF_U64("servers", fresh->server_count));
}

static void
hear_reload(void *with, int signum)
{
	struct serve *s = with;

	(void)signum;
	reload_ask(&s->reload);
}

/* ---- the end ---- */

/* Whether no child is left; reaps none. */
static bool
has_no_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 &&
		errno == ECHILD;
}

static void
wait_for_children(void *with)
{
	struct serve *s = with;

	if (has_no_children() || loop_now(s->loop) >= s->children_end)
		loop_stop(s->loop);
	else
		loop_timer_set(&s->children, CHECK_MS);
}

/* Settings without servers: each is stopped as if its entry had gone. */
static void
stop_servers(void *with)
{
	struct serve *s = with;
	struct settings_plan plan = { .flags.listen = s->settings->listen,
		.flags.public_url = s->settings->public_url };
	struct fault f = { 0 };
	struct settings *none =
		settings_parse(&plan, STR("{\"mcpServers\":{}}"), &f);

	if (none == NULL) {
		loop_stop(s->loop);
		return;
	}
	hall_settings(s->hall, none);
	settings_drop(&none);
	s->children_end = loop_now(s->loop) + CHILDREN_MS;
	wait_for_children(s);
}

static void
hear_end(void *with, int signum)
{
	struct serve *s = with;

	if (s->signals++ > 0)
		_exit(EXIT_FAILED);
	event_log(NULL, EVENT_STOPPING, EF_U64("signal", (unsigned)signum));
	reload_stop(&s->reload);
	hall_drain(s->hall);
	http_server_drain(s->server, DRAIN_MS, stop_servers, s);
}

static void
sweep(void *with)
{
	struct serve *s = with;

	front_sweep(s->front);
	loop_timer_set(&s->sweep, SWEEP_MS);
}

/* Results of jobs come home while those who asked are still there. */
static void
take_apart(struct serve *s)
{
	http_server_free(&s->server);
	store_close(&s->master.store);
	front_free(&s->front);
	back_free(&s->back); /* tells the hall of each server that leaves */
	hall_free(&s->hall);
	http_client_free(&s->client);
	loop_wake_free(&s->wake);
	tls_context_free(&s->tls_in);
	tls_context_free(&s->tls_out);
	loop_free(&s->loop);
	reload_clear(&s->reload);
	seal_key_free(&s->master.key);
	settings_drop(&s->settings);
	if (s->held >= 0)
		close(s->held);
}

/* ---- the whole ---- */

/* Before anybody is told that we are here. */
static void
listen_for_signals(struct serve *s)
{
	loop_signal(s->loop, SIGTERM, hear_end, s);
	loop_signal(s->loop, SIGINT, hear_end, s);
	loop_signal(s->loop, SIGHUP, hear_reload, s);
}

static void
run(struct serve *s)
{
	loop_timer_init(&s->sweep, s->loop, sweep, s);
	loop_timer_set(&s->sweep, SWEEP_MS);
	loop_timer_init(&s->children, s->loop, wait_for_children, s);
	reload_start(&s->reload,
		&(struct reload_plan){ .loop = s->loop,
			.run = &s->run,
			.loaded = take_settings,
			.with = s });
	loop_run(s->loop);
	event_log(NULL, EVENT_STOPPED, EF_U64("signals", s->signals));
}

static bool
start(struct serve *s, struct fault *f)
{
	digest_start();
	setup_events(s->settings);
	if (!open_state(s, f) || !make_client(s, f))
		return false;
	build(s);
	if (!start_listening(s, f))
		return false;
	listen_for_signals(s);
	if (!greeting_say(&(struct greeting){ .store = s->master.store,
				  .front = s->front,
				  .address = http_server_address(s->server),
				  .url = s->settings->public_url },
		    f))
		return false;
	hall_start(s->hall);
	return true;
}

int
command_serve(const struct command_run *command)
{
	struct serve s = { .run = *command, .held = -1 };
	struct settings_findings found = { .arena = s.run.arena };
	struct fault f = { 0 };
	int status = 0;

	process_harden();
	s.settings = command_settings(&s.run, &found, &f);
	if (s.settings == NULL)
		return command_settings_failed(&found, &f);
	if (start(&s, &f))
		run(&s);
	else
		status = command_failed(&f);
	take_apart(&s);
	return status;
}
