/*
 * fuzz_chunked: a byte that says how to cut, and a chunked body.
 *
 * What we accept, llhttp in its strict mode accepts, with the same content
 * and the same end.  We may refuse more, never less, but for two things: a
 * trailer that says Content-Length or Transfer-Encoding is a fault to llhttp,
 * while we read it as any other and drop it; and llhttp 8.1 loses its way
 * behind the values of some chunk extensions ("1;a=b;c=d") that RFC 9112
 * 7.1.1 allows.
 */
#include "fuzz.h"

#include "net/http_body.h"

#ifdef HAVE_LLHTTP
#include "oracle_llhttp.h"
#endif

struct result {
	bool ok;
	bool done;
	size_t used;
	struct buf content;
};

static struct result
read_in_steps(struct str in, size_t step)
{
	const struct http_head h = { .length = HTTP_LENGTH_CHUNKED };
	struct result r = { .ok = true };
	struct http_body b;
	struct fault f = { 0 };
	size_t at = 0;

	buf_init(&r.content, in.n);
	http_body_init(&b, &h);
	while (r.ok && !b.done && at < in.n) {
		struct str piece, content;
		size_t used;

		piece = str_cut(in, at, at + step);
		r.ok = http_body_feed(&b, piece, &content, &used, &f);
		insist(r.ok != fault_is_set(&f));
		if (!r.ok)
			break;
		insist(used > 0 && used <= piece.n);
		insist(content.p >= piece.p &&
			content.p + content.n <= piece.p + used);
		buf_str(&r.content, content);
		at += used;
	}
	insist(buf_ok(&r.content));
	r.done = b.done;
	r.used = at;
	return r;
}

#ifdef HAVE_LLHTTP
struct heard {
	struct buf content;
	bool done;
	bool lost; /* maybe: an extension had a value */
};

static struct heard *
heard_of(llhttp_t *p)
{
	return p->data;
}

static int
on_body(llhttp_t *p, const char *at, size_t n)
{
	buf_add(&heard_of(p)->content, at, n);
	return 0;
}

static int
on_extension_value(llhttp_t *p, const char *at, size_t n)
{
	(void)at;
	(void)n;
	heard_of(p)->lost = true;
	return 0;
}

static int
on_done(llhttp_t *p)
{
	heard_of(p)->done = true;
	return 0;
}

static bool
is_meant(const llhttp_t *p)
{
	enum llhttp_errno error = llhttp_get_errno(p);
	return (p->flags & F_TRAILING) != 0 &&
		(error == HPE_UNEXPECTED_CONTENT_LENGTH ||
			error == HPE_INVALID_CONTENT_LENGTH ||
			error == HPE_INVALID_TRANSFER_ENCODING);
}

static void
compare_oracle(const struct result *r, struct str in)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: x\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n";
	struct heard s = { .done = false };
	llhttp_settings_t settings;
	enum llhttp_errno error;
	llhttp_t p;

	buf_init(&s.content, in.n);
	llhttp_settings_init(&settings);
	settings.on_body = on_body;
	settings.on_chunk_extension_value = on_extension_value;
	settings.on_message_complete = on_done;
	llhttp_init(&p, HTTP_REQUEST, &settings);
	p.data = &s;
	insist(llhttp_execute(&p, head, sizeof(head) - 1) == HPE_OK);
	error = llhttp_execute(&p, in.p, r->used);
	if (error == HPE_OK) {
		insist(s.done == r->done);
		insist(str_eq(buf_view(&s.content), buf_view(&r->content)));
	} else if (!s.lost && !is_meant(&p)) {
		die("llhttp refuses what we accept: %s",
			llhttp_get_error_reason(&p));
	}
	buf_clear(&s.content);
}
#endif

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = fuzz_str(data, size);
	struct result whole, stepped;

	if (size == 0)
		return 0;
	in = str_cut(in, 1, in.n);
	whole = read_in_steps(in, in.n);
	stepped = read_in_steps(in, 1 + data[0] % 13);
	insist(whole.ok == stepped.ok && whole.done == stepped.done);
	/* A refused piece is not counted, however much of it was good. */
	insist(!whole.ok || whole.used == stepped.used);
	insist(!whole.ok ||
		str_eq(buf_view(&whole.content), buf_view(&stepped.content)));
#ifdef HAVE_LLHTTP
	if (whole.ok)
		compare_oracle(&whole, in);
#endif
	buf_clear(&whole.content);
	buf_clear(&stepped.content);
	return 0;
}
