#include "text/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENT_MAX_BYTES ((size_t)64)

/* Writes each event as "type/id/data|"; '-' stands for no id. */
static void
note(void *with, const struct sse_event *event)
{
	struct buf *b = with;

	buf_str(b, event->type);
	buf_char(b, '/');
	buf_str(b, str_is_none(event->id) ? STR("-") : event->id);
	buf_char(b, '/');
	buf_str(b, event->data);
	buf_char(b, '|');
}

/* Feeds the text in pieces of step bytes. */
static void
hears(const char *text, size_t step, const char *expected)
{
	struct str all = str_from(text);
	struct sse_reader r;
	struct fault f;
	struct buf heard;

	buf_init(&heard, 4096);
	sse_reader_init(&r, EVENT_MAX_BYTES, note, &heard);
	for (size_t at = 0; at < all.n; at += step)
		assert_true(sse_feed(&r, str_cut(all, at, at + step), &f));
	buf_char(&heard, '\0');
	assert_string_equal(buf_view(&heard).p, expected);
	buf_clear(&heard);
	sse_reader_clear(&r);
}

static void
test_streams(void **state)
{
	static const char *const rows[][2] = {
		{ "data: a\n\n", "message/-/a|" },
		{ "data:a\ndata\ndata:  b\n\n", "message/-/a\n\n b|" },
		{ "event: x\r\nid: 7\r\ndata: a\r\n\r\ndata: b\r\r",
			"x/7/a|message/7/b|" },
		{ "\xef\xbb\xbf"
		  "data: a\n\n",
			"message/-/a|" },
		{ "\xef\xbb\xbf\xef\xbb\xbf"
		  "data: a\n\ndata: b\n\n",
			"message/-/b|" },
		{ "\xef\xbb"
		  "data: a\n\ndata: b\n\n",
			"message/-/b|" },
		{ ": comment\n:\n\ndata: a\n\n", "message/-/a|" },
		{ "data:\n\n", "message/-/|" },
		{ "id: 1\ndata:\n\nid\ndata: x\n\n",
			"message/1/|message/-/x|" },
		{ "event: e\n\ndata: a\n\n", "message/-/a|" },
		{ "id: 3\n\ndata: a\n\n", "message/3/a|" },
		{ "data: unfinished\n", "" },
		{ "Data: a\ndata : b\nother: c\n\n", "" },
		{ "data: \xc3\xa9: b\n\n\n\n", "message/-/\xc3\xa9: b|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t step = 1; step < 40; step++)
			hears(rows[i][0], step, rows[i][1]);
}

static void
test_id_with_nul_and_retry(void **state)
{
	struct sse_reader r;
	struct buf heard;

	(void)state;
	buf_init(&heard, 100);
	sse_reader_init(&r, EVENT_MAX_BYTES, note, &heard);
	assert_int_equal(r.retry_ms, -1);
	assert_true(sse_feed(&r, STR("id: a\nid: b\0c\nretry: 1500\n"), NULL));
	assert_int_equal(r.retry_ms, 1500);
	assert_true(sse_feed(&r,
		STR("retry: 1x\nretry: -1\nretry: "
		    "99999999999999999999\nretry:\nretry: 86400001\n"
		    "data: d\n\n"),
		NULL));
	assert_int_equal(r.retry_ms, 1500);
	assert_true(str_eq_lit(buf_view(&heard), "message/a/d|"));
	sse_reader_clear(&r);
	buf_clear(&heard);
}

/* Feeds head, then n bytes of 'a', then tail. */
static bool
takes(const char *head, size_t n, const char *tail, enum fault_id *id)
{
	struct sse_reader r;
	struct buf heard;
	struct fault f = { FAULT_NONE, "" };
	bool good;

	buf_init(&heard, 4096);
	sse_reader_init(&r, EVENT_MAX_BYTES, note, &heard);
	good = sse_feed(&r, str_from(head), &f);
	for (size_t i = 0; i < n && good; i++)
		good = sse_feed(&r, STR("a"), &f);
	good = good && sse_feed(&r, str_from(tail), &f);
	*id = f.id;
	sse_reader_clear(&r);
	buf_clear(&heard);
	return good;
}

static void
test_bounds(void **state)
{
	static char comment[2 * SSE_NAME_MAX] = ":";
	enum fault_id id;

	memset(comment + 1, 'c', sizeof(comment) - 3);
	comment[sizeof(comment) - 2] = '\n';
	assert_false(takes(comment, 0, "", &id));
	assert_int_equal(id, FAULT_TOO_LARGE);
	(void)state;
	assert_true(takes("data: ", EVENT_MAX_BYTES, "\n\n", &id));
	assert_false(takes("data: ", EVENT_MAX_BYTES + 1, "\n\n", &id));
	assert_int_equal(id, FAULT_TOO_LARGE);
	assert_false(takes("data: ab\ndata: ", EVENT_MAX_BYTES - 2, "\n", &id));
	assert_false(takes("event: ", SSE_NAME_MAX + 1, "\n", &id));
	assert_false(takes("id: ", SSE_NAME_MAX + 1, "\n", &id));
	assert_false(takes(": ", 2 * SSE_NAME_MAX, "", &id));
	assert_false(takes("data: \xff", 0, "\n\n", &id));
	assert_int_equal(id, FAULT_BAD_TEXT);
	assert_false(takes("event: \xc0\ndata: a", 0, "\n\n", &id));
	assert_int_equal(id, FAULT_BAD_TEXT);
}

/* A hearer that frees the reader in the middle of what was fed. */
static void
let_go(void *with, const struct sse_event *event)
{
	struct sse_reader **r = with;

	assert_true(str_eq_lit(event->data, "a"));
	sse_reader_clear(*r);
	free(*r);
	*r = NULL;
}

static void
test_hearer_frees(void **state)
{
	struct sse_reader *r = malloc(sizeof(*r));

	(void)state;
	sse_reader_init(r, EVENT_MAX_BYTES, let_go, &r);
	assert_true(
		sse_feed(r, STR("data: a\n\ndata: b\n\ndata: c\n\n"), NULL));
	assert_null(r);
}

static void
wrote(struct sse_event event, const char *expected)
{
	struct buf b;

	buf_init(&b, 1000);
	sse_write(&b, &event);
	assert_true(str_eq(buf_view(&b), str_from(expected)));
	buf_clear(&b);
}

static void
test_write(void **state)
{
	(void)state;
	wrote((struct sse_event){ .data = STR("{}") }, "data: {}\n\n");
	wrote((struct sse_event){ STR("x"), STR("a\nb\r\nc\rd\n"), STR("1") },
		"event: x\nid: 1\ndata: a\ndata: b\ndata: c\ndata: d\n"
		"data: \n\n");
	wrote((struct sse_event){ STR("x\ndata: y"), STR(""), STR("1\r2") },
		"data: \n\n");
	wrote((struct sse_event){ .data = STR("a"), .id = STR("\0") },
		"data: a\n\n");
	wrote((struct sse_event){ .id = STR("5") }, "id: 5\n\n");
}

static void
test_comment(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	sse_write_comment(&b, STR("a\ndata: b\r"));
	assert_true(str_eq_lit(buf_view(&b), ": a data: b \n\n"));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_id_with_nul_and_retry),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_hearer_frees),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_comment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
