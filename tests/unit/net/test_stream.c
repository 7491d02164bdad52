/* Streams: what is told when, and what it costs. */
#include "net/stream.h"

#include "net/loop.h"
#include "net/tls.h"
#include "pki.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>

/* One end of a pair, and what it was told. */
struct end {
	struct loop *loop;
	struct stream *s;
	int fd; /* the other end, when that is no stream */
	unsigned readable;
	unsigned writable;
	unsigned hung_up;
	bool close_when_readable;
	bool leave; /* unread */
	char got[64];
	size_t n;
	enum stream_moved last;
};

static void
on_readable(void *with)
{
	struct end *e = with;
	size_t n;

	e->readable++;
	if (e->close_when_readable) {
		stream_close(&e->s);
		return;
	}
	if (e->leave)
		return;
	e->last = stream_read(e->s, e->got + e->n, sizeof(e->got) - e->n, &n);
	e->n += n;
	if (e->last == STREAM_END || e->last == STREAM_BROKEN)
		stream_pause(e->s);
}

static void
on_writable(void *with)
{
	struct end *e = with;

	e->writable++;
}

static void
on_hung_up(void *with)
{
	struct end *e = with;

	e->hung_up++;
}

static void
stop(void *with)
{
	loop_stop(with);
}

static void
let_pass(struct loop *l)
{
	struct loop_timer t;

	loop_timer_init(&t, l, stop, l);
	loop_timer_set(&t, 5);
	loop_run(l);
}

