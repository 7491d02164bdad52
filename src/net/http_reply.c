/* http_reply: see http_reply.h. */
#include "net/http_reply.h"

#include "base/attr.h"
#include "base/die.h"
#include "base/event.h"
#include "net/http_bytes.h"
#include "net/http_connection.h"
#include "net/http_service.h"

/* Status line, Date, Content-Length, Connection and the blank line. */
#define OWN_ROOM   ((size_t)256)
#define SHORT_BODY ((size_t)8 << 10)

/* RFC 9110 15, and 431 of RFC 6585. */
static struct str
reason(int status)
{
	switch (status) {
	case 200:
		return STR("OK");
	case 201:
		return STR("Created");
	case 202:
		return STR("Accepted");
	case 204:
		return STR("No Content");
	case 301:
		return STR("Moved Permanently");
	case 302:
		return STR("Found");
	case 303:
		return STR("See Other");
	case 304:
		return STR("Not Modified");
	case 307:
		return STR("Temporary Redirect");
	case 308:
		return STR("Permanent Redirect");
	case 400:
		return STR("Bad Request");
	case 401:
		return STR("Unauthorized");
	case 403:
		return STR("Forbidden");
	case 404:
		return STR("Not Found");
	case 405:
		return STR("Method Not Allowed");
	case 406:
		return STR("Not Acceptable");
	case 408:
		return STR("Request Timeout");
	case 409:
		return STR("Conflict");
	case 410:
		return STR("Gone");
	case 411:
		return STR("Length Required");
	case 413:
		return STR("Content Too Large");
	case 414:
		return STR("URI Too Long");
	case 415:
		return STR("Unsupported Media Type");
	case 417:
		return STR("Expectation Failed");
	case 429:
		return STR("Too Many Requests");
	case 431:
		return STR("Request Header Fields Too Large");
	case 500:
		return STR("Internal Server Error");
	case 501:
		return STR("Not Implemented");
	case 502:
		return STR("Bad Gateway");
	case 503:
		return STR("Service Unavailable");
	case 504:
		return STR("Gateway Timeout");
	case 505:
		return STR("HTTP Version Not Supported");
	}
	return STR("");
}

