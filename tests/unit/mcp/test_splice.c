/* Edits over a message: every combination has to leave valid JSON. */
#include "mcp/splice.h"

#include "check.h"

static struct splice s;

static void
gives(const char *wanted)
{
	check_str(splice_text(arena, &s), wanted);
}

/* The member of that key in a text without blanks around values that are
 * one digit. */
static struct envelope_member
member(const char *text, char key)
{
	const char *at = text;

	while (!(at[0] == '"' && at[1] == key))
		at++;
	return (struct envelope_member){ at, str_of(strchr(at, ':') + 1, 1) };
}

static void
test_replace(void **state)
{
	const char *text = "{\"a\":1,\"b\":2}";
	struct str parts[SPLICE_PARTS_MAX];

	(void)state;
	splice_init(&s, str_from(text));
	gives(text);
	splice_init(&s, str_from(text));
	splice_replace(&s, member(text, 'b').value, STR("\"x\""));
	splice_replace(&s, member(text, 'a').value, STR(""));
	assert_int_equal(splice_parts(&s, parts), 4);
	assert_ptr_equal(parts[0].p, text);
	assert_int_equal(splice_size(parts, 4), strlen(text) + 1);
	gives("{\"a\":,\"b\":\"x\"}");
}

/* Takes away each subset of the members and puts up to two in; compares with
 * what a person would write. */
static void
test_every_subset(void **state)
{
	static const char *texts[] = {
		"{\"a\":1,\"b\":1,\"c\":1,\"d\":1}",
		"{ \"a\":1 , \"b\":1 ,\n\"c\":1\t, \"d\":1 }",
	};

	(void)state;
	for (unsigned round = 0; round < 2 * 16 * 3; round++) {
		const char *text = texts[round & 1];
		unsigned set = round >> 1 & 15, inserts = round >> 5;
		char wanted[100] = "{";
		struct str got;
		char bare[100];
		size_t n = 0;

		splice_init(&s, str_from(text));
		for (unsigned i = 0; i < 4; i++)
			if ((set >> i & 1) != 0)
				splice_remove(
					&s, member(text, (char)('a' + i)));
		for (unsigned i = 0; i < inserts; i++) {
			splice_insert(&s, str_from(text),
				i == 0 ? STR("\"x\":0") : STR("\"y\":0"));
			strcat(wanted, i == 0 ? "\"x\":0," : "\"y\":0,");
		}
		for (unsigned i = 0; i < 4; i++) {
			char one[8] = "\"_\":1,";

			one[1] = (char)('a' + i);
			if ((set >> i & 1) == 0)
				strcat(wanted, one);
		}
		if (wanted[strlen(wanted) - 1] == ',')
			wanted[strlen(wanted) - 1] = '\0';
		strcat(wanted, "}");
		got = splice_text(arena, &s);
		for (size_t i = 0; i < got.n; i++)
			if (strchr(" \n\t", got.p[i]) == NULL)
				bare[n++] = got.p[i];
		bare[n] = '\0';
		assert_string_equal(bare, wanted);
	}
}

static void
test_insert(void **state)
{
	(void)state;
	splice_init(&s, STR("{}"));
	splice_insert(&s, s.original, STR("\"a\":1"));
	gives("{\"a\":1}");
	splice_init(&s, STR("{ }"));
	splice_insert(&s, s.original, STR("\"a\":1"));
	splice_insert(&s, s.original, STR("\"b\":2"));
	gives("{\"a\":1,\"b\":2 }");
}

static void
test_absent_members_stay_absent(void **state)
{
	(void)state;
	splice_init(&s, STR("{}"));
	splice_remove(&s, (struct envelope_member){ NULL, STR_NONE });
	gives("{}");
}

static void
test_bounds(void **state)
{
	struct str parts[SPLICE_PARTS_MAX];

	(void)state;
	splice_init(&s, STR("{}"));
	for (unsigned i = 0; i < SPLICE_EDITS_MAX; i++)
		splice_insert(&s, s.original, STR("\"a\":1"));
	assert_true(splice_parts(&s, parts) <= SPLICE_PARTS_MAX);
	splice_insert(&s, s.original, STR("\"a\":1"));
	assert_int_equal(splice_parts(&s, parts), 0);
	splice_init(&s, STR("{}"));
	splice_insert(&s, s.original, STR_NONE);
	check_none(splice_text(arena, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_every_subset),
		cmocka_unit_test(test_insert),
		cmocka_unit_test(test_absent_members_stay_absent),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, check_setup, check_teardown);
}
