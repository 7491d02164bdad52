/* reply: see reply.h. */
#include "front/reply.h"

#include "front/pages.h"
#include "front/routes.h"
#include "text/json_write.h"

#define FIELDS_MAX 20u
#define SMALL_MAX  ((size_t)4 << 10)
#define PAGE_MAX   ((size_t)64 << 10)
#define RETRY_S    2

struct answer {
	struct field fields[FIELDS_MAX];
	size_t n;
	int status;
};

static void
add(struct answer *a, struct str name, struct str value)
{
	if (!str_is_none(value) && a->n < FIELDS_MAX)
		a->fields[a->n++] = (struct field){ name, value };
}

static struct str
or_else(struct str s, struct str other)
{
	return str_is_none(s) ? other : s;
}

/* What the request's door lets other origins read. */
static void
add_cors(struct answer *a, const struct http_request *r)
{
	const struct visit *v = visit_of(r);

	if (v != NULL && v->let_in)
		a->n += doors_cors(v->door, v->origin, a->fields + a->n);
}

/* Over our own TLS alone: behind a proxy the name is the proxy's. */
static void
add_transport(struct answer *a, const struct http_request *r)
{
	const struct visit *v = visit_of(r);

	if (r->over_tls && v != NULL && v->front->owns_name)
		add(a, STR("Strict-Transport-Security"),
			STR("max-age=31536000"));
}

/* What every answer has. */
static void
begin(struct answer *a, struct http_request *r, const struct reply *how)
{
	int64_t retry_after = how->retry_after;

	a->n = 0;
	a->status = how->status == 0 ? 200 : how->status;
	if (retry_after == 0 && (a->status == 429 || a->status == 503))
		retry_after = RETRY_S;
	add(a, STR("Cache-Control"), or_else(how->cache, STR("no-store")));
	add(a, STR("X-Content-Type-Options"), STR("nosniff"));
	add(a, STR("WWW-Authenticate"), how->challenge);
	add(a, STR("Allow"), how->allow);
	add(a, STR("Set-Cookie"), how->cookies[0]);
	add(a, STR("Set-Cookie"), how->cookies[1]);
	if (retry_after > 0)
		add(a, STR("Retry-After"),
			str_fmt(r->arena, "%lld", (long long)retry_after));
	add_cors(a, r);
	add_transport(a, r);
}

static void
send(struct http_request *r, const struct answer *a, struct str body)
{
	http_answer(r,
		&(struct http_answer){
			.status = a->status,
			.fields = a->fields,
			.n = a->n,
			.parts = &body,
			.part_count = body.n > 0 ? 1 : 0,
		});
}

void
reply_bytes(struct http_request *r, const struct reply *how,
	struct str media_type, struct str body)
{
	struct answer a;

	begin(&a, r, how);
	add(&a, STR("Content-Type"), media_type);
	send(r, &a, body);
}

void
reply_json(struct http_request *r, const struct reply *how, struct str body)
{
	reply_bytes(r, how, STR("application/json"), body);
}

void
reply_empty(struct http_request *r, const struct reply *how)
{
	struct answer a;

	begin(&a, r, how);
	send(r, &a, STR(""));
}

/* No script, style, frame or form of anybody else's. */
static struct str
policy(struct arena *a, struct str form_action)
{
	return str_join(a,
		STR("default-src 'none'; style-src 'self'; script-src 'self'; "
		    "img-src 'self'; form-action 'self'"),
		str_is_none(form_action) ? STR("") : STR(" "),
		or_else(form_action, STR("")),
		STR("; frame-ancestors 'none'; base-uri 'none'"));
}

void
reply_page(
	struct http_request *r, const struct reply *how, const struct buf *page)
{
	struct answer a;

	if (!buf_ok(page)) {
		reply_bytes(r, &(struct reply){ .status = 500 },
			STR("text/plain; charset=utf-8"),
			STR("The page is too large to be shown.\n"));
		return;
	}
	begin(&a, r, how);
	add(&a, STR("Content-Type"), STR("text/html; charset=utf-8"));
	add(&a, STR("Content-Security-Policy"),
		policy(r->arena, how->form_action));
	add(&a, STR("X-Frame-Options"), STR("DENY"));
	add(&a, STR("Referrer-Policy"), STR("no-referrer"));
	add(&a, STR("Cross-Origin-Resource-Policy"), STR("same-origin"));
	if (how->look_again > 0)
		add(&a, STR("Refresh"),
			str_fmt(r->arena, "%lld", (long long)how->look_again));
	send(r, &a, buf_view(page));
}

void
reply_see_other(
	struct http_request *r, struct str location, const struct reply *how)
{
	struct answer a;

	begin(&a, r, how);
	a.status = 303;
	add(&a, STR("Location"), location);
	add(&a, STR("Referrer-Policy"), STR("no-referrer"));
	send(r, &a, STR(""));
}

void
reply_oauth_fault(
	struct http_request *r, const struct fault *f, const struct reply *how)
{
	const struct fault_row *row = fault_row(f->id);
	struct reply with = how == NULL ? (struct reply){ 0 } : *how;
	struct json_write w;
	struct buf out;

	event_fault(&r->scope, f);
	if (with.status == 0)
		with.status = row->http;
	buf_in(&out, r->arena, SMALL_MAX);
	json_write_init(&w, &out);
	json_begin(&w, '{');
	json_member_str(&w, "error",
		str_from(row->oauth[0] != '\0' ? row->oauth
					       : fault_name(f->id)));
	json_member_str(&w, "error_description", str_from(row->sentence));
	json_end(&w);
	reply_json(r, &with, buf_view(&out));
}

/* The server numbers its requests; the log shows the same number. */
static struct str
request_id(const struct http_request *r)
{
	for (unsigned i = 0; i < r->scope.n; i++) {
		const struct event_field *x = &r->scope.fields[i];

		if (strcmp(x->name, "request") == 0)
			return str_fmt(r->arena, "%llu",
				(unsigned long long)x->number);
	}
	return STR_NONE;
}

void
reply_fault_page_with(
	struct http_request *r, const struct fault *f, const struct reply *how)
{
	const struct fault_row *row = fault_row(f->id);
	struct reply with = *how;
	struct buf page;

	event_fault(&r->scope, f);
	with.status = row->http;
	buf_in(&page, r->arena, PAGE_MAX);
	page_trouble(&page,
		&(struct page_trouble){
			.status = (uint64_t)row->http,
			.sentence = str_from(row->sentence),
			.advice = str_from(row->advice),
			.id = request_id(r),
		});
	reply_page(r, &with, &page);
}

void
reply_fault_page(
	struct front *front, struct http_request *r, const struct fault *f)
{
	(void)front;
	reply_fault_page_with(r, f, &(struct reply){ 0 });
}
