/* What the head parser takes and, mostly, what it refuses. */
#include "net/http_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct http_head head;
static struct fault fault;
static size_t used;

/* From memory of exactly its size, so that a read past it is seen. */
static enum http_parsed
parse(struct str text, bool response, bool asked_head)
{
	char *copy = malloc(text.n + 1);
	char *exact = copy + 1;
	struct str bytes = str_of(exact, text.n);
	enum http_parsed parsed;
	size_t scanned = 0;

	memcpy(exact, text.p, text.n);
	fault_clear(&fault);
	if (response)
		parsed = http_head_response(
			&head, bytes, asked_head, &scanned, &used, &fault);
	else
		parsed = http_head_request(
			&head, bytes, &scanned, &used, &fault);
	assert_int_equal(parsed == HTTP_REFUSED, fault_is_set(&fault));
	free(copy);
	return parsed;
}

static enum http_parsed
request(const char *text)
{
	return parse(str_from(text), false, false);
}

static void
refused(const char *text, enum fault_id id)
{
	if (request(text) != HTTP_REFUSED || fault.id != id)
		fail_msg("%s: %s", text,
			fault_is_set(&fault) ? fault.detail : "accepted");
}

/* With bytes that stay where they are. */
static void
accept_request(struct str text)
{
	size_t scanned = 0;

	fault_clear(&fault);
	if (http_head_request(&head, text, &scanned, &used, &fault) !=
		HTTP_PARSED)
		fail_msg("%.*s: %s", STR_ARG(text), fault.detail);
}

static void
assert_str(struct str got, const char *wanted)
{
	if (!str_eq(got, str_from(wanted)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), wanted);
}

static const char typical[] = "POST /mcp/github?x=1&y=/? HTTP/1.1\r\n"
			      "Host: localhost:3000\r\n"
			      "User-Agent: node\r\n"
			      "accept: application/json, text/event-stream\r\n"
			      "Accept-Encoding: \t gzip, br \t\r\n"
			      "AUTHORIZATION: Bearer abc\r\n"
			      "Content-Type:application/json\r\n"
			      "Mcp-Protocol-Version: 2025-11-25\r\n"
			      "mcp-session-id: 17\r\n"
			      "Mcp-Method: tools/call\r\n"
			      "MCP-Name: a\x80\xff b\r\n"
			      "X-Empty:\r\n"
			      "X-Blank: \t \r\n"
			      "Content-Length: 42\r\n"
			      "\r\n";
#define TYPICAL str_of(typical, sizeof(typical) - 1)

static void
typical_request_is_read(void **state)
{
	(void)state;
	accept_request(TYPICAL);
	assert_int_equal(used, sizeof(typical) - 1);
	assert_int_equal(head.method, HTTP_POST);
	assert_str(head.method_text, "POST");
	assert_str(head.target, "/mcp/github?x=1&y=/?");
	assert_str(head.path, "/mcp/github");
	assert_str(head.query, "x=1&y=/?");
	assert_str(head.authority, "localhost:3000");
	assert_int_equal(head.minor, 1);
	assert_false(head.close);
	assert_int_equal(head.length, HTTP_LENGTH_GIVEN);
	assert_int_equal(head.content_length, 42);
	assert_int_equal(head.n, 13);
	assert_str(head.fields[3].name, "Accept-Encoding");
	assert_str(head.fields[3].value, "gzip, br");
	assert_str(head.fields[10].value, "");
	assert_str(head.fields[11].value, "");
	assert_str(head.known[HTTP_FIELD_AUTHORIZATION], "Bearer abc");
	assert_str(head.known[HTTP_FIELD_MCP_NAME], "a\x80\xff b");
	assert_str(head.known[HTTP_FIELD_MCP_SESSION_ID], "17");
	assert_str(head.known[HTTP_FIELD_MCP_METHOD], "tools/call");
	assert_str(head.known[HTTP_FIELD_MCP_PROTOCOL_VERSION], "2025-11-25");
	assert_true(str_is_none(head.known[HTTP_FIELD_ORIGIN]));
	assert_int_equal(head.known_count[HTTP_FIELD_ORIGIN], 0);
	assert_int_equal(head.known_count[HTTP_FIELD_HOST], 1);
}

