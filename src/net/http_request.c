/* http_request: see http_request.h. */
#include "net/http_request.h"

#include "base/die.h"
#include "net/http_bytes.h"
#include "net/http_pool.h"

/* Fields that only this file writes. */
static bool
is_ours(struct str name)
{
	switch (name.n) {
	case 4:
		return str_eq_nocase(name, STR("host"));
	case 10:
		return str_eq_nocase(name, STR("connection"));
	case 13:
		return str_eq_nocase(name, STR("authorization"));
	case 14:
		return str_eq_nocase(name, STR("content-length"));
	case 17:
		return str_eq_nocase(name, STR("transfer-encoding"));
	case 19:
		return str_eq_nocase(name, STR("proxy-authorization"));
	}
	return false;
}

static bool
target_check(struct str target, struct fault *f)
{
	if (target.n == 0 || target.p[0] != '/')
		return fault_set(f, FAULT_BAD_HTTP, "no target");
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] > '~')
			return fault_set(f, FAULT_BAD_HTTP,
				"the target has a byte that may not be there");
	return true;
}

static bool
is_name(struct str s)
{
	const char *end = s.p + s.n;

	return s.n > 0 && http_bytes_skip(s.p, end, HTTP_BYTES_TOKEN) == end;
}

static bool
is_value(struct str s)
{
	return s.n == 0 || http_bytes_value_end(s.p, s.p + s.n) == s.p + s.n;
}

bool
http_fields_write(
	struct buf *out, const struct field *fields, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		const struct field *field = &fields[i];

		insist(!is_ours(field->name));
		if (!is_name(field->name))
			return fault_set(
				f, FAULT_BAD_HTTP, "a field has no name");
		if (!is_value(field->value))
			return fault_set(f, FAULT_BAD_HTTP,
				"%.*s has a byte that may not be there",
				STR_ARG(str_cut(field->name, 0, 64)));
		buf_str(out, field->name);
		buf_lit(out, ": ");
		buf_str(out, field->value);
		buf_lit(out, "\r\n");
	}
	return true;
}

/* The credential belongs to exactly one origin, and goes nowhere in the
 * clear but to this machine. */
static bool
write_credential(struct buf *out, const struct http_ask *ask,
	const struct http_pool *p, struct fault *f)
{
	const struct http_credential *c = ask->credential;

	if (c == NULL)
		return true;
	if (!str_eq(c->origin, p->key))
		return fault_set(f, FAULT_DIAL_FORBIDDEN,
			"a credential of %.*s was to go to %.*s",
			STR_ARG(str_cut(c->origin, 0, 80)),
			STR_ARG(str_cut(p->key, 0, 80)));
	if (!p->origin.is_tls && !http_origin_is_loopback(&p->origin))
		return fault_set(f, FAULT_DIAL_FORBIDDEN,
			"%s: a credential does not travel over plain http",
			p->origin.host);
	if (!is_name(c->scheme) || c->value.n == 0 || !is_value(c->value))
		return fault_set(f, FAULT_BAD_HTTP,
			"a credential has a byte that may not be there");
	buf_lit(out, "Authorization: ");
	buf_str(out, c->scheme);
	buf_char(out, ' ');
	buf_str(out, c->value);
	buf_lit(out, "\r\n");
	return true;
}

/* RFC 9110 8.6: a method that means content says 0 as well. */
static void
write_length(struct buf *out, const struct http_ask *ask)
{
	uint64_t total = 0;

	for (size_t i = 0; i < ask->part_count; i++)
		total += ask->parts[i].n;
	if (total == 0 && ask->method != HTTP_POST && ask->method != HTTP_PUT &&
		ask->method != HTTP_PATCH)
		return;
	buf_lit(out, "Content-Length: ");
	buf_u64(out, total);
	buf_lit(out, "\r\n");
}

bool
http_request_write(struct buf *out, const struct http_ask *ask,
	const struct http_pool *p, struct fault *f)
{
	insist(ask->method != HTTP_OTHER);
	if (!target_check(ask->target, f))
		return false;
	buf_str(out, http_method_name(ask->method));
	buf_char(out, ' ');
	if (http_pool_is_absolute(p))
		buf_str(out, ask->origin);
	buf_str(out, ask->target);
	buf_lit(out, " HTTP/1.1\r\n");
	buf_str(out, p->host_field);
	if (http_pool_is_absolute(p))
		http_proxy_write_credential(out, p->proxy);
	buf_str(out, ask->ready);
	if (!http_fields_write(out, ask->fields, ask->n, f) ||
		!write_credential(out, ask, p, f))
		return false;
	write_length(out, ask);
	buf_lit(out, "\r\n");
	if (!buf_ok(out))
		return fault_set(
			f, FAULT_TOO_LARGE, "the request's head is too large");
	return true;
}
