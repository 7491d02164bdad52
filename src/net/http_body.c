/* http_body: see http_body.h.
 *
 * The way through a chunked body, a byte at a time but for the content:
 *
 *	SIZE ──';'──▶ EXTENSION                   the size is 0
 *	  │               │ CR             ┌──────────────▶ LINE ◀─────┐
 *	  └──CR──▶ SIZE_LF ◀┘ ──LF─────────┤                 │ │       │
 *	  ▲                                ▼              CR │ │ tchar │ LF
 *	  │ LF                          CONTENT              ▼ ▼       │
 *	CONTENT_LF ◀──CR── CONTENT_CR ◀────┘            END_LF NAME    │
 *	                                                  │ LF │ ':'   │
 *	                                                done   VALUE ──┤
 *	                                                       CR▶ VALUE_LF
 */
#include "net/http_body.h"

#include "net/http_bytes.h"

#define OVERHEAD_MAX ((size_t)4 << 10)
#define DIGITS_MAX   8

enum state {
	SIZE,
	EXTENSION,
	SIZE_LF,
	CONTENT,
	CONTENT_CR,
	CONTENT_LF,
	LINE,
	NAME,
	VALUE,
	VALUE_LF,
	END_LF
};

void
http_body_init(struct http_body *b, const struct http_head *h)
{
	*b = (struct http_body){ .length = h->length, .state = SIZE };
	if (h->length == HTTP_LENGTH_GIVEN)
		b->left = h->content_length;
	b->done = h->length == HTTP_LENGTH_NONE ||
		(h->length == HTTP_LENGTH_GIVEN && b->left == 0);
}

static bool
go(struct http_body *b, enum state state)
{
	b->state = state;
	return true;
}

static bool
expect(struct http_body *b, char c, char wanted, enum state next)
{
	return c == wanted && go(b, next);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
take_size(struct http_body *b, char c)
{
	int value = hex_value(c);

	if (value >= 0) {
		b->left = b->left << 4 | (unsigned)value;
		return ++b->digits <= DIGITS_MAX;
	}
	if (b->digits == 0)
		return false;
	if (c == ';')
		return go(b, EXTENSION);
	return expect(b, c, '\r', SIZE_LF);
}

/* Visible characters and blanks, to the end of the line. */
static bool
take_extension(struct http_body *b, char c)
{
	if (c == '\r')
		return go(b, SIZE_LF);
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

static bool
take_size_end(struct http_body *b, char c)
{
	bool is_last = b->left == 0;

	b->digits = 0;
	return expect(b, c, '\n', is_last ? LINE : CONTENT);
}

static bool
take_content_end(struct http_body *b, char c)
{
	b->left = 0;
	return expect(b, c, '\n', SIZE);
}

static bool
take_line(struct http_body *b, char c)
{
	if (c == '\r')
		return go(b, END_LF);
	return http_bytes_are(c, HTTP_BYTES_TOKEN) && go(b, NAME);
}

static bool
take_name(struct http_body *b, char c)
{
	return c == ':' ? go(b, VALUE) : http_bytes_are(c, HTTP_BYTES_TOKEN);
}

static bool
take_value(struct http_body *b, char c)
{
	if (c == '\r')
		return go(b, VALUE_LF);
	return http_bytes_value_end(&c, &c + 1) != &c;
}

static bool
take_end(struct http_body *b, char c)
{
	b->done = true;
	return c == '\n';
}

static bool
take(struct http_body *b, char c)
{
	switch ((enum state)b->state) {
	case SIZE:
		return take_size(b, c);
	case EXTENSION:
		return take_extension(b, c);
	case SIZE_LF:
		return take_size_end(b, c);
	case CONTENT_CR:
		return expect(b, c, '\r', CONTENT_LF);
	case CONTENT_LF:
		return take_content_end(b, c);
	case LINE:
		return take_line(b, c);
	case NAME:
		return take_name(b, c);
	case VALUE:
		return take_value(b, c);
	case VALUE_LF:
		return expect(b, c, '\n', LINE);
	case END_LF:
		return take_end(b, c);
	case CONTENT:
		break;
	}
	return false;
}

static bool
is_overhead(const struct http_body *b)
{
	return b->state == EXTENSION || b->state >= LINE;
}

static const char *
what_is_wrong(const struct http_body *b)
{
	switch ((enum state)b->state) {
	case SIZE:
		return "a chunk's size is malformed";
	case EXTENSION:
		return "a chunk's extension is malformed";
	case SIZE_LF:
	case CONTENT_CR:
	case CONTENT_LF:
	case VALUE_LF:
	case END_LF:
		return "a line of the chunked body does not end in CR LF";
	case LINE:
	case NAME:
	case VALUE:
		return "a trailer is malformed";
	case CONTENT:
		break;
	}
	return "";
}

/* As many bytes of content as are there. */
static void
take_content(struct http_body *b, struct str in, struct str *content,
	size_t *used)
{
	size_t n = b->left < in.n - *used ? (size_t)b->left : in.n - *used;

	*content = str_of(in.p + *used, n);
	*used += n;
	if (b->length != HTTP_LENGTH_CLOSE)
		b->left -= n;
}

static bool
feed_chunked(struct http_body *b, struct str in, struct str *content,
	size_t *used, struct fault *f)
{
	while (*used < in.n && !b->done && b->state != CONTENT) {
		if (is_overhead(b) && ++b->overhead > OVERHEAD_MAX)
			return fault_set(f, FAULT_TOO_LARGE,
				"chunk extensions and trailers pass 4 KB");
		if (!take(b, in.p[*used]))
			return fault_set(
				f, FAULT_BAD_HTTP, "%s", what_is_wrong(b));
		++*used;
	}
	if (b->state == CONTENT) {
		take_content(b, in, content, used);
		if (b->left == 0)
			go(b, CONTENT_CR);
	}
	return true;
}

bool
http_body_feed(struct http_body *b, struct str in, struct str *content,
	size_t *used, struct fault *f)
{
	*content = str_of(in.p, 0);
	*used = 0;
	if (b->done)
		return true;
	switch (b->length) {
	case HTTP_LENGTH_NONE:
		return true;
	case HTTP_LENGTH_GIVEN:
		take_content(b, in, content, used);
		b->done = b->left == 0;
		return true;
	case HTTP_LENGTH_CLOSE:
		b->left = in.n;
		take_content(b, in, content, used);
		return true;
	case HTTP_LENGTH_CHUNKED:
		return feed_chunked(b, in, content, used, f);
	}
	return true;
}
