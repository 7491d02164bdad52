/* http_body: see http_body.h.
 *
 * The way through a chunked body, a byte at a time but for the content:
 *
 *	SIZE ──CR──▶ SIZE_LF ──LF──▶ CONTENT ──▶ CONTENT_CR ──CR──▶ CONTENT_LF
 *	 │ ▲          ▲    │ LF, the size is 0                          │ LF
 *	 │ └──────────│────│────────────────────────────────────────────┘
 *	 └─';'─▶ EXTENSION ▼
 *	                 LINE ──CR──▶ END_LF ──LF──▶ done
 *	                 │  ▲
 *	           tchar ▼  │ LF
 *	              NAME  VALUE_LF ◀──CR── VALUE
 *	                 └─────────':'─────────▲
 *
 * An extension is ";" token [ "=" ( token / quoted-string ) ], again and
 * again (RFC 9112 7.1.1), without blanks between:
 *
 *	EXTENSION ──tchar──▶ EXT_NAME ──'='──▶ EXT_VALUE ──tchar──▶ EXT_TOKEN
 *	    ▲                   │ ';' CR           │ '"'               │ ';' CR
 *	    └───────────────────┴── EXT_END ◀──'"'── EXT_QUOTED ◀─▶ EXT_ESCAPE
 */
#include "net/http_body.h"

#include "net/http_bytes.h"

#define OVERHEAD_MAX ((size_t)4 << 10)
#define DIGITS_MAX   8

enum state {
	SIZE,
	SIZE_LF,
	CONTENT,
	CONTENT_CR,
	CONTENT_LF,
	/* From here on, bytes are overhead. */
	EXTENSION,
	EXT_NAME,
	EXT_VALUE,
	EXT_TOKEN,
	EXT_QUOTED,
	EXT_ESCAPE,
	EXT_END,
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

/* Any byte of a field's value. */
static bool
stands_in_value(char c)
{
	return http_bytes_value_end(&c, &c + 1) != &c;
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

static bool
is_tchar(char c)
{
	return http_bytes_are(c, HTTP_BYTES_TOKEN);
}

/* One extension ends here: another follows, or the line is over. */
static bool
take_ext_end(struct http_body *b, char c)
{
	return expect(b, c, ';', EXTENSION) || expect(b, c, '\r', SIZE_LF);
}

static bool
take_ext_name(struct http_body *b, char c)
{
	return is_tchar(c) || expect(b, c, '=', EXT_VALUE) ||
		take_ext_end(b, c);
}

static bool
take_ext_quoted(struct http_body *b, char c)
{
	return expect(b, c, '"', EXT_END) || expect(b, c, '\\', EXT_ESCAPE) ||
		stands_in_value(c);
}

static bool
take_extension(struct http_body *b, char c)
{
	switch ((enum state)b->state) {
	case EXTENSION:
		return is_tchar(c) && go(b, EXT_NAME);
	case EXT_NAME:
		return take_ext_name(b, c);
	case EXT_VALUE:
		return expect(b, c, '"', EXT_QUOTED) ||
			(is_tchar(c) && go(b, EXT_TOKEN));
	case EXT_TOKEN:
		return is_tchar(c) || take_ext_end(b, c);
	case EXT_QUOTED:
		return take_ext_quoted(b, c);
	case EXT_ESCAPE:
		return stands_in_value(c) && go(b, EXT_QUOTED);
	case EXT_END:
		return take_ext_end(b, c);
	case SIZE:
	case SIZE_LF:
	case CONTENT:
	case CONTENT_CR:
	case CONTENT_LF:
	case LINE:
	case NAME:
	case VALUE:
	case VALUE_LF:
	case END_LF:
		break;
	}
	return false;
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
	return is_tchar(c) && go(b, NAME);
}

static bool
take_name(struct http_body *b, char c)
{
	return c == ':' ? go(b, VALUE) : is_tchar(c);
}

static bool
take_value(struct http_body *b, char c)
{
	if (c == '\r')
		return go(b, VALUE_LF);
	return stands_in_value(c);
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
	case SIZE_LF:
		return take_size_end(b, c);
	case EXTENSION:
	case EXT_NAME:
	case EXT_VALUE:
	case EXT_TOKEN:
	case EXT_QUOTED:
	case EXT_ESCAPE:
	case EXT_END:
		return take_extension(b, c);
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
	return b->state >= EXTENSION;
}

static const char *
what_is_wrong(const struct http_body *b)
{
	switch ((enum state)b->state) {
	case SIZE:
		return "a chunk's size is malformed";
	case EXTENSION:
	case EXT_NAME:
	case EXT_VALUE:
	case EXT_TOKEN:
	case EXT_QUOTED:
	case EXT_ESCAPE:
	case EXT_END:
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
take_content(
	struct http_body *b, struct str in, struct str *content, size_t *used)
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
