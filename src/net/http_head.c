/* http_head: see http_head.h.
 *
 * One pass over the bytes, without a copy.  When the head is not whole yet,
 * later calls only look for its end (or for a line end that can't stand) among
 * the new bytes; the pass is then made once more, over the whole. */
#include "net/http_head.h"

#include "net/http_bytes.h"
#include "net/http_pass.h"

#define TARGET_MAX ((size_t)8 << 10)
#define METHOD_MAX ((size_t)32)

/* ---- length ---- */

static bool
judge_coding(struct http_pass *s, struct http_head *h)
{
	if (h->known_count[HTTP_FIELD_TRANSFER_ENCODING] > 1)
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "Transfer-Encoding stands twice");
	if (h->known_count[HTTP_FIELD_CONTENT_LENGTH] != 0)
		return http_pass_refuse(s, FAULT_BAD_HTTP,
			"Transfer-Encoding and Content-Length stand together");
	if (h->minor == 0)
		return http_pass_refuse(s, FAULT_BAD_HTTP,
			"Transfer-Encoding stands in HTTP/1.0");
	if (!str_eq_nocase(
		    h->known[HTTP_FIELD_TRANSFER_ENCODING], STR("chunked")))
		return http_pass_refuse(
			s, FAULT_CODING, "the transfer coding is not chunked");
	h->length = HTTP_LENGTH_CHUNKED;
	return true;
}

static bool
judge_content_length(struct http_pass *s, struct http_head *h)
{
	struct str value = h->known[HTTP_FIELD_CONTENT_LENGTH];

	if (h->known_count[HTTP_FIELD_CONTENT_LENGTH] > 1)
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "Content-Length stands twice");
	/* A leading zero is octal to some. */
	if ((value.n > 1 && value.p[0] == '0') ||
		!str_to_u64(value, &h->content_length))
		return http_pass_refuse(s, FAULT_BAD_HTTP,
			"Content-Length is not a plain number");
	h->length = HTTP_LENGTH_GIVEN;
	return true;
}

/* RFC 9112 6.3. */
static bool
judge_length(struct http_pass *s, struct http_head *h)
{
	if (h->known_count[HTTP_FIELD_TRANSFER_ENCODING] != 0)
		return judge_coding(s, h);
	if (h->known_count[HTTP_FIELD_CONTENT_LENGTH] != 0)
		return judge_content_length(s, h);
	return true;
}

/* ---- request ---- */

static enum http_method
method_of(struct str m)
{
	switch (m.n) {
	case 3:
		if (memcmp(m.p, "GET", 3) == 0)
			return HTTP_GET;
		return memcmp(m.p, "PUT", 3) == 0 ? HTTP_PUT : HTTP_OTHER;
	case 4:
		if (memcmp(m.p, "POST", 4) == 0)
			return HTTP_POST;
		return memcmp(m.p, "HEAD", 4) == 0 ? HTTP_HEAD : HTTP_OTHER;
	case 5:
		return memcmp(m.p, "PATCH", 5) == 0 ? HTTP_PATCH : HTTP_OTHER;
	case 6:
		return memcmp(m.p, "DELETE", 6) == 0 ? HTTP_DELETE : HTTP_OTHER;
	case 7:
		return memcmp(m.p, "OPTIONS", 7) == 0 ? HTTP_OPTIONS
						      : HTTP_OTHER;
	}
	return HTTP_OTHER;
}

struct str
http_method_name(enum http_method m)
{
	static const struct str names[] = {
		[HTTP_GET] = STR_INIT("GET"),
		[HTTP_HEAD] = STR_INIT("HEAD"),
		[HTTP_POST] = STR_INIT("POST"),
		[HTTP_PUT] = STR_INIT("PUT"),
		[HTTP_DELETE] = STR_INIT("DELETE"),
		[HTTP_OPTIONS] = STR_INIT("OPTIONS"),
		[HTTP_PATCH] = STR_INIT("PATCH"),
		[HTTP_OTHER] = STR_INIT("OTHER"),
	};

	return names[m];
}

static bool
pass_method(struct http_pass *s, struct http_head *h)
{
	const char *from = s->at;

	s->at = http_bytes_skip(from, s->end, HTTP_BYTES_TOKEN);
	h->method_text = str_of(from, (size_t)(s->at - from));
	if (h->method_text.n > METHOD_MAX)
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "the method is too long");
	if (s->at == s->end)
		return http_pass_want_more(s);
	if (h->method_text.n == 0)
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "there is no method");
	h->method = method_of(h->method_text);
	return http_pass_byte(s, ' ', "the method is malformed");
}

