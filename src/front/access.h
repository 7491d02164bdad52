/*
 * access: /access: what somebody allowed to which client, and taking it back.
 *
 * Each person sees and ends their own grants alone.
 */
#ifndef FRONT_ACCESS_H
#define FRONT_ACCESS_H

#include "front/front.h"

#endif
