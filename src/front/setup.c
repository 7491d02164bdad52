/* setup: see setup.h. */
#include "front/setup.h"

#include "base/secret.h"
#include "base/utf8.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "front/browser.h"
#include "front/form_page.h"
#include "front/pages.h"
#include "front/routes.h"
#include "front/throttle.h"
#include "front/work.h"
#include "net/loop.h"
#include "store/tables.h"

#define FORM     STR("setup")
#define ID_BYTES 16u

static void
show(struct front *front, struct http_request *r, struct page_setup *args,
	struct reply *how)
{
	struct buf page;

	args->form_token = form_page_token(front, r, FORM, how);
	buf_in(&page, r->arena, FORM_PAGE_MAX);
	page_setup(&page, args);
	reply_page(r, how, &page);
}

/* FAULT_SETUP_DONE, FAULT_TOO_MANY. */
static bool
check_token(struct front *front, struct http_request *r, struct str token,
	struct fault *f)
{
	struct str network = throttle_network(r->arena, r->peer);
	struct digest given;

	if (!front->setup_open)
		return fault_set(f, FAULT_SETUP_DONE, "there is an owner");
	if (!throttle_has(front->throttle, THROTTLE_SETUP, network,
		    loop_now(front->loop), f))
		return false;
	if (!str_is_none(token)) {
		given = token_digest(token);
		if (digest_eq(&given, &front->setup))
			return true;
	}
	throttle_take(front->throttle, THROTTLE_SETUP, network,
		loop_now(front->loop), NULL);
	return fault_set(f, FAULT_SETUP_DONE, "wrong setup token");
}

