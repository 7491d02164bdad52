/* Lines are read back from a pipe. */
#include "base/event.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2];
static char line[16384];

static int
setup(void **state)
{
	(void)state;
	return pipe2(ends, O_NONBLOCK);
}

static int
teardown(void **state)
{
	(void)state;
	event_setup(STDERR_FILENO, EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_set_hash(NULL);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* What was written since the last call, or "". */
static const char *
heard(void)
{
	ssize_t n = read(ends[0], line, sizeof(line) - 1);

	line[n < 0 ? 0 : n] = '\0';
	return line;
}

/* The text after the time stamp. */
static const char *
after_stamp(void)
{
	const char *s = heard();

	assert_true(strlen(s) > 25);
	assert_int_equal(s[23], 'Z');
	return s + 25;
}

static void
test_text(void **state)
{
	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_TEXT("person", "al"), EF_U64("ms", 7),
		EF_STR("none", STR_NONE));
	assert_string_equal(after_stamp(), "info  login person=\"al\" ms=7\n");
}

static void
test_json(void **state)
{
	struct event_scope outer = { .fields = { EF_TEXT("peer", "p") },
		.n = 1 };
	struct event_scope inner = {
		.parent = &outer, .fields = { EF_U64("request", 3) }, .n = 1
	};
	const char *s;

	(void)state;
	event_setup(ends[1], EVENT_FORMAT_JSON, FAULT_LEVEL_INFO);
	event_log(&inner, EVENT_LOGIN, EF_TEXT("person", "a\"\\\n"));
	s = strstr(heard(), "\"level\"");
	assert_non_null(s);
	assert_string_equal(s,
		"\"level\":\"info\",\"event\":\"login\",\"message\":\"login\","
		"\"person\":\"a\\\"\\\\\\u000a\",\"request\":3,\"peer\":\"p\"}"
		"\n");
}

static void
test_levels(void **state)
{
	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_ERROR);
	event_log(NULL, EVENT_LOGIN, EF_U64("x", 1));
	assert_string_equal(heard(), "");
	assert_false(event_is_on(FAULT_LEVEL_WARN));
	assert_true(event_is_on(FAULT_LEVEL_ERROR));
	event_log(NULL, EVENT_FAILED, EF_U64("x", 1));
	assert_string_equal(after_stamp(), "error failed x=1\n");
}

static void
test_one_line(void **state)
{
	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_STR("x", STR("a\r\nb\x1b[31m\0\x7f")));
	assert_string_equal(after_stamp(),
		"info  login x=\"a\\u000d\\u000ab\\u001b[31m\\u0000\\u007f\""
		"\n");
}

/* C1 controls act on a terminal as ESC does; U+2028 breaks lines, U+202E turns
 * them round.  Ordinary letters of any script stay. */
static void
test_words_of_others_act_on_no_terminal(void **state)
{
	static const char words[] = "\xc2\x9b"
				    "31m \xc2\x80\xc2\x9f\xc2\xa0"
				    "\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6"
				    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	static const char text[] =
		"info  login x=\"\\u009b31m \\u0080\\u009f\xc2\xa0"
		"\\u2028\\u202e\\u2066"
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\n";

	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_TEXT("x", words));
	assert_string_equal(after_stamp(), text);
	event_setup(ends[1], EVENT_FORMAT_JSON, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_TEXT("x", words));
	assert_non_null(strstr(heard(), "\"x\":\"\\u009b31m \\u0080\\u009f"));
}

/* A lone tail, a cut sequence, an overlong form, a surrogate, past the end. */
static void
test_bad_utf8_is_shown_or_replaced(void **state)
{
	static const char words[] = "a\x9b"
				    "b\xe2\x82 \xc0\xaf\xed\xa0\x80"
				    "\xf4\x90\x80\x80\xff\xc3";
#define BAD "\xef\xbf\xbd"
	static const char json[] =
		"\"x\":\"a" BAD "b" BAD BAD
		" " BAD BAD BAD BAD BAD BAD BAD BAD BAD BAD BAD "\"}\n";
#undef BAD
	const char *s;

	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_TEXT("x", words));
	assert_string_equal(after_stamp(),
		"info  login x=\"a\\x9Bb\\xE2\\x82 \\xC0\\xAF\\xED\\xA0\\x80"
		"\\xF4\\x90\\x80\\x80\\xFF\\xC3\"\n");
	event_setup(ends[1], EVENT_FORMAT_JSON, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_TEXT("x", words));
	s = strstr(heard(), "\"x\"");
	assert_non_null(s);
	assert_string_equal(s, json);
}

