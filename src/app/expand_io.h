/*
 * expand_io: the outer world of expand.h: files and commands.
 */
#ifndef APP_EXPAND_IO_H
#define APP_EXPAND_IO_H

#include "app/expand.h"

#define EXPAND_COMMAND_MS 30000

/* A regular file; a relative path is below e->folder. */
bool expand_io_file(struct arena *a, const struct expand *e, struct str path,
	struct str *text, struct fault *f);

/* What "/bin/sh -c command" prints, if it ends with 0 within
 * EXPAND_COMMAND_MS; it gets our environment and no stdin. */
bool expand_io_run(struct arena *a, const struct expand *e, struct str command,
	struct str *text, struct fault *f);

#endif