void
setup_get(struct front *front, struct http_request *r)
{
	struct page_setup args = { 0 };
	struct reply how = { 0 };
	struct form query = { 0 };
	struct fault f;

	if (!str_is_none(r->head->query) &&
		!form_parse(r->arena, r->head->query, NULL, &query, &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	args.token = form_get(&query, "token");
	if (!check_token(front, r, args.token, &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	show(front, r, &args, &how);
}

static void
close_link(struct front *front)
{
	front->setup_open = false;
	secret_wipe(&front->setup, sizeof(front->setup));
}

/* ---- an owner of the command line's ---- */

struct looking {
	route_handler *then;
	bool found;
};

static bool
look(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct looking *l = input;
	struct person *people;
	size_t n;

	if (!person_list(a, t, &people, &n, f))
		return false;
	for (size_t i = 0; i < n; i++)
		l->found = l->found || people[i].owner;
	return true;
}

static void
looked(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct looking *l = input;

	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	if (l->found)
		close_link(front);
	l->then(front, r);
}

void
setup_look(struct front *front, struct http_request *r, route_handler *then)
{
	static const struct work_plan plan = { .run = look, .done = looked };
	struct looking *l;
	struct work *w;

	if (!front->setup_open) {
		then(front, r);
		return;
	}
	w = work_new(front, r);
	l = arena_new_of(work_arena(w), struct looking);
	l->then = then;
	work_submit(w, &plan, l);
}

/* ---- making the owner ---- */

struct making {
	struct person person;
	struct str token; /* the setup link's, to show the form again */
	struct secret password;
	struct browser_fresh fresh;
	bool taken; /* somebody has this name */
};

static void
wipe_password(void *thing)
{
	secret_clear(&((struct making *)thing)->password);
}

/* In the pool. */
static void
hash_password(struct arena *a, void *input)
{
	struct making *m = input;

	m->person.password_hash = password_hash(a, secret_reveal(&m->password));
	secret_clear(&m->password);
}

/* People without an owner among them can be there: the command line adds
 * them. */
static bool
check_people(
	struct arena *a, struct store_txn *t, struct making *m, struct fault *f)
{
	struct person *people;
	size_t n;

	if (!person_list(a, t, &people, &n, f))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (people[i].owner)
			return fault_set(
				f, FAULT_SETUP_DONE, "there is an owner");
		m->taken = m->taken || str_eq(people[i].name, m->person.name);
	}
	return !m->taken || fault_set(f, FAULT_INVALID_REQUEST, "name taken");
}

static bool
save_owner(struct arena *a, struct store_txn *t, void *input, struct fault *f)
{
	struct making *m = input;

	if (str_is_none(m->person.password_hash))
		return fault_set(f, FAULT_UNAVAILABLE, "no memory to hash");
	return check_people(a, t, m, f) && person_save(t, &m->person, f) &&
		web_session_save(t, &m->fresh.row, f);
}

static void
show_taken(struct front *front, struct http_request *r, const struct making *m)
{
	struct reply how = { .status = 400 };

	show(front, r,
		&(struct page_setup){
			.name = m->person.name,
			.token = m->token,
			.trouble = STR("Somebody has this name already."),
			.advice = STR("Choose another."),
			.bad_name = true,
		},
		&how);
}

static void
made(struct front *front, struct http_request *r, void *input,
	const struct fault *f)
{
	const struct making *m = input;

	if (m->taken) {
		show_taken(front, r, m);
		return;
	}
	if (fault_is_set(f)) {
		reply_fault_page(front, r, f);
		return;
	}
	event_log(&r->scope, EVENT_OWNER_MADE, EF_STR("name", m->person.name));
	reply_see_other(r, STR("/"),
		&(struct reply){ .cookies = { browser_set_session(r->arena,
						      front, m->fresh.token),
					 browser_set_known(r->arena, front, r,
						 m->person.name) } });
}

/* Even when the browser left: the link is spent. */
static void
close_setup(struct front *front, void *input, const struct fault *f)
{
	(void)input;
	if (!fault_is_set(f) || f->id == FAULT_SETUP_DONE)
		close_link(front);
}

static void
make_owner(struct front *front, struct http_request *r, const struct form *form)
{
	static const struct work_plan plan = { .slow = hash_password,
		.run = save_owner,
		.done = made,
		.always = close_setup };
	struct work *w = work_new(front, r);
	struct arena *a = work_arena(w);
	struct making *m = arena_new_of(a, struct making);

	m->person = (struct person){
		.id = str_join(a, STR("p_"), random_text(a, ID_BYTES)),
		.name = str_dup(a, form_get(form, "username")),
		.owner = true,
		.created = loop_wall(front->loop),
	};
	m->token = str_dup(a, form_get(form, "token"));
	secret_set(&m->password, form_get(form, "password"));
	arena_defer(a, wipe_password, m);
	browser_fresh(a, front, m->person.id, &m->fresh);
	work_submit(w, &plan, m);
}

static size_t
characters(struct str s)
{
	uint32_t point;
	size_t n = 0;

	while (s.n > 0 && utf8_next(&s, &point))
		n++;
	return n;
}

/* What is wrong with the name and the password; both STR_NONE: nothing. */
static void
judge(const struct form *form, struct page_setup *args)
{
	struct str name = form_page_get(form, "username");
	struct str password = form_page_get(form, "password");

	if (!person_name_is_valid(name)) {
		args->bad_name = true;
		args->trouble = STR("This name won’t do.");
		args->advice = STR("Use 1 to 64 letters, digits and . _ - @ +");
	} else if (characters(password) < PASSWORD_MIN) {
		args->bad_password = true;
		args->trouble = STR("The password is too short.");
		args->advice = STR("Use at least 8 characters.");
	} else if (password.n > PASSWORD_MAX) {
		args->bad_password = true;
		args->trouble = STR("The password is too long.");
		args->advice = STR("Use at most 1024 bytes.");
	}
}

void
setup_post(struct front *front, struct http_request *r)
{
	struct page_setup args = { 0 };
	struct reply how = { .status = 400 };
	struct form form;
	struct fault f;

	if (!form_page_read(front, r, FORM, &form, &f) ||
		!check_token(front, r, form_get(&form, "token"), &f)) {
		reply_fault_page(front, r, &f);
		return;
	}
	judge(&form, &args);
	if (args.trouble.n > 0) {
		args.name = form_page_get(&form, "username");
		args.token = form_get(&form, "token");
		show(front, r, &args, &how);
		return;
	}
	make_owner(front, r, &form);
}
