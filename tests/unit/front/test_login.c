/* Set-up, login, logout and what a browser is shown. */
#include "people.h"

#include "base/secret.h"
#include "front/browser.h"
#include "front/throttle.h"

#include <fcntl.h>

static const char *
log_in(struct ground *g, const char *name, const char *password,
	const char *next)
{
	const char *page = ground_request(g, "GET /login", "", "");
	const char *cookie = cookie_of(g, page);
	const char *body = str_fmt(g->arena,
		"form_token=%s&username=%s&password=%s&next=%s",
		form_token_of(g, page), name, password, next)
				   .p;

	return ground_request(
		g, "POST /login", cookie_field(g, FORM_TYPE, cookie), body);
}

static void
the_first_minute(void **state)
{
	struct ground *g = *state;
	const char *session, *answer;

	session = set_up(g);
	assert_true(strncmp(session, "ostiary=ost_ws_", 15) == 0);
	answer = ground_request(g, "GET /", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "grace"));
	assert_non_null(strstr(answer, "alpha"));
	assert_non_null(strstr(answer, "&lt;b&gt;first&lt;/b&gt;"));
	answer = ground_request(
		g, "GET /connect", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, GROUND_URL "/mcp/alpha"));
	assert_non_null(strstr(answer, "claude mcp add"));
}

static void
before_the_owner_everything_points_to_the_link(void **state)
{
	struct ground *g = *state;
	const char *answer;

	front_open_setup(g->arena, g->front);
	answer = ground_request(g, "GET /", "", "");
	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "terminal"));
	assert_null(strstr(answer, "ost_su_"));
	answer = ground_request(g, "GET /login", "", "");
	assert_int_equal(ground_status(answer), 303);
}

static bool
add_owner(struct store_txn *t, struct store_job *job, struct fault *f)
{
	(void)job;
	return person_save(t,
		&(struct person){ .id = STR("p_9"),
			.name = STR("ada"),
			.password_hash = STR_NONE,
			.owner = true,
			.created = 1 },
		f);
}

static void
an_owner_of_the_command_line_closes_the_link(void **state)
{
	struct ground *g = *state;
	struct store_job job = { .run = add_owner, .arena = g->arena };
	struct str link = front_open_setup(g->arena, g->front);
	const char *line = str_fmt(g->arena, "GET %.*s",
		STR_ARG(str_cut(link, strlen(GROUND_URL), link.n)))
				   .p;
	const char *answer = ground_request(g, "GET /login", "", "");

	assert_int_equal(ground_status(answer), 303);
	assert_true(store_run(g->store, &job));
	answer = ground_request(g, "GET /login", "", "");
	assert_int_equal(ground_status(answer), 200);
	assert_non_null(strstr(answer, "name=\"password\""));
	answer = ground_request(g, "GET /", "", "");
	assert_string_equal(ground_field(g, answer, "Location"), "/login");
	assert_int_equal(ground_status(ground_request(g, line, "", "")), 410);
}

static void
lesson_F26_the_link_works_once(void **state)
{
	struct ground *g = *state;
	struct str link = front_open_setup(g->arena, g->front);
	const char *line = str_fmt(g->arena, "GET %.*s",
		STR_ARG(str_cut(link, strlen(GROUND_URL), link.n)))
				   .p;
	const char *answer;

	answer = ground_request(g, "GET /setup", "", "");
	assert_int_equal(ground_status(answer), 410);
	answer = ground_request(g, "GET /setup?token=ost_su_x", "", "");
	assert_int_equal(ground_status(answer), 410);
	assert_int_equal(ground_status(ground_request(g, line, "", "")), 200);
	set_up(g);
	assert_int_equal(ground_status(ground_request(g, line, "", "")), 410);
}

static void
lesson_F26_two_posts_make_one_owner(void **state)
{
	struct ground *g = *state;
	struct digest setup;
	const char *answer;

	set_up(g);
	/* As if the second post had come before the first was saved. */
	front_open_setup(g->arena, g->front);
	setup = g->front->setup;
	answer = ground_request(g, "GET /setup?token=x", "", "");
	assert_int_equal(ground_status(answer), 410);
	g->front->setup = token_digest(STR("x"));
	answer = ground_request(g, "GET /setup?token=x", "", "");
	assert_int_equal(ground_status(answer), 200);
	answer = ground_request(g, "POST /setup",
		cookie_field(g, FORM_TYPE, cookie_of(g, answer)),
		str_fmt(g->arena,
			"form_token=%s&token=x&username=mallory&password="
			"password1",
			form_token_of(g, answer))
			.p);
	assert_int_equal(ground_status(answer), 410);
	assert_false(g->front->setup_open);
	g->front->setup = setup;
}

