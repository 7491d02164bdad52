/*
 * fuzz_head: a byte that says what to read, and the head of a message.
 *
 * What we accept, llhttp in its strict mode accepts, with the same target,
 * fields and length.  We may refuse more, never less, but for three things:
 * methods that llhttp has no name for; what follows an upgrade, where llhttp
 * steps aside after the head; and a tab around the number of Content-Length,
 * which RFC 9110 5.5 cuts off and llhttp takes for a part of it.
 */
#include "fuzz.h"

#include "net/http_head.h"

#ifdef HAVE_LLHTTP
#include "oracle_llhttp.h"
#endif

enum what { REQUEST, RESPONSE, RESPONSE_TO_HEAD };

static enum http_parsed
parse(enum what what, struct http_head *h, struct str bytes, size_t *scanned,
	size_t *used)
{
	struct fault f = { 0 };
	enum http_parsed parsed = what == REQUEST
		? http_head_request(h, bytes, scanned, used, &f)
		: http_head_response(h, bytes, what == RESPONSE_TO_HEAD,
			  scanned, used, &f);

	insist((parsed == HTTP_REFUSED) == fault_is_set(&f));
	return parsed;
}

static bool
is_within(struct str outer, struct str s)
{
	return str_is_none(s) ||
		(s.p >= outer.p && s.p + s.n <= outer.p + outer.n);
}

static void
check_fields(const struct http_head *h, struct str bytes)
{
	insist(h->n <= HTTP_FIELDS_MAX);
	for (size_t i = 0; i < h->n; i++) {
		const struct field *field = &h->fields[i];

		insist(is_within(bytes, field->name));
		insist(is_within(bytes, field->value));
		insist(field_is_token(field->name));
		insist(field_is_value(field->value));
		insist(str_eq(field->value, str_trim(field->value)));
	}
}

/* The table of known fields says the same as a plain search. */
static void
check_known(const struct http_head *h)
{
	static const struct str names[HTTP_FIELD_KNOWN] = {
		STR_INIT("host"),
		STR_INIT("authorization"),
		STR_INIT("content-type"),
		STR_INIT("content-length"),
		STR_INIT("transfer-encoding"),
		STR_INIT("connection"),
		STR_INIT("origin"),
		STR_INIT("accept"),
		STR_INIT("cookie"),
		STR_INIT("expect"),
		STR_INIT("mcp-protocol-version"),
		STR_INIT("mcp-session-id"),
		STR_INIT("mcp-method"),
		STR_INIT("mcp-name"),
		STR_INIT("last-event-id"),
		STR_INIT("www-authenticate"),
		STR_INIT("location"),
		STR_INIT("retry-after"),
	};

	for (unsigned i = 0; i < HTTP_FIELD_KNOWN; i++) {
		unsigned count;
		struct str value = field_get(h->fields, h->n, names[i], &count);

		insist(h->known_count[i] == count);
		insist(h->known[i].p == value.p && h->known[i].n == value.n);
	}
}

static void
check_request(const struct http_head *h, struct str bytes)
{
	insist(field_is_token(h->method_text));
	insist(h->target.n > 0);
	insist(is_within(bytes, h->target) || str_eq_lit(h->target, "/"));
	insist(is_within(h->target, h->path));
	insist(is_within(h->target, h->query));
	insist(h->path.p[0] == '/' || str_eq_lit(h->path, "*"));
	insist(h->minor == 0 || h->authority.n > 0);
	insist(h->length != HTTP_LENGTH_CLOSE);
}

/* In steps, the result is the same, but a refusal may come later: whole lines
 * are waited for. */
static void
compare_steps(enum what what, struct str bytes, size_t step,
	enum http_parsed wanted, size_t wanted_used)
{
	static struct http_head h;
	enum http_parsed parsed = HTTP_INCOMPLETE;
	size_t scanned = 0, used = 0;

	for (size_t n = 0; n < bytes.n && parsed == HTTP_INCOMPLETE;) {
		n = bytes.n - n > step ? n + step : bytes.n;
		parsed = parse(what, &h, str_cut(bytes, 0, n), &scanned, &used);
	}
	insist(parsed == wanted ||
		(wanted == HTTP_REFUSED && parsed == HTTP_INCOMPLETE));
	insist(parsed != HTTP_PARSED || used == wanted_used);
}

#ifdef HAVE_LLHTTP
struct heard {
	struct buf url;
	struct buf name;
	struct buf value;
	struct field fields[HTTP_FIELDS_MAX];
	size_t n;
	bool complete;
	bool chunked;
	bool has_length;
	uint64_t length;
	struct arena *arena;
};

static struct heard *
heard_of(llhttp_t *p)
{
	return p->data;
}

static int
on_url(llhttp_t *p, const char *at, size_t n)
{
	buf_add(&heard_of(p)->url, at, n);
	return 0;
}

static int
on_name(llhttp_t *p, const char *at, size_t n)
{
	buf_add(&heard_of(p)->name, at, n);
	return 0;
}

static int
on_value(llhttp_t *p, const char *at, size_t n)
{
	buf_add(&heard_of(p)->value, at, n);
	return 0;
}

