/*
 * login: /login and /logout.
 *
 *	GET  ──▶ the form, bound to a cookie of its own
 *	POST ──▶ form token ──▶ throttle ──▶ store: person by name
 *	     ──▶ pool: argon2id, the same time for nobody
 *	     ──▶ store: old session out, new one in ──▶ 303 next
 *
 * "next" never leaves this site.
 */
#ifndef FRONT_LOGIN_H
#define FRONT_LOGIN_H

#include "front/front.h"

#endif
