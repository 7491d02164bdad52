/*
 * dashboard: "/": the servers, how they are and what they offer.
 */
#ifndef FRONT_DASHBOARD_H
#define FRONT_DASHBOARD_H

#include "front/front.h"

#endif
