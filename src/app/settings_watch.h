/*
 * settings_watch: notices that the settings file was changed.
 *
 * Looks at it once a second, which costs one system call and misses nothing
 * that editors do (write, rename, replace a link).  A change is told once the
 * file has rested for one look, so that half-written files are not read.
 */
#ifndef APP_SETTINGS_WATCH_H
#define APP_SETTINGS_WATCH_H

#include "net/loop.h"

#include <sys/stat.h>

struct settings_watch {
	struct loop_timer timer;
	const char *path; /* the owner's; it may change between looks */
	struct stat told; /* as it was when it was last read */
	struct stat seen; /* at the last look */
	void (*changed)(void *with);
	void *with;
};

/* Begins to look; the file is taken as read.  path may name nothing yet. */
void settings_watch_start(struct settings_watch *w, struct loop *l,
	const char *path, void (*changed)(void *with), void *with);

void settings_watch_stop(struct settings_watch *w);

#endif
