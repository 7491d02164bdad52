/*
 * password_ask: a password from a person at a terminal, or from stdin.
 */
#ifndef APP_PASSWORD_ASK_H
#define APP_PASSWORD_ASK_H

#include "base/fault.h"
#include "base/secret.h"

/* The first line of stdin, without its end.  FAULT_USAGE when it is no
 * password (too short, too long, no UTF-8). */
bool password_ask_stdin(struct secret *password, struct fault *f);

/* Asks twice on the terminal, unseen.  FAULT_USAGE when there is no terminal,
 * the two differ, or it is no password. */
bool password_ask_person(struct secret *password, struct fault *f);

#endif
