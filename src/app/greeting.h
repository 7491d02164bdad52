/*
 * greeting: what "serve" says when it listens: where it is, and how to make
 * the first account while there is no owner.
 *
 * The setup link holds a secret: it goes to stdout, never to the log.
 */
#ifndef APP_GREETING_H
#define APP_GREETING_H

#include "base/fault.h"

struct front;
struct store;

struct greeting {
	struct store *store;
	struct front *front;
	struct str address; /* that is listened at */
	struct str url;     /* by which others reach us */
};

/* Faults of the store, which is asked for an owner. */
bool greeting_say(const struct greeting *g, struct fault *f);

#endif
