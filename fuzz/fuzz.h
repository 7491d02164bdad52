/*
 * fuzz: what every target has.  A target reads the input as its parser would,
 * and insists on what must hold whatever the bytes are; see README.md.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/die.h"
#include "base/fault.h"

#include <stddef.h>
#include <stdint.h>

#define FUZZ_ARENA_MAX ((size_t)64 << 20)

/* Answers 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct str
fuzz_str(const uint8_t *data, size_t size)
{
	return str_of(size == 0 ? "" : (const char *)data, size);
}

/* Takes the part up to the next LF off the input. */
static inline struct str
fuzz_line(struct str *input)
{
	struct str line =
		str_is_none(*input) ? STR("") : str_split(input, '\n');

	if (str_is_none(*input))
		*input = STR("");
	return line;
}

#endif
