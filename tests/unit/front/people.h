/*
 * people: browsers of people: cookies, form tokens, the owner's first minute.
 */
#ifndef TESTS_FRONT_PEOPLE_H
#define TESTS_FRONT_PEOPLE_H

#include "ground.h"

#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"
#define PASSWORD  "correct-horse-battery"

/* "name=value" of a Set-Cookie, without attributes. */
static inline const char *
cookie_of(struct ground *g, const char *answer)
{
	const char *set = ground_field(g, answer, "Set-Cookie");

	if (set == NULL)
		return "none=0";
	return str_dup(g->arena, str_of(set, str_find_char(str_from(set), ';')))
		.p;
}

static inline const char *
cookie_field(struct ground *g, const char *more, const char *cookie)
{
	return str_fmt(g->arena, "%sCookie: %s\r\n", more, cookie).p;
}

/* "" when there is no form. */
static inline const char *
form_token_of(struct ground *g, const char *answer)
{
	const char *token =
		ground_between(g, answer, "name=\"form_token\" value=\"", "\"");

	return token == NULL ? "" : token;
}

/* Makes the owner and gives the session's cookie. */
static inline const char *
set_up(struct ground *g)
{
	struct str link = front_open_setup(g->arena, g->front);
	struct str path = str_cut(link, strlen(GROUND_URL), link.n);
	const char *answer = ground_request(
		g, str_fmt(g->arena, "GET %.*s", STR_ARG(path)).p, "", "");
	const char *body;

	assert_int_equal(ground_status(answer), 200);
	body = str_fmt(g->arena,
		"form_token=%s&token=%.*s&username=grace&password=" PASSWORD,
		form_token_of(g, answer),
		STR_ARG(str_cut(path, strlen("/setup?token="), path.n)))
		       .p;
	answer = ground_request(g, "POST /setup",
		cookie_field(g, FORM_TYPE, cookie_of(g, answer)), body);
	assert_int_equal(ground_status(answer), 303);
	assert_string_equal(ground_field(g, answer, "Location"), "/");
	return cookie_of(g, answer);
}

#endif