static char *
put(char *to, struct str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

static char *
put_number(char *to, size_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	return put(to, str_of(digits + at, sizeof(digits) - at));
}

static char *
put_status_line(char *to, int status)
{
	to = put(to, STR("HTTP/1.1 "));
	to = put_number(to, (size_t)status);
	*to++ = ' ';
	to = put(to, reason(status));
	return put(to, STR("\r\n"));
}

static bool
is_own(struct str name)
{
	enum http_known known = http_known(name);

	return known == HTTP_FIELD_CONTENT_LENGTH ||
		known == HTTP_FIELD_TRANSFER_ENCODING ||
		known == HTTP_FIELD_CONNECTION ||
		(name.n == 4 && str_eq_nocase(name, STR("date")));
}

static bool
may_go(const struct field *field)
{
	const char *name_end = field->name.p + field->name.n;
	const char *value_end = field->value.p + field->value.n;

	return field->name.n > 0 &&
		http_bytes_skip(field->name.p, name_end, HTTP_BYTES_TOKEN) ==
		name_end &&
		http_bytes_value_end(field->value.p, value_end) == value_end &&
		!is_own(field->name);
}

static char *
put_field(char *to, const struct field *field)
{
	if (!may_go(field))
		return to;
	to = put(to, field->name);
	to = put(to, STR(": "));
	if (field->value.n > 0)
		to = put(to, field->value);
	return put(to, STR("\r\n"));
}

static size_t
body_length(const struct http_answer *answer)
{
	size_t n = 0;

	for (size_t i = 0; i < answer->part_count; i++)
		n += answer->parts[i].n;
	return n;
}

static char *
put_framing(
	char *to, const struct http_answer *answer, enum http_framing framing)
{
	switch (framing) {
	case HTTP_FRAMING_LENGTH:
		to = put(to, STR("Content-Length: "));
		to = put_number(to, body_length(answer));
		return put(to, STR("\r\n"));
	case HTTP_FRAMING_CHUNKED:
		return put(to, STR("Transfer-Encoding: chunked\r\n"));
	case HTTP_FRAMING_NONE:
		break;
	}
	return to;
}

static size_t
head_size(const struct http_answer *answer)
{
	size_t n = OWN_ROOM;

	for (size_t i = 0; i < answer->n; i++)
		n += answer->fields[i].name.n + answer->fields[i].value.n + 4;
	return n;
}

void
http_reply_head(struct http_connection *c, const struct http_answer *answer,
	enum http_framing framing)
{
	size_t body = body_length(answer);
	/* A short body will find its room behind the head. */
	char *from = buf_room(
		&c->out, head_size(answer) + (body <= SHORT_BODY ? body : 0));
	char *to = from;

	insist(answer->status >= 200 && answer->status <= 599);
	to = put_status_line(to, answer->status);
	to = put(to, http_service_date(c->server));
	to = put_framing(to, answer, framing);
	if (c->close)
		to = put(to, STR("Connection: close\r\n"));
	for (size_t i = 0; i < answer->n; i++)
		to = put_field(to, &answer->fields[i]);
	to = put(to, STR("\r\n"));
	buf_took(&c->out, (size_t)(to - from));
}

bool
http_reply_has_no_content(const struct http_connection *c, int status)
{
	return status == 204 || status == 304 ||
		(c->head != NULL && c->head->method == HTTP_HEAD);
}

/* A body that is not read yet is read and thrown away if it is short; if the
 * peer waits for our word to send it, nobody knows whether it will come. */
static bool
leaves_too_much(const struct http_connection *c)
{
	if (c->body.done)
		return false;
	return c->continue_wanted ||
		(c->body.length == HTTP_LENGTH_GIVEN &&
			c->body.left > ((uint64_t)64 << 10));
}

void
http_reply_settle_close(
	struct http_connection *c, const struct http_answer *answer)
{
	c->close = c->close || answer->close || c->server->draining ||
		leaves_too_much(c);
}

static void
log_answer(const struct http_request *r, int status)
{
	if (event_is_on(FAULT_LEVEL_DEBUG) && r->head != NULL)
		event_log(&r->scope, EVENT_REQUEST,
			EF_STR("method", r->head->method_text),
			EF_STR("path", r->head->path),
			EF_U64("status", status));
}

/* Behind the head, and with it as far as they fit in one call. */
static void
send_parts(struct http_connection *c, const struct str *parts, size_t n)
{
	struct iovec out[1 + HTTP_REPLY_PARTS] UNINITIALIZED;
	size_t at = 0, count;

	do {
		for (count = 1; at < n && count <= HTTP_REPLY_PARTS; at++)
			out[count++] =
				(struct iovec){ (void *)(uintptr_t)parts[at].p,
					parts[at].n };
		http_connection_send(c, out, (int)count);
	} while (at < n);
}

void
http_answer(struct http_request *r, const struct http_answer *answer)
{
	struct http_connection *c = r->connection;
	bool empty = http_reply_has_no_content(c, answer->status);
	bool bare = answer->status == 204 || answer->status == 304;

	insist(c->has_request && !c->streaming);
	http_reply_settle_close(c, answer);
	http_reply_head(
		c, answer, bare ? HTTP_FRAMING_NONE : HTTP_FRAMING_LENGTH);
	send_parts(c, answer->parts, empty ? 0 : answer->part_count);
	log_answer(r, answer->status);
	http_connection_answered(c);
}

void
http_reply_refusal(struct http_connection *c, enum fault_id id)
{
	const struct fault_row *row = fault_row(id);
	struct field field = { STR_INIT("Content-Type"),
		STR_INIT("text/plain; charset=utf-8") };
	struct str parts[] = { str_from(fault_name(id)), STR_INIT(": "),
		str_from(row->sentence), STR_INIT(" "), str_from(row->advice),
		STR_INIT("\n") };
	struct http_answer answer = { .status = row->http,
		.fields = &field,
		.n = 1,
		.parts = parts,
		.part_count = sizeof(parts) / sizeof(parts[0]) };

	http_reply_head(c, &answer, HTTP_FRAMING_LENGTH);
	send_parts(c, parts, answer.part_count);
}