static void
weak_passwords_and_odd_names_are_told(void **state)
{
	struct ground *g = *state;
	static const char *const bad[] = { "username=ada&password=short",
		"username=&password=long+enough",
		"username=a%0Ab&password=long+enough", "username=ada",
		"username=%20ada&password=long+enough" };
	const char *page;

	front_open_setup(g->arena, g->front);
	g->front->setup = token_digest(STR("x"));
	page = ground_request(g, "GET /setup?token=x", "", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *cookie = cookie_of(g, page);
		const char *answer = ground_request(g, "POST /setup",
			cookie_field(g, FORM_TYPE, cookie),
			str_fmt(g->arena, "form_token=%s&token=x&%s",
				form_token_of(g, page), bad[i])
				.p);

		assert_int_equal(ground_status(answer), 400);
		assert_non_null(strstr(answer, "role=\"alert\""));
		assert_null(strstr(answer, "long enough"));
		page = ground_request(g, "GET /setup?token=x", "", "");
	}
	assert_true(g->front->setup_open);
}

static void
login_rotates_the_session(void **state)
{
	struct ground *g = *state;
	const char *first = set_up(g);
	const char *page = ground_request(g, "GET /login", "", "");
	const char *both =
		str_fmt(g->arena, "%s; %s", cookie_of(g, page), first).p;
	const char *answer = ground_request(g, "POST /login",
		cookie_field(g, FORM_TYPE, both),
		str_fmt(g->arena,
			"form_token=%s&username=grace&password=" PASSWORD,
			form_token_of(g, page))
			.p);
	const char *second = cookie_of(g, answer);

	assert_int_equal(ground_status(answer), 303);
	assert_string_not_equal(first, second);
	answer = ground_request(g, "GET /", cookie_field(g, "", second), "");
	assert_int_equal(ground_status(answer), 200);
	answer = ground_request(g, "GET /", cookie_field(g, "", first), "");
	assert_int_equal(ground_status(answer), 303);
}

static void
wrong_logins_look_alike(void **state)
{
	struct ground *g = *state;
	const char *answer;

	set_up(g);
	answer = log_in(g, "grace", "wrong-password", "/");
	assert_int_equal(ground_status(answer), 401);
	assert_non_null(strstr(answer, "The name or the password is wrong."));
	assert_null(strstr(answer, "Set-Cookie: ostiary="));
	answer = log_in(g, "nobody", "wrong-password", "/");
	assert_int_equal(ground_status(answer), 401);
	assert_non_null(strstr(answer, "The name or the password is wrong."));
	answer = log_in(g, "%22%3E%3Cscript%3E", "x", "/");
	assert_int_equal(ground_status(answer), 401);
	assert_null(strstr(answer, "\"><script"));
}

/* "a-secret-to-be-found", each byte's lowest bit turned, so that the test does
 * not find itself. */
static const char turned[] = "`,rdbsdu,un,cd,gntoe";
#define TURNED_N (sizeof(turned) - 1)

static bool
is_turned(const char *p)
{
	size_t i = 0;

	while (i < TURNED_N && (p[i] ^ 1) == turned[i])
		i++;
	return i == TURNED_N;
}

/* How many copies lie between from and to. */
static unsigned
copies_between(int memory, off_t from, off_t to)
{
	static char window[65536];
	unsigned found = 0;
	ssize_t n;

	while (from < to &&
		(n = pread(memory, window, sizeof(window), from)) >
			(ssize_t)TURNED_N) {
		if (from + n > to)
			n = to - from;
		for (ssize_t i = 0; i + (ssize_t)TURNED_N <= n; i++)
			found += is_turned(window + i);
		from += n - (ssize_t)TURNED_N;
		if (from + (ssize_t)TURNED_N >= to)
			break;
	}
	secret_wipe(window, sizeof(window));
	return found;
}

/* In what the process may write to, but for what a sanitizer reserves. */
static unsigned
copies_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long long from, to;
	char line[512], rights[8];
	unsigned found = 0;

	assert_true(maps != NULL && memory >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%llx-%llx %7s", &from, &to, rights) != 3 ||
			rights[0] != 'r' || rights[1] != 'w' ||
			to - from > 1ull << 28)
			continue;
		found += copies_between(memory, (off_t)from, (off_t)to);
	}
	close(memory);
	fclose(maps);
	return found;
}

