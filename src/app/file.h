/*
 * file: small files read whole.
 */
#ifndef APP_FILE_H
#define APP_FILE_H

#include "base/str.h"

struct arena;

#define FILE_TOO_LARGE "is too large"

/* The bytes of a regular file of at most max bytes, in the arena.  NULL, or
 * why not ("No such file or directory"), static. */
const char *file_read(
	struct arena *a, const char *path, size_t max, struct str *text);

#endif