static void
every_prefix_is_incomplete(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(typical) - 1; n++)
		assert_int_equal(parse(str_of(typical, n), false, false),
			HTTP_INCOMPLETE);
	/* What follows the head is left alone. */
	accept_request(STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n\n\0junk"));
	assert_int_equal(used, 27);
}

/* Byte by byte, as from a slow sender, in memory that grows. */
static enum http_parsed
dribble(struct str text, size_t *at)
{
	enum http_parsed parsed = HTTP_INCOMPLETE;
	size_t scanned = 0;

	fault_clear(&fault);
	for (*at = 1; *at <= text.n; ++*at) {
		char *copy = malloc(*at);

		memcpy(copy, text.p, *at);
		parsed = http_head_request(
			&head, str_of(copy, *at), &scanned, &used, &fault);
		free(copy);
		if (parsed != HTTP_INCOMPLETE)
			break;
		assert_int_equal(scanned, *at);
	}
	return parsed;
}

static void
slow_sender_is_understood(void **state)
{
	size_t at;

	(void)state;
	assert_int_equal(dribble(TYPICAL, &at), HTTP_PARSED);
	assert_int_equal(at, sizeof(typical) - 1);
	/* A bare LF ends the waiting at once. */
	assert_int_equal(
		dribble(STR("GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"), &at),
		HTTP_REFUSED);
	assert_int_equal(at, 24);
}

static void
known_names_are_told_apart(void **state)
{
	static const char *const names[HTTP_FIELD_KNOWN] = {
		"host",
		"Authorization",
		"content-type",
		"Content-Length",
		"transfer-encoding",
		"connection",
		"origin",
		"accept",
		"cookie",
		"expect",
		"mcp-protocol-version",
		"mcp-session-id",
		"mcp-method",
		"mcp-name",
		"last-event-id",
		"www-authenticate",
		"LOCATION",
		"retry-after",
	};
	char near[32];

	(void)state;
	for (unsigned i = 0; i < HTTP_FIELD_KNOWN; i++) {
		size_t n = strlen(names[i]);

		assert_int_equal(http_known(str_from(names[i])), i);
		for (size_t k = 0; k < n; k++) {
			memcpy(near, names[i], n);
			near[k] = near[k] == 'q' ? 'z' : 'q';
			assert_int_equal(
				http_known(str_of(near, n)), HTTP_FIELD_KNOWN);
		}
		assert_int_equal(
			http_known(str_of(names[i], n - 1)), HTTP_FIELD_KNOWN);
	}
}

#define GET_WITH(fields) "GET / HTTP/1.1\r\nHost: x\r\n" fields "\r\n"

