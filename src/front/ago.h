/*
 * ago: how long something is, or was, for people: "3 minutes", "1 day".
 */
#ifndef FRONT_AGO_H
#define FRONT_AGO_H

#include "base/str.h"

struct arena;

/* In the largest unit that fits; "" below a minute and for what is negative. */
struct str ago_text(struct arena *a, int64_t seconds);

#endif
