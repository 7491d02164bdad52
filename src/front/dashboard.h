/*
 * dashboard: "/": the servers, how they are and what they offer.
 *
 * Owners see all of them and their insides.  Anybody else sees those that can
 * be used, with name, title, state and tools, and nothing of how they are
 * configured or what went wrong.
 */
#ifndef FRONT_DASHBOARD_H
#define FRONT_DASHBOARD_H

#include "front/front.h"

#endif