static void
malformed_request_lines(void **state)
{
	(void)state;
	refused("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused(" GET / HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /  HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / http/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/11\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/1.1\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/1.1\rHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/1.2\r\nHost: x\r\n\r\n", FAULT_HTTP_VERSION);
	refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n", FAULT_HTTP_VERSION);
	refused("GET / HTTP/0.9\r\nHost: x\r\n\r\n", FAULT_HTTP_VERSION);
	refused("G\xc3T / HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("\x16\x03\x01\x02", FAULT_BAD_HTTP); /* a TLS ClientHello */
	refused("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ", FAULT_BAD_HTTP);
	/* Known from its first line on, long before the head is whole. */
	refused("GET / HTTP/1.1\r\nHost : x", FAULT_BAD_HTTP);
}

static void
targets(void **state)
{
	(void)state;
	refused("GET mcp HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET * HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /a\"b HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /<a> HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /a\x7f HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	accept_request(STR("GET /a?b\\{|}^`[] HTTP/1.1\r\nHost: x\r\n\r\n"));
	accept_request(STR("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_str(head.path, "*");
	assert_int_equal(head.method, HTTP_OPTIONS);
	refused("OPTIONS *a HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
}

static void
absolute_targets_equal_host(void **state)
{
	(void)state;
	accept_request(STR("GET http://x:3000/a?b HTTP/1.1\r\n"
			   "Host: X:3000\r\n\r\n"));
	assert_str(head.target, "/a?b");
	assert_str(head.path, "/a");
	assert_str(head.authority, "x:3000");
	accept_request(STR("GET HTTPS://x HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_str(head.target, "/");
	assert_str(head.path, "/");
	refused("GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET http://x:80/ HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET http://u@x/ HTTP/1.1\r\nHost: u@x\r\n\r\n",
		FAULT_BAD_HTTP);
	refused("GET http:/// HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET http://x?a HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", FAULT_BAD_HTTP);
	refused("GET http://@/ HTTP/1.0\r\n\r\n", FAULT_BAD_HTTP);
	assert_int_equal(request("GET htt"), HTTP_INCOMPLETE);
}

static void
hosts(void **state)
{
	static const char *const bad[] = { "", "a b", "a/b", "a@b", "a:", ":1",
		"a:x", "a:123456", "[::1", "::1", "[]", "[::1]x", "a,b", "a#",
		"a\\b", "a?b", "[::1]:" };
	static const char *const good[] = { "a", "127.0.0.1:3000", "[::1]",
		"[::1]:1", "xn--bcher-kva.example", "a_b.local", "A.:80" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
			"GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);
		refused(text, FAULT_BAD_HTTP);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text),
			"GET / HTTP/1.1\r\nHost: %s\r\n\r\n", good[i]);
		assert_int_equal(request(text), HTTP_PARSED);
	}
	refused("GET / HTTP/1.1\r\n\r\n", FAULT_BAD_HTTP);
	refused(GET_WITH("host: x\r\n"), FAULT_BAD_HTTP);
	accept_request(STR("GET / HTTP/1.0\r\n\r\n"));
	assert_true(str_is_none(head.authority));
}

static void
fields_that_may_not_stand(void **state)
{
	(void)state;
	refused(GET_WITH("A: b\r\n c\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A: b\r\n\tc\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A : b\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A\t: b\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A b: c\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A(b): c\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("\x80: c\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH(": c\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A: b\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A: b\rC: d\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("A: b\r\r\n"), FAULT_BAD_HTTP);
	refused("GET / HTTP/1.1\r\nHost: x\r\n\n", FAULT_BAD_HTTP);
	refused("GET / HTTP/1.1\r\nHost: x\r\n\rX", FAULT_BAD_HTTP);
}

/* Each byte at each place of a value long enough for every way of scanning. */
static void
control_bytes_in_values(void **state)
{
	static const char before[] = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
	char text[128];
	size_t at = sizeof(before) - 1;

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t place = 1; place < 39; place++) {
			bool stands = (c >= 0x20 && c != 0x7f) || c == '\t';

			memset(text, 'v', sizeof(text));
			memcpy(text, before, at);
			text[at + place] = (char)c;
			memcpy(text + at + 40, "\r\n\r\n", 4);
			assert_int_equal(
				parse(str_of(text, at + 44), false, false),
				stands ? HTTP_PARSED : HTTP_REFUSED);
		}
}

static void
lengths(void **state)
{
	(void)state;
	accept_request(STR(GET_WITH("")));
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	accept_request(STR(GET_WITH("Content-Length: 0\r\n")));
	assert_int_equal(head.length, HTTP_LENGTH_GIVEN);
	accept_request(STR(GET_WITH("Content-Length: "
				    "18446744073709551615\r\n")));
	assert_true(head.content_length == UINT64_MAX);
	accept_request(STR(GET_WITH("Transfer-Encoding: Chunked\r\n")));
	assert_int_equal(head.length, HTTP_LENGTH_CHUNKED);
	refused(GET_WITH("Content-Length: 18446744073709551616\r\n"),
		FAULT_BAD_HTTP);
	refused(GET_WITH("Content-Length:\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("Content-Length: 1,1\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("Content-Length: 010\r\n"), FAULT_BAD_HTTP);
	refused(GET_WITH("Content-Length: 1\r\nContent-Length: 1\r\n"),
		FAULT_BAD_HTTP);
	refused(GET_WITH("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
		FAULT_BAD_HTTP);
	refused(GET_WITH("Transfer-Encoding: chunked\r\n"
			 "Transfer-Encoding: chunked\r\n"),
		FAULT_BAD_HTTP);
	refused(GET_WITH("Transfer-Encoding: gzip, chunked\r\n"), FAULT_CODING);
	refused(GET_WITH("Transfer-Encoding: chunked;a=b\r\n"), FAULT_CODING);
	refused(GET_WITH("Transfer-Encoding:\r\n"), FAULT_CODING);
	refused("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		FAULT_BAD_HTTP);
}

static void
closing(void **state)
{
	(void)state;
	accept_request(STR(GET_WITH("Connection: keep-alive\r\n")));
	assert_false(head.close);
	accept_request(STR(GET_WITH("Connection: Upgrade , CLOSE\r\n")));
	assert_true(head.close);
	accept_request(STR(GET_WITH("Connection: a\r\nConnection: close\r\n")));
	assert_true(head.close);
	accept_request(STR(GET_WITH("Connection: closed\r\n")));
	assert_false(head.close);
	accept_request(STR("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	assert_true(head.close);
}

static char *
long_text(const char *before, size_t n, const char *after)
{
	size_t b = strlen(before), a = strlen(after);
	char *text = malloc(b + n + a + 1);

	memcpy(text, before, b);
	memset(text + b, 'a', n);
	memcpy(text + b + n, after, a + 1);
	return text;
}

static void
sizes_are_bounded(void **state)
{
	char *text = long_text("GET /", 8191, " HTTP/1.1\r\nHost: x\r\n\r\n");
	size_t at;

	(void)state;
	assert_int_equal(request(text), HTTP_PARSED);
	free(text);
	text = long_text("GET /", 8192, "");
	refused(text, FAULT_TARGET_TOO_LONG);
	free(text);

	/* 32 KB, and a byte more. */
	text = long_text("GET / HTTP/1.1\r\nHost: x\r\nA: ", HTTP_HEAD_MAX - 32,
		"\r\n\r\n");
	assert_int_equal(strlen(text), HTTP_HEAD_MAX);
	assert_int_equal(request(text), HTTP_PARSED);
	free(text);
	text = long_text("GET / HTTP/1.1\r\nHost: x\r\nA: ", HTTP_HEAD_MAX - 31,
		"\r\n\r\n");
	refused(text, FAULT_HEAD_TOO_LARGE);
	assert_int_equal(dribble(str_from(text), &at), HTTP_REFUSED);
	assert_int_equal(at, HTTP_HEAD_MAX);
	assert_int_equal(fault.id, FAULT_HEAD_TOO_LARGE);
	free(text);
}

static void
fields_are_counted(void **state)
{
	char text[1024] = "GET / HTTP/1.1\r\nHost: x\r\n";
	size_t n = strlen(text);

	(void)state;
	for (unsigned i = 1; i < HTTP_FIELDS_MAX; i++, n += 6)
		memcpy(text + n, "A: b\r\n", 7);
	memcpy(text + n, "\r\n", 3);
	assert_int_equal(request(text), HTTP_PARSED);
	assert_int_equal(head.n, HTTP_FIELDS_MAX);
	memcpy(text + n, "A: b\r\n\r\n", 9);
	refused(text, FAULT_HEAD_TOO_LARGE);
}

static enum http_parsed
response(const char *text)
{
	return parse(str_from(text), true, false);
}

static void
responses(void **state)
{
	(void)state;
	assert_int_equal(response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
				  "\r\n"),
		HTTP_PARSED);
	assert_int_equal(head.status, 200);
	assert_int_equal(head.length, HTTP_LENGTH_GIVEN);
	assert_false(head.close);
	assert_int_equal(response("HTTP/1.1 302\r\n\r\n"), HTTP_PARSED);
	assert_int_equal(head.status, 302);
	assert_int_equal(head.length, HTTP_LENGTH_CLOSE);
	assert_true(head.close);
	assert_int_equal(response("HTTP/1.0 599 \r\n\r\n"), HTTP_PARSED);
	assert_true(head.close);
	assert_int_equal(
		response("HTTP/1.1 100 C\xf6ntinue now\r\n\r\n"), HTTP_PARSED);
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	assert_int_equal(response("HTTP/1.1 20"), HTTP_INCOMPLETE);
	assert_int_equal(response("HTTP/1.1 200"), HTTP_INCOMPLETE);
}

static void
responses_without_body(void **state)
{
	(void)state;
	assert_int_equal(response("HTTP/1.1 204 A\r\n"
				  "Content-Length: 0\r\n\r\n"),
		HTTP_PARSED);
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	assert_false(head.close);
	assert_int_equal(response("HTTP/1.1 204 A\r\n"
				  "Content-Length: 9\r\n\r\n"),
		HTTP_PARSED);
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	assert_true(head.close);
	assert_int_equal(response("HTTP/1.1 304 A\r\n"
				  "Content-Length: 9\r\n\r\n"),
		HTTP_PARSED);
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	assert_false(head.close);
	assert_int_equal(parse(STR("HTTP/1.1 200 A\r\nContent-Length: 9\r\n"
				   "\r\n"),
				 true, true),
		HTTP_PARSED);
	assert_int_equal(head.length, HTTP_LENGTH_NONE);
	assert_false(head.close);
}

static void
malformed_responses(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.1 099 A\r\n\r\n",
		"HTTP/1.1 600 A\r\n\r\n",
		"HTTP/1.1 2000 A\r\n\r\n",
		"HTTP/1.1 20 A\r\n\r\n",
		"HTTP/1.1  200 A\r\n\r\n",
		"HTTP/1.1 200\tA\r\n\r\n",
		"HTTP/2 200 A\r\n\r\n",
		"HTTP/1.2 200 A\r\n\r\n",
		"http/1.1 200 A\r\n\r\n",
		"ICY 200 A\r\n\r\n",
		"HTTP/1.1 200 A\n\n",
		"HTTP/1.1 200 A\x01\r\n\r\n",
		"HTTP/1.1 200 A\r\nA : b\r\n\r\n",
		"HTTP/1.1 200 A\r\nA: b\r\n c\r\n\r\n",
		"HTTP/1.1 200 A\r\nContent-Length: 1\r\n"
		"Content-Length: 1\r\n\r\n",
		"HTTP/1.1 200 A\r\nContent-Length: 1\r\n"
		"Transfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 A\r\nTransfer-Encoding: gzip\r\n\r\n",
		"HTTP/1.0 200 A\r\nTransfer-Encoding: chunked\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (response(bad[i]) != HTTP_REFUSED)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(fault.id, FAULT_PEER_HTTP);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typical_request_is_read),
		cmocka_unit_test(every_prefix_is_incomplete),
		cmocka_unit_test(slow_sender_is_understood),
		cmocka_unit_test(known_names_are_told_apart),
		cmocka_unit_test(malformed_request_lines),
		cmocka_unit_test(targets),
		cmocka_unit_test(absolute_targets_equal_host),
		cmocka_unit_test(hosts),
		cmocka_unit_test(fields_that_may_not_stand),
		cmocka_unit_test(control_bytes_in_values),
		cmocka_unit_test(lengths),
		cmocka_unit_test(closing),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(fields_are_counted),
		cmocka_unit_test(responses),
		cmocka_unit_test(responses_without_body),
		cmocka_unit_test(malformed_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
