/*
 * connect: /connect: what to paste into which MCP client.
 */
#ifndef FRONT_CONNECT_H
#define FRONT_CONNECT_H

#include "front/front.h"

#endif