static void
passwords_leave_no_copy(void **state)
{
	struct ground *g = *state;
	const char *page, *answer;
	struct buf say;
	size_t at;

	set_up(g);
	page = ground_request(g, "GET /login", "", "");
	buf_in(&say, g->arena, 4096);
	buf_fmt(&say,
		"POST /login HTTP/1.1\r\n" GROUND_HOST
		"Cookie: %s\r\n" FORM_TYPE "Content-Length: %zu\r\n\r\n"
		"form_token=%s&username=grace&password=",
		cookie_of(g, page), 11 + 64 + 15 + 9 + TURNED_N + 1,
		form_token_of(g, page));
	at = say.n;
	for (size_t i = 0; i < TURNED_N; i++)
		buf_char(&say, (char)(turned[i] ^ 1));
	answer = ground_ask_until(g, buf_view(&say), "wrong");
	assert_int_equal(ground_status(answer), 401);
	secret_wipe(say.p + at, TURNED_N);
	assert_int_equal(copies_in_memory(), 0);
}

static void
next_never_leaves_this_site(void **state)
{
	struct ground *g = *state;
	static const char *const bad[] = { "https%3A%2F%2Fevil.example",
		"%2F%2Fevil.example", "%2F%5Cevil.example", "evil",
		"%2F%09%2Fevil.example", "%2Fa%0d%0aX%3A1",
		"javascript%3Aalert(1)", "", "%20%2F%2Fevil.example" };
	const char *answer;

	set_up(g);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		answer = log_in(g, "grace", PASSWORD, bad[i]);
		assert_int_equal(ground_status(answer), 303);
		assert_string_equal(ground_field(g, answer, "Location"), "/");
	}
	answer = log_in(g, "grace", PASSWORD,
		"%2Foauth%2Fauthorize%3Fclient_id%3Da%26state%3D%252F");
	assert_string_equal(ground_field(g, answer, "Location"),
		"/oauth/authorize?client_id=a&state=%2F");
}

static void
lesson_F06_forms_of_others_are_refused(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	const char *page = ground_request(g, "GET /login", "", "");
	const char *other = ground_request(g, "GET /login", "", "");
	const char *good = form_token_of(g, page);
	const char *cookie = cookie_of(g, page);
	const char *answer;
	const char *body = "username=grace&password=" PASSWORD;

	(void)other;
	answer = ground_request(
		g, "POST /login", cookie_field(g, FORM_TYPE, cookie), body);
	assert_int_equal(ground_status(answer), 403);
	answer = ground_request(g, "POST /login", FORM_TYPE,
		str_fmt(g->arena, "form_token=%s&%s", good, body).p);
	assert_int_equal(ground_status(answer), 403);
	answer = ground_request(g, "POST /login",
		cookie_field(g, FORM_TYPE, cookie_of(g, other)),
		str_fmt(g->arena, "form_token=%.63s0&%s", good, body).p);
	assert_int_equal(ground_status(answer), 403);
	answer = ground_request(g, "POST /logout",
		cookie_field(g, FORM_TYPE, session), "form_token=x");
	assert_int_equal(ground_status(answer), 403);
	/* The token of another form. */
	page = ground_request(g, "GET /", cookie_field(g, "", session), "");
	answer = ground_request(g, "POST /logout",
		cookie_field(g, FORM_TYPE, session),
		str_fmt(g->arena, "form_token=%s", good).p);
	assert_int_equal(ground_status(answer), 403);
	answer = ground_request(g, "GET /", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 200);
}

static void
logout_ends_the_session(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	const char *page =
		ground_request(g, "GET /", cookie_field(g, "", session), "");
	const char *answer = ground_request(g, "POST /logout",
		cookie_field(g, FORM_TYPE, session),
		str_fmt(g->arena, "form_token=%s", form_token_of(g, page)).p);

	assert_int_equal(ground_status(answer), 303);
	assert_non_null(
		strstr(ground_field(g, answer, "Set-Cookie"), "Max-Age=0"));
	answer = ground_request(g, "GET /", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 303);
}

static void
sessions_end_on_time(void **state)
{
	struct ground *g = *state;
	const char *session = set_up(g);
	const char *answer;

	loop_set_clock(g->loop, 3500);
	answer = ground_request(
		g, "GET /connect", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 200);
	loop_set_clock(g->loop, 3602);
	answer = ground_request(
		g, "GET /connect?a=b%20c", cookie_field(g, "", session), "");
	assert_int_equal(ground_status(answer), 303);
	assert_string_equal(ground_field(g, answer, "Location"),
		"/login?next=%2Fconnect%3Fa%3Db%2520c");
}

static void
many_wrong_logins_have_to_wait(void **state)
{
	struct ground *g = *state;
	const char *answer = "";
	unsigned tries = 0;

	/* The bucket is drained without the slow sum. */
	set_up(g);
	for (; tries < 40 && ground_status(answer) != 429; tries++)
		answer = log_in(g, "grace", "x", "/");
	assert_int_equal(ground_status(answer), 429);
	assert_non_null(ground_field(g, answer, "Retry-After"));
	answer = log_in(g, "grace", PASSWORD, "/");
	assert_int_equal(ground_status(answer), 429);
}

