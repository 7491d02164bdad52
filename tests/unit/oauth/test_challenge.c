#include "oauth/challenge.h"

#include "check.h"
#include "text/field.h"

static struct str
written(const struct challenge *c)
{
	struct buf out;

	buf_in(&out, arena, 4096);
	challenge_write(&out, c);
	assert_true(buf_ok(&out));
	return buf_view(&out);
}

static void
lesson_F11_without_credentials(void **state)
{
	(void)state;
	assert_str(written(&(struct challenge){
			   .metadata = STR("https://h/.well-known/"
					   "oauth-protected-resource/mcp"),
			   .scope = STR("mcp:tools:read"),
		   }),
		"Bearer scope=\"mcp:tools:read\", "
		"resource_metadata=\"https://h/.well-known/"
		"oauth-protected-resource/mcp\"");
	assert_str(written(&(struct challenge){ 0 }), "Bearer");
}

static void
test_a_reader_understands_it(void **state)
{
	struct field_challenge c;
	struct str rest = written(&(struct challenge){
		.error = STR("insufficient_scope"),
		.description = STR("It \"lacks\" a\\scope\r\nX: y\x7f."),
		.scope = STR("a b"),
		.metadata = STR("https://h/m"),
	});

	(void)state;
	assert_true(str_find(rest, STR("\r")) == rest.n);
	assert_true(field_challenge_next(arena, &rest, &c, &fault));
	assert_str(c.scheme, "Bearer");
	assert_int_equal(c.n, 4);
	assert_str(c.params[0].value, "insufficient_scope");
	assert_str(c.params[1].value, "It lacks ascopeX: y.");
	assert_str(c.params[2].value, "a b");
	assert_str(c.params[3].name, "resource_metadata");
	assert_str(c.params[3].value, "https://h/m");
	assert_false(field_challenge_next(arena, &rest, &c, &fault));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(lesson_F11_without_credentials),
		CHECK(test_a_reader_understands_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