/* "http://" or "https://" and the authority, up to the path. */
static bool
pass_absolute(struct http_pass *s, struct http_head *h)
{
	struct str rest = str_of(s->at, (size_t)(s->end - s->at));
	const char *from;

	if (str_starts_nocase(rest, STR("http://")))
		s->at += 7;
	else if (str_starts_nocase(rest, STR("https://")))
		s->at += 8;
	else if (rest.n < 8)
		return http_pass_want_more(s);
	else
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "the target is malformed");
	from = s->at;
	while (s->at < s->end && *s->at != '/' && *s->at != ' ' &&
		http_bytes_are(*s->at, HTTP_BYTES_PATH))
		s->at++;
	h->authority = str_of(from, (size_t)(s->at - from));
	return true;
}

static bool
pass_path(struct http_pass *s, struct http_head *h)
{
	const char *from = s->at;

	s->at = http_bytes_skip(from, s->end, HTTP_BYTES_PATH);
	h->path = str_of(from, (size_t)(s->at - from));
	if (s->at < s->end && *s->at == '?') {
		s->at++;
		from = s->at;
		s->at = http_bytes_skip(from, s->end, HTTP_BYTES_QUERY);
		h->query = str_of(from, (size_t)(s->at - from));
	}
	h->target = str_of(h->path.p, (size_t)(s->at - h->path.p));
	return true;
}

/* RFC 9112 3.2: origin-form, absolute-form, or "*" for OPTIONS. */
static bool
pass_target(struct http_pass *s, struct http_head *h)
{
	const char *from = s->at;

	if (from == s->end)
		return http_pass_want_more(s);
	if (*from == '*' && h->method == HTTP_OPTIONS) {
		s->at++;
		h->path = h->target = str_of(from, 1);
	} else {
		if (*from != '/' && !pass_absolute(s, h))
			return false;
		if (s->at < s->end && *s->at == ' ') /* http://host */
			h->path = h->target = STR("/");
		else if (s->at < s->end && *s->at != '/')
			return http_pass_refuse(s, FAULT_BAD_HTTP,
				"the target's authority is malformed");
		else
			pass_path(s, h);
	}
	if ((size_t)(s->at - from) > TARGET_MAX)
		return http_pass_refuse(s, FAULT_TARGET_TOO_LONG,
			"the target is longer than 8 KB");
	return http_pass_byte(
		s, ' ', "the target holds a byte that may not stand");
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.0" or "HTTP/1.1", and nothing later (RFC 9112 2.3). */
static bool
pass_version(struct http_pass *s, struct http_head *h)
{
	if (!http_pass_literal(s, STR("HTTP/"), "this is not HTTP"))
		return false;
	if (s->end - s->at < 3)
		return http_pass_want_more(s);
	if (!is_digit(s->at[0]) || s->at[1] != '.' || !is_digit(s->at[2]))
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "the version is malformed");
	if (s->at[0] != '1' || s->at[2] > '1')
		return http_pass_refuse(s, FAULT_HTTP_VERSION,
			"the version is neither 1.0 nor 1.1");
	h->minor = s->at[2] - '0';
	h->close = h->minor == 0;
	s->at += 3;
	return true;
}

static bool
port_is_valid(struct str port)
{
	for (size_t i = 0; i < port.n; i++)
		if (!is_digit(port.p[i]))
			return false;
	return port.n > 0 && port.n <= 5;
}

/* uri-host [ ":" port ] (RFC 9110 7.2), with a host that is not empty. */
static bool
host_is_valid(struct str host)
{
	const char *p = host.p, *end = p + host.n;

	if (host.n > 0 && *p == '[') {
		p++;
		while (p < end &&
			(http_bytes_are(*p, HTTP_BYTES_HOST) || *p == ':'))
			p++;
		if (p - host.p < 3 || p == end || *p != ']')
			return false;
		p++;
	} else {
		p = http_bytes_skip(p, end, HTTP_BYTES_HOST);
		if (p == host.p)
			return false;
	}
	if (p == end)
		return true;
	return *p == ':' && port_is_valid(str_of(p + 1, (size_t)(end - p - 1)));
}

/* RFC 9112 3.2: one Host, valid, and equal to the absolute-form's. */
static bool
judge_host(struct http_pass *s, struct http_head *h)
{
	struct str host = h->known[HTTP_FIELD_HOST];

	if (h->known_count[HTTP_FIELD_HOST] > 1)
		return http_pass_refuse(s, FAULT_BAD_HTTP, "Host stands twice");
	if (str_is_none(host) && h->minor > 0)
		return http_pass_refuse(s, FAULT_BAD_HTTP, "there is no Host");
	if (str_is_none(host) && str_is_none(h->authority))
		return true;
	if (str_is_none(host))
		host = h->authority;
	if (!host_is_valid(host))
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "the host is malformed");
	if (str_is_none(h->authority))
		h->authority = host;
	return str_eq_nocase(h->authority, host) ||
		http_pass_refuse(
			s, FAULT_BAD_HTTP, "the target and Host disagree");
}