/* A login with another cookie beside the form's. */
static int
log_in_with(struct ground *g, const char *name, const char *cookie)
{
	const char *page = ground_request(g, "GET /login", "", "");
	const char *both =
		str_fmt(g->arena, "%s; %s", cookie_of(g, page), cookie).p;

	return ground_status(ground_request(g, "POST /login",
		cookie_field(g, FORM_TYPE, both),
		str_fmt(g->arena,
			"form_token=%s&username=%s&password=" PASSWORD,
			form_token_of(g, page), name)
			.p));
}

static void
use_up_the_tries_for(struct ground *g, struct str name)
{
	while (throttle_take(g->front->throttle, THROTTLE_LOGIN_NAME, name,
		loop_now(g->loop), NULL))
		;
}

static void
strangers_lock_no_known_browser_out(void **state)
{
	struct ground *g = *state;
	const char *answer, *known;
	char *forged, *last;

	set_up(g);
	answer = log_in(g, "grace", PASSWORD, "/");
	known = ground_between(g, answer, "Set-Cookie: ostiary-known=", ";");
	assert_non_null(known);
	known = str_fmt(g->arena, "ostiary-known=%s", known).p;
	assert_null(strstr(known, "grace"));
	use_up_the_tries_for(g, STR("grace"));
	assert_int_equal(log_in_with(g, "grace", "a=b"), 429);
	assert_int_equal(log_in_with(g, "grace", known), 303);
	/* Only for that name, and only as we made it. */
	use_up_the_tries_for(g, STR("ada"));
	assert_int_equal(log_in_with(g, "ada", known), 429);
	forged = strdup(known);
	last = forged + strlen(forged) - 1;
	*last = *last == '0' ? '1' : '0';
	assert_int_equal(log_in_with(g, "grace", forged), 429);
	free(forged);
	forged = strdup(known);
	last = strchr(forged, '=') + 1;
	*last = *last == 'a' ? 'b' : 'a';
	assert_int_equal(log_in_with(g, "grace", forged), 429);
	free(forged);
}

static void
cookies_are_marked(void **state)
{
	struct ground *g = *state;
	struct str set = browser_set_session(g->arena, g->front, STR("x"));

	assert_true(str_find(set, STR("HttpOnly")) < set.n);
	assert_true(str_find(set, STR("SameSite=Lax")) < set.n);
	assert_true(str_find(set, STR("Path=/")) < set.n);
	assert_true(str_find(set, STR("Secure")) == set.n);
	g->settings->public_url = STR("https://mcp.example.com");
	set = browser_set_session(g->arena, g->front, STR("x"));
	assert_true(str_starts(set, STR("__Host-ostiary=x")));
	assert_true(str_find(set, STR("Secure")) < set.n);
	assert_true(str_find(set, STR("Domain")) == set.n);
}

static void
paths_that_are_ours(void **state)
{
	static const char *const good[] = { "/", "/a", "/a?b=c%20d#e",
		"/oauth/authorize?x=https://y" };
	static const char *const bad[] = { "", "//", "//a", "/\\a", "a",
		"https://a", "/a b", "/a\r\n", "/\t/a", "\\/a", "/\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(browser_path_is_ours(str_from(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(browser_path_is_ours(str_from(bad[i])));
}

int
main(void)
{
#define LOGIN_TEST(f)                                                          \
	cmocka_unit_test_setup_teardown(f, ground_open, ground_close)
	const struct CMUnitTest tests[] = {
		LOGIN_TEST(the_first_minute),
		LOGIN_TEST(before_the_owner_everything_points_to_the_link),
		LOGIN_TEST(an_owner_of_the_command_line_closes_the_link),
		LOGIN_TEST(lesson_F26_the_link_works_once),
		LOGIN_TEST(lesson_F26_two_posts_make_one_owner),
		LOGIN_TEST(weak_passwords_and_odd_names_are_told),
		LOGIN_TEST(login_rotates_the_session),
		LOGIN_TEST(wrong_logins_look_alike),
		LOGIN_TEST(passwords_leave_no_copy),
		LOGIN_TEST(next_never_leaves_this_site),
		LOGIN_TEST(lesson_F06_forms_of_others_are_refused),
		LOGIN_TEST(logout_ends_the_session),
		LOGIN_TEST(sessions_end_on_time),
		LOGIN_TEST(many_wrong_logins_have_to_wait),
		LOGIN_TEST(strangers_lock_no_known_browser_out),
		LOGIN_TEST(cookies_are_marked),
		cmocka_unit_test(paths_that_are_ours),
	};

	digest_start();
	event_setup(2, EVENT_FORMAT_TEXT, FAULT_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
