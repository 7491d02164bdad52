/* Every case of http-corpus.json, against a real server over loopback. */
#include "serving.h"

#include "base/arena.h"
#include "text/json.h"

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: smuggled\r\n\r\n"

/* What the handler saw since it was last asked; written by the loop's thread
 * before it answers, read after the answer has come. */
struct seen {
	_Atomic unsigned heads;
	_Atomic unsigned served;
	_Atomic bool body_is_right;
};

static struct seen seen;
static struct serving serving;
static struct arena *arena;
static const struct json *cases;

static void
see_head(void *with, struct http_request *r)
{
	(void)with;
	(void)r;
	seen.heads++;
}

static void
see_request(void *with, struct http_request *r)
{
	(void)with;
	seen.served++;
	seen.body_is_right = str_eq_lit(r->body, "{}");
	http_answer(r,
		&(struct http_answer){ .status = 200,
			.parts = &r->head->path,
			.part_count = 1 });
}

static struct str
read_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	char *text = arena_alloc(arena, (size_t)1 << 20);
	size_t n;

	if (in == NULL)
		fail_msg("%s can't be read", path);
	n = fread(text, 1, (size_t)1 << 20, in);
	fclose(in);
	return str_of(text, n);
}

static int
set_up(void **state)
{
	const char *slash = strrchr(__FILE__, '/');
	struct fault f = { 0 };
	const struct json *all;
	char path[512];

	(void)state;
	arena = arena_new((size_t)16 << 20);
	snprintf(path, sizeof(path), "%.*shttp-corpus.json",
		(int)(slash - __FILE__ + 1), __FILE__);
	all = json_parse(arena, read_file(path), NULL, &f);
	cases = json_get(all, "cases");
	assert_true(json_is(cases, JSON_ARRAY));
	assert_true(cases->count >= 56);
	serving_start(&serving, NULL,
		(struct http_handler){
			.head = see_head, .serve = see_request });
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	serving_stop(&serving);
	arena_free(&arena);
	return 0;
}

/* Characters of the text (UTF-8) are bytes of the request. */
static struct str
to_bytes(struct str text)
{
	char *to = arena_bytes(arena, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= 0xc0)
			c = (unsigned char)(c << 6 | (text.p[++i] & 0x3f));
		to[n++] = (char)c;
	}
	return str_of(to, n);
}

static struct str
replace(struct str in, struct str what, struct str by)
{
	size_t at = str_find(in, what);

	if (at == in.n)
		return in;
	return str_join(
		arena, str_cut(in, 0, at), by, str_cut(in, at + what.n, in.n));
}

static struct str
bytes_of(const struct json *one)
{
	struct str host = str_from(serving.host);
	struct str bytes = to_bytes(json_get_str(one, "bytes"));

	bytes = replace(bytes, STR("Host: x\r\n"),
		str_join(arena, STR("Host: "), host, STR("\r\n")));
	return replace(bytes, STR("http://x/"),
		str_join(arena, STR("http://"), host, STR("/")));
}

static void
forget(void)
{
	seen.heads = seen.served = 0;
	seen.body_is_right = false;
}

/* Closed, after a 4xx or 5xx or after nothing; no request was served. */
static void
is_refused(const struct json *one, struct str bytes)
{
	struct client c = client_dial(&serving);
	struct reply *r;

	forget();
	client_say(&c, bytes);
	r = client_hear_reply(&c, false);
	if (r->whole && (r->head.status < 400 || !r->head.close))
		fail_msg("%.*s: answered with %d",
			STR_ARG(json_get_str(one, "name")), r->head.status);
	client_hears_end(&c);
	if (seen.served != 0)
		fail_msg("%.*s: served", STR_ARG(json_get_str(one, "name")));
	reply_free(&r);
	client_hang_up(&c);
}

/* Exactly one request with the body {}; the connection goes on. */
static void
is_accepted(const struct json *one, struct str bytes)
{
	struct client c = client_dial(&serving);

	forget();
	client_say(&c, bytes);
	client_hears(&c, 200, "/mcp");
	if (seen.served != 1 || seen.heads != 1 || !seen.body_is_right)
		fail_msg("%.*s: misread", STR_ARG(json_get_str(one, "name")));
	client_say(&c,
		STR("GET /next HTTP/1.1\r\nHost: x\r\n"
		    "Connection: close\r\n\r\n"));
	client_hears(&c, 200, "/next");
	client_hears_end(&c);
	assert_int_equal(seen.served, 2);
	client_hang_up(&c);
}

static void
every_case_behaves_as_it_says(void **state)
{
	(void)state;
	json_each(one, cases) {
		struct str bytes = bytes_of(one);

		if (str_eq_lit(json_get_str(one, "expect"), "accept")) {
			is_accepted(one, bytes);
			continue;
		}
		is_refused(one, bytes);
		/* A second request behind it finds nobody. */
		is_refused(one, str_join(arena, bytes, STR(SMUGGLED)));
	}
}

/* The same bytes, one at a time: framing must not hang on the packets. */
static void
every_case_behaves_so_byte_by_byte(void **state)
{
	(void)state;
	json_each(one, cases) {
		struct str bytes = bytes_of(one);
		struct http_head head;
		struct http_body body = { 0 };
		struct fault f = { 0 };
		size_t scanned = 0, used = 0, at = 1;
		enum http_parsed parsed = HTTP_INCOMPLETE;
		bool ok;

		for (; at <= bytes.n && parsed == HTTP_INCOMPLETE; at++)
			parsed = http_head_request(&head, str_cut(bytes, 0, at),
				&scanned, &used, &f);
		ok = parsed == HTTP_PARSED;
		if (ok)
			http_body_init(&body, &head);
		for (at = used; ok && at < bytes.n && !body.done; at++) {
			struct str content;

			ok = http_body_feed(&body, str_cut(bytes, at, at + 1),
				&content, &used, &f);
		}
		ok = ok && body.done && at == bytes.n;
		if (ok != str_eq_lit(json_get_str(one, "expect"), "accept"))
			fail_msg("%.*s: %s", STR_ARG(json_get_str(one, "name")),
				f.detail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_behaves_as_it_says),
		cmocka_unit_test(every_case_behaves_so_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