static void
fake_hash(struct str in, char out[13])
{
	memcpy(out, "abcdef012345", 13);
	out[0] = (char)('0' + in.n);
}

static void
lesson_F14_secrets_are_hashed(void **state)
{
	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_SECRET("token", STR("hunter2")));
	assert_string_equal(after_stamp(), "info  login token=\"hidden\"\n");
	event_set_hash(fake_hash);
	event_log(NULL, EVENT_LOGIN, EF_SECRET("token", STR("hunter2")));
	assert_string_equal(
		after_stamp(), "info  login token=\"7bcdef012345\"\n");
}

static void
lesson_F14_tokens_in_other_texts_are_cut(void **state)
{
	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN,
		EF_TEXT("path", "/mcp/ost_at_Ab-_9/x?ost_rt_Zz"));
	assert_string_equal(after_stamp(),
		"info  login path=\"/mcp/ost_at_.../x?ost_rt_...\"\n");
	event_log(NULL, EVENT_LOGIN, EF_TEXT("a", "ost_at_"),
		EF_TEXT("b", "ost_at"), EF_TEXT("c", "ost_atxy"),
		EF_TEXT("d", "oost_at_x"));
	assert_string_equal(after_stamp(),
		"info  login a=\"ost_at_\" b=\"ost_at\" c=\"ost_atxy\" "
		"d=\"oost_at_...\"\n");
}

static void
test_faults(void **state)
{
	struct fault f;

	(void)state;
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	fault_set(&f, FAULT_WRONG_LOGIN, "for al");
	event_fault(NULL, &f);
	assert_string_equal(after_stamp(),
		"warn  refused fault=\"wrong_login\" detail=\"for al\"\n");
	fault_set(&f, FAULT_STORE, "full");
	event_fault(NULL, &f);
	assert_string_equal(after_stamp(),
		"error failed fault=\"store\" detail=\"full\"\n");
	fault_set(&f, FAULT_NO_TOKEN, "x");
	event_fault(NULL, &f);
	assert_string_equal(heard(), "");
}

static void
test_long_values_are_cut(void **state)
{
	char big[5000];
	const char *s;

	(void)state;
	memset(big, 'a', sizeof(big));
	event_setup(ends[1], EVENT_FORMAT_TEXT, FAULT_LEVEL_INFO);
	event_log(NULL, EVENT_LOGIN, EF_STR("x", str_of(big, sizeof(big))));
	s = after_stamp();
	assert_true(strlen(s) < 1200);
	assert_non_null(strstr(s, "aaa...\"\n"));
}

/* Values that grow sixfold by escaping: some are cut, some left out, and the
 * line ends as it should. */
static void
test_a_line_is_whole_whatever_it_holds(void **state)
{
	struct event_field fields[40];
	char big[2000];
	const char *s;
	size_t n;

	(void)state;
	memset(big, 1, sizeof(big));
	for (size_t i = 0; i < 40; i++)
		fields[i] = EF_STR("x", str_of(big, sizeof(big)));
	event_setup(ends[1], EVENT_FORMAT_JSON, FAULT_LEVEL_INFO);
	event_write(NULL, EVENT_LOGIN, fields, 40);
	s = heard();
	n = strlen(s);
	assert_true(n > 6000 && n <= 8192);
	assert_string_equal(s + n - 12, "\\u0001...\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(lesson_F14_secrets_are_hashed),
		cmocka_unit_test(lesson_F14_tokens_in_other_texts_are_cut),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_values_are_cut),
		cmocka_unit_test(test_words_of_others_act_on_no_terminal),
		cmocka_unit_test(test_bad_utf8_is_shown_or_replaced),
		cmocka_unit_test(test_a_line_is_whole_whatever_it_holds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
