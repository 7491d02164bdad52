/* http_stream: answers that come piece by piece.  See http_server.h. */
#include "base/arena.h"
#include "base/die.h"
#include "net/http_connection.h"
#include "net/http_reply.h"
#include "net/http_service.h"

#include <stdlib.h>

/* What stands before and behind the parts of one chunk. */
struct frame {
	char size[20];
	size_t size_n;
	struct str end;
};

static struct str
last_chunk(const struct http_connection *c)
{
	return c->identity || c->no_content ? STR("") : STR("0\r\n\r\n");
}

void
http_stream_begin(struct http_request *r, const struct http_answer *answer)
{
	struct http_connection *c = r->connection;

	insist(c->has_request && !c->streaming);
	c->no_content = http_reply_has_no_content(c, answer->status);
	c->identity = r->head->minor == 0;
	c->streaming = true;
	http_reply_settle_close(c, answer);
	http_reply_head(c, answer,
		c->identity || c->no_content ? HTTP_FRAMING_NONE
					     : HTTP_FRAMING_CHUNKED);
	loop_turn_set(&c->sending, LOOP_SEND);
	if (c->state == HTTP_STATE_BODY)
		http_connection_move(c, HTTP_STATE_SERVING, 0);
}

bool
http_is_streaming(const struct http_request *r)
{
	return r->connection->streaming;
}

static size_t
sum(const struct str *parts, size_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += parts[i].n;
	return all;
}

static void
put_size(struct frame *f, size_t n)
{
	char digits[16];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[n & 15];
		n >>= 4;
	} while (n != 0);
	f->size_n = sizeof(digits) - at;
	memcpy(f->size, digits + at, f->size_n);
	memcpy(f->size + f->size_n, "\r\n", 2);
	f->size_n += 2;
}

static struct frame
frame_of(const struct http_connection *c, size_t n, bool is_last)
{
	struct frame f = { .end = STR("") };

	if (!c->identity && n > 0) {
		put_size(&f, n);
		f.end = is_last ? STR("\r\n0\r\n\r\n") : STR("\r\n");
	} else if (is_last) {
		f.end = last_chunk(c);
	}
	return f;
}

static struct iovec
iovec_of(struct str s)
{
	return (struct iovec){ (void *)(uintptr_t)s.p, s.n };
}

/* One chunk; out[0] is left free, as http_connection_send() wants it. */
static void
send_chunk(struct http_connection *c, const struct frame *f,
	const struct str *parts, size_t n)
{
	struct iovec out[3 + HTTP_REPLY_PARTS];
	size_t at = 0;
	int count = 1;

	out[count++] = iovec_of(str_of(f->size, f->size_n));
	while (n - at > HTTP_REPLY_PARTS) {
		for (size_t i = 0; i < HTTP_REPLY_PARTS; i++)
			out[count++] = iovec_of(parts[at++]);
		http_connection_send(c, out, count);
		count = 1;
	}
	while (at < n)
		out[count++] = iovec_of(parts[at++]);
	out[count++] = iovec_of(f->end);
	http_connection_send(c, out, count);
}

static void
send_parts(struct http_connection *c, const struct str *parts, size_t n,
	bool is_last)
{
	struct frame f;

	if (c->no_content)
		n = 0;
	f = frame_of(c, sum(parts, n), is_last);
	if (sum(parts, n) > 0 || is_last)
		send_chunk(c, &f, parts, n);
}

bool
http_stream_write(struct http_request *r, const struct str *parts, size_t n)
{
	struct http_connection *c = r->connection;
	size_t most = c->server->limits.stream_buffer, waiting;
	bool is_behind = http_connection_waiting(c) > 2 * most;

	insist(c->has_request && c->streaming);
	send_parts(c, parts, n, false);
	if (http_connection_waiting(c) > most && !c->writing)
		http_connection_flush(c);
	waiting = http_connection_waiting(c);
	/* One large message is no sign that nobody reads. */
	if (is_behind && !c->broken) {
		c->broken = true;
		http_connection_later(c);
	}
	if (waiting > most)
		c->full = true;
	return waiting <= most && !c->broken;
}

void
http_stream_last(struct http_request *r, const struct str *parts, size_t n)
{
	struct http_connection *c = r->connection;

	insist(c->has_request && c->streaming);
	send_parts(c, parts, n, true);
	http_connection_answered(c);
}

void
http_stream_end(struct http_request *r)
{
	http_stream_last(r, NULL, 0);
}

void
http_stream_slim(struct http_request *r)
{
	struct http_connection *c = r->connection;

	insist(c->has_request && c->streaming);
	r->head = NULL;
	r->body = STR("");
	buf_clear(&c->body_chunked);
	c->in.base = 0;
	http_connection_trim(c);
	r->arena = arena_new(ARENA_REQUEST_MAX);
}
