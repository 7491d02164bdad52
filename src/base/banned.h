/*
 * banned: functions without bounds, with hidden state, or that leak by time.
 * Included into every file by the build (-include).
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* With clang the C library makes it a macro. */
#undef sprintf

#pragma GCC poison strcpy strcat strncpy strncat strtok strtok_r sprintf       \
	vsprintf gets atoi atol atoll atof rand srand random srandom drand48   \
		tmpnam mktemp asctime asctime_r ctime ctime_r gmtime localtime
#endif

#endif
