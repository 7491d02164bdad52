/* routes: see routes.h. */
#include "front/routes.h"

#include "front/endpoint.h"
#include "front/proxy.h"
#include "front/reply.h"
#include "front/work.h"

/* Enough to throw away; a body that nobody reads is no fault. */
#define NO_BODY_MAX ((size_t)1024)
#define ALLOW_MAX   ((size_t)64)

const struct route routes_table[] = {
#define ROUTE(method, path, handler, body_max, kind, door)                     \
	{ HTTP_##method, STR_INIT(path), handler, body_max, ROUTE_##kind,      \
		DOOR_##door },
#include "front/routes.def"
#undef ROUTE
};
const size_t routes_count = sizeof(routes_table) / sizeof(routes_table[0]);

static bool
path_fits(const struct route *route, struct str path)
{
	size_t n = route->path.n;

	if (n > 0 && route->path.p[n - 1] == '*')
		return str_starts(path, str_cut(route->path, 0, n - 1));
	return str_eq(route->path, path);
}

/* An MCP endpoint's GET is a stream that a HEAD could not end. */
static bool
method_fits(const struct route *route, enum http_method method)
{
	return route->method == method ||
		(method == HTTP_HEAD && route->method == HTTP_GET &&
			route->kind != ROUTE_MCP);
}

const struct route *
routes_find(enum http_method method, struct str path, unsigned *allow)
{
	unsigned seen = 0;
	const struct route *found = NULL;

	for (size_t i = 0; i < routes_count && found == NULL; i++) {
		const struct route *route = &routes_table[i];

		if (!path_fits(route, path))
			continue;
		seen |= 1u << route->method;
		if (method_fits(route, method))
			found = route;
	}
	if (allow != NULL)
		*allow = seen;
	return found;
}

/* Any row of the path, whatever its method. */
static const struct route *
row_of(struct str path)
{
	for (size_t i = 0; i < routes_count; i++) {
		if (path_fits(&routes_table[i], path))
			return &routes_table[i];
	}
	return NULL;
}

struct str
routes_rest(const struct http_request *r)
{
	const struct route *route = visit_of(r)->route;
	size_t n = route->path.n;

	if (n == 0 || route->path.p[n - 1] != '*')
		return STR("");
	return str_cut(r->head->path, n - 1, r->head->path.n);
}

/* "GET, HEAD, POST" */
static struct str
allow_text(struct arena *a, unsigned methods, bool head_too)
{
	struct buf out;

	buf_in(&out, a, ALLOW_MAX);
	if (head_too && (methods & (1u << HTTP_GET)) != 0)
		methods |= 1u << HTTP_HEAD;
	for (unsigned m = 0; m < HTTP_OTHER; m++) {
		if ((methods & (1u << m)) == 0)
			continue;
		if (out.n > 0)
			buf_lit(&out, ", ");
		buf_str(&out, http_method_name((enum http_method)m));
	}
	return buf_view(&out);
}

/* ---- refusals ---- */

bool
routes_wants_page(const struct http_request *r)
{
	struct str accept = r->head->known[HTTP_FIELD_ACCEPT];

	return !str_is_none(accept) &&
		str_find(accept, STR("text/html")) < accept.n;
}

static void
refuse_plain(
	struct http_request *r, const struct fault *f, const struct reply *how)
{
	const struct fault_row *row = fault_row(f->id);
	struct reply with = *how;

	event_fault(&r->scope, f);
	with.status = row->http;
	reply_bytes(r, &with, STR("text/plain; charset=utf-8"),
		str_fmt(r->arena, "%s: %s %s\n", fault_name(f->id),
			row->sentence, row->advice));
}

static void
refuse_with(
	struct http_request *r, const struct fault *f, const struct reply *how)
{
	const struct visit *v = visit_of(r);
	enum route_kind kind = v->route != NULL ? v->route->kind
		: routes_wants_page(r)          ? ROUTE_PAGE
						: ROUTE_ASSET;

	switch (kind) {
	case ROUTE_PAGE:
		reply_fault_page_with(r, f, how);
		break;
	case ROUTE_OAUTH:
		reply_oauth_fault(r, f, how);
		break;
	case ROUTE_MCP:
		endpoint_refuse(r, f, how);
		break;
	case ROUTE_ASSET:
		refuse_plain(r, f, how);
		break;
	}
}

void
routes_refuse(
	struct front *front, struct http_request *r, const struct fault *f)
{
	(void)front;
	refuse_with(r, f, &(struct reply){ 0 });
}

/* The path exists, the method doesn't. */
static void
refuse_method(struct http_request *r, unsigned methods)
{
	bool head_too = visit_of(r)->route->kind != ROUTE_MCP;
	struct fault f;

	fault_set(&f, FAULT_METHOD_NOT_ALLOWED, "%.*s",
		STR_ARG(r->head->method_text));
	refuse_with(r, &f,
		&(struct reply){
			.allow = allow_text(r->arena, methods, head_too) });
}

/* ---- the life of a request ---- */

static void
preflight(struct http_request *r, unsigned methods)
{
	const struct visit *v = visit_of(r);
	struct field fields[DOORS_PREFLIGHT_FIELDS];
	size_t n = doors_preflight(v->door, v->origin,
		allow_text(r->arena, methods, false), fields);

	if (n == 0) {
		refuse_method(r, methods);
		return;
	}
	http_answer(r,
		&(struct http_answer){
			.status = 204, .fields = fields, .n = n });
}

/* The server's own field of that name shows who it is in the log, too. */
static void
set_peer(struct http_request *r, struct str peer)
{
	r->peer = peer;
	for (unsigned i = 0; i < r->scope.n; i++) {
		if (strcmp(r->scope.fields[i].name, "peer") == 0)
			r->scope.fields[i].text = peer;
	}
}

static void
tell_of_proxy(struct front *front, struct http_request *r)
{
	if (proxy_is_news(
		    r->arena, r->head, r->peer, front->settings, &front->told))
		event_log(&r->scope, EVENT_PROXY_UNKNOWN,
			EF_STR("trustedProxies", r->peer));
}

static struct visit *
visit_new(struct front *front, struct http_request *r)
{
	struct visit *v = arena_new_of(r->arena, struct visit);
	struct str peer;

	v->front = front;
	v->origin = STR_NONE;
	v->socket_peer = r->peer;
	r->user = v;
	tell_of_proxy(front, r);
	peer = proxy_peer(front->settings, r->head, r->peer);
	if (peer.p != r->peer.p)
		set_peer(r, peer);
	return v;
}

void
routes_forget_head(struct http_request *r)
{
	struct visit *v = visit_of(r);

	v->origin = STR_NONE;
	set_peer(r, v->socket_peer);
}

/* AS-09: codes, tokens and passwords cross no network in the clear. */
static bool
check_hop(const struct front *front, const struct http_request *r,
	struct fault *f)
{
	const struct visit *v = visit_of(r);

	return v->route == NULL || v->route->kind == ROUTE_ASSET ||
		r->over_tls || proxy_is_near(front->settings, v->socket_peer) ||
		fault_set(f, FAULT_PLAIN_HTTP, "from %.*s",
			STR_ARG(v->socket_peer));
}

void
routes_head(void *with, struct http_request *r)
{
	struct front *front = with;
	const struct http_head *head = r->head;
	struct visit *v = visit_new(front, r);
	unsigned methods;
	const struct route *found =
		routes_find(head->method, head->path, &methods);
	struct fault f;

	v->route = found != NULL ? found : row_of(head->path);
	v->door = v->route == NULL ? DOOR_OWN : v->route->door;
	if (found != NULL && found->body_max > 0)
		http_hold_secret(r);
	if (!check_hop(front, r, &f) ||
		!doors_check(front->doors, head, v->door, &f)) {
		routes_refuse(front, r, &f);
		return;
	}
	v->let_in = true;
	v->origin = head->known[HTTP_FIELD_ORIGIN];
	if (v->route == NULL) {
		fault_set(&f, FAULT_NOT_FOUND, "no such path");
		routes_refuse(front, r, &f);
	} else if (found != NULL && found->kind == ROUTE_MCP) {
		endpoint_head(front, r);
	} else if (found != NULL) {
		http_allow_body(
			r, found->body_max > 0 ? found->body_max : NO_BODY_MAX);
	} else if (head->method == HTTP_OPTIONS) {
		preflight(r, methods);
	} else {
		refuse_method(r, methods);
	}
}

void
routes_serve(void *with, struct http_request *r)
{
	visit_of(r)->route->handle(with, r);
}

void
routes_gone(void *with, struct http_request *r)
{
	struct visit *v = visit_of(r);

	if (v == NULL)
		return;
	work_gone(r);
	if (v->gone != NULL)
		v->gone(with, r);
}
