/* http_pass: see http_pass.h. */
#include "net/http_pass.h"

#include "net/http_bytes.h"

bool
http_pass_want_more(struct http_pass *s)
{
	s->why = HTTP_INCOMPLETE;
	return false;
}

bool
http_pass_refuse(struct http_pass *s, enum fault_id id, const char *detail)
{
	s->why = HTTP_REFUSED;
	return fault_set(s->f, id, "%s", detail);
}

bool
http_pass_byte(struct http_pass *s, char c, const char *otherwise)
{
	if (s->at == s->end)
		return http_pass_want_more(s);
	if (*s->at != c)
		return http_pass_refuse(s, FAULT_BAD_HTTP, otherwise);
	s->at++;
	return true;
}

bool
http_pass_line_end(struct http_pass *s, const char *otherwise)
{
	if (s->end - s->at >= 2 && memcmp(s->at, "\r\n", 2) == 0) {
		s->at += 2;
		return true;
	}
	return http_pass_byte(s, '\r', otherwise) &&
		http_pass_byte(s, '\n', "a carriage return stands alone");
}

/* A whole literal, or as much of it as is there. */
bool
http_pass_literal(struct http_pass *s, struct str lit, const char *otherwise)
{
	size_t left = (size_t)(s->end - s->at);
	size_t n = left < lit.n ? left : lit.n;

	if (memcmp(s->at, lit.p, n) != 0)
		return http_pass_refuse(s, FAULT_BAD_HTTP, otherwise);
	s->at += n;
	return n == lit.n || http_pass_want_more(s);
}

/* RFC 9112 9.6: of the options, only "close" matters here. */
static void
hear_connection(struct http_head *h, struct str value)
{
	struct str rest = value;

	while (!str_is_none(rest))
		if (str_eq_nocase(
			    str_trim(str_split(&rest, ',')), STR("close")))
			h->close = true;
}

static void
remember(struct http_head *h, const struct field *field)
{
	enum http_known known = http_known(field->name);

	if (known == HTTP_FIELD_KNOWN)
		return;
	if (h->known_count[known]++ == 0)
		h->known[known] = field->value;
	if (known == HTTP_FIELD_CONNECTION)
		hear_connection(h, field->value);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
refuse_name(struct http_pass *s, const char *from, const char *to)
{
	if (to == s->end)
		return http_pass_want_more(s);
	if (to == from && is_blank(*from))
		return http_pass_refuse(s, FAULT_BAD_HTTP, "a field is folded");
	return http_pass_refuse(
		s, FAULT_BAD_HTTP, "a field's name is malformed");
}

/* The place is held in a local until all is well: this is where the time of a
 * head goes. */
bool
http_pass_field(struct http_pass *s, struct field *field)
{
	const char *end = s->end, *from = s->at, *to;
	const char *p = http_bytes_skip(from, end, HTTP_BYTES_TOKEN);

	if (p == end || *p != ':' || p == from)
		return refuse_name(s, from, p);
	field->name = str_of(from, (size_t)(p - from));
	for (p++; p < end && is_blank(*p); p++)
		;
	from = p;
	p = to = http_bytes_value_end(from, end);
	while (to > from && is_blank(to[-1]))
		to--;
	field->value = str_of(from, (size_t)(to - from));
	s->at = p;
	return http_pass_line_end(
		s, "a control byte stands in a field's value");
}

bool
http_pass_fields(struct http_pass *s, struct http_head *h)
{
	struct field *field;

	while (s->at < s->end && *s->at != '\r') {
		if (h->n == HTTP_FIELDS_MAX)
			return http_pass_refuse(s, FAULT_HEAD_TOO_LARGE,
				"the head has more than 64 fields");
		field = &h->fields[h->n];
		if (!http_pass_field(s, field))
			return false;
		remember(h, field);
		h->n++;
	}
	return http_pass_line_end(s, "");
}
