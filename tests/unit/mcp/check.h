/*
 * check: what the tests of mcp/ share.
 */
#ifndef TESTS_UNIT_MCP_CHECK_H
#define TESTS_UNIT_MCP_CHECK_H

#include "base/arena.h"
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CHECK_ROOM ((size_t)8 << 20)

static struct arena *arena;
static struct fault fault;

static inline int
check_setup(void **state)
{
	(void)state;
	arena = arena_new(CHECK_ROOM);
	fault_clear(&fault);
	return 0;
}

static inline int
check_teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Fails with both texts when they differ. */
#define check_str(got, wanted)                                                 \
	do {                                                                   \
		struct str got_ = (got);                                       \
		struct str wanted_ = str_from(wanted);                         \
		if (str_is_none(got_))                                         \
			fail_msg("nothing instead of '%.*s'",                  \
				STR_ARG(wanted_));                             \
		if (!str_eq(got_, wanted_))                                    \
			fail_msg("'%.*s'\n instead of\n'%.*s'", STR_ARG(got_), \
				STR_ARG(wanted_));                             \
	} while (0)

#define check_none(got) assert_true(str_is_none(got))

#define check_row(got, wanted, row)                                            \
	do {                                                                   \
		if ((got) != (wanted))                                         \
			fail_msg("row %zu: %d instead of %d", (size_t)(row),   \
				(int)(got), (int)(wanted));                    \
	} while (0)

#define CHECK_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#endif
