/*
 * setup: /setup, where the owner's account is made, once.
 *
 * The link that was printed at the start holds a token; its digest is in
 * memory only.  Whether there is an owner already is decided in the same
 * transaction that saves the new one, so that two posts make one owner.
 */
#ifndef FRONT_SETUP_H
#define FRONT_SETUP_H

#include "front/front.h"

#endif
