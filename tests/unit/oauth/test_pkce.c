#include "oauth/pkce.h"

#include "check.h"
#include "crypto/digest.h"

/* RFC 7636 appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static int
start(void **state)
{
	(void)state;
	digest_start();
	return 0;
}

static void
test_the_example_of_the_rfc(void **state)
{
	(void)state;
	assert_true(pkce_matches(STR(VERIFIER), STR(CHALLENGE)));
	assert_true(pkce_check_challenge(STR(CHALLENGE), STR("S256"), &fault));
}

static void
lesson_F03_challenges(void **state)
{
	static const struct {
		const char *challenge, *method;
	} rows[] = {
		{ NULL, NULL },
		{ NULL, "S256" },
		{ CHALLENGE, NULL },
		{ CHALLENGE, "plain" },
		{ CHALLENGE, "s256" },
		{ CHALLENGE, "S512" },
		{ CHALLENGE "A", "S256" },
		{ "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256" },
		{ "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256" },
		{ "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=", "S256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fault_clear(&fault);
		assert_false(pkce_check_challenge(str_from(rows[i].challenge),
			str_from(rows[i].method), &fault));
		assert_fault(FAULT_INVALID_REQUEST);
	}
}

static void
lesson_F03_verifiers(void **state)
{
	char longest[129];

	(void)state;
	assert_false(pkce_matches(STR_NONE, STR(CHALLENGE)));
	assert_false(pkce_matches(STR(""), STR(CHALLENGE)));
	assert_false(pkce_matches(STR(CHALLENGE), STR(CHALLENGE)));
	assert_false(
		pkce_matches(STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"),
			STR(CHALLENGE)));
	assert_false(pkce_matches(STR(VERIFIER), STR_NONE));
	assert_false(pkce_matches(STR(VERIFIER), STR("")));
	/* One short of 43 characters, with its true hash. */
	assert_false(
		pkce_matches(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
			STR("elOGB_2quSlplZKfRRVlu7gULhhEEXMiqv0rPXawGv8")));
	memset(longest, 'a', sizeof(longest));
	assert_false(pkce_matches(str_of(longest, 129),
		STR("wSywJKLlVRzKDgj86PHF4xRVXMP-9jKe6ZSj23UhZq4")));
}

static void
test_bounds_of_the_verifier(void **state)
{
	char longest[129];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_true(pkce_matches(str_of(longest, 43),
		STR("ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA")));
	assert_true(pkce_matches(str_of(longest, 128),
		STR("aDbPE7rEAOkQUHHNavRwhN-srU5eMCyUv-0k4BOvtz4")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(test_the_example_of_the_rfc),
		CHECK(lesson_F03_challenges),
		CHECK(lesson_F03_verifiers),
		CHECK(test_bounds_of_the_verifier),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
