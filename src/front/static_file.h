/*
 * static_file: /assets/<name>: style, script and pictures, compiled in; the
 * picture of the key under /favicon.ico, too, for whoever asks without looking
 * at a page.
 *
 * Revalidated by entity tag, so that a new version shows at once.
 */
#ifndef FRONT_STATIC_FILE_H
#define FRONT_STATIC_FILE_H

#include "front/front.h"

#endif
