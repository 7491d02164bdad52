/* Framing of bodies: what is content, and what is refused. */
#include "net/http_body.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct fault fault;

struct result {
	bool ok;
	bool done;
	size_t used; /* of the bytes given */
	struct buf content;
};

/* In steps of so many bytes, each from memory of exactly its size. */
static struct result
feed(enum http_length length, uint64_t n, struct str in, size_t step)
{
	struct http_head h = { .length = length, .content_length = n };
	struct result r = { .ok = true };
	struct http_body b;
	size_t used = 1, at = 0, from = 0;

	buf_init(&r.content, 1 << 20);
	http_body_init(&b, &h);
	fault_clear(&fault);
	while (r.ok && !b.done && (used > 0 || at < in.n)) {
		struct str content;
		char *copy;

		if (used == 0 || from == at)
			at = at + step < in.n ? at + step : in.n;
		copy = malloc(at - from + 1);
		memcpy(copy, in.p + from, at - from);
		r.ok = http_body_feed(
			&b, str_of(copy, at - from), &content, &used, &fault);
		if (r.ok)
			buf_str(&r.content, content);
		free(copy);
		from += used;
	}
	r.done = b.done;
	r.used = from;
	assert_int_equal(!r.ok, fault_is_set(&fault));
	return r;
}

static void
chunked_is(struct str in, const char *content, size_t left)
{
	static const size_t steps[] = { 1, 2, 3, 7, 1000 };

	for (size_t i = 0; i < 5; i++) {
		struct result r = feed(HTTP_LENGTH_CHUNKED, 0, in, steps[i]);

		if (!r.ok)
			fail_msg("%.*s: %s", STR_ARG(in), fault.detail);
		assert_true(r.done);
		assert_int_equal(in.n - r.used, left);
		assert_true(str_eq(buf_view(&r.content), str_from(content)));
		buf_clear(&r.content);
	}
}

static void
chunked_is_refused(struct str in)
{
	for (size_t step = 1; step < in.n; step++) {
		struct result r = feed(HTTP_LENGTH_CHUNKED, 0, in, step);

		if (r.ok)
			fail_msg("accepted: %.*s", STR_ARG(in));
		assert_int_equal(fault.id, FAULT_BAD_HTTP);
		buf_clear(&r.content);
	}
}

static void
chunked_bodies(void **state)
{
	(void)state;
	chunked_is(STR("0\r\n\r\n"), "", 0);
	chunked_is(STR("2\r\n{}\r\n0\r\n\r\n"), "{}", 0);
	chunked_is(STR("2\r\n{}\r\n0\r\n\r\nGET"), "{}", 3);
	chunked_is(STR("00000001\r\na\r\n0000000B\r\n\r\nbcdefghi\n\r\n"
		       "0\r\n\r\n"),
		"a\r\nbcdefghi\n", 0);
	chunked_is(STR("1;a=b;c=\"d\\\" \t;\";f\r\nx\r\n0;e\r\n\r\n"), "x", 0);
	chunked_is(STR("1\r\nx\r\n0\r\nA: b\r\nC:\x80 \r\n\r\n"), "x", 0);
}

static void
chunked_bodies_refused(void **state)
{
	(void)state;
	chunked_is_refused(STR("\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("0x2\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("-2\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("+2\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR(" 2\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2 \r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2_\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("g\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("000000002\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("10000000000000002\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2\r{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2\r\n{}\n0\r\n\r\n"));
	chunked_is_refused(STR("2\r\n{}0\r\n\r\n"));
	chunked_is_refused(STR("2\r\n{}XX0\r\n\r\n"));
	chunked_is_refused(STR("2;\nxx\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a\rb\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a b\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a=\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a=\"\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a=\"\\\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;a=\"b\"c\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("2;\x80\r\n{}\r\n0\r\n\r\n"));
	chunked_is_refused(STR("0\r\n\n"));
	chunked_is_refused(STR("0\r\n\rX"));
	chunked_is_refused(STR("0\r\nA : b\r\n\r\n"));
	chunked_is_refused(STR("0\r\n A: b\r\n\r\n"));
	chunked_is_refused(STR("0\r\n: b\r\n\r\n"));
	chunked_is_refused(STR("0\r\nA: b\n\r\n"));
	chunked_is_refused(STR("0\r\nA: b\rC: d\r\n\r\n"));
	chunked_is_refused(STR("0\r\nA\r\n\r\n"));
	chunked_is_refused(STR("0\r\nGET / HTTP/1.1\r\n\r\n"));
}

static void
overhead_is_bounded(void **state)
{
	struct buf in;
	struct result r;

	(void)state;
	buf_init(&in, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_lit(&in, "1;ab\r\nx\r\n");
	r = feed(HTTP_LENGTH_CHUNKED, 0, buf_view(&in), 100);
	assert_true(r.ok);
	assert_int_equal(r.content.n, 1000);
	buf_clear(&r.content);
	for (int i = 0; i < 1000; i++)
		buf_lit(&in, "1;ab\r\nx\r\n");
	r = feed(HTTP_LENGTH_CHUNKED, 0, buf_view(&in), 100);
	assert_false(r.ok);
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	buf_clear(&r.content);
	buf_clear(&in);
	buf_lit(&in, "0\r\n");
	for (int i = 0; i < 1000; i++)
		buf_lit(&in, "A: b\r\n");
	r = feed(HTTP_LENGTH_CHUNKED, 0, buf_view(&in), 100);
	assert_false(r.ok);
	assert_int_equal(fault.id, FAULT_TOO_LARGE);
	buf_clear(&r.content);
	buf_clear(&in);
}

static void
given_length(void **state)
{
	struct result r = feed(HTTP_LENGTH_GIVEN, 5, STR("helloGET"), 3);

	(void)state;
	assert_true(r.ok && r.done);
	assert_int_equal(r.used, 5);
	assert_true(str_eq(buf_view(&r.content), STR("hello")));
	buf_clear(&r.content);
	r = feed(HTTP_LENGTH_GIVEN, 9, STR("hello"), 3);
	assert_true(r.ok && !r.done);
	assert_int_equal(r.content.n, 5);
	buf_clear(&r.content);
	r = feed(HTTP_LENGTH_GIVEN, 0, STR("hello"), 3);
	assert_true(r.done && r.used == 0);
	buf_clear(&r.content);
}

static void
no_length_and_open_end(void **state)
{
	struct result r = feed(HTTP_LENGTH_NONE, 0, STR("GET"), 3);

	(void)state;
	assert_true(r.ok && r.done && r.used == 0);
	buf_clear(&r.content);
	r = feed(HTTP_LENGTH_CLOSE, 0, STR("hello"), 2);
	assert_true(r.ok && !r.done);
	assert_true(str_eq(buf_view(&r.content), STR("hello")));
	buf_clear(&r.content);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunked_bodies),
		cmocka_unit_test(chunked_bodies_refused),
		cmocka_unit_test(overhead_is_bounded),
		cmocka_unit_test(given_length),
		cmocka_unit_test(no_length_and_open_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
