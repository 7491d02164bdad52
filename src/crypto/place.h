/*
 * place: a file that is there whole or not at all.
 *
 * It is written under a name that nobody guesses, then linked to its own.  A
 * crash leaves at worst the other name; of two processes that make the same
 * file one wins, and both go on with the winner's.
 */
#ifndef CRYPTO_PLACE_H
#define CRYPTO_PLACE_H

#include "base/str.h"

struct arena;

/* The name to write under: in the same folder, a C string.  STR_NONE at the
 * arena's cap. */
struct str place_name(struct arena *a, const char *path);

/* Links name to path, never over a file that is there, removes name, and
 * syncs the folder.  True also when path was there already; else errno says
 * why not.  The file's bytes have been synced by the caller. */
bool place_file(struct str name, const char *path);

#endif
