/* login: see login.h. */
#include "front/login.h"

#include "base/secret.h"
#include "crypto/password.h"
#include "front/browser.h"
#include "front/form_page.h"
#include "front/pages.h"
#include "front/setup.h"
#include "front/throttle.h"
#include "front/work.h"
#include "net/loop.h"
#include "store/tables.h"

#define FORM           STR("login")
#define NAME_MAX_BYTES 256u

/* ---- the page ---- */

static struct str
safe_next(struct str next)
{
	return !str_is_none(next) && browser_path_is_ours(next) ? next
								: STR("/");
}

static void
show(struct front *front, struct http_request *r, struct page_login *args,
	struct reply *how)
{
	struct buf page;

	args->form_token = form_page_token(front, r, FORM, how);
	buf_in(&page, r->arena, FORM_PAGE_MAX);
	page_login(&page, args);
	reply_page(r, how, &page);
}

static struct str
asked_next(struct http_request *r)
{
	struct form query;
	struct fault f;

	if (str_is_none(r->head->query) ||
		!form_parse(r->arena, r->head->query, NULL, &query, &f))
		return STR("/");
	return safe_next(form_get(&query, "next"));
}

static void
show_blank(struct front *front, struct http_request *r)
{
	struct reply how = { 0 };

	show(front, r, &(struct page_login){ .next = asked_next(r) }, &how);
}

struct visitor {
	int64_t now;
	struct browser browser;
};

static bool
load_visitor(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct visitor *v = input;

	return browser_load(a, t, v->now, &v->browser, f);
}

/* Who is logged in already has nothing to do here. */
static void
greet_visitor(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct visitor *v = input;

	if (fault_is_set(f))
		reply_fault_page(front, r, f);
	else if (str_is_none(v->browser.session_digest))
		show_blank(front, r);
	else
		reply_see_other(r, asked_next(r), &(struct reply){ 0 });
}

static void
greet(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = load_visitor,
		.done = greet_visitor };
	struct str digest = browser_cookie(r->arena, front, r);
	struct visitor *v;
	struct work *w;

	if (front->setup_open) {
		reply_see_other(r, STR("/"), &(struct reply){ 0 });
		return;
	}
	if (str_is_none(digest)) {
		show_blank(front, r);
		return;
	}
	w = work_new(front, r);
	v = arena_new_of(work_arena(w), struct visitor);
	v->browser.session_digest = str_dup(work_arena(w), digest);
	v->now = loop_wall(front->loop);
	work_submit(w, &plan, v);
}

void
login_get(struct front *front, struct http_request *r)
{
	setup_look(front, r, greet);
}

/* ---- trying a password ---- */

struct attempt {
	struct str name;
	struct secret password;
	struct str next;
	struct str network;
	struct str tries; /* whose are taken: the name's or the browser's */
	struct str old_digest; /* of the session that ends; STR_NONE */
	struct person person;
	bool known; /* the name is somebody's who may log in */
	bool right; /* so is the password */
	struct browser_fresh fresh;
};

static void
wipe_password(void *thing)
{
	secret_clear(&((struct attempt *)thing)->password);
}

static struct attempt *
attempt_in(struct arena *a, const struct attempt *from)
{
	struct attempt *t = arena_new_of(a, struct attempt);

	t->name = str_dup(a, from->name);
	t->next = str_dup(a, from->next);
	t->network = str_dup(a, from->network);
	t->tries = str_dup(a, from->tries);
	t->old_digest = str_dup(a, from->old_digest);
	t->person.id = str_dup(a, from->person.id);
	t->person.password_hash = str_dup(a, from->person.password_hash);
	t->known = from->known;
	secret_set(&t->password, secret_reveal(&from->password));
	arena_defer(a, wipe_password, t);
	return t;
}

/* People type their password into the wrong field, too: the log gets only
 * names that are somebody's. */
static struct str
loggable_name(const struct attempt *t)
{
	return str_is_none(t->person.id) ? STR("-") : t->name;
}

static void
refuse(struct front *front, struct http_request *r, const struct attempt *t,
	const struct fault *f)
{
	const struct fault_row *row = fault_row(f->id);
	struct page_login args = { .name = t->name,
		.next = t->next,
		.trouble = str_from(row->sentence),
		.advice = str_from(row->advice) };
	struct reply how = { .status = row->http };
	int64_t now = loop_now(front->loop);
	int64_t by_name = throttle_wait(
		front->throttle, THROTTLE_LOGIN_NAME, t->tries, now);

	if (f->id == FAULT_TOO_MANY) {
		how.retry_after = throttle_wait(front->throttle,
			THROTTLE_LOGIN_NETWORK, t->network, now);
		if (by_name > how.retry_after)
			how.retry_after = by_name;
	}
	event_log(&r->scope, EVENT_LOGIN_REFUSED,
		EF_STR("name", loggable_name(t)),
		EF_TEXT("reason", fault_name(f->id)));
	show(front, r, &args, &how);
}

/* A try is taken before the sum is made, so that many at once gain nothing,
 * and given back when it was right. */
static bool
may_try(struct front *front, const struct attempt *t, struct fault *f)
{
	int64_t now = loop_now(front->loop);

	return throttle_has(front->throttle, THROTTLE_LOGIN_NAME, t->tries, now,
		       f) &&
		throttle_take(front->throttle, THROTTLE_LOGIN_NETWORK,
			t->network, now, f) &&
		throttle_take(
			front->throttle, THROTTLE_LOGIN_NAME, t->tries, now, f);
}