static int
on_field_end(llhttp_t *p)
{
	struct heard *s = heard_of(p);

	insist(s->n < HTTP_FIELDS_MAX);
	s->fields[s->n++] = (struct field){
		str_dup(s->arena, buf_view(&s->name)),
		str_dup(s->arena, str_trim(buf_view(&s->value))),
	};
	buf_clear(&s->name);
	buf_clear(&s->value);
	return 0;
}

static int
on_head_end(llhttp_t *p)
{
	struct heard *s = heard_of(p);

	s->complete = true;
	s->chunked = (p->flags & F_CHUNKED) != 0;
	s->has_length = (p->flags & F_CONTENT_LENGTH) != 0;
	s->length = p->content_length;
	return 1; /* no body here */
}

static void
compare_target(const struct http_head *h, struct str url)
{
	if (url.n > 0 && (url.p[0] == '/' || url.p[0] == '*'))
		insist(str_eq(h->target, url));
	else
		insist(str_ends(url, h->target) || str_eq_lit(h->target, "/"));
}

static void
compare_fields(const struct http_head *h, const struct heard *s)
{
	insist(h->n == s->n);
	for (size_t i = 0; i < h->n; i++) {
		insist(str_eq(h->fields[i].name, s->fields[i].name));
		insist(str_eq(h->fields[i].value, s->fields[i].value));
	}
}

/* Blanks follow, a tab among them. */
static bool
is_before_tab(struct str value)
{
	const char *at = value.p + value.n;

	if (str_is_none(value))
		return false;
	while (*at == ' ')
		at++;
	return *at == '\t';
}

static void
compare_length(const struct http_head *h, const struct heard *s)
{
	switch (h->length) {
	case HTTP_LENGTH_NONE:
		/* A response without a body may speak of one. */
		insist(h->status != 0 || !(s->chunked || s->has_length));
		break;
	case HTTP_LENGTH_GIVEN:
		insist(!s->chunked && s->has_length);
		insist(h->content_length == s->length);
		break;
	case HTTP_LENGTH_CHUNKED:
		insist(!s->has_length);
		insist(s->chunked ||
			is_before_tab(h->known[HTTP_FIELD_TRANSFER_ENCODING]));
		break;
	case HTTP_LENGTH_CLOSE:
		insist(!s->chunked && !s->has_length);
		break;
	}
}

static void
compare_heads(const struct http_head *h, llhttp_t *p)
{
	const struct heard *s = heard_of(p);

	insist(s->complete && p->http_major == 1 && p->http_minor == h->minor);
	if (h->status == 0)
		compare_target(h, buf_view(&s->url));
	else
		insist(p->status_code == h->status);
	compare_fields(h, s);
	compare_length(h, s);
}

/* llhttp takes a tab behind a length or a coding for a part of it; to RFC 9110
 * it is a blank like another (5.6.3). */
static bool
is_meant(const llhttp_t *p, const struct http_head *h)
{
	switch (llhttp_get_errno(p)) {
	case HPE_INVALID_CONTENT_LENGTH:
		return is_before_tab(h->known[HTTP_FIELD_CONTENT_LENGTH]);
	case HPE_INVALID_TRANSFER_ENCODING:
		return is_before_tab(h->known[HTTP_FIELD_TRANSFER_ENCODING]);
	default:
		return false;
	}
}

static void
compare_oracle(const struct http_head *h, struct str bytes)
{
	struct heard s = { .arena = arena_new(FUZZ_ARENA_MAX) };
	llhttp_settings_t settings;
	enum llhttp_errno error;
	llhttp_t p;

	llhttp_settings_init(&settings);
	settings.on_url = on_url;
	settings.on_header_field = on_name;
	settings.on_header_value = on_value;
	settings.on_header_value_complete = on_field_end;
	settings.on_headers_complete = on_head_end;
	llhttp_init(
		&p, h->status == 0 ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
	p.data = &s;
	buf_init(&s.url, bytes.n);
	buf_init(&s.name, bytes.n);
	buf_init(&s.value, bytes.n);
	error = llhttp_execute(&p, bytes.p, bytes.n);
	if (error == HPE_OK || error == HPE_PAUSED_UPGRADE)
		compare_heads(h, &p);
	else if (!is_meant(&p, h))
		die("llhttp refuses what we accept: %s",
			llhttp_get_error_reason(&p));
	buf_clear(&s.url);
	buf_clear(&s.name);
	buf_clear(&s.value);
	arena_free(&s.arena);
}
#endif

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_head h;
	struct str bytes = fuzz_str(data, size);
	enum http_parsed parsed;
	size_t scanned = 0, used = 0, step;
	enum what what;

	if (size == 0)
		return 0;
	/* Letters, so that a corpus can be read. */
	what = (enum what)(data[0] % 3);
	step = 1 + (data[0] / 3) % 11;
	bytes = str_cut(bytes, 1, bytes.n);
	parsed = parse(what, &h, bytes, &scanned, &used);
	compare_steps(what, bytes, step, parsed, used);
	if (parsed != HTTP_PARSED)
		return 0;
	insist(used > 0 && used <= bytes.n && used <= HTTP_HEAD_MAX);
	check_fields(&h, bytes);
	check_known(&h);
	if (what == REQUEST)
		check_request(&h, bytes);
#ifdef HAVE_LLHTTP
	if (what != REQUEST || h.method != HTTP_OTHER)
		compare_oracle(&h, str_cut(bytes, 0, used));
#endif
	return 0;
}
