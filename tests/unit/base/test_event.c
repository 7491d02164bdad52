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
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