static void
pair(int fds[2])
{
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void
open_end(struct end *e)
{
	int fds[2];

	pair(fds);
	*e = (struct end){ .loop = loop_new(), .fd = fds[1] };
	e->s = stream_accepted(e->loop, fds[0], NULL);
	assert_non_null(e->s);
	stream_own(e->s,
		(struct stream_owner){
			on_readable, on_writable, e, on_hung_up });
}

static void
close_end(struct end *e)
{
	stream_close(&e->s);
	if (e->fd >= 0)
		close(e->fd);
	loop_free(&e->loop);
}

static void
say(struct end *e, const char *text)
{
	assert_int_equal(
		write(e->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
test_bytes_then_the_end(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	let_pass(e.loop);
	assert_int_equal(e.readable, 0);
	assert_true(stream_is_quiet(e.s));
	say(&e, "hello");
	assert_false(stream_is_quiet(e.s));
	let_pass(e.loop);
	assert_int_equal(e.readable, 1);
	assert_memory_equal(e.got, "hello", 5);
	close(e.fd);
	e.fd = -1;
	assert_false(stream_is_quiet(e.s));
	let_pass(e.loop);
	assert_int_equal(e.last, STREAM_END);
	close_end(&e);
}

static void
test_what_is_left_unread_is_announced_again(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	e.leave = true;
	say(&e, "x");
	let_pass(e.loop);
	assert_true(e.readable > 1);
	close_end(&e);
}

static void
test_pause_holds_back_and_resume_tells(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	stream_pause(e.s);
	say(&e, "x");
	let_pass(e.loop);
	let_pass(e.loop);
	assert_int_equal(e.readable, 0);
	assert_int_equal(e.hung_up, 0);
	stream_resume(e.s);
	let_pass(e.loop);
	assert_int_equal(e.readable, 1);
	assert_int_equal(e.n, 1);
	close_end(&e);
}

static void
test_a_paused_owner_hears_of_the_end_once(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	stream_pause(e.s);
	say(&e, "x");
	let_pass(e.loop);
	close(e.fd);
	e.fd = -1;
	let_pass(e.loop);
	let_pass(e.loop);
	assert_int_equal(e.hung_up, 1);
	assert_int_equal(e.readable, 0);
	/* What came before the end is still there. */
	stream_resume(e.s);
	let_pass(e.loop);
	assert_int_equal(e.n, 1);
	assert_int_equal(e.last, STREAM_END);
	close_end(&e);
}

/* The peer sees a full buffer; writable() comes once when it drains. */
static void
test_writable_is_told_once(void **state)
{
	static char block[65536];
	struct iovec part = { block, sizeof(block) };
	struct end e;
	size_t n, total = 0;

	(void)state;
	open_end(&e);
	fcntl(e.fd, F_SETFL, O_NONBLOCK);
	while (stream_write(e.s, &part, 1, &n) == STREAM_MOVED)
		total += n;
	assert_int_equal(n, 0);
	stream_want_write(e.s);
	let_pass(e.loop);
	assert_int_equal(e.writable, 0);
	while (total > 0) {
		ssize_t got = read(e.fd, block, sizeof(block));

		assert_true(got > 0);
		total -= (size_t)got;
	}
	let_pass(e.loop);
	let_pass(e.loop);
	assert_int_equal(e.writable, 1);
	close_end(&e);
}

static void
test_closing_within_readable(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	e.close_when_readable = true;
	say(&e, "x");
	let_pass(e.loop);
	let_pass(e.loop);
	assert_int_equal(e.readable, 1);
	assert_null(e.s);
	close_end(&e);
}

static void
test_writing_to_a_peer_that_is_gone_breaks_without_a_signal(void **state)
{
	struct iovec part = { (char[]){ "x" }, 1 };
	struct end e;
	size_t n;

	(void)state;
	open_end(&e);
	close(e.fd);
	e.fd = -1;
	assert_int_equal(stream_write(e.s, &part, 1, &n), STREAM_BROKEN);
	close_end(&e);
}

static void
test_pipes_are_streams_too(void **state)
{
	struct end e = { .loop = loop_new() };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	e.fd = fds[1];
	e.s = stream_accepted(e.loop, fds[0], NULL);
	stream_own(e.s,
		(struct stream_owner){ on_readable, on_writable, &e, NULL });
	say(&e, "abc");
	let_pass(e.loop);
	assert_int_equal(e.n, 3);
	close(e.fd);
	e.fd = -1;
	let_pass(e.loop);
	assert_int_equal(e.last, STREAM_END);
	close_end(&e);
}

static void
test_a_plain_stream_is_small(void **state)
{
	struct end e;

	(void)state;
	open_end(&e);
	assert_true(malloc_usable_size(e.s) < 400);
	close_end(&e);
}

/* ---- TLS, both ends in one loop ---- */

#define BIG ((size_t)1 << 20)

struct side {
	struct stream *s;
	char *out; /* BIG bytes to send */
	size_t sent;
	char *in;
	size_t got;
	bool broken;
	struct loop *loop;
	struct side *other;
};

static void
side_write(void *with)
{
	struct side *e = with;
	size_t left = BIG - e->sent, n, first = left < 10 ? left : 10;
	struct iovec parts[3] = { { e->out + e->sent, first }, { NULL, 0 },
		{ e->out + e->sent + first, left - first } };

	if (left == 0 || e->broken)
		return;
	switch (stream_write(e->s, parts, 3, &n)) {
	case STREAM_MOVED:
	case STREAM_AGAIN:
		e->sent += n;
		if (e->sent < BIG)
			stream_want_write(e->s);
		return;
	case STREAM_END:
	case STREAM_BROKEN:
		e->broken = true;
		loop_stop(e->loop);
		return;
	}
}

static void
side_read(void *with)
{
	struct side *e = with;
	enum stream_moved moved;

	do {
		size_t left = BIG + 1 - e->got, n;
		size_t room = left < 5000 ? left : 5000;

		moved = stream_read(e->s, e->in + e->got, room, &n);
		e->got += n;
	} while (moved == STREAM_MOVED && stream_has_pending(e->s));
	if (moved == STREAM_END || moved == STREAM_BROKEN) {
		e->broken = true;
		stream_pause(e->s);
		loop_stop(e->loop);
	}
	if (e->got == BIG && e->other->got == BIG)
		loop_stop(e->loop);
}

static void
side_open(struct side *e, struct loop *l, struct stream *s, struct side *other)
{
	*e = (struct side){ .s = s, .loop = l, .other = other };
	e->out = malloc(BIG);
	e->in = calloc(1, BIG + 1);
	for (size_t i = 0; i < BIG; i++)
		e->out[i] = (char)(i * 31 + i / 4096);
	stream_own(s, (struct stream_owner){ side_read, side_write, e, NULL });
	stream_want_write(s);
}

static void
side_close(struct side *e)
{
	stream_close(&e->s);
	free(e->in);
	free(e->out);
}

static void
test_tls_carries_a_megabyte_each_way_at_once(void **state)
{
	struct pki_leaf leaf = { "DNS:example.com", "x", -60, 600 };
	struct tls_context *server, *client;
	struct loop *l = loop_new();
	struct fault f = { 0 };
	struct side a, b;
	struct pki pki;
	int fds[2];

	(void)state;
	pki_open(&pki);
	pki_write(&pki, &leaf);
	server = tls_server_new(pki.cert_path, pki.key_path, &f);
	client = tls_client_new(pki.ca_path, &f);
	pair(fds);
	side_open(&a, l, stream_accepted(l, fds[0], server), &b);
	side_open(
		&b, l, stream_connected(l, fds[1], client, "example.com"), &a);
	loop_run(l);
	assert_false(a.broken || b.broken);
	assert_memory_equal(a.in, b.out, BIG);
	assert_memory_equal(b.in, a.out, BIG);
	/* The good-bye is an end, not a break. */
	stream_close(&a.s);
	while (!b.broken)
		loop_run(l);
	assert_string_equal(stream_why(b.s), "");
	side_close(&a);
	side_close(&b);
	tls_context_free(&server);
	tls_context_free(&client);
	loop_free(&l);
	pki_close(&pki);
}

static void
test_garbage_breaks_a_tls_server_with_a_reason(void **state)
{
	struct pki_leaf leaf = { "DNS:example.com", "x", -60, 600 };
	struct tls_context *server;
	struct end e = { .loop = loop_new() };
	struct fault f = { 0 };
	struct pki pki;
	int fds[2];

	(void)state;
	pki_open(&pki);
	pki_write(&pki, &leaf);
	server = tls_server_new(pki.cert_path, pki.key_path, &f);
	pair(fds);
	e.fd = fds[1];
	e.s = stream_accepted(e.loop, fds[0], server);
	stream_own(e.s,
		(struct stream_owner){ on_readable, on_writable, &e, NULL });
	say(&e, "GET / HTTP/1.1\r\n\r\n");
	let_pass(e.loop);
	assert_int_equal(e.last, STREAM_BROKEN);
	assert_string_equal(stream_why(e.s), "http request");
	close_end(&e);
	tls_context_free(&server);
	pki_close(&pki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_then_the_end),
		cmocka_unit_test(test_what_is_left_unread_is_announced_again),
		cmocka_unit_test(test_pause_holds_back_and_resume_tells),
		cmocka_unit_test(test_a_paused_owner_hears_of_the_end_once),
		cmocka_unit_test(test_writable_is_told_once),
		cmocka_unit_test(test_closing_within_readable),
		cmocka_unit_test(
			test_writing_to_a_peer_that_is_gone_breaks_without_a_signal),
		cmocka_unit_test(test_pipes_are_streams_too),
		cmocka_unit_test(test_a_plain_stream_is_small),
		cmocka_unit_test(test_tls_carries_a_megabyte_each_way_at_once),
		cmocka_unit_test(
			test_garbage_breaks_a_tls_server_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