static void
give_back(struct front *front, const struct attempt *t)
{
	throttle_give(front->throttle, THROTTLE_LOGIN_NETWORK, t->network);
	throttle_clear(front->throttle, THROTTLE_LOGIN_NAME, t->tries);
}

/* In the pool. */
static void
check_password(struct arena *a, void *input)
{
	struct attempt *t = input;
	struct str password = secret_reveal(&t->password);

	(void)a;
	if (t->known && !str_is_none(t->person.password_hash))
		t->right = password_check(t->person.password_hash, password);
	else
		password_check_nobody(password);
	secret_clear(&t->password);
}

/* The person may have been disabled, or got another password, while the sum
 * was made. */
static bool
begin_session(
	struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct attempt *x = input;
	struct person now;

	if (!x->right)
		return fault_set(f, FAULT_WRONG_LOGIN, "wrong");
	if (!person_load(a, t, x->person.id, &now, f))
		return false;
	if (now.disabled != 0)
		return fault_set(f, FAULT_WRONG_LOGIN, "disabled");
	if (!str_eq(now.password_hash, x->person.password_hash))
		return fault_set(f, FAULT_WRONG_LOGIN, "it was changed");
	if (!str_is_none(x->old_digest) &&
		!web_session_remove(t, x->old_digest, f))
		return false;
	return web_session_save(t, &x->fresh.row, f);
}

static void
let_in(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct attempt *t = input;

	if (f->id == FAULT_WRONG_LOGIN || f->id == FAULT_NOT_FOUND) {
		struct fault wrong;

		fault_set(&wrong, FAULT_WRONG_LOGIN, "%s", f->detail);
		refuse(front, r, t, &wrong);
		return;
	}
	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	give_back(front, t);
	event_log(&r->scope, EVENT_LOGIN, EF_STR("name", t->name));
	reply_see_other(r, str_dup(r->arena, t->next),
		&(struct reply){ .cookies = { browser_set_session(r->arena,
						      front, t->fresh.token),
					 browser_set_known(r->arena, front, r,
						 t->name) } });
}

static bool
find_person(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct attempt *x = input;

	if (!person_load_named(a, t, x->name, &x->person, f)) {
		if (f->id != FAULT_NOT_FOUND)
			return false;
		fault_clear(f);
		return true;
	}
	x->known = x->person.disabled == 0;
	return true;
}

static void
try_password(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	static const struct work_plan plan = {
		.run = begin_session, .slow = check_password, .done = let_in
	};
	struct work *w;
	struct attempt *t;

	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	w = work_new(front, r);
	t = attempt_in(work_arena(w), input);
	browser_fresh(work_arena(w), front, t->person.id, &t->fresh);
	work_submit(w, &plan, t);
}

static void
start(struct front *front, struct http_request *r, const struct attempt *from)
{
	static const struct work_plan plan = { .run = find_person,
		.done = try_password };
	struct work *w = work_new(front, r);

	work_submit(w, &plan, attempt_in(work_arena(w), from));
}

static struct str
whose_tries(const struct front *front, struct http_request *r, struct str name)
{
	struct str known = browser_known(r->arena, front, r, name);

	return str_is_none(known) ? name
				  : str_join(r->arena, known, STR("|"), name);
}

void
login_post(struct front *front, struct http_request *r)
{
	struct attempt t = { 0 };
	struct form form;
	struct fault f;

	if (!form_page_read(front, r, FORM, &form, &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	t.name = form_page_get(&form, "username");
	t.next = safe_next(form_get(&form, "next"));
	t.network = throttle_network(r->arena, r->peer);
	t.tries = t.name;
	t.old_digest = browser_cookie(r->arena, front, r);
	secret_set(&t.password, form_page_get(&form, "password"));
	if (!front->settings->login_password) {
		fault_set(&f, FAULT_FORBIDDEN, "login.password is off");
		reply_fault_page(front, r, &f);
	} else if (t.name.n == 0 || t.name.n > NAME_MAX_BYTES ||
		secret_is_empty(&t.password) || t.password.n > PASSWORD_MAX) {
		fault_set(&f, FAULT_WRONG_LOGIN, "no such name or password");
		refuse(front, r, &t, &f);
	} else {
		t.tries = whose_tries(front, r, t.name);
		if (may_try(front, &t, &f))
			start(front, r, &t);
		else
			refuse(front, r, &t, &f);
	}
	secret_clear(&t.password);
}

/* ---- logout ---- */

struct leaving {
	struct str digest;
};

static bool
end_session(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	const struct leaving *l = input;

	(void)a;
	return web_session_remove(t, l->digest, f);
}

static void
say_bye(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	(void)input;
	if (fault_is_set(f) && f->id != FAULT_NOT_FOUND) {
		reply_fault_page(front, r, f);
		return;
	}
	event_log(&r->scope, EVENT_LOGOUT, EF_STR("peer", r->peer));
	reply_see_other(r, STR("/login"),
		&(struct reply){
			.cookies = { browser_drop_session(r->arena, front) } });
}

void
logout_post(struct front *front, struct http_request *r)
{
	static const struct work_plan plan = { .run = end_session,
		.done = say_bye };
	struct str digest = browser_cookie(r->arena, front, r);
	struct form form;
	struct leaving *l;
	struct work *w;
	struct fault f;

	if (!form_page_parse(r, &form, &f) ||
		!browser_form_check(front, digest, STR("logout"),
			form_get(&form, "form_token"), &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	w = work_new(front, r);
	l = arena_new_of(work_arena(w), struct leaving);
	l->digest = str_dup(work_arena(w), digest);
	work_submit(w, &plan, l);
}