static bool
pass_request(struct http_pass *s, struct http_head *h)
{
	return pass_method(s, h) && pass_target(s, h) && pass_version(s, h) &&
		http_pass_line_end(s, "the request line is malformed") &&
		http_pass_fields(s, h) && judge_host(s, h) &&
		judge_length(s, h);
}

/* ---- response ---- */

/* "HTTP/1.1 200 OK", "HTTP/1.1 200 " or "HTTP/1.1 200". */
static bool
pass_status_line(struct http_pass *s, struct http_head *h)
{
	const char *p;

	if (!pass_version(s, h) ||
		!http_pass_byte(s, ' ', "there is no status"))
		return false;
	if (s->end - s->at < 3)
		return http_pass_want_more(s);
	p = s->at;
	if (p[0] < '1' || p[0] > '5' || !is_digit(p[1]) || !is_digit(p[2]))
		return http_pass_refuse(
			s, FAULT_BAD_HTTP, "the status is malformed");
	h->status = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	s->at += 3;
	if (s->at < s->end && *s->at == ' ')
		s->at = http_bytes_value_end(s->at, s->end);
	return http_pass_line_end(s, "the status line is malformed");
}

/* RFC 9112 6.3: these have no body, whatever their fields say. */
static bool
has_no_body(const struct http_head *h, bool asked_head)
{
	return asked_head || h->status < 200 || h->status == 204 ||
		h->status == 304;
}

static bool
judge_response(struct http_pass *s, struct http_head *h, bool asked_head)
{
	bool says_body;

	if (!judge_length(s, h))
		return false;
	says_body = h->length == HTTP_LENGTH_CHUNKED || h->content_length > 0;
	if (has_no_body(h, asked_head)) {
		/* A peer that announces a body where none may be could send
		 * one: nothing after this is believed. */
		if (says_body && !asked_head && h->status != 304)
			h->close = true;
		h->length = HTTP_LENGTH_NONE;
	} else if (h->length == HTTP_LENGTH_NONE) {
		h->length = HTTP_LENGTH_CLOSE;
		h->close = true;
	}
	return true;
}

/* ---- both ---- */

static void
head_clear(struct http_head *h)
{
	/* All but the fields, which n counts. */
	memset(h, 0, offsetof(struct http_head, fields));
	memset(&h->n, 0, sizeof(*h) - offsetof(struct http_head, n));
}

/* Whether the new bytes hold a line end that ends the head, or one that no
 * head may hold. */
static bool
deserves_a_pass(struct str bytes, size_t from)
{
	const char *p = bytes.p + from, *end = bytes.p + bytes.n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if (p == bytes.p || p[-1] != '\r')
			return true;
		if (p - bytes.p >= 3 && p[-2] == '\n')
			return true;
		p++;
	}
	return bytes.n >= HTTP_HEAD_MAX;
}

static enum http_parsed
begin(struct http_pass *s, struct http_head *h, struct str bytes,
	size_t *scanned)
{
	size_t n = bytes.n < HTTP_HEAD_MAX ? bytes.n : HTTP_HEAD_MAX;
	size_t from = *scanned;

	*scanned = bytes.n;
	if (bytes.n == 0 || (from != 0 && !deserves_a_pass(bytes, from)))
		return HTTP_INCOMPLETE;
	s->at = bytes.p;
	s->end = bytes.p + n;
	head_clear(h);
	return HTTP_PARSED;
}

static enum http_parsed
finish(struct http_pass *s, bool passed, struct str bytes, size_t *used)
{
	*used = (size_t)(s->at - bytes.p);
	if (passed)
		return HTTP_PARSED;
	if (s->why == HTTP_INCOMPLETE && bytes.n >= HTTP_HEAD_MAX)
		http_pass_refuse(s, FAULT_HEAD_TOO_LARGE,
			"the head has more than 32 KB");
	return s->why;
}

enum http_parsed
http_head_request(struct http_head *h, struct str bytes, size_t *scanned,
	size_t *used, struct fault *f)
{
	struct http_pass s = { .f = f };

	*used = 0;
	if (begin(&s, h, bytes, scanned) == HTTP_INCOMPLETE)
		return HTTP_INCOMPLETE;
	return finish(&s, pass_request(&s, h), bytes, used);
}

enum http_parsed
http_head_response(struct http_head *h, struct str bytes, bool asked_head,
	size_t *scanned, size_t *used, struct fault *f)
{
	struct http_pass s = { .f = f };
	enum http_parsed parsed;

	*used = 0;
	if (begin(&s, h, bytes, scanned) == HTTP_INCOMPLETE)
		return HTTP_INCOMPLETE;
	parsed = finish(&s,
		pass_status_line(&s, h) && http_pass_fields(&s, h) &&
			judge_response(&s, h, asked_head),
		bytes, used);
	if (parsed == HTTP_REFUSED && f != NULL)
		f->id = FAULT_PEER_HTTP;
	return parsed;
}
