/* check: what the tests of oauth/ share. */
#ifndef TESTS_OAUTH_CHECK_H
#define TESTS_OAUTH_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "text/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* An arena for each test. */
static struct arena *arena;
static struct fault fault;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_SCRATCH_MAX);
	fault_clear(&fault);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#define CHECK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static inline void
assert_str(struct str s, const char *wanted)
{
	if (!str_eq(s, str_from(wanted)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), wanted);
}

static inline void
assert_fault(enum fault_id wanted)
{
	if (fault.id != wanted)
		fail_msg("%s (%s) is not %s",
			fault.id == FAULT_NONE ? "none" : fault_name(fault.id),
			fault.detail,
			wanted == FAULT_NONE ? "none" : fault_name(wanted));
}

static inline struct form
form_of(const char *text, const char *const *repeatable)
{
	struct form form;

	if (!form_parse(arena, str_from(text), repeatable, &form, &fault))
		fail_msg("\"%s\" is no form: %s", text, fault.detail);
	return form;
}

#endif
