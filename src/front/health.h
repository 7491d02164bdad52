/*
 * health: /health, the process answers; /ready, so does its store.
 */
#ifndef FRONT_HEALTH_H
#define FRONT_HEALTH_H

#include "front/front.h"

#endif
